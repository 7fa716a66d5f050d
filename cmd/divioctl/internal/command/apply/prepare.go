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

// Before the first write. The policy: a violation of a limit stops everything, a blocked
// change only itself, and what is applied is a plan that somebody has seen, or has said
// beforehand that nobody needs to.

// prepare makes the plan, shows it and asks.
func (o *Options) prepare(ctx context.Context, copies *planning.Copies) (*workflow.Planned, error) {
	if o.DeployTimeout <= 0 {
		return nil, &cli.UsageError{
			Message: fmt.Sprintf("--deploy-timeout must be more than nothing, it is %s", o.DeployTimeout), Help: "divioctl apply",
		}
	}
	if !o.AutoApprove && !o.Console.CanAsk() {
		return nil, &cli.UsageError{
			Message: "apply asks before it changes anything, and there is no terminal to ask on",
			Hint:    "In a pipeline, give --auto-approve. To see the changes first, run divioctl plan.",
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
		if err := planning.Show(o.Console, p.Plan); err != nil {
			return nil, err
		}
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
	if len(p.Violations) > 0 { // the same deletions can be a larger share by now
		return nil, o.violated(p.Plan)
	}
	return p, nil
}

// plan makes the plan from the files, or from a saved one. Beside a saved one, flags may
// lift limits; what the plan holds was decided.
func (o *Options) plan(ctx context.Context) (*workflow.Planned, error) {
	if name := o.decided(); o.Plan != "" && name != "" {
		return nil, &cli.UsageError{
			Message: fmt.Sprintf("%s has no meaning beside a saved plan: %s holds what will be applied", name, o.Plan),
			Hint:    "Give it to divioctl plan --out, or apply without a saved plan.",
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

// decided names a flag that is given and would change what a saved plan holds, or
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

// another says that the plan is not the one that was reviewed.
func (o *Options) another(p *plan.Plan) error {
	return o.documented(p, fmt.Errorf("%w: it was to be %s, and is now %s", &plan.StaleError{}, o.PlanDigest, p.Digest))
}

// violated says which limits stopped the apply, and what would permit them.
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
		stopped.Hint = "If it is meant, give " + strings.Join(flags, " ") + "."
	}
	return o.documented(p, stopped)
}

// documented is an error about a plan, which its JSON shows.
func (o *Options) documented(p *plan.Plan, err error) error {
	return cli.Documented(err, func(failure *render.Failure) error {
		return render.PlanJSON(o.Console.Out, p, failure)
	})
}

// confirm asks whether to apply, and gives the plan to apply. A question may wait
// for hours: so the plan is made again after it, and what moved meanwhile makes the
// one that was shown stale.
func (o *Options) confirm(ctx context.Context, p *workflow.Planned) (*workflow.Planned, error) {
	if err := ask(ctx, o.Console, p.Plan); err != nil {
		return nil, err
	}
	again, err := p.Again(ctx)
	if err != nil {
		var moved *plan.StaleError
		if errors.As(err, &moved) {
			moved.When = "while you were asked"
		}
		return nil, fmt.Errorf("not applied: %w", err)
	}
	return again, nil
}
