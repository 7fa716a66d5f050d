package main

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
)

// nearest finds what the user most likely meant by what kong's message complains
// about, or "": a command, a flag or one of the values that a flag knows.
func nearest(message string, args []string, node *kong.Node) string {
	var flags []*kong.Flag
	for _, group := range node.AllFlags(true) {
		flags = append(flags, group...)
	}
	switch {
	case strings.HasPrefix(message, "unknown flag"):
		var names []string
		for _, flag := range flags {
			names = append(names, "--"+flag.Name)
		}
		return closest(complaint(message, args), names)
	case strings.HasPrefix(message, "unexpected argument"):
		var names []string
		for _, child := range node.Children {
			names = append(names, child.Name)
		}
		return closest(complaint(message, args), names)
	}
	name, rest, isValue := strings.Cut(message, " must be one of ")
	_, got, _ := strings.Cut(rest, ` but got "`)
	for _, flag := range flags {
		if isValue && name == "--"+flag.Name {
			return closest(strings.TrimSuffix(got, `"`), flag.EnumSlice())
		}
	}
	return ""
}

// complaint is the argument that a message is about.
func complaint(message string, args []string) string {
	for _, arg := range args {
		if word, _, _ := strings.Cut(arg, "="); word != "" && strings.HasSuffix(message, " "+word) {
			return word
		}
	}
	return ""
}

// closest gives the choice with the fewest edits from word, or "" where even
// that one is too far to be what was meant. Ties go to the first by name.
func closest(word string, choices []string) string {
	best, fewest := "", min(max(2, len(word)/3), len(word)-1)+1 // never all letters
	slices.Sort(choices)
	for _, choice := range choices {
		if edits := levenshtein.ComputeDistance(word, choice); edits < fewest {
			best, fewest = choice, edits
		}
	}
	return best
}
