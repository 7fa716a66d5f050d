package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is the second part of the command's help.
func (completionCmd) Help() string {
	return `
Completes commands, flags and the values of flags that know theirs.

Example:

    source <(divioctl completion bash)
    source <(divioctl completion zsh)
    divioctl completion fish > ~/.config/fish/completions/divioctl.fish
`
}

func (c *completionCmd) run(_ context.Context, s *session) (exitCode, error) {
	parser, err := new(cli).parser(io.Discard, func(int) {})
	if err != nil {
		return 0, fmt.Errorf("describe the command line: %w", err)
	}
	words := completions(parser.Model.Node)
	var script string
	switch c.Shell {
	case "bash":
		script = bashCompletion(words)
	case "zsh":
		// zsh runs bash's completions; one script to keep right instead of two.
		script = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + bashCompletion(words)
	case "fish":
		script = fishCompletion(words)
	}
	return s.write([]byte(script))
}

// completion is what can follow one command.
type completion struct {
	path     string // "divioctl", "divioctl sandbox serve"
	commands []*kong.Node
	flags    []*kong.Flag
	values   []string // of the first positional argument
}

// completions lists what can follow each command, the root first.
func completions(node *kong.Node) []completion {
	c := completion{path: strings.TrimSpace("divioctl " + node.Path()), commands: node.Children}
	for _, group := range node.AllFlags(true) {
		c.flags = append(c.flags, group...)
	}
	slices.SortFunc(c.flags, func(a, b *kong.Flag) int { return strings.Compare(a.Name, b.Name) })
	if len(node.Positional) > 0 && node.Positional[0].Enum != "" {
		c.values = node.Positional[0].EnumSlice()
	}
	all := []completion{c}
	for _, child := range node.Children {
		all = append(all, completions(child)...)
	}
	return all
}

// words are the plain words that can follow: subcommands and values.
func (c *completion) words() []string {
	words := slices.Clone(c.values)
	for _, child := range c.commands {
		words = append(words, child.Name)
	}
	return words
}

// flagWords are the flags as they are typed.
func flagWords(flag *kong.Flag) []string {
	words := []string{"--" + flag.Name}
	if flag.Short != 0 {
		words = append(words, "-"+string(flag.Short))
	}
	return words
}

// takesFile reports whether a flag's value is the name of a file.
func takesFile(flag *kong.Flag) bool {
	return slices.Contains([]string{"FILE", "PATH", "DIR"}, flag.PlaceHolder)
}
