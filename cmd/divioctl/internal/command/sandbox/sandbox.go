// Package sandbox is the commands "divioctl sandbox ...": an emulator of the API, to
// try divioctl without an account.
package sandbox

import (
	"context"
	"fmt"
	"os"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// Command is the command line, as kong reads it.
type Command struct {
	Serve Serve `cmd:"" help:"Serve the sandbox over HTTP, for any client."`
	Seed  Seed  `cmd:"" help:"Add the content of a seed file."`
	Dump  Dump  `cmd:"" help:"Print the content of the sandbox."`
	Reset Reset `cmd:"" help:"Reset the sandbox to the demo organisation."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
The sandbox emulates the Divio API. Its state is kept in a file (--sandbox=FILE,
default .divioctl/sandbox.json). It starts with a small demo organisation.
The file contains everything in clear text: never put real secrets into it.

Example:

    divioctl apply --sandbox
    divioctl sandbox dump
`
}

// Options are the dependencies of each command, in addition to its flags.
type Options struct {
	Console *cli.Console
	// File holds the sandbox's state.
	File string
}

// Seed is the command line of "divioctl sandbox seed".
type Seed struct {
	Seed string `arg:"" help:"The seed file; - for standard input."`
}

// Help is the second part of the command's help.
func (Seed) Help() string {
	return `
A seed file is JSON. Objects are nested and refer to each other by
name; keys are those of the API's answers, and what is left out has its default.
docs/sandbox.md describes all of it. If the file has an error, nothing is added.

    {"applications": [{
      "slug": "shop",
      "environments": [{
        "slug": "live",
        "variables": [{"name": "DEBUG", "value": "False", "is_sensitive": false}],
        "cronjobs": [{"command": "true", "frequency": "DAILY", "time": "02:30"}],
        "domains": [{"name": "www.shop.example"}]
      }]
    }]}

Example:

    divioctl sandbox seed seed.json
    divioctl sandbox seed - --sandbox=try.json
`
}

// SeedOptions are the dependencies of seed.
type SeedOptions struct {
	Seed
	Options
}

// Run adds the content of the seed file.
func (o *SeedOptions) Run(context.Context) (cli.ExitCode, error) {
	seed := o.Console.In
	if o.Seed.Seed != "-" {
		file, err := os.Open(o.Seed.Seed)
		if err != nil {
			return 0, fmt.Errorf("read the seed: %w", err)
		}
		defer file.Close()
		seed = file
	}
	box, err := sandbox.New(sandbox.Options{File: o.File})
	if err != nil {
		return 0, err
	}
	if err := box.Seed(seed); err != nil {
		return 0, &cli.SeedError{Err: fmt.Errorf("seed the sandbox from %s: %w", o.Seed.Seed, err)}
	}
	return cli.ExitDone, nil
}

// Dump is the command line of "divioctl sandbox dump".
type Dump struct{}

// Help is the second part of the command's help.
func (Dump) Help() string {
	return `
The dump contains neither ids nor times, so that two dumps can be compared.

Example:

    divioctl sandbox dump --sandbox=try.json
`
}

// DumpOptions are the dependencies of dump.
type DumpOptions struct{ Options }

// Run prints the content of the sandbox.
func (o *DumpOptions) Run(context.Context) (cli.ExitCode, error) {
	box, err := sandbox.New(sandbox.Options{File: o.File})
	if err != nil {
		return 0, err
	}
	return cli.ExitDone, box.Dump(o.Console.Out)
}

// Reset is the command line of "divioctl sandbox reset".
type Reset struct{}

// Help is the second part of the command's help.
func (Reset) Help() string {
	return `
Deletes the content of the file, without asking. The file may be corrupt.

Example:

    divioctl sandbox reset
    divioctl sandbox reset --sandbox=try.json
`
}

// ResetOptions are the dependencies of reset.
type ResetOptions struct{ Options }

// Run resets the sandbox to the demo organisation.
func (o *ResetOptions) Run(context.Context) (cli.ExitCode, error) {
	if err := sandbox.Restart(sandbox.Options{File: o.File}); err != nil {
		return 0, err
	}
	o.Console.Say("Reset: %s now contains only the demo organisation.", o.File)
	return cli.ExitDone, nil
}
