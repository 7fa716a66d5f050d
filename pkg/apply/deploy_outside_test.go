package apply_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

type outside struct{}

// watched notes which requests count for the time that writing may take.
type watched struct {
	*harbour
	counted, uncounted []string
}

func (w *watched) note(ctx context.Context, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Value(outside{}) == nil {
		w.counted = append(w.counted, what)
	} else {
		w.uncounted = append(w.uncounted, what)
	}
}

func (w *watched) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	w.note(ctx, call.Does)
	return w.harbour.Do(ctx, call)
}

func (w *watched) Get(ctx context.Context, op string, params map[string]resource.Value, query url.Values) (map[string]any, error) {
	w.note(ctx, op)
	return w.harbour.Get(ctx, op, params, query)
}

func (w *watched) List(ctx context.Context, op string, params map[string]resource.Value, query url.Values) ([]map[string]any, error) {
	w.note(ctx, op)
	return w.harbour.List(ctx, op, params, query)
}

// TestDeploymentsAreOutside: the requests of deployments do not count for the time that
// writing may take, and those of calls do.
func TestDeploymentsAreOutside(t *testing.T) {
	p := sailing()
	c := change(fruit, "b/fig")
	load := step(c, "load")
	p.Deployments[0].Changes = []*resource.Change{c}
	p.Steps = []plan.Step{load, {ID: 1, Deployment: p.Deployments[0], Needs: []int{0}}}
	p.Changes = []*resource.Change{c}
	w := &watched{harbour: &harbour{sea: &sea{boat: object{"dirty": true, "at_sea": nil}, voyage: map[string]int{"ours": 2}}}}
	apply.Run(t.Context(), w, p, apply.Options{
		Poll:    time.Microsecond,
		Outside: func(ctx context.Context) context.Context { return context.WithValue(ctx, outside{}, true) },
	})
	if !slices.Equal(w.counted, []string{"load"}) {
		t.Errorf("counted: %v", w.counted)
	}
	for _, what := range []string{"GetBoat", "ListVoyages", "deploy", "GetVoyage"} {
		if !slices.Contains(w.uncounted, what) {
			t.Errorf("%s is not outside: %v", what, w.uncounted)
		}
	}
}
