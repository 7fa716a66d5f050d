// Package suggest finds what a misspelt word most likely means.
package suggest

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Closest returns the choices that start with word, or else the one with the smallest
// edit distance, unless that is too large. Of several, the first by name is returned.
// The dashes of a flag are ignored.
func Closest(word string, choices []string) []string {
	slices.Sort(choices)
	begun := slices.DeleteFunc(slices.Clone(choices), func(choice string) bool {
		return strings.Trim(word, "-") == "" || !strings.HasPrefix(choice, word)
	})
	if len(begun) > 0 {
		return begun
	}
	var best []string
	fewest := 1 << 10
	for _, choice := range choices {
		word, name := strings.TrimLeft(word, "-"), strings.TrimLeft(choice, "-")
		edits := levenshtein.ComputeDistance(word, name)
		if edits < fewest && edits <= mistakes(word, name) {
			best, fewest = []string{choice}, edits
		}
	}
	return best
}

// mistakes is how many letters of word may be wrong for it to mean name: a third of
// them. In a short word that is one, or two if the first letter is right, since two
// swapped letters count twice.
func mistakes(word, name string) int {
	few := 1
	if word != "" && name != "" && word[0] == name[0] {
		few = 2
	}
	return min(max(few, len(word)/3), len(word)-1) // never all letters
}
