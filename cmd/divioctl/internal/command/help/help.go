// Package help is the command "divioctl help".
package help

import (
	"context"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// Command is the command line, as kong reads it.
type Command struct {
	Command []string `arg:"" optional:"" help:"The command. Without it, all commands are listed."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Example:

    divioctl help
    divioctl help sandbox serve
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	// Parse reads a command line, and prints the help if it asks for it.
	Parse func(args []string) error
}

// Run asks for --help of the command.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	return cli.ExitDone, o.Parse(append(o.Command.Command, "--help"))
}
