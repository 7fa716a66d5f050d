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
//   - A step is decided once all steps that it needs or comes after have ended,
//     also when it is already clear that it will be skipped: what comes after it
//     relies on everything before it having ended.
//   - When a step that it needs was not done, it is skipped; what it says then
//     leads back to the step that went wrong first.
//   - Otherwise it starts as soon as there is room, the earlier in the plan the
//     sooner.
//   - After a stop nothing starts. What never started is skipped.
//
// One goroutine, the caller's, decides all of this and owns all state. Each
// running step has a goroutine that makes the call, sends how it ended and knows
// nothing else.

// interrupted stands as the reason of steps that a stop kept from starting.
const interrupted = "apply was interrupted"

type run struct {
	api    API
	opt    Options
	result *Result
	// handles are the ids known so far.
	handles map[resource.Address]string

	// waiting counts, per step, the steps before it that have not ended.
	waiting []int
	// followers are, per step, the steps that wait for it.
	followers [][]int
	// ready are the steps that wait for nothing, in plan order.
	ready []int
	// because says for a step that was not done why others cannot follow.
	because []string

	running, ended int
	outcomes       chan outcome
}

// outcome is what a call gave.
type outcome struct {
	id     int
	call   resource.Call
	answer resource.Answer
	err    error
}

func newRun(api API, p *plan.Plan, opt Options) *run {
	n := len(p.Steps)
	r := &run{
		api: api, opt: opt,
		result:  &Result{Steps: make([]StepResult, n), StartedAt: opt.Now()},
		handles: map[resource.Address]string{},
		waiting: make([]int, n), followers: make([][]int, n), because: make([]string, n),
		outcomes: make(chan outcome),
	}
	maps.Copy(r.handles, p.Handles)
	r.result.Handles = r.handles
	for i := range p.Steps {
		step := &p.Steps[i]
		r.result.Steps[i].Step = step
		before := slices.Concat(step.Needs, step.After)
		slices.Sort(before)
		for _, b := range slices.Compact(before) {
			r.followers[b] = append(r.followers[b], i)
			r.waiting[i]++
		}
		if r.waiting[i] == 0 {
			r.ready = append(r.ready, i)
		}
	}
	for _, c := range p.Changes {
		r.result.Changes = append(r.result.Changes, ChangeResult{Change: c})
	}
	return r
}

// loop starts what may start and takes in what ended, until nothing is left or a
// stop lets nothing start any more.
func (r *run) loop(ctx context.Context) {
	for {
		for len(r.ready) > 0 && r.running < r.opt.Parallelism && !r.stopped(ctx) {
			id := r.ready[0]
			r.ready = r.ready[1:]
			r.begin(ctx, id)
		}
		if r.running == 0 {
			break
		}
		o := <-r.outcomes
		r.running--
		r.take(ctx, o)
	}
	// In plan order, so that each finds out about the ones that it needs.
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
	call, err := fill(s.Step.Call, r.handles)
	if err != nil {
		r.end(id, Failed, err)
		return
	}
	s.StartedAt = r.opt.Now()
	r.report()
	r.tell(id)
	r.running++
	go func() {
		o := outcome{id: id, call: call}
		o.err = safely(func() (err error) {
			o.answer, err = r.api.Do(ctx, call)
			return err
		})()
		r.outcomes <- o
	}()
}

// skip ends a step that needs one that was not done, and says whether it did.
func (r *run) skip(id int) bool {
	s := &r.result.Steps[id]
	for _, need := range slices.Sorted(slices.Values(s.Step.Needs)) {
		if r.result.Steps[need].Status != Done {
			s.SkippedBecause = r.because[need]
			r.because[id] = s.SkippedBecause
			r.end(id, Skipped, nil)
			return true
		}
	}
	return false
}

// interrupt ends a step that a stop kept from being done.
func (r *run) interrupt(id int) {
	r.result.Interrupted = true
	r.result.Steps[id].SkippedBecause = interrupted
	r.because[id] = interrupted
	r.end(id, Skipped, nil)
}

// take decides how a step ended whose call has returned.
func (r *run) take(ctx context.Context, o outcome) {
	writes := o.call.Op != ""
	var fate interface{ Unknown() bool }
	status := Done
	switch {
	case o.err == nil:
		learn(r.handles, o.call, o.answer)
	case errors.As(o.err, &fate):
		status = Failed
		if fate.Unknown() {
			status = Unknown
		}
	case ctx.Err() == nil:
		status = Failed
	case writes:
		status = Unknown
	default: // a wait that was cut short has done nothing
		r.interrupt(o.id)
		return
	}
	if status != Done && ctx.Err() != nil {
		r.result.Interrupted = true
	}
	// A call that failed may still have been made when its Until did not come
	// true; saying too little here would be a lie about an untouched account.
	if writes && (status != Failed || o.call.Until != nil) {
		r.result.Wrote = true
	}
	r.end(o.id, status, o.err)
}

// end records how a step ended and frees what waited for it.
func (r *run) end(id int, status Status, err error) {
	s := &r.result.Steps[id]
	address := s.Step.Change.Address
	s.Status = status
	if !s.StartedAt.IsZero() {
		s.Duration = r.opt.Now().Sub(s.StartedAt)
	}
	if err != nil {
		s.Error = fmt.Errorf("%s %s: %w", s.Step.Call.Does, address, err)
	}
	switch status {
	case Failed:
		r.because[id] = fmt.Sprintf("%s %s failed", s.Step.Call.Does, address)
	case Unknown:
		r.because[id] = fmt.Sprintf("it is not known whether %s %s was done", s.Step.Call.Does, address)
	}
	r.ended++
	for _, f := range r.followers[id] {
		if r.waiting[f]--; r.waiting[f] == 0 {
			at, _ := slices.BinarySearch(r.ready, f)
			r.ready = slices.Insert(r.ready, at, f)
		}
	}
	r.report()
	r.tell(id)
}

func (r *run) tell(id int) {
	if r.opt.Progress != nil {
		r.opt.Progress(Event{Step: r.result.Steps[id], Ended: r.ended, Total: len(r.result.Steps)})
	}
}

// report hands out the result as it stands.
func (r *run) report() {
	r.settle()
	r.opt.publish(r.result)
}
