// Package validate is the command "divioctl validate": it checks the files without a
// connection.
package validate

import (
	"cmp"
	"context"
	"fmt"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Files []cli.Given `arg:"" optional:"" placeholder:"FILE" help:"The files, as with --file."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Checks everything that can be checked without the API, and reports all problems
at once. It does not resolve value_from.

Example:

    divioctl validate
    divioctl validate divio/ --format json
`
}

// Options are the dependencies of the command.
type Options struct {
	Console  *cli.Console
	Workflow *workflow.Workflow
}

// Run loads the files and prints how many resources they declare.
func (o *Options) Run(context.Context) (cli.ExitCode, error) {
	doc, err := o.Workflow.Load()
	if err != nil {
		return 0, err
	}
	warnings := exposed(doc)
	for _, warning := range warnings {
		o.Console.Warn(warning)
	}
	files, resources := len(doc.Files), len(doc.State.Resources)
	if o.Console.Format == cli.FormatText {
		return o.Console.Print(fmt.Appendf(nil, "OK: %s, %s\n", cli.Plural(files, "file"), cli.Plural(resources, "resource")))
	}
	return o.Console.PrintJSON(struct {
		Files     []string `json:"files"`
		Resources int      `json:"resources"`
		Warnings  []string `json:"warnings"`
	}{doc.Files, resources, warnings})
}

// exposed warns about secrets that are written in the files.
func exposed(doc *spec.Document) []string {
	warnings := []string{}
	for _, r := range doc.State.Resources {
		for i := range r.Kind.Fields {
			if f := &r.Kind.Fields[i]; r.Exposed(f) {
				at := cmp.Or(r.FieldAt[f.Name], r.At)
				at.Column = 0
				warnings = append(warnings, fmt.Sprintf("%s: %s: %s", at, r.Address, plan.ExposedSecret))
			}
		}
	}
	return warnings
}
