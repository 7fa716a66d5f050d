// Package show is the command "divioctl show": it prints a saved plan.
package show

import (
	"context"
	"fmt"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Plan cli.Given `arg:"" placeholder:"PLAN" help:"A plan saved by plan --out."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Prints a saved plan as plan has shown it, without reading the files or the API. The
digest in it is what apply --plan-digest requires.

Example:

    divioctl show plan.divio
    divioctl show plan.divio --format json
    divioctl show plan.divio --format markdown
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	Console  *cli.Console
	Workflow *workflow.Workflow
	// Sandbox is the endpoint of a plan that was made in a sandbox, which has no address.
	Sandbox string
}

// Run prints the plan. As JSON it is the document in the file.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	saved, err := o.Workflow.ReadSaved(string(o.Plan))
	if err != nil {
		return 0, err
	}
	if o.Console.Format == cli.FormatJSON {
		return o.Console.PrintJSON(saved.Plan)
	}
	p, err := render.SavedPlan(o.Workflow.Catalog, saved)
	if err != nil {
		return 0, fmt.Errorf("show the saved plan %s: %w", o.Plan, err)
	}
	if p.Endpoint == o.Sandbox {
		p.Endpoint = "a sandbox"
	}
	return cli.ExitDone, planning.Print(o.Console, p)
}
