// Package apply is the command "divioctl apply": it shows the plan, asks for approval,
// makes the changes, and reports how each one ended.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Plan           cli.Given `arg:"" optional:"" placeholder:"PLAN" help:"A plan saved by plan --out: apply exactly this plan, or nothing."`
	planning.Flags `embed:""`
	PlanDigest     digest        `placeholder:"sha256:..." help:"Apply only if the plan still has this digest (printed by plan)."`
	AutoApprove    bool          `help:"Apply without asking."`
	Report         string        `placeholder:"FILE" help:"Write a JSON report to FILE. It is updated before and after each step, so it is also complete after a crash."`
	DeployTimeout  time.Duration `default:"60m" placeholder:"TIME" help:"How long to wait for each deployment (default: 60m)."`
	Verify         bool          `help:"Read the changed collections again at the end, and exit with 8 if they still differ."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Shows the plan, asks for approval, makes the changes, and reports how each one
ended. A failed change does not stop independent ones; re-run to apply the
remaining changes. The first Ctrl-C finishes the running steps, a second Ctrl-C
aborts immediately.

With --deploy, apply deploys the environments that are changed or already wait
for a deployment. If a deployment is running, it waits for that one first. Ctrl-C
stops the waiting, and the deployment continues at Divio. Without --deploy, steps
that need a deployment wait for a later run.

Example:

    divioctl apply
    divioctl apply --auto-approve --verify --report report.json
    divioctl apply --auto-approve --deploy
    divioctl apply plan.divio --auto-approve
`
}

// Options are the dependencies of the command.
type Options struct {
	Command
	Console  *cli.Console
	Workflow *workflow.Workflow
	Signals  *cli.Signals
	// Files are the values of -f, which cannot be used with a saved plan. Inputs are the
	// files that other flags of every command name.
	Files, Inputs []string
	// Parallelism is how many calls may run at once.
	Parallelism int
}

// Run prepares the plan (prepare.go) and applies it.
func (o *Options) Run(ctx context.Context) (cli.ExitCode, error) {
	reportTo := output.File{Flag: "--report", Path: o.Report}
	outputs := planning.Outputs{
		Flags: &o.Flags, Own: []output.File{reportTo}, Workflow: o.Workflow, Saved: string(o.Plan), Named: o.Inputs,
	}
	return outputs.Write(func(copies *planning.Copies) (cli.ExitCode, error) {
		report, err := beginReport(reportTo)
		if err != nil {
			return 0, err
		}
		p, err := o.prepare(ctx, copies)
		if err != nil {
			o.sayUnwritten(report.fail(err))
			return 0, err
		}
		report.start(len(p.Steps))
		return o.guarded(ctx, p, report)
	})
}

// sayUnwritten says that the report could not be written, where err is not nil.
func (o *Options) sayUnwritten(err error) {
	if err != nil {
		o.Console.Warn(fmt.Sprintf("the report could not be written (--report): %v", err))
	}
}

// guarded applies the plan. A panic counts as partly applied, since something may have
// been written.
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
	// The first Ctrl-C does not abort running steps: it is unknown whether an aborted
	// write was made.
	writing, cancel := o.Signals.UntilSecond(ctx)
	defer cancel()
	silence := context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); !errors.Is(cause, cli.ErrInterrupted) {
			c.Say("Stopping, since %v: finishing what is running. Ctrl-C aborts immediately.", cause)
			return
		}
		c.Say("Interrupted: finishing what is running. A second Ctrl-C aborts immediately.")
	})
	progress := render.Progress(c.Err, c.Style(c.Err))
	result := p.Apply(writing, apply.Options{
		Parallelism:   o.Parallelism,
		Progress:      func(e apply.Event) { report.event(e); progress(e) },
		Stop:          o.Signals.First(),
		DeployTimeout: o.DeployTimeout,
	})
	silence()
	if result.Ledger != nil && result.Ledger.Changed {
		c.Say("The ledger %s was updated: commit it.", result.Ledger.File)
	}
	if c.Format == cli.FormatText && !p.Empty() {
		c.Say("")
		c.SayUnprinted(render.ApplyText(c.Out, result, c.Style(c.Out)))
	}
	o.showDeployments(p.Plan, result)
	err := judge(result, context.Cause(ctx))
	if err == nil && o.Verify && result.Wrote {
		err = o.verify(ctx, p, result)
	}
	o.sayUnwritten(report.end(result, err))
	return o.showResult(result, err)
}

// verify reads again, and fails if something still differs.
func (o *Options) verify(ctx context.Context, p *workflow.Planned, result *apply.Result) error {
	c, before := o.Console, p.Requests()
	found, err := p.Verify(ctx)
	result.Requests = p.Requests()
	if err != nil && ctx.Err() != nil {
		result.Interrupted = true
		return &cli.PartlyError{Err: &cli.UnverifiedError{Err: context.Cause(ctx)}}
	}
	verified := err == nil && len(found.Left) == 0
	result.Verified = &verified
	switch {
	case err != nil:
		return &cli.DiffersError{Err: fmt.Errorf("applied, but not verified: %w", err)}
	case verified && c.Format == cli.FormatText:
		_, err := c.Print(fmt.Appendf(nil, "Verified: the changed collections match the files (%s more).\n", cli.Plural(p.Requests()-before, "request")))
		c.SayUnprinted(err)
		return nil
	case verified:
		return nil
	case c.Format == cli.FormatText:
		c.SayUnprinted(render.PlanText(c.Out, found.Plan, c.Style(c.Out)))
	}
	return judgeVerification(found)
}

// showDeployments prints how the deployments ended, and what waits for one. If only the
// latter exists, it is printed as a message and not as a result.
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

// showResult prints the result as JSON. As text it has been printed already.
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
