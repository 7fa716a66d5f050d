package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What may be left of a saved plan, and what makes it stale.
func TestResume(t *testing.T) {
	desired := func() *resource.State {
		return reading(stand("cart.a colour=red", "fruit.a/new colour=red", "cart.b", "jar.b/jam/RED lid=cork", "chore.b/sweep day=monday"), "fruit.b")
	}
	before := []string{"cart.a colour=blue @a1", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=glass @j1", "chore.b/sweep day=friday @s1"}
	settings := resource.Settings{Prune: []string{"fruits"}}
	for _, test := range []struct {
		name    string
		current []string
		// change the settings the second time.
		again func(in *plan.Input)
		// left is the plan that is made again, want what makes it stale.
		left, want []string
	}{
		{
			name: "nothing was made", current: before,
			left: []string{`update cart.a colour="blue"→"red"`, `create fruit.a/new colour=null→"red"`, "delete fruit.b/old", `update chore.b/sweep day="friday"→"monday"`, `replace jar.b/jam/RED lid="glass"→"cork"`},
		},
		{
			name:    "everything was made",
			current: []string{"cart.a colour=red @a1", "fruit.a/new colour=red", "cart.b @b1", "jar.b/jam/RED lid=cork @j2", "chore.b/sweep day=monday @s1"},
		},
		{
			name:    "a part was made, in any order",
			current: []string{"cart.a colour=blue @a1", "fruit.a/new colour=red", "cart.b @b1", "fruit.b/old @o1", "jar.b/jam/RED lid=cork @j2", "chore.b/sweep day=monday @s1"},
			left:    []string{`update cart.a colour="blue"→"red"`, "delete fruit.b/old"},
		},
		{
			name:    "a replacement was interrupted",
			current: []string{"cart.a colour=red @a1", "fruit.a/new colour=red", "cart.b @b1", "jar.b/jam/RED_OLD lid=glass @j1", "chore.b/sweep day=monday @s1"},
			left:    []string{`replace jar.b/jam/RED sort=null→"jam" label=null→"RED" lid=null→"cork"`},
		},
		{
			name:    "what is not touched does not matter",
			current: append([]string{"cart.c colour=red", "till.t"}, before...),
			left:    []string{`update cart.a colour="blue"→"red"`, `create fruit.a/new colour=null→"red"`, "delete fruit.b/old", `update chore.b/sweep day="friday"→"monday"`, `replace jar.b/jam/RED lid="glass"→"cork"`},
		},
		{
			name:    "somebody changed a field that is updated",
			current: append([]string{"cart.a colour=green @a1"}, before[1:]...),
			want:    []string{"cart.a: colour was changed"},
		},
		{
			name:    "another one took its place",
			current: append([]string{"cart.a colour=blue @a2"}, before[1:]...),
			want:    []string{"cart.a: is another resource now"},
		},
		{
			name:    "what was to be created exists, otherwise than it is declared",
			current: append([]string{"fruit.a/new colour=green"}, before...),
			want:    []string{"fruit.a/new: now exists, with another colour"},
		},
		{
			name:    "what was to be updated is gone",
			current: before[1:],
			want:    []string{"cart.a: no longer exists"},
		},
		{
			name:    "what was to be replaced is gone",
			current: []string{"cart.a colour=blue @a1", "cart.b @b1", "fruit.b/old @o1", "chore.b/sweep day=friday @s1"},
			want:    []string{"jar.b/jam/RED: no longer exists"},
		},
		{
			name:    "what is to be deleted was changed",
			current: []string{"cart.a colour=blue @a1", "cart.b @b1", "fruit.b/old colour=red @o1", "jar.b/jam/RED lid=glass @j1", "chore.b/sweep day=friday @s1"},
			want:    []string{"fruit.b/old: was changed"},
		},
		{
			name:    "another one of that name is to be deleted",
			current: []string{"cart.a colour=blue @a1", "cart.b @b1", "fruit.b/old @o2", "jar.b/jam/RED lid=glass @j1", "chore.b/sweep day=friday @s1"},
			want:    []string{"fruit.b/old: had no change in the plan, or was blocked", "fruit.b/old: now exists"},
		},
		{
			name:    "a sibling of what is deleted is new",
			current: append([]string{"fruit.b/young @y1"}, before...),
			want:    []string{"fruit.b/young: now exists"},
		},
		{
			name: "what is to be deleted is protected now", current: before,
			again: func(in *plan.Input) {
				in.Settings.Protect = []resource.Protect{{Pattern: marketPatterns("fruit.b/*")[0]}}
			},
			want: []string{"fruit.b/old: still exists, and can no longer be deleted"},
		},
		{
			name: "what was to be replaced is protected now", current: before,
			again: func(in *plan.Input) {
				in.Settings.Protect = []resource.Protect{{Pattern: marketPatterns("jar.b/*")[0]}}
			},
			want: []string{"jar.b/jam/RED: is now blocked: protected by jar.b/*"},
		},
		{
			name: "another organisation", current: before,
			again: func(in *plan.Input) { in.Current.Organisation = resource.Ref{Name: "other", Handle: "o2"} },
			want:  []string{"it was made for the organisation acme (o1), not for other (o2)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			acme := resource.Ref{Name: "acme", Handle: "o1"}
			current := stand(before...)
			current.Organisation = acme
			_, text := saveAs(t, plan.Input{Catalog: market(), Desired: desired(), Current: current, Settings: settings, AllowDestroy: []resource.Address{marketAt("jar.b/jam/RED")}})
			again, err := resumed(t, text, func(in *plan.Input) {
				in.Current = reading(stand(test.current...), "fruit.a", "fruit.b", "jar.b", "chore.b")
				in.Current.Organisation = acme
				if test.again != nil {
					test.again(in)
				}
			})
			if diff := cmp.Diff(test.want, movedOf(t, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if test.want == nil {
				if diff := cmp.Diff(test.left, show(again, nil)); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// resumed makes a saved plan again, and checks it.
func resumed(t *testing.T, text []byte, change func(*plan.Input)) (*plan.Plan, error) {
	t.Helper()
	saved := open(t, text)
	in, err := saved.Input(market())
	if err != nil {
		t.Fatal(err)
	}
	change(&in)
	again, err := plan.Make(in)
	return again, saved.Check(again, in.Current, err)
}

// The order must be the saved one with some of the saved moves carried out. What is left
// is computed again.
func TestResumeMoves(t *testing.T) {
	stateOf := func(names ...string) *world {
		lines := []string{"basket.b"}
		for _, name := range names {
			lines = append(lines, "fruit.b/"+name)
		}
		w := state(lines...)
		for _, r := range w.state.Resources {
			r.Handle = "id-" + r.Key
		}
		return w
	}
	desired := func() *resource.State { return &stateOf("a", "b", "c", "d", "new").ordered("fruit.b").state }
	for _, test := range []struct {
		name    string
		current []string
		moves   int
		stale   bool
	}{
		{"nothing was made", []string{"d", "c", "b", "a", "x"}, 3, false},
		{"the new one was created", []string{"d", "c", "b", "a", "x", "new"}, 3, false},
		{"a move was made", []string{"a", "d", "c", "b", "x", "new"}, 2, false},
		{"another choice of moves is left", []string{"a", "b", "d", "c", "x", "new"}, 1, false},
		{"a later move was made, and not an earlier one", []string{"b", "d", "c", "a", "x", "new"}, 2, false},
		{"all were made", []string{"a", "b", "c", "d", "x", "new"}, 0, false},
		{"somebody moved one that the plan does not move", []string{"x", "d", "c", "b", "a"}, 0, true},
		{"somebody moved one elsewhere than the plan does", []string{"d", "c", "b", "x", "a"}, 0, true},
		{"somebody created another one", []string{"d", "c", "b", "a", "x", "y"}, 0, true},
		{"what somebody moved is as declared", []string{"a", "b", "c", "d", "x"}, 0, false},
		{"somebody deleted one that is not declared", []string{"d", "c", "b", "a"}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, saved := save(t, plan.Input{Desired: desired(), Current: &stateOf("d", "c", "b", "a", "x").state})
			in, err := saved.Input(toyKinds())
			if err != nil {
				t.Fatal(err)
			}
			in.Current = &stateOf(test.current...).state
			again, err := plan.Make(in)
			err = saved.Check(again, in.Current, err)
			if stale := movedOf(t, err); (stale != nil) != test.stale {
				t.Fatalf("stale: %v\n%v", stale, show(again, nil))
			}
			if moves := again.Summary.Move; !test.stale && moves != test.moves {
				t.Errorf("%d moves: %v", moves, show(again, nil))
			}
		})
	}
}

// What a saved plan forces is written again, unless the ledger knows that it was: by a
// new entry, or by a new date in the old one.
func TestResumeRewrites(t *testing.T) {
	id := resource.FieldID{Address: marketAt("till.t"), Name: "code"}
	same := map[resource.FieldID]plan.Seal{id: {Known: true, Same: true}}
	since := map[resource.FieldID]plan.Seal{id: {Known: true, Same: true, Modified: "monday"}}
	declared := func() *resource.State {
		s := stand("till.t code=(1234)")
		s.Resources[0].Sources = map[string]resource.Source{"code": {Env: "CODE"}}
		return s
	}
	for _, test := range []struct {
		name        string
		then, now   map[resource.FieldID]plan.Seal
		wantChanges int
	}{
		{"no ledger", nil, nil, 1},
		{"the ledger knows it now", nil, same, 0},
		{"the ledger knew it", same, same, 1},
		{"the ledger knew it, and has a new date", same, since, 0},
		{"the ledger knows another one", nil, map[resource.FieldID]plan.Seal{id: {Known: true}}, 1},
	} {
		_, text := saveAs(t, plan.Input{Catalog: market(), Desired: declared(), Current: stand("till.t"), Seals: test.then, WriteSensitive: marketPatterns("till.t")})
		again, err := resumed(t, text, func(in *plan.Input) { in.Desired, in.Current, in.Seals = declared(), stand("till.t"), test.now })
		if stale := movedOf(t, err); stale != nil {
			t.Errorf("%s: %v", test.name, stale)
		}
		if len(again.Changes) != test.wantChanges {
			t.Errorf("%s: %v", test.name, show(again, nil))
		}
	}
}

// A value that was not available when the plan was saved may be written, since it is
// available now.
func TestResumeMayWrite(t *testing.T) {
	in := plan.Input{
		Catalog: market(), Desired: stand("cart.a colour=red", "till.t user=ann"), Current: stand("cart.a colour=blue", "till.t"), WriteSensitive: marketPatterns("till.t"),
	}
	till := in.Desired.Resources[1]
	till.Fields["user"] = resource.Source{Env: "USER"}
	_, text := saveAs(t, in)
	till.Fields["user"] = resource.NewSecret("ann")
	till.Sources = map[string]resource.Source{"user": {Env: "USER"}}
	again, err := plan.Make(in)
	if len(again.Changes) != 2 {
		t.Fatalf("%v", explain(again, err))
	}
	if err := open(t, text).Check(again, in.Current, err); err != nil {
		t.Errorf("%v: %v", err, movedOf(t, err))
	}
}

// What could be planned once and cannot now is a difference as well.
func TestResumeWithoutAPlan(t *testing.T) {
	_, text := saveAs(t, everything())
	err := open(t, text).Check(nil, nil, diag.List{{Message: `unknown stall "s"`}})
	if diff := cmp.Diff([]string{`unknown stall "s"`}, movedOf(t, err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
