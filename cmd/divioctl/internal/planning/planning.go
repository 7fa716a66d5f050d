// Package planning is what plan and apply share, so that apply does what plan showed:
// the flags that decide what a plan holds, and how a plan is shown and copied.
package planning

import (
	"fmt"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// Flags decide what a plan contains, and where copies of it are written.
type Flags struct {
	Only             []cli.Given      `sep:"none" placeholder:"GLOB" help:"Only resources whose address matches, for example 'variable.shop/live/*', or shop/live for everything in it; * matches anything within a part, ** across parts. May repeat."`
	Exclude          []cli.Given      `sep:"none" placeholder:"GLOB" help:"Leave out resources whose address matches. May repeat."`
	WithDependencies bool             `help:"Add the changes that the selected changes depend on."`
	AllowExec        bool             `help:"Run the programs of value_from: exec. Anyone who can change the files can then run any program."`
	WriteSensitive   []cli.Given      `sep:"none" placeholder:"GLOB" help:"Write the sensitive values whose address matches, although they cannot be compared because the API does not return them. May repeat."`
	Base             cli.Given        `placeholder:"REF|FILE" help:"Mark changes that an earlier version of the files (a git revision, a file or a directory) would also make: drift."`
	Prune            []collectionName `enum:"${collections}" placeholder:"KIND" help:"Delete existing resources that are not declared, in the declared collections of this kind (${collection_list}). Adds to settings.prune. May repeat; several kinds may be separated by commas."`
	AllowDestroy     []string         `sep:"none" placeholder:"ADDRESS" help:"Allow divioctl to delete, replace or irreversibly change this resource. No globs. May repeat."`
	AllowCreate      []string         `sep:"none" placeholder:"ADDRESS" help:"Allow divioctl to create this resource although it may already exist: the API does not return enough to decide. No globs. May repeat."`
	AllowEmpty       []string         `sep:"none" placeholder:"COLLECTION" help:"Allow divioctl to delete all members of this collection, if there are three or more. For example variable.shop/live (the environment variables of shop/live), or application. No globs. May repeat."`
	DeleteCount      *int             `placeholder:"N" help:"Maximum number of deletions per kind, instead of settings.limits. Default: 20."`
	DeletePercent    *int             `placeholder:"N" help:"Maximum percentage of deletions per kind, and of each collection of ten or more, instead of settings.limits. 0 is none. Default: 30."`
	Deploy           bool             `help:"Deploy the environments that are changed or already wait for a deployment, and wait for the result. plan shows which, and what else is deployed with them."`
	JSONInto         string           `name:"json-into" placeholder:"FILE" help:"Also write the plan, or the failure, to FILE as JSON."`
	MarkdownInto     string           `placeholder:"FILE" help:"Also write the plan, or the failure, to FILE as Markdown for a comment on a pull request."`
}

// Validate is called by kong.
func (f *Flags) Validate() error {
	switch {
	case f.DeleteCount != nil && *f.DeleteCount < 0:
		return fmt.Errorf("--delete-count must not be negative, it is %d", *f.DeleteCount)
	case f.DeletePercent != nil && (*f.DeletePercent < 0 || *f.DeletePercent > 100):
		return fmt.Errorf("--delete-percent must be from 0 to 100, it is %d", *f.DeletePercent)
	}
	return nil
}

// Print prints a plan as the result of a command.
func Print(c *cli.Console, p *plan.Plan) error {
	switch c.Format {
	case cli.FormatJSON:
		return render.PlanJSON(c.Out, p, nil)
	case cli.FormatMarkdown:
		return render.PlanMarkdown(c.Out, p, nil)
	}
	return render.PlanText(c.Out, p, c.Style(c.Out))
}
