// Package schema is the command "divioctl schema": it prints a JSON Schema.
package schema

import (
	"context"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/schema"
)

// Command is the command line, as kong reads it.
type Command struct {
	Of string `arg:"" optional:"" enum:"files,plan,apply,error,saved-plan" default:"files" help:"files (default), plan, apply, error or saved-plan."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Editors use the schema of the files to complete and check them. Start a file with
"# yaml-language-server: $schema=./divioctl.schema.json", or use the schema's
address. The others describe the output of --format json, and the files that plan --out
saves.

Example:

    divioctl schema > divioctl.schema.json
    divioctl schema plan
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	Console *cli.Console
}

// Run prints the schema. It is JSON in every format.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	return o.Console.Print(map[string][]byte{
		"files": schema.JSON, "plan": schema.Plan, "apply": schema.Apply, "error": schema.Error, "saved-plan": schema.Saved,
	}[o.Of])
}
