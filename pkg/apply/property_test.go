package apply_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// orchard is an API over a random plan. It complains when a call comes that must
// not come yet, or twice, or when there are too many at once.
type orchard struct {
	market
	plan     *plan.Plan
	outcomes []string // per step: "", "failed" or "unknown"
	most     int

	mu       sync.Mutex
	running  int
	ended    map[int]bool
	begun    map[int]bool
	problems []string
}

func (o *orchard) Do(_ context.Context, call resource.Call) (resource.Answer, error) {
	var id int
	if _, err := fmt.Sscan(call.Does, &id); err != nil {
		return resource.Answer{}, err
	}
	o.enter(id)
	for range id % 7 {
		runtime.Gosched()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running--
	o.ended[id] = true
	switch o.outcomes[id] {
	case "failed":
		return resource.Answer{}, errors.New("no")
	case "unknown":
		return resource.Answer{}, outcome(true)
	}
	return resource.Answer{Handle: call.Does}, nil
}

func (o *orchard) enter(id int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	complain := func(format string, args ...any) { o.problems = append(o.problems, fmt.Sprintf(format, args...)) }
	if o.running++; o.running > o.most {
		complain("%d at once", o.running)
	}
	if o.begun[id] {
		complain("step %d twice", id)
	}
	o.begun[id] = true
	for _, need := range o.plan.Steps[id].Needs {
		if !o.ended[need] || o.outcomes[need] != "" {
			complain("step %d without %d", id, need)
		}
	}
	for _, after := range o.plan.Steps[id].After {
		if o.begun[after] && !o.ended[after] {
			complain("step %d beside %d", id, after)
		}
	}
}

func anyPlan(t *rapid.T) (*plan.Plan, []string) {
	n := rapid.IntRange(0, 25).Draw(t, "steps")
	earlier := func(i int, label string) []int {
		if i == 0 {
			return nil
		}
		return rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(i, 3), rapid.ID).Draw(t, label)
	}
	var steps []plan.Step
	var changes []*resource.Change
	var outcomes []string
	for i := range n {
		if i == 0 || rapid.Bool().Draw(t, "new change") {
			changes = append(changes, change(fruit, fmt.Sprintf("red/%d", i)))
		}
		s := step(changes[len(changes)-1], fmt.Sprint(i), earlier(i, "needs")...)
		s.After = earlier(i, "after")
		steps = append(steps, s)
		outcomes = append(outcomes, rapid.SampledFrom([]string{"", "", "", "failed", "unknown"}).Draw(t, "outcome"))
	}
	return made(steps...), outcomes
}

// Whatever the plan, the outcomes and the moment of a stop: see orchard and
// checkEnds. No goroutine stays behind.
func TestAnyPlan(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	rapid.Check(t, func(t *rapid.T) {
		p, outcomes := anyPlan(t)
		most := rapid.IntRange(1, 6).Draw(t, "parallelism")
		stopAt := rapid.IntRange(0, 2*len(p.Steps)).Draw(t, "stop at event") // 0: never
		run := func(most, stopAt int) (*apply.Result, *orchard) {
			api := &orchard{plan: p, outcomes: outcomes, most: most, ended: map[int]bool{}, begun: map[int]bool{}}
			stop := make(chan struct{})
			events, stopped := 0, false
			r := apply.Run(context.Background(), api, p, apply.Options{
				Parallelism: most, Stop: stop, Now: still,
				Progress: func(e apply.Event) {
					if stopped && e.Step.Status == apply.Pending {
						t.Errorf("step %d started after the stop", e.Step.Step.ID)
					}
					if events++; events == stopAt {
						stopped = true
						close(stop)
					}
				},
			})
			return r, api
		}
		r, api := run(most, stopAt)
		for _, problem := range api.problems {
			t.Error(problem)
		}
		checkEnds(t, p, api, r)
		if stopAt == 0 {
			alone, _ := run(1, 0)
			if d := cmp.Diff(endsOf(alone), endsOf(r)); d != "" {
				t.Errorf("the ends depend on what ran beside it: %s", d)
			}
		}
	})
}

// checkEnds: every step ends once, as its outcome says if it began; one that did not
// begin needed something that was not done, or there was a stop.
func checkEnds(t *rapid.T, p *plan.Plan, api *orchard, r *apply.Result) {
	var counted apply.Summary
	for i, s := range r.Steps {
		if s.Step != &p.Steps[i] {
			t.Fatalf("step %d is not in its place", i)
		}
		want := apply.Status(api.outcomes[i])
		if want == "" {
			want = apply.Done
		}
		lacks := false
		for _, need := range s.Step.Needs {
			lacks = lacks || r.Steps[need].Status != apply.Done
		}
		switch {
		case api.begun[i]:
		case lacks || r.Interrupted:
			want = apply.Skipped
		default:
			t.Errorf("step %d never began", i)
		}
		if s.Status != want {
			t.Errorf("step %d ended as %q, not %q", i, s.Status, want)
		}
		if (s.Status == apply.Skipped) != (s.Because != "") || (s.Error != nil) != (want == apply.Failed || want == apply.Unknown) {
			t.Errorf("step %d ended as %q because of %q, %v", i, s.Status, s.Because, s.Error)
		}
		switch s.Status {
		case apply.Done:
			counted.Done++
		case apply.Failed:
			counted.Failed++
		case apply.Skipped:
			counted.Skipped++
		case apply.Unknown:
			counted.Unknown++
		}
	}
	if counted != r.Summary {
		t.Errorf("counted %+v, the summary says %+v", counted, r.Summary)
	}
	if r.Wrote != (counted.Done+counted.Unknown > 0) {
		t.Errorf("wrote is %t", r.Wrote)
	}
}
