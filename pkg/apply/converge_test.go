package apply_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/resource"
)

func draw(t *rapid.T) *rig {
	return newRig(t, drawRemote(t), drawDesired(t), drawSettings(t))
}

// For any two states, apply then plan is empty.
func TestApplyThenPlanIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		before := r.everything()
		p := r.plan()
		result := r.apply(context.Background(), p, r.box.RoundTripper())
		r.respected(before)
		r.allDone(p, result)
		r.settled(p)
	})
}

// A crash at any write, before or after it took effect, and a second run end in
// the desired state.
func TestCrashAnywhereThenConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		first := r.plan()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		r.apply(ctx, first, &crasher{
			inner: r.box.RoundTripper(), cancel: cancel,
			left: rapid.IntRange(0, 15).Draw(t, "writes"), after: rapid.Bool().Draw(t, "took effect"),
		})
		second := r.plan()
		result := r.apply(context.Background(), second, r.box.RoundTripper())
		r.allDone(second, result)
		r.settled(first)
	})
}

// Lost answers are repeated without making anything twice.
func TestLostAnswersMakeNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		p := r.plan()
		result := r.apply(context.Background(), p, &lossy{
			inner: r.box.RoundTripper(), lost: map[string]int{},
			lose: rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 1, 2}), 0, 20).Draw(t, "lost"),
		})
		for _, s := range result.Steps {
			// Only a cron job that was lost on the way may end as unknown: it has no
			// key to look for and is never sent twice. What needs it waits.
			if s.Status == apply.Failed || s.Status == apply.Unknown && s.Step.Call.Retry != resource.Once {
				t.Fatalf("%s: %s %v %s", s.Step, s.Status, s.Error, s.Because)
			}
		}
		second := r.plan()
		r.apply(context.Background(), second, r.box.RoundTripper())
		r.settled(p)
	})
}
