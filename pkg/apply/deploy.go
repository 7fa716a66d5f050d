package apply

import (
	"context"
	"errors"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Deployments. The policy:
//
//   - A deployment is a step: it starts when all that it brings into effect was
//     made, and is skipped where something of that was not. (Blocked changes do not
//     count: they were left out of the plan that was agreed to.)
//   - The API says whether a deployment is needed. Where it does not say so, where
//     the environment itself was created or changed, where the status of something in
//     it says that it waits, and where a step comes after it, it is.
//   - What was never deployed and has no commits waits, unless settings.deploy names
//     it: its deployment could only fail, at every run.
//   - One after another: a deployment that is under way already is waited for, and
//     then ours follows, since it may have begun before our last change; where this
//     apply changes nothing, only if something still waits then. So it is where the
//     API refuses ours because another one has begun in between.
//   - One is started once: where it is not clear whether it was, it is looked for
//     and never started again.
//   - It has ended when the API gives a date or a success; its words for states are
//     not documented and mean nothing. It is done when success is true.
//   - After a failure the end of its log is kept, without the secrets of this run.
//   - The first Ctrl-C and the time limit end all waiting, which by itself changes
//     nothing: no deployment is started any more, and one under way goes on at the
//     API ("running"). The second Ctrl-C aborts the start of one as well.

// The further ends of deployments, beside those of steps.
const (
	Unneeded Status = "unneeded" // nothing waits for a deployment
	Running  Status = "running"  // it goes on, and is not waited for any more
)

// DeploymentResult is what became of a deployment. While it is under way its
// Status is Pending.
type DeploymentResult struct {
	Address resource.Address
	// ID of our deployment, "" where none was started (or nobody knows).
	ID string
	// After is the deployment of somebody else that is waited for, or was last.
	After  string
	Status Status
	// Percent is how far it is, 0 where the API does not say.
	Percent int
	// Error says why it failed, or why it is not known how it went.
	Error error
	// Because says why it was not started (skipped, waiting) or not waited for
	// (running).
	Because string
	// Log is the end of the log of one that did not succeed.
	Log       []string
	StartedAt time.Time
	Duration  time.Duration
}

// Why waiting ended.
var (
	errStopped = errors.New(interrupted)
	errTimeUp  = errors.New("the time limit for a deployment was reached")
)

// news is what became of the deployment of a step. ended: it is the last one.
type news struct {
	id int
	DeploymentResult
	ended bool
}

// deploy starts the deployment of a step.
func (r *run) deploy(ctx context.Context, id int) {
	step := &r.plan.Steps[id]
	waiting, cancel := r.opt.patience(ctx)
	d := &deployment{
		DeploymentResult: DeploymentResult{Address: step.Deployment.Address},
		of:               step.Deployment, id: id, handle: r.handles[step.Deployment.Address],
		needed: step.Deployment.Itself || step.Deployment.Along.Status || r.hasFollowers(id),
		api:    r.api, opt: r.opt, writing: ctx, waiting: waiting, news: r.news,
	}
	go func() {
		defer cancel()
		if err := safely(func() error { d.run(); return nil })(); err != nil {
			d.end(Unknown, err)
		}
		d.news <- news{d.id, d.DeploymentResult, true}
	}()
}

// hasFollowers reports whether a call needs the deployment.
func (r *run) hasFollowers(id int) bool {
	for _, f := range r.followers[id] {
		if r.plan.Steps[f].Deployment == nil {
			return true
		}
	}
	return false
}

// hear takes in news of a deployment.
func (r *run) hear(ctx context.Context, n news) {
	r.deployed[n.id] = n.DeploymentResult
	if n.ID != "" || n.Status == Unknown {
		r.result.Wrote = true
	}
	if !n.ended {
		r.tell(n.id)
		return
	}
	r.runningDeployments--
	if ctx.Err() != nil && n.Status != Done && n.Status != Unneeded {
		r.result.Interrupted = true
	}
	s := &r.result.Steps[n.id]
	switch n.Status {
	case Done, Unneeded:
		r.end(n.id, Done, nil)
	case Waiting:
		r.leave(n.id, reason{"it waits for a deployment: " + n.Because, Waiting, false})
	case Skipped:
		r.result.Interrupted = r.result.Interrupted || n.Because == interrupted
		r.leave(n.id, reason{n.Because, Skipped, true})
	case Running:
		r.result.Interrupted = r.result.Interrupted || n.Because == interrupted
		s.Because = n.Because
		r.end(n.id, Unknown, nil)
	default:
		r.end(n.id, n.Status, errors.Unwrap(n.Error))
	}
}

// patience gives a context that ends when a deployment is not waited for any more.
func (opt Options) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	waiting, cancel := context.WithCancelCause(ctx)
	select {
	case <-opt.Stop:
		cancel(errStopped)
	default:
	}
	timer := time.AfterFunc(opt.DeployTimeout, func() { cancel(errTimeUp) })
	go func() {
		select {
		case <-opt.Stop:
			cancel(errStopped)
		case <-waiting.Done():
		}
	}()
	return waiting, func() {
		timer.Stop()
		cancel(nil)
	}
}
