// Package apply runs the steps of a plan, in parallel where their dependencies allow
// it, and reports how each of them ended. It does not decide what to do: it never
// compares, and it does not change the plan.
//
// Reading order: run.go decides which step may start, handles.go fills in ids that were
// not known when the plan was made, deployment.go makes a deployment, and changes.go
// derives the status of the changes from that of their steps.
package apply

import (
	"context"
	"net/url"
	"time"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// API is what apply needs of the API. Its methods return soon after ctx has ended and
// are safe for concurrent use.
type API interface {
	// Do makes one call, with all the retries that its retry class allows.
	//
	// An error may say whether the call was made, by a method Unknown() bool somewhere
	// in its chain: true means that it is unknown whether the call was made. Without
	// such a method, an error means that the call was not made, or, where the call has
	// an Until, that its effect was not seen.
	Do(ctx context.Context, call resource.Call) (resource.Answer, error)
	// Get and List read, for deployments.
	Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error)
	List(ctx context.Context, op string, params map[string]resource.Value, query url.Values) ([]map[string]any, error)
}

// Options say how to apply. The zero value is valid.
type Options struct {
	// Parallelism is how many calls may run at once, 8 if 0. Deployments, which take
	// minutes, are not counted: as many deployments may run in addition.
	Parallelism int
	// Progress receives the events of the steps. It is called from one goroutine, the
	// one that called Run.
	Progress func(Event)
	// Stop, once closed, lets running steps finish and starts no others: the first
	// Ctrl-C. The second cancels the context, which aborts the running steps.
	Stop <-chan struct{}
	// Now gives the time, time.Now if nil.
	Now func() time.Time
	// Requests counts the requests sent so far; nil counts none.
	Requests func() int

	// DeployTimeout is how long each deployment is waited for, an hour if 0.
	DeployTimeout time.Duration
	// Poll is the pause between the first polls of a deployment, half a second if 0;
	// later pauses are up to twenty times as long.
	Poll time.Duration
	// Redact removes the secrets from a log; nil does not change it.
	Redact func(string) string
	// Outside returns a context whose requests do not count for the time that writing
	// may take, for deployments; nil returns ctx.
	Outside func(ctx context.Context) context.Context
}

// complete fills in the defaults.
func (opt Options) complete() Options {
	if opt.Parallelism <= 0 {
		opt.Parallelism = 8
	}
	if opt.Progress == nil {
		opt.Progress = func(Event) {}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Requests == nil {
		opt.Requests = func() int { return 0 }
	}
	if opt.DeployTimeout <= 0 {
		opt.DeployTimeout = time.Hour
	}
	if opt.Poll <= 0 {
		opt.Poll = 500 * time.Millisecond
	}
	if opt.Redact == nil {
		opt.Redact = func(text string) string { return text }
	}
	if opt.Outside == nil {
		opt.Outside = func(ctx context.Context) context.Context { return ctx }
	}
	return opt
}

// Event is a step that has started or ended, or an update of a running deployment. Its
// cost does not grow with the number of steps.
type Event struct {
	Step StepResult
	// Deployment is the status of the deployment of a deployment step, nil for other
	// steps.
	Deployment *DeploymentResult
	// Running is the number of running steps, Summary counts those that have ended, and
	// Total is the number of all steps.
	Running int
	Summary Summary
	Total   int
}

// Status is how a step or a change ended.
type Status string

// The final statuses of a step. A change has the worst status of its steps; from best
// to worst they are done, waiting (for a deployment that this apply does not make),
// skipped (nothing was sent), failed (something may have to be fixed) and unknown (the
// result has to be checked). Only changes can be blocked: the plan left them out.
const (
	Pending Status = ""
	Done    Status = "done"
	Waiting Status = "waiting"
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
	// Deployments in the plan's order: what was deployed, and what waits for a
	// deployment.
	Deployments []DeploymentResult
	// Handles are the ids that are known now.
	Handles map[resource.Address]string
	// Wrote: something was written, or may have been. A call that the API
	// refused wrote nothing.
	Wrote bool
	// Interrupted: a stop kept a step from starting or cut one short.
	Interrupted bool
	// Ledger is the file that holds hashes of write-only values, nil where none was
	// used. Verified says whether the changed collections match the files, nil where
	// this was not checked. The caller of Run sets both.
	Ledger   *LedgerFile
	Verified *bool
	// Requests is how many requests were sent, retries and polls included.
	Requests  int
	StartedAt time.Time
	Duration  time.Duration
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
	// Error says what was being done, to what, and why it failed (failed, unknown).
	Error error
	// Because names what the step depended on and how that ended, or says that apply
	// was interrupted (skipped), or what the step waits for (waiting).
	Because string
	// Adopted: a create that is done without a request, since an equal resource had
	// appeared after the plan was made.
	Adopted bool
	// Tells are messages that the user must see after a step that is done.
	Tells []string
	// AfterDeployment: the step is a deployment, or was skipped because of one.
	AfterDeployment bool
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
	Done, Failed, Skipped, Waiting, Unknown int
	Blocked                                 int
}

// Ended is the number of steps that have ended.
func (s Summary) Ended() int { return s.Done + s.Failed + s.Skipped + s.Waiting + s.Unknown }

func (s *Summary) add(status Status) {
	switch status {
	case Done:
		s.Done++
	case Failed:
		s.Failed++
	case Skipped:
		s.Skipped++
	case Waiting:
		s.Waiting++
	case Unknown:
		s.Unknown++
	}
}

// Complete reports whether everything that the plan wanted was done, as far as it
// does not wait for a deployment.
func (r *Result) Complete() bool {
	s := r.Summary
	return s.Failed+s.Skipped+s.Unknown+s.Blocked == 0
}

// Run applies p. It returns when every step has ended, successfully or not, and none of
// its goroutines is left; it reports through the result alone, so that an error never
// hides what was done.
func Run(ctx context.Context, api API, p *plan.Plan, opt Options) *Result {
	r := newRun(api, p, opt.complete())
	r.loop(ctx)
	return r.finish()
}
