// Package completion is the command "divioctl completion": it prints a shell script
// that completes commands, flags and values.
package completion

import (
	"context"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// Command is the command line, as kong reads it.
type Command struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Completes commands, flags and the values of flags that have a fixed set of values.

Example:

    source <(divioctl completion bash)
    source <(divioctl completion zsh)
    divioctl completion fish > ~/.config/fish/completions/divioctl.fish
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	Console *cli.Console
	// Model is the whole command line.
	Model *kong.Node
}

// Run prints the script.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	return o.Console.Print([]byte(Script(o.Shell, o.Model)))
}

// Script is the completion script of a shell (bash, zsh or fish) for a command line.
func Script(shell string, model *kong.Node) string {
	words := completions(model)
	switch shell {
	case "zsh":
		// zsh can run bash's completions, so only one script has to be maintained.
		return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + bashCompletion(words)
	case "fish":
		return fishCompletion(words)
	}
	return bashCompletion(words)
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
