package plan_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What moved between a plan and the one that is made again.
func TestStale(t *testing.T) {
	desired := func() *resource.State {
		return reading(stand("cart.a colour=red", "fruit.a/new colour=red", "cart.b", "jar.b/jam/RED lid=cork"), "fruit.b")
	}
	current := []string{"cart.a colour=blue @a1", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1"}
	settings := resource.Settings{Prune: []string{"fruits"}}
	for _, test := range []struct {
		name    string
		current []string
		// change what is declared, or the settings, the second time.
		again func(in *plan.Input)
		want  []string
	}{
		{name: "nothing", current: current},
		{
			name:    "what is not touched does not matter",
			current: append([]string{"cart.c colour=red", "till.t"}, current...),
		},
		{
			name:    "a field of something that is updated",
			current: []string{"cart.a colour=green @a1", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1"},
			want:    []string{"cart.a: the resource or a sibling was changed"},
		},
		{
			name:    "another one took its place",
			current: []string{"cart.a colour=blue @a2", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1"},
			want:    []string{"cart.a: the resource or a sibling was changed"},
		},
		{
			name:    "it is as declared already",
			current: []string{"cart.a colour=red @a1", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1"},
			want:    []string{"cart.a: no changes are left"},
		},
		{
			name:    "what was to be created exists, otherwise than it is declared",
			current: append([]string{"fruit.a/new colour=green"}, current...),
			want:    []string{"fruit.a/new: now exists"},
		},
		{
			name:    "what was to be updated is gone",
			current: []string{"cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1"},
			want:    []string{"cart.a: no longer exists"},
		},
		{
			name:    "what was to be deleted is gone",
			current: []string{"cart.a colour=blue @a1", "cart.b @b1", "jar.b/jam/RED lid=glass @j1"},
			want:    []string{"fruit.b/old: no changes are left"},
		},
		{
			name:    "another one is to be deleted with it",
			current: append([]string{"fruit.b/young @y1"}, current...),
			want:    []string{"fruit.b/old: the resource or a sibling was changed", "fruit.b/young: had no change in the plan, or was blocked"},
		},
		{
			name: "what was to be replaced is protected", current: current,
			again: func(in *plan.Input) {
				in.Settings.Protect = []resource.Protect{{Pattern: marketPatterns("jar.b/*")[0]}}
			},
			want: []string{"jar.b/jam/RED: is now blocked: protected by jar.b/*"},
		},
		{
			name: "another value is asked for", current: current,
			again: func(in *plan.Input) { in.Desired.Resources[0].Fields["colour"] = "green" },
			want:  []string{"the plan now contains other changes"},
		},
		{
			name: "another organisation", current: current,
			again: func(in *plan.Input) { in.Current.Organisation = resource.Ref{Name: "other", Handle: "o2"} },
			want:  []string{"it was made for the organisation acme (o1), not for other (o2)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			acme := resource.Ref{Name: "acme", Handle: "o1"}
			in := plan.Input{Catalog: market(), Desired: desired(), Current: stand(current...), Settings: settings}
			in.Current.Organisation = acme
			was, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			in.Desired, in.Current = desired(), stand(test.current...)
			in.Current.Organisation = acme
			if test.again != nil {
				test.again(&in)
			}
			if diff := cmp.Diff(test.want, movedOf(t, was.Check(plan.Make(in)))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// movedOf gives what a stale plan says that moved, nil for one that is not stale.
func movedOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var stale *plan.StaleError
	if !errors.As(err, &stale) {
		t.Fatal(err)
	}
	return stale.Moved
}

// What could be planned once and cannot now has moved as well; any other error is
// itself.
func TestStaleWithoutAPlan(t *testing.T) {
	failed := errors.New("read the carts: 500")
	var was plan.Plan
	for _, test := range []struct {
		name string
		err  error
		want []string
	}{
		{"a selection that names nothing", &plan.SelectionError{Problems: []string{"cart.a: no longer exists"}}, []string{"cart.a: no longer exists"}},
		{"a problem in what is declared", diag.List{{Message: `unknown stall "s"`}}, []string{`unknown stall "s"`}},
	} {
		if diff := cmp.Diff(test.want, movedOf(t, was.Check(nil, test.err))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
	if err := was.Check(nil, failed); err != failed {
		t.Errorf("%v", err)
	}
}

func TestStaleErrorSaysWhen(t *testing.T) {
	for want, err := range map[string]*plan.StaleError{
		"the plan is stale: the current state changed since it was made":    {Moved: []string{"x"}},
		"the plan is stale: the current state changed while you were asked": {Moved: []string{"x"}, When: "while you were asked"},
	} {
		if err.Error() != want {
			t.Errorf("%s, want %s", err, want)
		}
	}
}
