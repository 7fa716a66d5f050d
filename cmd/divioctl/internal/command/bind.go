package command

import (
	"context"
	"io"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/build"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/apply"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/completion"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/export"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/help"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/plan"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/sandbox"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/schema"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/show"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/validate"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/version"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/connect"
)

// runner is a command with its dependencies. An error is printed and classified in one
// place; if there is a code without an error, the command has printed everything.
type runner interface {
	Run(ctx context.Context) (cli.ExitCode, error)
}

// run is the state of one run of the program.
type run struct {
	flags   *cli.Globals
	console *cli.Console
	log     *cli.Log
	signals *cli.Signals
}

// bind connects the selected command to its dependencies; nil if it is not a command.
func (r *run) bind(selected any) runner {
	connector := connect.Connector{Flags: r.flags, Console: r.console, Log: r.log, Signals: r.signals}
	inputs := []string{r.flags.TokenFile}
	if r.flags.Sandbox.Given {
		inputs = append(inputs, r.flags.SandboxFile())
	}
	box := sandbox.Options{Console: r.console, File: r.flags.SandboxFile()}
	switch c := selected.(type) {
	case *plan.Command:
		r.flags.File = append(r.flags.File, cli.Texts(c.Files)...)
		sources := connector.Sources(c.AllowExec)
		sources.ShownOnly = c.NoSecrets
		return &plan.Options{Command: *c, Console: r.console, Workflow: connector.Workflow(sources), Inputs: inputs}
	case *apply.Command:
		return &apply.Options{
			Command: *c, Console: r.console, Workflow: connector.Workflow(connector.Sources(c.AllowExec)),
			Signals: r.signals, Files: r.flags.File, Inputs: inputs, Parallelism: r.flags.Parallelism,
		}
	case *show.Command:
		return &show.Options{Command: *c, Console: r.console, Workflow: connector.Workflow(nil), Sandbox: connect.SandboxEndpoint}
	case *export.Command:
		return &export.Options{Command: *c, Console: r.console, Workflow: connector.Workflow(nil), Files: r.flags.File}
	case *validate.Command:
		r.flags.File = append(r.flags.File, cli.Texts(c.Files)...)
		return &validate.Options{Console: r.console, Workflow: connector.Workflow(nil)}
	case *schema.Command:
		return &schema.Options{Command: *c, Console: r.console}
	case *sandbox.Serve:
		return &sandbox.ServeOptions{Serve: *c, Options: box}
	case *sandbox.Seed:
		return &sandbox.SeedOptions{Seed: *c, Options: box}
	case *sandbox.Dump:
		return &sandbox.DumpOptions{Options: box}
	case *sandbox.Reset:
		return &sandbox.ResetOptions{Options: box}
	case *completion.Command:
		return &completion.Options{Command: *c, Console: r.console, Model: Model()}
	case *version.Command:
		return &version.Options{Console: r.console, Build: build.This()}
	case *help.Command:
		return &help.Options{Command: *c, Parse: printHelp(r.console.Out)}
	}
	return nil
}

// printHelp parses a command line for the help that it asks for.
func printHelp(out io.Writer) func(args []string) error {
	return func(args []string) error {
		_, _, err := new(grammar).parse(args, out)
		return err
	}
}
