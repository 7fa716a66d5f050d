package main

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
)

// nearest finds the command or flag below (or above, for flags) node that the
// user most likely meant by the argument that message complains about, or "".
func nearest(message string, args []string, node *kong.Node) string {
	for _, arg := range args {
		word, _, _ := strings.Cut(arg, "=")
		if word == "" || !strings.Contains(message, word) {
			continue
		}
		var choices []string
		if strings.HasPrefix(word, "-") {
			for _, group := range node.AllFlags(true) {
				for _, flag := range group {
					choices = append(choices, "--"+flag.Name)
				}
			}
		} else {
			for _, child := range node.Children {
				choices = append(choices, child.Name)
			}
		}
		if near := closest(word, choices); near != "" {
			return near
		}
	}
	return ""
}

// closest gives the choice with the fewest edits from word, or "" where even
// that one is too far to be what was meant. Ties go to the first by name.
func closest(word string, choices []string) string {
	best, fewest := "", max(2, len(word)/3)+1
	slices.Sort(choices)
	for _, choice := range choices {
		if edits := levenshtein.ComputeDistance(word, choice); edits < fewest {
			best, fewest = choice, edits
		}
	}
	return best
}
