package command

import (
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/suggest"
)

// withSuggestion adds to kong's message what the user most likely meant: a command, a
// flag or one of the values of a flag. Kong's own suggestions are removed, since it
// suggests any short flag for any other.
func withSuggestion(message string, args []string, node *kong.Node) string {
	message = withoutSuggestion(message)
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

// withoutSuggestion is an error of kong without the suggestion of kong.
func withoutSuggestion(message string) string {
	message, _, _ = strings.Cut(message, ", did you mean ")
	return message
}

// nearest finds suggestions for the argument that message is about.
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
		return suggest.Closest(complaint(message, args), names)
	case strings.HasPrefix(message, "unexpected argument"):
		var names []string
		for _, child := range node.Children {
			names = append(names, child.Name)
		}
		return suggest.Closest(complaint(message, args), names)
	}
	name, rest, isValue := strings.Cut(message, " must be one of ")
	_, got, _ := strings.Cut(rest, ` but got "`)
	for _, flag := range flags {
		if isValue && name == "--"+flag.Name {
			return suggest.Closest(strings.TrimSuffix(got, `"`), flag.EnumSlice())
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
