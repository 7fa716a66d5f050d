package spec

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// suggest returns the known word that was probably meant, or "". A word may differ in
// about a third of its letters.
func suggest(word string, known []string) string {
	best, distance := "", len(word)
	for _, candidate := range known {
		d := distanceOf(strings.ToLower(word), strings.ToLower(candidate))
		if d < distance {
			best, distance = candidate, d
		}
	}
	if distance > max(1, (len(word)+1)/3) {
		return ""
	}
	return best
}

// distanceOf counts the letters in which two words differ. Two swapped neighbours are
// one mistake.
func distanceOf(a, b string) int {
	if len(a) == len(b) {
		for i := 0; i+1 < len(a); i++ {
			if a[i] != b[i] {
				if a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
					return 1
				}
				break
			}
		}
	}
	return levenshtein.ComputeDistance(a, b)
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
