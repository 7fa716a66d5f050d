package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/render"
)

type applyCmd struct {
	Plan          given `arg:"" optional:"" placeholder:"PLAN" help:"A plan that plan --out saved: apply exactly that, or nothing."`
	planFlags     `embed:""`
	PlanDigest    planDigest    `placeholder:"sha256:..." help:"Apply only if the plan is still the one with this digest, which plan prints."`
	AutoApprove   bool          `help:"Apply without asking."`
	Report        string        `placeholder:"FILE" help:"Keep a report (JSON) in FILE, step by step, so that it is complete after a crash as well."`
	DeployTimeout time.Duration `default:"45m" placeholder:"TIME" help:"How long to wait for all deployments together (default: 45m)."`
	Verify        bool          `help:"Read again at the end, say so, and exit with 8 if what was touched still differs."`
}

// Help is the second part of the command's help.
func (applyCmd) Help() string {
	return `
Shows the plan, asks, makes the changes, and says how each one ended. What fails
leaves the rest alone; running it again makes good what is missing. The first
Ctrl-C finishes what is under way, the second one breaks it off. With --deploy,
what needs a deployment gets one at the end, after any that is under way already;
a deployment that is waited for goes on at Divio when Ctrl-C ends the waiting.

Example:

    divioctl apply
    divioctl apply --auto-approve --verify --report report.json
    divioctl apply --auto-approve --deploy
    divioctl apply plan.divio --auto-approve
`
}

func (c *applyCmd) run(ctx context.Context, s *session) (exitCode, error) {
	s.copies = copies{json: c.JSONInto, markdown: c.MarkdownInto}
	p, err := c.prepare(ctx, s)
	if err != nil {
		reportFile(c.Report).fail(err)
		return 0, err
	}
	return c.apply(ctx, s, p)
}

// plan makes the plan from the files, or from a saved one.
func (c *applyCmd) plan(ctx context.Context, s *session) (*planned, error) {
	if c.Plan == "" {
		return s.plan(ctx, c.planFlags)
	}
	return s.planAgain(ctx, string(c.Plan), c.planFlags)
}

// prepare makes the plan, shows it and asks. The policy before the first write: a
// breach stops everything, a blocked change only itself.
func (c *applyCmd) prepare(ctx context.Context, s *session) (*planned, error) {
	if c.DeployTimeout <= 0 {
		return nil, &usageError{
			message: fmt.Sprintf("--deploy-timeout must be more than nothing, it is %s", c.DeployTimeout), help: "divioctl apply",
		}
	}
	if !c.AutoApprove && !s.io.canAsk() {
		return nil, &usageError{
			message: "apply asks before it changes anything, and there is no terminal to ask on",
			hint:    "In a pipeline, give --auto-approve. To see the changes first, run divioctl plan.",
		}
	}
	p, err := c.plan(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := s.copies.write(p.Plan); err != nil {
		return nil, err
	}
	if s.format == formatText {
		if err := s.showPlan(p.Plan); err != nil {
			return nil, err
		}
	}
	if c.PlanDigest != "" && string(c.PlanDigest) != p.Digest {
		return nil, s.another(p.Plan, string(c.PlanDigest))
	}
	if len(p.Breaches) > 0 {
		return nil, s.breached(p.Plan)
	}
	if len(p.Steps) == 0 || c.AutoApprove {
		return p, nil
	}
	if p, err = s.confirm(ctx, p); err != nil {
		return nil, err
	}
	if len(p.Breaches) > 0 { // the same deletions can be a larger share by now
		return nil, s.breached(p.Plan)
	}
	return p, nil
}

// apply makes the changes, checks them and shows how they ended.
func (c *applyCmd) apply(ctx context.Context, s *session, p *planned) (exitCode, error) {
	report := reportFile(c.Report)
	if err := report.begin(); err != nil {
		return 0, err
	}
	if len(p.Steps) > 0 {
		s.writing = true
		s.say("\nApplying %s to %s:", plural(len(p.Steps), "step"), render.Where(p.Plan, s.style(s.io.err)))
	}
	// What is under way outlives the first Ctrl-C: a write that is broken off
	// leaves nobody knowing whether it was made.
	writing, cancel := s.signals.untilSecond(ctx)
	defer cancel()
	silence := context.AfterFunc(ctx, func() {
		s.say("Interrupted: finishing what is under way. Ctrl-C again breaks it off.")
	})
	defer silence()
	options := apply.Options{
		Parallelism:   s.flags.Parallelism,
		Progress:      render.Progress(s.io.err, s.style(s.io.err)),
		Report:        report.write,
		Stop:          s.signals.first,
		Requests:      p.client.Requests,
		DeployTimeout: c.DeployTimeout,
	}
	result := apply.Run(writing, remote.NewCaller(p.client), p.Plan, options)
	s.remember(writing, p, result)
	if s.format == formatText && !p.Empty() {
		s.say("")
		s.printed(render.ApplyText(s.io.out, result, s.style(s.io.out)))
	}
	err := judge(result)
	if err == nil && c.Verify && result.Wrote {
		err = s.verify(ctx, p, result)
	}
	err = s.deploy(writing, p, result, options, err)
	report.end(result, err)
	return s.showResult(result, err)
}

// showResult prints the result as JSON. As text it stands there already.
func (s *session) showResult(result *apply.Result, err error) (exitCode, error) {
	print := func(failure *render.Failure) error {
		if s.format == formatText {
			return nil
		}
		return render.ApplyJSON(s.io.out, result, failure)
	}
	if err != nil {
		return 0, &documented{err, print}
	}
	s.printed(print(nil))
	return exitDone, nil
}

// printed says that a result could not be printed. It changes no exit code: what
// was written stays written.
func (s *session) printed(err error) {
	if err != nil {
		s.say("divioctl: the result could not be printed: %v", err)
	}
}

// breached says which brakes stopped the apply, and what would lift them.
func (s *session) breached(p *plan.Plan) error {
	var messages, flags []string
	for _, b := range p.Breaches {
		messages = append(messages, b.Message)
		if b.Flag != "" {
			flags = append(flags, b.Flag)
		}
	}
	stopped := &stoppedError{message: "nothing was applied: " + list(messages)}
	if len(flags) > 0 {
		stopped.hint = "If it is meant, give " + strings.Join(flags, " ") + "."
	}
	return &documented{stopped, func(failure *render.Failure) error {
		return render.PlanJSON(s.io.out, p, failure)
	}}
}
