package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Which step starts when:
//
//   - A step is decided once all steps that it needs or comes after have ended, even if
//     it is already clear that it will be skipped: later steps rely on all earlier ones
//     having ended.
//   - If a step that it needs was not done, it is skipped, and its message names the
//     step that failed first. A step that waits for a deployment that this apply does
//     not make ends as waiting, and so does every step that needs it.
//   - Otherwise it starts as soon as a slot is free, in the plan's order. Calls and
//     deployments have separate slots.
//   - After a stop nothing starts. Steps that never started are skipped.
//
// One goroutine, the caller's, decides all of this and owns all state. Each running
// step has a goroutine that makes the call or the deployment, sends its outcome and has
// no other access. The cost of an event does not grow with the number of steps.

// interrupted is the reason of steps that did not start because of a stop.
const interrupted = "apply was stopped"

type run struct {
	api    API
	opt    Options
	plan   *plan.Plan
	result *Result
	// handles are the ids known so far; made are those of the resources that this apply
	// has created, by collection.
	handles map[resource.Address]string
	made    map[resource.CollectionID][]string

	// open counts, per step, the steps before it that have not ended.
	open []int
	// followers are, per step, the steps that come after it.
	followers [][]int
	// calls and deployments are the steps that may start, in plan order.
	calls, deployments plan.Queue
	// reasons say for a step that was not done why the steps that need it cannot start.
	reasons []reason
	// deployed is how the deployment of a step ended.
	deployed map[int]DeploymentResult

	runningCalls, runningDeployments int
	outcomes                         chan outcome
	news                             chan news
}

// reason is why the steps that need a step cannot be done, and the status that they
// get.
type reason struct {
	text            string
	follow          Status
	afterDeployment bool
}

// outcome is the result of a call.
type outcome struct {
	id     int
	call   resource.Call
	answer resource.Answer
	err    error
}

func newRun(api API, p *plan.Plan, opt Options) *run {
	n := len(p.Steps)
	r := &run{
		api: api, opt: opt, plan: p,
		result:  &Result{Steps: make([]StepResult, n), StartedAt: opt.Now()},
		handles: map[resource.Address]string{}, made: map[resource.CollectionID][]string{},
		open: make([]int, n), followers: make([][]int, n), reasons: make([]reason, n),
		deployed: map[int]DeploymentResult{},
		outcomes: make(chan outcome), news: make(chan news),
	}
	maps.Copy(r.handles, p.Handles)
	r.result.Handles = r.handles
	for i := range p.Steps {
		step := &p.Steps[i]
		r.result.Steps[i].Step = step
		r.result.Steps[i].AfterDeployment = step.Deployment != nil
		before := slices.Concat(step.Needs, step.After)
		slices.Sort(before)
		for _, b := range slices.Compact(before) {
			r.followers[b] = append(r.followers[b], i)
			r.open[i]++
		}
	}
	for i := range p.Steps {
		if r.open[i] == 0 {
			r.ready(i)
		}
	}
	for _, c := range p.Changes {
		r.result.Changes = append(r.result.Changes, ChangeResult{Change: c})
		if c.Blocked != "" {
			r.result.Summary.Blocked++
		}
	}
	return r
}

// ready queues a step, which starts as soon as a slot is free.
func (r *run) ready(id int) {
	if r.plan.Steps[id].Deployment != nil {
		r.deployments.Add(id)
	} else {
		r.calls.Add(id)
	}
}

// loop starts the steps that may start and processes those that ended, until nothing is
// left or a stop prevents further starts.
func (r *run) loop(ctx context.Context) {
	for {
		for r.calls.Len() > 0 && r.runningCalls < r.opt.Parallelism && !r.stopped(ctx) {
			r.begin(ctx, r.calls.Next())
		}
		for r.deployments.Len() > 0 && r.runningDeployments < r.opt.Parallelism && !r.stopped(ctx) {
			r.begin(ctx, r.deployments.Next())
		}
		startable := (r.calls.Len() > 0 || r.deployments.Len() > 0) && !r.stopped(ctx)
		if r.runningCalls+r.runningDeployments == 0 {
			if startable {
				continue // a skipped step has made others ready
			}
			break
		}
		select {
		case o := <-r.outcomes:
			r.runningCalls--
			r.take(ctx, o)
		case n := <-r.news:
			r.receive(ctx, n)
		}
	}
	// In plan order, so that each step sees the reasons of those that it needs.
	for id := range r.result.Steps {
		if r.result.Steps[id].Status == Pending && !r.skip(id) {
			r.interrupt(id)
		}
	}
}

func (r *run) stopped(ctx context.Context) bool {
	select {
	case <-r.opt.Stop:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// begin skips a step, or starts it.
func (r *run) begin(ctx context.Context, id int) {
	if r.skip(id) {
		return
	}
	s := &r.result.Steps[id]
	if s.Step.Deployment != nil {
		s.StartedAt = r.opt.Now()
		r.runningDeployments++
		r.deploy(ctx, id)
		return
	}
	call, err := fill(s.Step.Call, r.handles)
	if err != nil {
		r.end(id, Failed, err)
		return
	}
	if call.Retry == resource.Once && call.Probe != nil { // what we made is not somebody else's
		call.Probe.Known = append(call.Probe.Known, r.made[collectionOf(call)]...)
	}
	s.StartedAt = r.opt.Now()
	r.runningCalls++
	r.tell(id)
	go func() {
		o := outcome{id: id, call: call}
		o.err = safely(func() (err error) {
			o.answer, err = r.api.Do(ctx, call)
			return err
		})()
		r.outcomes <- o
	}()
}

// skip ends a step that waits for a deployment that is not made, or needs a step that
// was not done, and reports whether it did.
func (r *run) skip(id int) bool {
	s := &r.result.Steps[id]
	because := reason{follow: Done}
	if s.Step.Waits != "" {
		because = reason{"it waits for a deployment: " + s.Step.Waits, Waiting, false}
	}
	for _, need := range s.Step.Needs {
		if r.result.Steps[need].Status != Done && (because.follow == Done || because.follow == Waiting && r.reasons[need].follow != Waiting) {
			because = r.reasons[need]
		}
	}
	if because.follow == Done {
		return false
	}
	r.leave(id, because)
	return true
}

// leave ends a step that is not made.
func (r *run) leave(id int, because reason) {
	s := &r.result.Steps[id]
	s.Because = because.text
	s.AfterDeployment = s.AfterDeployment || because.afterDeployment
	r.reasons[id] = because
	r.end(id, because.follow, nil)
}

// interrupt ends a step that was not done because of a stop.
func (r *run) interrupt(id int) {
	r.result.Interrupted = true
	r.leave(id, reason{interrupted, Skipped, false})
}

// take decides the status of a step whose call has returned.
func (r *run) take(ctx context.Context, o outcome) {
	writes := o.call.Op != ""
	status := Done
	switch {
	case o.err == nil:
		learn(r.handles, o.call, o.answer)
		if o.call.Retry == resource.Once && o.answer.Handle != "" {
			r.made[collectionOf(o.call)] = append(r.made[collectionOf(o.call)], o.answer.Handle)
		}
		r.result.Steps[o.id].Adopted = o.answer.Adopted
		writes = writes && !o.answer.Adopted
		r.result.Steps[o.id].Tells = tells(o.call, o.answer)
	case unclear(o.err, writes && ctx.Err() != nil):
		status = Unknown
	case !writes && ctx.Err() != nil && !decided(o.err), writes && o.call.Until == nil && cancelled(ctx, o.err):
		r.interrupt(o.id) // a cancelled wait, or a write that was not sent, has changed nothing
		return
	default:
		status = Failed
	}
	if status != Done && ctx.Err() != nil {
		r.result.Interrupted = true
	}
	// A call whose Until timed out may still have been made: the result must not claim
	// that nothing was written.
	if writes && (status != Failed || o.call.Until != nil) {
		r.result.Wrote = true
	}
	r.end(o.id, status, o.err)
}

// decided reports whether an error itself says whether a call was made.
func decided(err error) bool {
	var says interface{ Unknown() bool }
	return errors.As(err, &says)
}

// cancelled reports whether a call failed because its context has ended.
func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// unclear reports whether a failed call may have been made: as the error says, or else
// as cutOff says.
func unclear(err error, cutOff bool) bool {
	var says interface{ Unknown() bool }
	if errors.As(err, &says) {
		return says.Unknown()
	}
	return cutOff
}

// end records how a step ended and makes the steps after it ready.
func (r *run) end(id int, status Status, err error) {
	s := &r.result.Steps[id]
	s.Status = status
	if !s.StartedAt.IsZero() {
		s.Duration = r.opt.Now().Sub(s.StartedAt)
	}
	if err != nil {
		s.Error = fmt.Errorf("%s: %w", s.Step, err)
	}
	deployment := s.Step.Deployment != nil
	switch status {
	case Failed:
		r.reasons[id] = reason{fmt.Sprintf("%s failed", s.Step), Skipped, deployment}
	case Unknown:
		r.reasons[id] = reason{fmt.Sprintf("it is unknown whether %s was done", s.Step), Skipped, deployment}
	}
	r.result.Summary.add(status)
	for _, f := range r.followers[id] {
		if r.open[f]--; r.open[f] == 0 {
			r.ready(f)
		}
	}
	r.tell(id)
}

// tell reports the status of a step.
func (r *run) tell(id int) {
	e := Event{
		Step: r.result.Steps[id], Running: r.runningCalls + r.runningDeployments,
		Summary: r.result.Summary, Total: len(r.result.Steps),
	}
	if d, is := r.deployed[id]; is {
		e.Deployment = &d
	}
	r.opt.Progress(e)
}
