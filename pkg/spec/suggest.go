package spec

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// suggest finds the one of the known words that was probably meant, or "".
// A word may differ in about a third of its letters.
func suggest(word string, known []string) string {
	best, distance := "", len(word)
	for _, candidate := range known {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate))
		if d < distance {
			best, distance = candidate, d
		}
	}
	if distance > max(1, (len(word)+1)/3) {
		return ""
	}
	return best
}

// choose is the hint for a word that is not among the known ones.
func choose(word string, known []string, what string) string {
	if best := suggest(word, known); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	if len(known) == 0 {
		return ""
	}
	return what + " " + strings.Join(known, ", ")
}
