package apply_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestStopped(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	red, apple, pear := change(basket, "red"), change(fruit, "red/apple"), change(fruit, "red/pear")
	wait := plan.Step{Change: red, Call: resource.Call{Does: "wait", Until: &resource.Until{}}}
	// The first step's call stops apply, then answers.
	tests := []struct {
		name   string
		plan   *plan.Plan
		cancel bool // the context, else only Stop
		answer func(ctx context.Context) (resource.Answer, error)
		want   ends
	}{
		{
			name:   "the first stop lets the running step finish",
			plan:   made(step(red, "weave"), step(apple, "pick", 0), step(pear, "buy")),
			answer: gives("r1"),
			want: ends{
				Steps:   []string{"done", "skipped: apply was stopped", "skipped: apply was stopped"},
				Changes: []apply.Status{apply.Done, apply.Skipped, apply.Skipped},
				Summary: apply.Summary{Done: 1, Skipped: 2}, Wrote: true, Interrupted: true,
			},
		},
		{
			name:   "nothing was left to stop",
			plan:   made(step(red, "weave")),
			answer: gives("r1"),
			want: ends{
				Steps: []string{"done"}, Changes: []apply.Status{apply.Done},
				Summary: apply.Summary{Done: 1}, Wrote: true,
			},
		},
		{
			name:   "what needs a failure says so, also after a stop",
			plan:   made(step(red, "weave"), step(apple, "pick", 0), step(pear, "buy")),
			answer: fails(outcome(false)),
			want: ends{
				Steps: []string{
					"failed: weave basket.red: no answer (unknown: false)",
					"skipped: weave basket.red failed", "skipped: apply was stopped",
				},
				Changes: []apply.Status{apply.Failed, apply.Skipped, apply.Skipped},
				Summary: apply.Summary{Failed: 1, Skipped: 2}, Interrupted: true,
			},
		},
		{
			name:   "a write that was cut short may have been made",
			plan:   made(step(red, "weave"), step(apple, "pick", 0)),
			cancel: true,
			answer: func(ctx context.Context) (resource.Answer, error) {
				<-ctx.Done()
				return resource.Answer{}, ctx.Err()
			},
			want: ends{
				Steps: []string{
					"unknown: weave basket.red: context canceled",
					"skipped: it is unknown whether weave basket.red was done",
				},
				Changes: []apply.Status{apply.Unknown, apply.Skipped},
				Summary: apply.Summary{Unknown: 1, Skipped: 1}, Wrote: true, Interrupted: true,
			},
		},
		{
			name:   "a write that surely never left was not made",
			plan:   made(step(red, "weave")),
			cancel: true,
			answer: fails(outcome(false)),
			want: ends{
				Steps:   []string{"failed: weave basket.red: no answer (unknown: false)"},
				Changes: []apply.Status{apply.Failed},
				Summary: apply.Summary{Failed: 1}, Interrupted: true,
			},
		},
		{
			name:   "a write that was not sent was not made",
			plan:   made(step(red, "weave"), step(apple, "pick", 0)),
			cancel: true,
			answer: func(ctx context.Context) (resource.Answer, error) {
				return resource.Answer{}, fmt.Errorf("look up the path: %w, %w", ctx.Err(), outcome(false))
			},
			want: ends{
				Steps:   []string{"skipped: apply was stopped", "skipped: apply was stopped"},
				Changes: []apply.Status{apply.Skipped, apply.Skipped},
				Summary: apply.Summary{Skipped: 2}, Interrupted: true,
			},
		},
		{
			name:   "a write that was answered in time was made",
			plan:   made(step(red, "weave")),
			cancel: true,
			answer: gives("r1"),
			want: ends{
				Steps: []string{"done"}, Changes: []apply.Status{apply.Done},
				Summary: apply.Summary{Done: 1}, Wrote: true,
			},
		},
		{
			name:   "a wait that was cut short did nothing",
			plan:   made(wait, step(apple, "pick", 0)),
			cancel: true,
			answer: fails(context.Canceled),
			want: ends{
				Steps:   []string{"skipped: apply was stopped", "skipped: apply was stopped"},
				Changes: []apply.Status{apply.Skipped, apply.Skipped},
				Summary: apply.Summary{Skipped: 2}, Interrupted: true,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stop := make(chan struct{})
			first := func(ctx context.Context) (resource.Answer, error) {
				if test.cancel {
					cancel()
				} else {
					close(stop)
				}
				return test.answer(ctx)
			}
			api := &market{answers: map[string]func(context.Context) (resource.Answer, error){"weave": first, "wait": first}}
			result := apply.Run(ctx, api, test.plan, apply.Options{Parallelism: 1, Stop: stop})
			if d := cmp.Diff(test.want, endsOf(result)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Steps that have nothing to do with each other run side by side: each of these
// waits for all others.
func TestSideBySide(t *testing.T) {
	const n = 4
	var all sync.WaitGroup
	all.Add(n)
	meet := func(context.Context) (resource.Answer, error) {
		all.Done()
		all.Wait()
		return resource.Answer{}, nil
	}
	api := &market{answers: map[string]func(context.Context) (resource.Answer, error){"meet": meet}}
	c := change(basket, "red")
	var steps []plan.Step
	for range n {
		steps = append(steps, step(c, "meet"))
	}
	if r := apply.Run(t.Context(), api, made(steps...), apply.Options{Parallelism: n}); !r.Complete() {
		t.Error(endsOf(r))
	}
}
