package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Before the first write. The policy: a violation of a limit stops everything, a
// blocked change only itself, and a plan is applied only if the user has approved it,
// or has passed --auto-approve.

// prepare makes the plan, shows it and asks for approval.
func (o *Options) prepare(ctx context.Context, copies *planning.Copies) (*workflow.Planned, error) {
	if o.DeployTimeout <= 0 {
		return nil, &cli.UsageError{
			Message: fmt.Sprintf("--deploy-timeout must be positive, it is %s", o.DeployTimeout), Help: "divioctl apply",
		}
	}
	if !o.AutoApprove && !o.Console.CanAsk() {
		return nil, &cli.UsageError{
			Message: "apply asks for approval, but there is no terminal",
			Hint:    "In a pipeline, pass --auto-approve. To see the changes first, run divioctl plan.",
		}
	}
	p, err := o.plan(ctx)
	if err != nil {
		return nil, err
	}
	if err := copies.Write(p.Plan); err != nil {
		return nil, err
	}
	if o.Console.Format == cli.FormatText {
		// Nobody may approve what cannot be shown; what is approved already is applied.
		err := planning.Print(o.Console, p.Plan)
		if err != nil && !o.AutoApprove {
			return nil, fmt.Errorf("nothing was applied, because the plan could not be shown: %v", err)
		}
		o.Console.SayUnprinted(err)
	}
	if o.PlanDigest != "" && string(o.PlanDigest) != p.Digest {
		return nil, o.another(p.Plan)
	}
	if len(p.Violations) > 0 {
		return nil, o.violated(p.Plan)
	}
	if p.Empty() || o.AutoApprove {
		return p, nil
	}
	if p, err = o.confirm(ctx, p); err != nil {
		return nil, err
	}
	if len(p.Violations) > 0 { // the same deletions can be a larger percentage by now
		return nil, o.violated(p.Plan)
	}
	return p, nil
}

// plan makes the plan from the files, or from a saved one. For a saved one, flags may
// lift limits, but they cannot change what the plan contains.
func (o *Options) plan(ctx context.Context) (*workflow.Planned, error) {
	if name := o.decided(); o.Plan != "" && name != "" {
		return nil, &cli.UsageError{
			Message: fmt.Sprintf("%s cannot be used with a saved plan: the plan %s is applied as it was saved", name, o.Plan),
			Hint:    "Pass it to divioctl plan --out, or apply without a saved plan.",
		}
	}
	request, err := o.Request()
	if err != nil {
		return nil, err
	}
	if o.Plan == "" {
		return o.Workflow.Plan(ctx, request)
	}
	return o.Workflow.Open(ctx, string(o.Plan), request)
}

// decided returns a flag that is given and would change what a saved plan contains, or
// "".
func (o *Options) decided() string {
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--file", len(o.Files) > 0},
		{"--only", len(o.Only) > 0},
		{"--exclude", len(o.Exclude) > 0},
		{"--with-dependencies", o.WithDependencies},
		{"--base", o.Base != ""},
		{"--prune", len(o.Prune) > 0},
		{"--write-sensitive", len(o.WriteSensitive) > 0},
		{"--deploy", o.Deploy},
	} {
		if flag.given {
			return flag.name
		}
	}
	return ""
}

// another reports that the plan is not the one that was reviewed.
func (o *Options) another(p *plan.Plan) error {
	return o.documented(p, fmt.Errorf("%w: expected %s, got %s", &plan.StaleError{}, o.PlanDigest, p.Digest))
}

// violated reports which limits stopped the apply, and which flags allow it.
func (o *Options) violated(p *plan.Plan) error {
	var messages, flags []string
	for _, b := range p.Violations {
		messages = append(messages, b.Message)
		if b.Flag != "" {
			flags = append(flags, b.Flag)
		}
	}
	stopped := &cli.StoppedError{Message: "nothing was applied: " + cli.List(messages)}
	if len(flags) > 0 {
		stopped.Hint = "If this is intended, pass " + strings.Join(flags, " ") + "."
	}
	return o.documented(p, stopped)
}

// documented is an error about a plan, which is printed in the JSON of the plan.
func (o *Options) documented(p *plan.Plan, err error) error {
	return cli.Documented(err, func(failure *render.Failure) error {
		return render.PlanJSON(o.Console.Out, p, failure)
	})
}

// confirm asks whether to apply, and returns the plan to apply. The answer may take
// hours, so the plan is made again after it; if the current state changed in the
// meantime, the plan that was shown is stale.
func (o *Options) confirm(ctx context.Context, p *workflow.Planned) (*workflow.Planned, error) {
	if err := ask(ctx, o.Console, p.Plan); err != nil {
		return nil, err
	}
	again, err := p.Again(ctx)
	if err != nil {
		var moved *plan.StaleError
		if errors.As(err, &moved) {
			moved.When = "before the plan was approved"
		}
		return nil, fmt.Errorf("not applied: %w", err)
	}
	return again, nil
}
