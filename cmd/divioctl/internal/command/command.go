// Package command is the command line of divioctl: the grammar, and the dependencies of
// each command. Every command is a separate package below this one, with its flags
// (Command), its dependencies (Options), and what it does (Run). No command imports
// another.
package command

import (
	"context"
	"strconv"
	"strings"

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
)

// grammar is the command line as kong reads it.
type grammar struct {
	cli.Globals `group:"global"`

	Plan       plan.Command       `cmd:"" help:"Show what apply would change."`
	Apply      apply.Command      `cmd:"" help:"Make the changes that the files ask for."`
	Show       show.Command       `cmd:"" help:"Print a saved plan."`
	Export     export.Command     `cmd:"" help:"Write the files for the resources that already exist."`
	Validate   validate.Command   `cmd:"" help:"Check the files without a connection."`
	Schema     schema.Command     `cmd:"" help:"Print the JSON Schema of the files."`
	Sandbox    sandbox.Command    `cmd:"" help:"Use an emulator of the API, to try divioctl without an account."`
	Completion completion.Command `cmd:"" help:"Print the completion script of a shell."`
	Version    version.Command    `cmd:"" help:"Print the version."`
	ShowHelp   help.Command       `cmd:"" name:"help" help:"Print the help of a command."`

	ShowVersion version.Flag `name:"version" help:"Print the version."`
}

// Help is the second part of the root help.
func (grammar) Help() string {
	var b strings.Builder
	b.WriteString("Example:\n\n" +
		"    divioctl plan --sandbox\n" +
		"    divioctl apply --file divio.yaml --auto-approve\n\n" +
		"Exit codes:\n\n")
	for _, e := range cli.ExitCodes {
		b.WriteString("    " + padLeft(strconv.Itoa(int(e.Code)), 3) + "  " + e.Meaning + "\n")
	}
	return b.String()
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-len(text))) + text
}

// Run is the program without the process: it parses the arguments, runs the command,
// and returns the exit code.
func Run(ctx context.Context, args []string, streams cli.Streams, signals *cli.Signals) cli.ExitCode {
	line := new(grammar)
	selected, helped, err := line.parse(args, streams.Out)
	if helped {
		return cli.ExitDone
	}
	console := cli.NewConsole(streams, &line.Globals)
	if err != nil {
		// If the command line is invalid, so is its --format; whether it seems to ask
		// for JSON decides, so that a pipeline gets JSON in any case.
		if AsksForJSON(args) {
			console.Format = cli.FormatJSON
		}
		return console.Fail(err)
	}
	log, err := cli.OpenLog(&line.Globals, streams.Err)
	if err != nil {
		return console.Fail(err)
	}
	defer log.Close()

	ctx, cancel := signals.UntilFirst(ctx)
	defer cancel()
	this := run{flags: &line.Globals, console: console, log: log, signals: signals}
	code, err := cli.Guard(func() (cli.ExitCode, error) { return this.bind(selected).Run(ctx) })
	if err != nil {
		return console.Fail(err)
	}
	return code
}
