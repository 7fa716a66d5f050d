// Package apply makes the steps of a plan, side by side where nothing stands
// against it, and says how each of them ended. It decides nothing about what to
// do: it never compares, and the plan stays as it is.
//
// The way through it: which step may start is decided in run.go, ids that were
// not known when the plan was made are filled in by handles.go, a deployment is
// made by deployment.go, and what the ends of the steps mean for the changes is in
// changes.go.
package apply

import (
	"context"
	"net/url"
	"time"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// API is what apply needs of the API. It returns soon after ctx has ended, and is
// used by several goroutines at once.
type API interface {
	// Do makes one call, with all the repeats that its retry class allows.
	//
	// An error may say whether the call was carried out all the same, by a method
	// Unknown() bool somewhere in its chain: true means that nobody knows. Without
	// one, an error means that the call was not carried out, or, where the call has
	// an Until, that its effect did not show.
	Do(ctx context.Context, call resource.Call) (resource.Answer, error)
	// Get and List read, for deployments.
	Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error)
	List(ctx context.Context, op string, params map[string]resource.Value, query url.Values) ([]map[string]any, error)
}

// Options say how to apply. The zero value is of use.
type Options struct {
	// Parallelism is how many calls may be under way at once, 8 if 0. Deployments,
	// which take minutes, are not among them: as many of these may be waited for
	// besides.
	Parallelism int
	// Progress is told what becomes of the steps. It is called from one goroutine,
	// the one that called Run.
	Progress func(Event)
	// Stop, once closed, lets running steps finish and starts no others: the
	// first Ctrl-C. The second cancels the context, which ends all at once.
	Stop <-chan struct{}
	// Now gives the time, time.Now if nil.
	Now func() time.Time
	// Requests counts the requests sent so far; nil counts none.
	Requests func() int

	// DeployTimeout is how long each deployment is waited for, an hour if 0.
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
	return opt
}

// Event is a step that has started or ended, or news of a deployment that is under
// way. Its cost does not grow with the number of steps.
type Event struct {
	Step StepResult
	// Deployment is how the deployment of a deployment step stands, nil for others.
	Deployment *DeploymentResult
	// Running are the steps that are under way, Summary counts those that have
	// ended, and Total is the number of all steps.
	Running int
	Summary Summary
	Total   int
}

// Status is how a step or a change ended.
type Status string

// The ends of a step. A change ends as the worst of its steps; from good to bad
// they are done, waiting (for a deployment that this apply does not make), skipped
// (nothing happened), failed (something may have to be put right) and unknown
// (somebody has to look). Only changes can be blocked: the plan left them out.
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
	// Deployments in the plan's order: what was deployed, and what waits for it.
	Deployments []DeploymentResult
	// Handles are the ids that are known now.
	Handles map[resource.Address]string
	// Wrote: something was written, or may have been. A call that the API
	// refused wrote nothing.
	Wrote bool
	// Interrupted: a stop kept a step from starting or cut one short.
	Interrupted bool
	// Ledger is the file that remembers write-only values, nil where none was used.
	// Verified says whether what was touched was found as the files say, nil where
	// nobody looked. Whoever called Run fills both in.
	Ledger   *LedgerFile
	Verified *bool
	// Requests is how many requests were sent, repeats and looks included.
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
	// Error says what was being done, to what, and why it went wrong (failed,
	// unknown).
	Error error
	// Because names what the step depended on and what became of that, or says that
	// apply was interrupted (skipped), or what it waits for (waiting).
	Because string
	// Tells is what a person must be told of a step that is done.
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

// Run applies p. It returns when every step has ended, well or not, and no
// goroutine of its own is left; it reports through the result alone, so that what
// was done is never lost behind an error.
func Run(ctx context.Context, api API, p *plan.Plan, opt Options) *Result {
	r := newRun(api, p, opt.complete())
	r.loop(ctx)
	return r.finish()
}
