// Package apply makes the calls of a plan, side by side where nothing stands
// against it, and says how each of them ended. It decides nothing about what to
// do: it never compares, and the plan stays as it is.
//
// The way through it: which step may start is decided in run.go, ids that were
// not known when the plan was made are filled in by handles.go, and what the ends
// of the steps mean for the changes is in changes.go. What has been applied can then
// be deployed (deploy.go).
package apply

import (
	"context"
	"time"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// API makes one call, with all the repeats that its retry class allows. It
// returns soon after ctx has ended, and is used by several goroutines at once.
//
// An error may say whether the call was carried out all the same, by a method
// Unknown() bool somewhere in its chain: true means that nobody knows. Without
// one, an error means that the call was not carried out, or, where the call has
// an Until, that its effect did not show.
type API interface {
	Do(ctx context.Context, call resource.Call) (resource.Answer, error)
}

// Options say how to apply. The zero value is of use.
type Options struct {
	// Parallelism is how many calls may be under way at once, 8 if 0.
	Parallelism int
	// Progress is told when a step starts and when it ends. It is called from
	// one goroutine, the one that called Run.
	Progress func(Event)
	// Report is handed the result before the first step, and before and after
	// each step, so that what it writes is complete after a crash as well. It
	// must not keep the result. Its first error goes into the result; apply
	// goes on.
	Report func(*Result) error
	// Stop, once closed, lets running steps finish and starts no others: the
	// first Ctrl-C. The second cancels the context, which ends all at once.
	Stop <-chan struct{}
	// Now gives the time, time.Now if nil.
	Now func() time.Time
	// Requests counts the requests sent so far; nil counts none.
	Requests func() int

	// What follows is for Deploy alone.

	// Withheld, if not "", says why nothing is deployed after all.
	Withheld string
	// Deploying is told what becomes of a deployment, at every look. It is called
	// from the goroutine that called Deploy.
	Deploying func(DeploymentResult)
	// DeployTimeout is how long all deployments together are waited for, 45
	// minutes if 0.
	DeployTimeout time.Duration
	// Poll is the pause between the first looks at a deployment, half a second if
	// 0; later ones are up to twenty times as long.
	Poll time.Duration
	// Redact takes the secrets out of a log; nil leaves it as it is.
	Redact func(string) string
}

// complete fills in what the zero value stands for.
func (opt Options) complete() Options {
	if opt.Parallelism <= 0 {
		opt.Parallelism = 8
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.DeployTimeout <= 0 {
		opt.DeployTimeout = 45 * time.Minute
	}
	if opt.Poll <= 0 {
		opt.Poll = 500 * time.Millisecond
	}
	if opt.Redact == nil {
		opt.Redact = func(text string) string { return text }
	}
	return opt
}

// publish hands out the result as it stands.
func (opt Options) publish(r *Result) {
	r.Duration = opt.Now().Sub(r.StartedAt)
	if opt.Requests != nil {
		r.Requests = opt.Requests()
	}
	if opt.Report == nil {
		return
	}
	if err := opt.Report(r); err != nil && r.ReportError == nil {
		r.ReportError = err
	}
}

// Event is a step that has started (its Status is still [Pending]) or ended.
// Ended is how many of the Total steps have ended so far.
type Event struct {
	Step         StepResult
	Ended, Total int
}

// Status is how a step or a change ended.
type Status string

// The ends of a step. A change ends as the worst of its steps; from good to bad
// they are done, skipped (nothing happened), failed (something may have to be put
// right) and unknown (somebody has to look). Only changes can be blocked: the
// plan left them out.
const (
	Pending Status = ""
	Done    Status = "done"
	Skipped Status = "skipped"
	Failed  Status = "failed"
	Unknown Status = "unknown"
	Blocked Status = "blocked"
)

// Result is how everything ended.
type Result struct {
	// Steps in the plan's order, every step exactly once.
	Steps []StepResult
	// Changes in the plan's order, every change exactly once.
	Changes []ChangeResult
	Summary Summary
	// Deployments in the plan's order: all of them where they were asked for, else
	// those that are waiting.
	Deployments []DeploymentResult
	// Handles are the ids that are known now.
	Handles map[resource.Address]string
	// Wrote: something was written, or may have been. A call that the API
	// refused wrote nothing.
	Wrote bool
	// Interrupted: a stop kept a step from starting or cut one short.
	Interrupted bool
	// Ledger is the file that remembers sensitive values, nil where none was used.
	// Whoever called Run fills it in.
	Ledger *LedgerFile
	// Verified says whether what was touched was found as the files say (--verify),
	// nil where nobody looked. Whoever called Run fills it in.
	Verified *bool
	// Requests is how many requests were sent, repeats and looks included.
	Requests  int
	StartedAt time.Time
	Duration  time.Duration
	// ReportError is the first error that Options.Report gave.
	ReportError error
}

// LedgerFile is the ledger after an apply. Changed: it has to be committed.
type LedgerFile struct {
	File    string
	Changed bool
}

// StepResult is how one step ended.
type StepResult struct {
	Step   *plan.Step
	Status Status
	// Error says what was being done, to what, and why it went wrong (failed,
	// unknown).
	Error error
	// SkippedBecause names what the step depended on and what became of that, or
	// says that apply was interrupted (skipped).
	SkippedBecause string
	// StartedAt is zero for a step that never started.
	StartedAt time.Time
	Duration  time.Duration
}

// ChangeResult is how a change ended: as the worst of its steps. One without
// steps of its own is done when everything it depends on is, else skipped.
type ChangeResult struct {
	Change *resource.Change
	Status Status
}

// Summary counts the steps by how they ended, and the changes that the plan left
// out.
type Summary struct {
	Done, Failed, Skipped, Unknown int
	Blocked                        int
}

// Complete reports whether everything that the plan wanted was done.
func (r *Result) Complete() bool {
	s := r.Summary
	return s.Failed+s.Skipped+s.Unknown+s.Blocked == 0
}

// Run applies p. It returns when every step has ended, well or not, and no
// goroutine of its own is left; it reports through the result alone, so that what
// was done is never lost behind an error.
func Run(ctx context.Context, api API, p *plan.Plan, opt Options) *Result {
	r := newRun(api, p, opt.complete())
	r.report()
	r.loop(ctx)
	return r.result
}
