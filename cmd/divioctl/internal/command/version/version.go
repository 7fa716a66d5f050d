// Package version is the command "divioctl version", and the flag --version.
package version

import (
	"context"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/build"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// Command is the command line, as kong reads it.
type Command struct{}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Example:

    divioctl version
    divioctl version --format json
`
}

// Options are the dependencies of the command.
type Options struct {
	Console *cli.Console
	Build   build.Build
}

// Run prints the version.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	if o.Console.Format == cli.FormatJSON {
		return o.Console.PrintJSON(o.Build)
	}
	return o.Console.Print([]byte(o.Build.String()))
}

// Flag is --version, the same as the command.
type Flag bool

// BeforeReset is called by kong as soon as it has read the flag.
func (Flag) BeforeReset(app *kong.Kong) error {
	fmt.Fprint(app.Stdout, build.This())
	app.Exit(int(cli.ExitDone))
	return nil
}
