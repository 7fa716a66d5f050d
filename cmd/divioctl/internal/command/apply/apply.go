// Package apply is the command "divioctl apply": it shows the plan, asks, makes the
// changes, and says how each one ended.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Plan           cli.Given `arg:"" optional:"" placeholder:"PLAN" help:"A plan that plan --out saved: apply exactly that, or nothing."`
	planning.Flags `embed:""`
	PlanDigest     digest        `placeholder:"sha256:..." help:"Apply only if the plan is still the one with this digest, which plan prints."`
	AutoApprove    bool          `help:"Apply without asking."`
	Report         string        `placeholder:"FILE" help:"Keep a report (JSON) in FILE, step by step, so that it is complete after a crash as well."`
	DeployTimeout  time.Duration `default:"60m" placeholder:"TIME" help:"How long to wait for each deployment (default: 60m)."`
	Verify         bool          `help:"Read again at the end, say so, and exit with 8 if what was touched still differs."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Shows the plan, asks, makes the changes, and says how each one ended. What fails
leaves the rest alone; re-run to apply the remaining changes. The first Ctrl-C
finishes what is running, a second Ctrl-C aborts immediately. With --deploy, the
environments that are changed, or wait for a deployment already, are deployed, each
after one that is running already; a deployment goes on at Divio when Ctrl-C ends
the waiting. Without it, what needs a deployment waits for a later run.

Example:

    divioctl apply
    divioctl apply --auto-approve --verify --report report.json
    divioctl apply --auto-approve --deploy
    divioctl apply plan.divio --auto-approve
`
}

// Options are all that the command depends on.
type Options struct {
	Command
	Console  *cli.Console
	Workflow *workflow.Workflow
	Signals  *cli.Signals
	// Files are those of -f: a saved plan goes without.
	Files []string
	// Parallelism is how many calls may be under way at once.
	Parallelism int
}

// Run prepares the plan (prepare.go) and applies it.
func (o *Options) Run(ctx context.Context) (cli.ExitCode, error) {
	return o.WithCopies(func(copies *planning.Copies) (cli.ExitCode, error) {
		p, err := o.prepare(ctx, copies)
		if err != nil {
			failReport(o.Report, err)
			return 0, err
		}
		report, err := beginReport(o.Report, len(p.Steps))
		if err != nil {
			return 0, err
		}
		return o.guarded(ctx, p, report)
	})
}

// guarded applies the plan. A panic has partly applied it, since something may have
// been written by then.
func (o *Options) guarded(ctx context.Context, p *workflow.Planned, report *report) (cli.ExitCode, error) {
	code, err := cli.Guard(func() (cli.ExitCode, error) { return o.apply(ctx, p, report) })
	var bug *cli.BugError
	if errors.As(err, &bug) && len(p.Steps) > 0 {
		return code, &cli.PartlyError{Err: bug}
	}
	return code, err
}

// apply makes the changes, checks them and shows how they ended.
func (o *Options) apply(ctx context.Context, p *workflow.Planned, report *report) (cli.ExitCode, error) {
	c := o.Console
	if len(p.Steps) > 0 {
		c.Say("\nApplying %s to %s:", cli.Plural(len(p.Steps), "step"), render.Where(p.Plan, c.Style(c.Err)))
	}
	// What is running outlives the first Ctrl-C: after a write that is aborted,
	// nobody knows whether it was made.
	writing, cancel := o.Signals.UntilSecond(ctx)
	defer cancel()
	silence := context.AfterFunc(ctx, func() {
		c.Say("Interrupted: finishing what is running. A second Ctrl-C aborts immediately.")
	})
	defer silence()
	progress := render.Progress(c.Err, c.Style(c.Err))
	result := p.Apply(writing, apply.Options{
		Parallelism:   o.Parallelism,
		Progress:      func(e apply.Event) { report.event(e); progress(e) },
		Stop:          o.Signals.First(),
		DeployTimeout: o.DeployTimeout,
	})
	if result.Ledger != nil && result.Ledger.Changed {
		c.Say("The ledger %s has changed: commit it.", result.Ledger.File)
	}
	if c.Format == cli.FormatText && !p.Empty() {
		c.Say("")
		c.SayUnprinted(render.ApplyText(c.Out, result, c.Style(c.Out)))
	}
	o.showDeployments(p.Plan, result)
	if report.err != nil {
		c.Say("The report could not be written: %v", report.err)
	}
	err := judge(result)
	if err == nil && o.Verify && result.Wrote {
		err = o.verify(ctx, p, result)
	}
	report.end(result, err)
	return o.showResult(result, err)
}

// verify looks again, and fails where something still differs.
func (o *Options) verify(ctx context.Context, p *workflow.Planned, result *apply.Result) error {
	c, before := o.Console, p.Requests()
	found, err := p.Verify(ctx)
	result.Requests = p.Requests()
	verified := err == nil && len(found.Left) == 0
	result.Verified = &verified
	switch {
	case err != nil:
		return &cli.DiffersError{Err: fmt.Errorf("applied, but it could not be verified: %w", err)}
	case verified && c.Format == cli.FormatText:
		fmt.Fprintf(c.Out, "Verified: nothing that was touched differs (%s more).\n", cli.Plural(p.Requests()-before, "request"))
		return nil
	case verified:
		return nil
	case c.Format == cli.FormatText:
		c.SayUnprinted(render.PlanText(c.Out, found.Plan, c.Style(c.Out)))
	}
	return judgeVerification(found)
}

// showDeployments says how the deployments ended, and what waits for one. The latter
// alone is no result, but what to do next.
func (o *Options) showDeployments(p *plan.Plan, result *apply.Result) {
	c := o.Console
	switch {
	case len(result.Deployments) == 0:
	case !p.Deploy:
		c.Say("")
		c.SayUnprinted(render.DeploymentsText(c.Err, result, c.Style(c.Err)))
	case c.Format == cli.FormatText:
		c.Say("")
		c.SayUnprinted(render.DeploymentsText(c.Out, result, c.Style(c.Out)))
	}
}

// showResult prints the result as JSON. As text it stands there already.
func (o *Options) showResult(result *apply.Result, err error) (cli.ExitCode, error) {
	print := func(failure *render.Failure) error {
		if o.Console.Format == cli.FormatText {
			return nil
		}
		return render.ApplyJSON(o.Console.Out, result, failure)
	}
	if err != nil {
		return 0, cli.Documented(err, print)
	}
	o.Console.SayUnprinted(print(nil))
	return cli.ExitDone, nil
}
