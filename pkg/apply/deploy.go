package apply

import (
	"context"
	"errors"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Deployments. The policy:
//
//   - A deployment is a step: it starts when all changes that it brings into effect are
//     made, and is skipped if one of them was not made. (Blocked changes do not count:
//     they were not part of the plan that was approved.)
//   - The API says whether a deployment is needed. It is also needed where the API does
//     not say so, where the environment itself was created or changed, where the status
//     of something in it says that it waits for a deployment, and where a step depends
//     on it.
//   - An environment that was never deployed and has no commits waits, unless
//     settings.deploy names it: its deployment would fail at every run.
//   - One at a time: if another deployment is already running, it is waited for and
//     ours starts after it, since it may have started before our last change; if this
//     apply changes nothing, only if something still waits then. The same applies if
//     the API refuses ours because another one has started in the meantime.
//   - It is started once: if it is unknown whether the start succeeded, the deployment
//     is searched for in the list and never started again.
//   - It has ended when the API returns an end date or a value of success; the API's
//     names of states are not documented and are ignored. It is done when success is
//     true.
//   - After a failure the end of its log is kept, without the secrets of this run.
//   - The first Ctrl-C and the time limit end all waiting, which by itself changes
//     nothing: no further deployment is started, and a running one continues at the API
//     ("running"). The second Ctrl-C also aborts a start.

// The statuses that only deployments have.
const (
	Unneeded Status = "unneeded" // nothing waits for a deployment
	Running  Status = "running"  // it continues, and apply no longer waits for it
)

// DeploymentResult is the status of a deployment. While it runs, its Status is Pending.
type DeploymentResult struct {
	Address resource.Address
	// ID of our deployment, "" where none was started (or its id is unknown).
	ID string
	// After is the other deployment that ours waits for, or the last one that it waited
	// for.
	After  string
	Status Status
	// Percent is its progress, 0 where the API does not return it.
	Percent int
	// Error says why it failed, or why its result is unknown.
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

// news is an update of the deployment of a step. ended: it is the last one.
type news struct {
	id int
	DeploymentResult
	ended bool
}

// deploy starts the deployment of a step.
func (r *run) deploy(ctx context.Context, id int) {
	step := &r.plan.Steps[id]
	ctx = r.opt.Outside(ctx)
	waiting, cancel := r.opt.waitContext(ctx)
	d := &deployment{
		DeploymentResult: DeploymentResult{Address: step.Deployment.Address},
		of:               step.Deployment, id: id, handle: r.handles[step.Deployment.Address],
		needed: step.Deployment.Itself || step.Deployment.Along.Status || step.Deployment.Along.First || r.hasFollowers(id),
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

// receive processes an update of a deployment.
func (r *run) receive(ctx context.Context, n news) {
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

// waitContext returns a context that ends when apply stops waiting for a deployment.
func (opt Options) waitContext(ctx context.Context) (context.Context, context.CancelFunc) {
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
