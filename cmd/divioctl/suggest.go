package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/alecthomas/kong"
)

// suggest adds to kong's message what the user most likely meant: a command, a flag
// or one of the values that a flag knows. Kong's own suggestions are left out, since
// to it every short flag looks like every other.
func suggest(message string, args []string, node *kong.Node) string {
	message, _, _ = strings.Cut(message, ", did you mean ")
	near := nearest(message, args, node)
	for i := range near {
		near[i] = strconv.Quote(near[i])
	}
	switch len(near) {
	case 0:
		return message
	case 1:
		return message + ", did you mean " + near[0] + "?"
	}
	return message + ", did you mean one of " + strings.Join(near, ", ") + "?"
}

// nearest finds what may be meant by what message complains about.
func nearest(message string, args []string, node *kong.Node) []string {
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
	return nil
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

// closest gives the choices that word begins, or else the one with the fewest edits
// from it, unless even that is too far to be what was meant. Ties go to the first by
// name. The dashes of a flag say nothing about what it is.
func closest(word string, choices []string) []string {
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
