// Package planning is what plan and apply share, so that apply does what plan showed:
// the flags that decide what a plan holds, and how a plan is shown and copied.
package planning

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Flags decide what a plan holds, and where copies of it go.
type Flags struct {
	Only             []cli.Given      `sep:"none" placeholder:"GLOB" help:"Only resources with such an address, such as 'variable.shop/live/*'; * stands for anything within a part, ** across. May repeat."`
	Exclude          []cli.Given      `sep:"none" placeholder:"GLOB" help:"No resource with such an address. May repeat."`
	WithDependencies bool             `help:"Add what the selected changes need."`
	AllowExec        bool             `help:"Run the programs that the files name as sources of values (value_from: exec). Whoever can change the files can then run anything."`
	WriteSensitive   []string         `sep:"none" placeholder:"GLOB" help:"Write the sensitive values with such an address, although they cannot be compared: the API does not return them. May repeat."`
	Base             cli.Given        `placeholder:"REF|FILE" help:"Mark what an earlier version of the files, a git revision or a file or directory, would change as well: drift, which nobody asks for now."`
	Prune            []collectionName `enum:"${collections}" placeholder:"KIND" help:"Delete what is there and not declared, in the declared collections of this kind (${collection_list}). Adds to settings.prune; may repeat, or hold several with commas."`
	AllowDestroy     []string         `sep:"none" placeholder:"ADDRESS" help:"Allow that this resource is deleted, replaced or changed for good. No globs; may repeat."`
	AllowCreate      []string         `sep:"none" placeholder:"ADDRESS" help:"Allow that this resource is created, although it may exist: the API does not show enough to tell. No globs; may repeat."`
	DeleteCount      *int             `placeholder:"N" help:"Allow so many deletions of a kind; instead of settings.limits. Default: 20."`
	DeletePercent    *int             `placeholder:"N" help:"Allow that this percentage of a kind is deleted; instead of settings.limits. Default: 30, where there are ten or more."`
	Deploy           bool             `help:"Deploy the environments that are changed or wait for a deployment already, and wait until they are; plan shows which, and what else is deployed with them."`
	JSONInto         string           `name:"json-into" placeholder:"FILE" help:"Also write the plan as JSON to FILE; or the failure."`
	MarkdownInto     string           `placeholder:"FILE" help:"Also write the plan to FILE as Markdown for a pull request's comment; or the failure."`
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

// Request is what the flags ask of the workflow. Addresses that can mean nothing are
// refused: a limit is lifted with care.
func (f *Flags) Request() (workflow.Request, error) {
	destroy, err := addresses("--allow-destroy", f.AllowDestroy)
	if err != nil {
		return workflow.Request{}, err
	}
	create, err := addresses("--allow-create", f.AllowCreate)
	if err != nil {
		return workflow.Request{}, err
	}
	return workflow.Request{
		Select: plan.Selection{
			Only: cli.Texts(f.Only), Exclude: cli.Texts(f.Exclude), WithDependencies: f.WithDependencies,
		},
		Base:           string(f.Base),
		Prune:          texts(f.Prune),
		AllowDestroy:   destroy,
		AllowCreate:    create,
		DeleteCount:    f.DeleteCount,
		DeletePercent:  f.DeletePercent,
		Deploy:         f.Deploy,
		WriteSensitive: f.WriteSensitive,
	}, nil
}

// addresses reads the values of a flag that gives a permission.
func addresses(flag string, values []string) ([]resource.Address, error) {
	var addresses []resource.Address
	for _, text := range values {
		address, err := kinds.Catalog().Parse(text)
		switch {
		case strings.Contains(text, "*"):
			return nil, &cli.UsageError{
				Message: fmt.Sprintf("%s %s: name the resource itself, without globs", flag, text),
				Help:    "divioctl plan",
			}
		case err != nil:
			return nil, &cli.UsageError{
				Message: fmt.Sprintf("%s %s: this is not an address such as application.shop", flag, text),
				Help:    "divioctl plan",
			}
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// Show prints a plan as the result of a command.
func Show(c *cli.Console, p *plan.Plan) error {
	switch c.Format {
	case cli.FormatJSON:
		return render.PlanJSON(c.Out, p, nil)
	case cli.FormatMarkdown:
		return render.PlanMarkdown(c.Out, p, nil)
	}
	return render.PlanText(c.Out, p, c.Style(c.Out))
}
