// Package suggest finds what somebody most likely meant by a word.
package suggest

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Closest gives the choices that word begins, or else the one with the fewest edits
// from it, unless even that is too far to be what was meant. Ties go to the first by
// name. The dashes of a flag say nothing about what it is.
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
// them. In a short word that is one, or two where it begins rightly, since letters
// that changed places count twice.
func mistakes(word, name string) int {
	few := 1
	if word != "" && name != "" && word[0] == name[0] {
		few = 2
	}
	return min(max(few, len(word)/3), len(word)-1) // never all of them
}
