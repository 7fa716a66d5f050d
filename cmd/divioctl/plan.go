package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// planFlags are the flags that decide what a plan holds. plan and apply share
// them, so that apply does what plan showed.
type planFlags struct {
	selectFlags   `embed:""`
	secretFlags   `embed:""`
	Base          given            `placeholder:"REF|FILE" help:"Mark what an earlier version of the files, a git revision or a file or directory, would change as well: drift, which nobody asks for now."`
	Prune         []collectionName `enum:"${collections}" placeholder:"KIND" help:"Delete what is there and not declared, in the declared collections of this kind (${collection_list}). Adds to settings.prune; may repeat, or hold several with commas."`
	AllowDestroy  []string         `sep:"none" placeholder:"ADDRESS" help:"Allow that this resource is deleted, replaced or changed for good. No globs; may repeat."`
	DeleteCount   *int             `placeholder:"N" help:"Allow so many deletions of a kind; instead of settings.limits. Default: 20."`
	DeletePercent *int             `placeholder:"N" help:"Allow that this percentage of a kind is deleted; instead of settings.limits. Default: 30, where there are ten or more."`
	Deploy        bool             `help:"Deploy the environments that are changed and need it, and wait for that; plan shows which, and what else would go along."`
	JSONInto      string           `name:"json-into" placeholder:"FILE" help:"Also write the plan as JSON to FILE; or the failure."`
	MarkdownInto  string           `placeholder:"FILE" help:"Also write the plan to FILE as Markdown for a pull request's comment; or the failure."`
}

// Validate is called by kong.
func (f *planFlags) Validate() error {
	switch {
	case f.DeleteCount != nil && *f.DeleteCount < 0:
		return fmt.Errorf("--delete-count must not be negative, it is %d", *f.DeleteCount)
	case f.DeletePercent != nil && (*f.DeletePercent < 0 || *f.DeletePercent > 100):
		return fmt.Errorf("--delete-percent must be from 0 to 100, it is %d", *f.DeletePercent)
	}
	return nil
}

// over gives what the files say about policy, with what the flags say instead.
func (f *planFlags) over(settings resource.Settings) resource.Settings {
	if f.DeleteCount != nil {
		settings.DeleteCount = f.DeleteCount
	}
	if f.DeletePercent != nil {
		settings.DeletePercent = f.DeletePercent
	}
	return settings
}

// check refuses addresses that can mean nothing: a brake is lifted with care.
func (f *planFlags) check(kinds []*resource.Kind) error {
	for _, address := range f.AllowDestroy {
		switch kind := resource.Address(address).Kind(); {
		case strings.Contains(address, "*"):
			return &usageError{
				message: fmt.Sprintf("--allow-destroy %s: name the resource itself, without globs", address),
				help:    "divioctl plan",
			}
		case !slices.ContainsFunc(kinds, func(k *resource.Kind) bool { return k.Name == kind }):
			return &usageError{
				message: fmt.Sprintf("--allow-destroy %s: this is not an address such as application.shop", address),
				help:    "divioctl plan",
			}
		}
	}
	return nil
}

func (f *planFlags) addresses() []resource.Address {
	var addresses []resource.Address
	for _, a := range f.AllowDestroy {
		addresses = append(addresses, resource.Address(a))
	}
	return addresses
}

func (f *planFlags) collections() []string {
	var names []string
	for _, c := range f.Prune {
		names = append(names, string(c))
	}
	return names
}

type planCmd struct {
	planFlags        `embed:""`
	DetailedExitcode bool  `help:"Exit with 2 when there are changes."`
	NoSecrets        bool  `help:"Look up no values (value_from). What cannot be compared then is left alone, and what apply may write is listed."`
	Out              given `placeholder:"FILE" help:"Save the plan to FILE, for divioctl apply FILE. It holds no secret."`
}

// Help is the second part of the command's help.
func (planCmd) Help() string {
	return `
Reads the files and the API, and prints the difference. Changes nothing.

Example:

    divioctl plan --detailed-exitcode
    divioctl plan --out plan.divio --only 'variable.shop/**'
    divioctl plan --prune variables --prune cronjobs --json-into plan.json
    divioctl plan --base origin/main --markdown-into comment.md
`
}

func (c *planCmd) run(ctx context.Context, s *session) (exitCode, error) {
	c.without = c.NoSecrets
	s.copies = copies{json: c.JSONInto, markdown: c.MarkdownInto}
	if err := forget(string(c.Out)); err != nil {
		return 0, err
	}
	p, err := s.plan(ctx, c.planFlags)
	if err != nil {
		return 0, s.incomplete(ctx, p, err)
	}
	if err := s.copies.write(p.Plan); err != nil {
		return 0, err
	}
	if err := s.savePlan(p, string(c.Out)); err != nil {
		return 0, err
	}
	if err := s.showPlan(p.Plan); err != nil {
		return 0, err
	}
	if c.DetailedExitcode && !p.Empty() {
		return exitChanges, nil
	}
	return exitDone, nil
}

// incomplete shows what is known after a failed read, and gives the error. Nothing
// is saved, and a comment on a pull request says only that it failed.
func (s *session) incomplete(ctx context.Context, p *planned, err error) error {
	if p == nil || p.in.Current == nil || len(p.in.Current.Unread) == 0 || ctx.Err() != nil {
		return err
	}
	partial := plan.Partial(p.in)
	if partial == nil {
		return err
	}
	s.copies.plan = partial
	if s.format == formatText {
		s.printed(s.showPlan(partial))
	}
	return &documented{err, func(failure *render.Failure) error {
		return render.PlanJSON(s.io.out, partial, failure)
	}}
}

// showPlan prints the plan as the result of the command.
func (s *session) showPlan(p *plan.Plan) error {
	switch s.format {
	case formatJSON:
		return render.PlanJSON(s.io.out, p, nil)
	case formatMarkdown:
		return render.PlanMarkdown(s.io.out, p, nil)
	}
	return render.PlanText(s.io.out, p, s.style(s.io.out))
}
