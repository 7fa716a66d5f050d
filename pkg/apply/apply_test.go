package apply_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// ends is a result as these tables write it: what each step did and how it ended.
type ends struct {
	Steps       []string
	Changes     []apply.Status
	Summary     apply.Summary
	Wrote       bool
	Interrupted bool
}

func endsOf(r *apply.Result) ends {
	out := ends{Summary: r.Summary, Wrote: r.Wrote, Interrupted: r.Interrupted}
	for _, s := range r.Steps {
		line := string(s.Status)
		switch {
		case s.Error != nil:
			line += ": " + s.Error.Error()
		case s.Because != "":
			line += ": " + s.Because
		}
		out.Steps = append(out.Steps, line)
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, c.Status)
	}
	return out
}

func TestEnds(t *testing.T) {
	rotten := errors.New("the fruit is rotten")
	red, apple, pear := change(basket, "red"), change(fruit, "red/apple"), change(fruit, "red/pear")
	tests := []struct {
		name    string
		plan    *plan.Plan
		answers map[string]func(context.Context) (resource.Answer, error)
		want    ends
	}{
		{
			name: "nothing to do",
			plan: made(),
		},
		{
			name: "all done",
			plan: made(step(red, "weave"), step(apple, "pick", 0), step(apple, "wash", 1)),
			want: ends{
				Steps: []string{"done", "done", "done"}, Changes: []apply.Status{apply.Done, apply.Done},
				Summary: apply.Summary{Done: 3}, Wrote: true,
			},
		},
		{
			name:    "what needs a failure is skipped, all the way, and what comes after it is not",
			plan:    made(step(red, "weave"), step(apple, "pick", 0), step(apple, "wash", 1), plan.Step{Change: pear, Call: resource.Call{Does: "buy", Op: "Buy"}, After: []int{0, 2}}),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": fails(rotten)},
			want: ends{
				Steps: []string{
					"failed: weave basket.red: the fruit is rotten",
					"skipped: weave basket.red failed",
					"skipped: weave basket.red failed",
					"done",
				},
				Changes: []apply.Status{apply.Failed, apply.Skipped, apply.Done},
				Summary: apply.Summary{Done: 1, Failed: 1, Skipped: 2}, Wrote: true,
			},
		},
		{
			name:    "a write that the API refused wrote nothing",
			plan:    made(step(red, "weave")),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": fails(rotten)},
			want: ends{
				Steps:   []string{"failed: weave basket.red: the fruit is rotten"},
				Changes: []apply.Status{apply.Failed}, Summary: apply.Summary{Failed: 1},
			},
		},
		{
			name:    "an unknown outcome counts as a write, and is the worst status of a change",
			plan:    made(step(red, "weave"), step(red, "paint"), step(red, "varnish", 0)),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": fails(outcome(true)), "paint": fails(rotten)},
			want: ends{
				Steps: []string{
					"unknown: weave basket.red: no answer (unknown: true)",
					"failed: paint basket.red: the fruit is rotten",
					"skipped: it is unknown whether weave basket.red was done",
				},
				Changes: []apply.Status{apply.Unknown},
				Summary: apply.Summary{Failed: 1, Skipped: 1, Unknown: 1}, Wrote: true,
			},
		},
		{
			name:    "a known outcome is a failure",
			plan:    made(step(red, "weave")),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": fails(outcome(false))},
			want: ends{
				Steps:   []string{"failed: weave basket.red: no answer (unknown: false)"},
				Changes: []apply.Status{apply.Failed}, Summary: apply.Summary{Failed: 1},
			},
		},
		{
			name:    "a bug during a call ends in a step of unknown outcome",
			plan:    made(step(red, "weave"), step(apple, "pick", 0)),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": func(context.Context) (resource.Answer, error) { panic("a knot") }},
			want: ends{
				Steps: []string{
					"unknown: weave basket.red: this is a bug in divioctl, please report it: a knot",
					"skipped: it is unknown whether weave basket.red was done",
				},
				Changes: []apply.Status{apply.Unknown, apply.Skipped},
				Summary: apply.Summary{Unknown: 1, Skipped: 1}, Wrote: true,
			},
		},
		{
			name: "a write whose effect did not show was made",
			plan: made(plan.Step{Change: red, Call: resource.Call{
				Does: "weave", Op: "Weave", Until: &resource.Until{Deadline: time.Minute},
			}}),
			answers: map[string]func(context.Context) (resource.Answer, error){"weave": fails(rotten)},
			want: ends{
				Steps:   []string{"failed: weave basket.red: the fruit is rotten"},
				Changes: []apply.Status{apply.Failed}, Summary: apply.Summary{Failed: 1}, Wrote: true,
			},
		},
		{
			name:    "a wait writes nothing",
			plan:    made(plan.Step{Change: red, Call: resource.Call{Does: "wait", Until: &resource.Until{}}}),
			answers: map[string]func(context.Context) (resource.Answer, error){"wait": fails(rotten)},
			want: ends{
				Steps:   []string{"failed: wait basket.red: the fruit is rotten"},
				Changes: []apply.Status{apply.Failed}, Summary: apply.Summary{Failed: 1},
			},
		},
		{
			name: "an id that nobody gave",
			plan: made(plan.Step{Change: apple, Call: resource.Call{
				Does: "pick", Op: "Pick", Body: map[string]resource.Value{"basket": resource.HandleOf{Address: at("basket.blue")}},
			}}, step(pear, "buy", 0)),
			want: ends{
				Steps: []string{
					"failed: pick fruit.red/apple: the id of basket.blue is unknown",
					"skipped: pick fruit.red/apple failed",
				},
				Changes: []apply.Status{apply.Failed, apply.Skipped}, Summary: apply.Summary{Failed: 1, Skipped: 1},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := apply.Run(t.Context(), &market{answers: test.answers}, test.plan, apply.Options{Parallelism: 1})
			if d := cmp.Diff(test.want, endsOf(result)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Changes without calls follow what they depend on; blocked ones are counted.
func TestChangesWithoutSteps(t *testing.T) {
	next, old, lost := change(fruit, "red/next"), change(fruit, "red/old"), change(fruit, "red/lost")
	old.DependsOn = []resource.Address{next.Address}
	lost.DependsOn = []resource.Address{at("fruit.red/bad"), old.Address}
	bad, circle, blocked := change(fruit, "red/bad"), change(fruit, "red/circle"), change(fruit, "red/blocked")
	circle.DependsOn = []resource.Address{circle.Address, at("fruit.elsewhere")}
	blocked.Block("it is not ripe")
	p := made(step(next, "ripen"), step(bad, "spoil"))
	p.Changes = append(p.Changes, old, lost, circle, blocked)
	api := &market{answers: map[string]func(context.Context) (resource.Answer, error){"spoil": fails(errors.New("no"))}}

	got := endsOf(apply.Run(t.Context(), api, p, apply.Options{}))
	want := ends{
		Steps:   []string{"done", "failed: spoil fruit.red/bad: no"},
		Changes: []apply.Status{apply.Done, apply.Failed, apply.Done, apply.Skipped, apply.Done, apply.Blocked},
		Summary: apply.Summary{Done: 1, Failed: 1, Blocked: 1},
		Wrote:   true,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The whole result, with times, and every event on the way.
func TestResult(t *testing.T) {
	red, apple := change(basket, "red"), change(fruit, "red/apple")
	p := made(step(red, "weave"), step(apple, "pick", 0))
	refused := errors.New("refused")
	var events []apply.Event
	got := apply.Run(t.Context(),
		&market{answers: map[string]func(context.Context) (resource.Answer, error){"pick": fails(refused)}}, p,
		apply.Options{
			Parallelism: 1,
			Now:         still,
			Requests:    func() int { return 5 },
			Progress:    func(e apply.Event) { events = append(events, e) },
		})
	first := apply.StepResult{Step: &p.Steps[0], StartedAt: noon}
	second := apply.StepResult{Step: &p.Steps[1], StartedAt: noon}
	firstEnd, secondEnd := first, second
	firstEnd.Status, secondEnd.Status, secondEnd.Error = apply.Done, apply.Failed, refused
	want := &apply.Result{
		Steps:     []apply.StepResult{firstEnd, secondEnd},
		Changes:   []apply.ChangeResult{{Change: red, Status: apply.Done}, {Change: apple, Status: apply.Failed}},
		Summary:   apply.Summary{Done: 1, Failed: 1},
		Handles:   map[resource.Address]string{},
		Wrote:     true,
		Requests:  5,
		StartedAt: noon,
	}
	if d := cmp.Diff(want, got, sameErrors); d != "" {
		t.Error(d)
	}
	done, both := apply.Summary{Done: 1}, apply.Summary{Done: 1, Failed: 1}
	wantEvents := []apply.Event{
		{Step: first, Running: 1, Total: 2},
		{Step: firstEnd, Summary: done, Total: 2},
		{Step: second, Running: 1, Summary: done, Total: 2},
		{Step: secondEnd, Summary: both, Total: 2},
	}
	if d := cmp.Diff(wantEvents, events, sameErrors); d != "" {
		t.Error(d)
	}
}

// Errors are the same when one wraps the other or both say the same.
var sameErrors = cmp.Comparer(func(a, b error) bool {
	if a == nil || b == nil {
		return a == b
	}
	return errors.Is(a, b) || errors.Is(b, a) || a.Error() == b.Error()
})

func TestDurations(t *testing.T) {
	p := made(step(change(basket, "red"), "weave"))
	r := apply.Run(t.Context(), &market{}, p, apply.Options{Now: ticking()})
	if s := r.Steps[0]; s.Duration <= 0 || !s.StartedAt.After(r.StartedAt) || r.Duration <= s.Duration {
		t.Errorf("started %v, took %v of %v", s.StartedAt, s.Duration, r.Duration)
	}
}
