package main

import "context"

type helpCmd struct {
	Command []string `arg:"" optional:"" help:"The command; without one, all of them are listed."`
}

// Help is the second part of the command's help.
func (helpCmd) Help() string {
	return `
Example:

    divioctl help
    divioctl help sandbox serve
`
}

// run asks for --help of the command.
func (c *helpCmd) run(_ context.Context, s *session) (exitCode, error) {
	_, _, err := new(cli).parse(append(c.Command, "--help"), s.io)
	return exitDone, err
}
