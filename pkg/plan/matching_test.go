package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Children follow a parent that is paired under another name, and whatever has to make
// room for it.
func TestChildrenFollowTheirParent(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		prune            []string
		want             []string
	}{
		{
			name:    "what is declared below is found below the other name",
			desired: stand("stall.s place=x", "sign.s/left text=open", "sign.s/right"),
			current: stand("stall.1 place=x", "sign.1/left text=closed"),
			want:    []string{`update sign.s/left text="closed"→"open"`, "create sign.s/right"},
		},
		{
			name:    "what is not declared stands below the declared name",
			desired: reading(stand("stall.s place=x"), "sign.s"), current: stand("stall.1 place=x", "sign.1/left"),
			want: []string{"unmanaged sign.s/left"},
		},
		{
			name:    "and is pruned there",
			desired: reading(stand("stall.s place=x"), "sign.s"), current: stand("stall.1 place=x", "sign.1/left"), prune: []string{"signs"},
			want: []string{"delete sign.s/left", "because sign.s/left: not declared, and signs are pruned"},
		},
		{
			name:    "but not where its collection was not read",
			desired: reading(stand("stall.s place=x"), "sign.s"), current: without(stand("stall.1 place=x", "sign.1/left"), "sign.1"), prune: []string{"signs"},
			want: []string{"unmanaged sign.s/left"},
		},
		{
			name:    "two change names, and their children with them",
			desired: stand("stall.a place=x", "sign.a/left text=x", "stall.b place=y", "sign.b/left text=y"),
			current: stand("stall.b place=x", "sign.b/left text=x", "stall.a place=y", "sign.a/left text=y"),
			want:    nil,
		},
		{
			name:    "what is undeclared makes room, and is called by its id",
			desired: stand("stall.s place=x", "sign.s/left"), current: stand("stall.1 place=x", "sign.1/left", "stall.s place=y @y1", "sign.s/up"),
			prune: []string{"stalls"},
			want:  []string{"delete stall.y1", "because stall.y1: not declared, and stalls are pruned; also deletes its 1 sign"},
		},
		{
			name:    "undeclared ones of one name are each called by their id",
			desired: stand("till.t"), current: stand("till.t", "stall.s place=y @y1", "stall.s place=z @z1"),
			want: []string{"unmanaged stall.y1", "unmanaged stall.z1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := explain(plan.Make(plan.Input{Catalog: market(), Desired: test.desired, Current: test.current, Prune: test.prune}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Of resources without a key each has an address of its own: with the short label, the
// long one, or the exact one.
func TestAddressesWithoutAKey(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		want             []string
	}{
		{
			"one of a name", reading(stand("cart.a"), "chore.a"), stand("cart.a", "chore.a/sweep day=monday"),
			[]string{"unmanaged chore.a/sweep"},
		},
		{
			"two of a name", reading(stand("cart.a"), "chore.a"), stand("cart.a", "chore.a/sweep day=monday", "chore.a/sweep day=friday"),
			[]string{"unmanaged chore.a/sweep@friday", "unmanaged chore.a/sweep@monday"},
		},
		{
			"two that are equal", reading(stand("cart.a"), "chore.a"), stand("cart.a", "chore.a/sweep day=monday", "chore.a/sweep day=monday"),
			[]string{"unmanaged chore.a/sweep@monday#h1", "unmanaged chore.a/sweep@monday#h2"},
		},
		{
			"one beside a declared one of its name", stand("cart.a", "chore.a/sweep day=friday"),
			stand("cart.a", "chore.a/sweep day=monday", "chore.a/sweep day=friday"),
			[]string{"unmanaged chore.a/sweep@monday"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := show(plan.Make(plan.Input{Catalog: market(), Desired: test.desired, Current: test.current}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The parts of a composite key are fields, one of which changes with a moved entry.
func TestCompositeKeys(t *testing.T) {
	moved := []resource.Moved{{From: marketAt("jar.a/jam/BLUE"), To: marketAt("jar.a/jam/RED")}}
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		moved            []resource.Moved
		allow            []resource.Address
		want             []string
	}{
		{
			name: "another key is another resource", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/BLUE"),
			want: []string{`create jar.a/jam/RED sort=null→"jam" label=null→"RED"`, "unmanaged jar.a/jam/BLUE"},
		},
		{
			name: "a moved entry renames", desired: stand("cart.a", "jar.a/jam/RED lid=cork"), current: stand("cart.a", "jar.a/jam/BLUE lid=cork"),
			moved: moved,
			want:  []string{`update jar.a/jam/RED label="BLUE"→"RED"`, "because jar.a/jam/RED: renamed from jar.a/jam/BLUE"},
		},
		{
			name: "a moved entry to what exists has no effect", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/BLUE", "jar.a/jam/RED"),
			moved: moved,
			want:  []string{"unmanaged jar.a/jam/BLUE", "note jar.a/jam/RED: already exists, so the moved entry from jar.a/jam/BLUE has no effect"},
		},
		{
			name: "two of one key are blocked", desired: stand("cart.a", "jar.a/jam/RED lid=cork"), current: stand("cart.a", "jar.a/jam/RED", "jar.a/jam/RED"),
			want: []string{"update jar.a/jam/RED BLOCKED the API has 2 resources with this key; delete all but one manually"},
		},
		{
			name: "what a replacement left is the one that is replaced", desired: stand("cart.a", "jar.a/jam/RED lid=cork"), current: stand("cart.a", "jar.a/jam/RED_OLD lid=glass"),
			allow: []resource.Address{marketAt("jar.a/jam/RED")},
			want: []string{
				`replace jar.a/jam/RED sort=null→"jam" label=null→"RED" lid=null→"cork"`,
				"because jar.a/jam/RED: finishes a replacement",
			},
		},
		{
			name: "what a replacement left beside the new one is deleted, with permission", desired: stand("cart.a", "jar.a/jam/RED lid=cork"),
			current: stand("cart.a", "jar.a/jam/RED lid=cork", "jar.a/jam/RED_OLD lid=glass"),
			want: []string{
				"update jar.a/jam/RED", "violation delete of jar.a/jam/RED_OLD cannot be undone: --allow-destroy jar.a/jam/RED",
				"because jar.a/jam/RED: deletes jar.a/jam/RED_OLD, left behind by an unfinished replacement",
			},
		},
		{
			name: "what is left of something undeclared is unmanaged", desired: reading(stand("cart.a"), "jar.a"), current: stand("cart.a", "jar.a/jam/RED_OLD"),
			want: []string{"unmanaged jar.a/jam/RED_OLD"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := explain(plan.Make(plan.Input{
				Catalog: market(), Desired: test.desired, Current: test.current, Settings: resource.Settings{Moved: test.moved}, AllowDestroy: test.allow,
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What a replacement left behind is protected like anything else.
func TestProtectedLeftover(t *testing.T) {
	got := show(plan.Make(plan.Input{
		Catalog: market(), Desired: stand("cart.a", "jar.a/jam/RED lid=cork"), Current: stand("cart.a", "jar.a/jam/RED lid=cork", "jar.a/jam/RED_OLD"),
		Settings: resource.Settings{Protect: []resource.Protect{{Pattern: marketPatterns("jar.a/*_OLD")[0]}}},
	}))
	want := []string{"update jar.a/jam/RED BLOCKED jar.a/jam/RED_OLD, left behind by an unfinished replacement, is protected by jar.a/*_OLD"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a matcher is handed.
func TestMatching(t *testing.T) {
	desired := stand("cart.a stall=s", "cart.b stall=t", "stall.s", "stall.t", "stall.u")
	current := stand("cart.a stall=#i2", "cart.c stall=#i3", "stall.1 @i1", "stall.2 @i2", "stall.3 @i3", "stall.4 @i4")
	var seen []resource.Matching
	catalog := market()
	catalog.Kind("stall").Match = func(m resource.Matching) []resource.Pairing {
		seen = append(seen, m)
		var out []resource.Pairing
		for i := range m.Desired {
			out = append(out, resource.Pairing{Desired: i, Current: -1})
		}
		return out
	}
	_, err := plan.Make(plan.Input{
		Catalog: catalog, Desired: desired, Current: current, Prune: []string{"stalls"},
		Settings: resource.Settings{
			Moved: []resource.Moved{{From: marketAt("stall.3"), To: marketAt("stall.u")}}, Removed: removed("stall.4", "stall.1 @other"),
			Protect: []resource.Protect{{Pattern: marketPatterns("stall.1")[0]}, {Pattern: marketPatterns("sign.2/*")[0]}},
		},
	})
	if err != nil || len(seen) != 1 {
		t.Fatalf("%v, asked %d times", err, len(seen))
	}
	keys := func(list []*resource.Resource) []string {
		var out []string
		for _, r := range list {
			out = append(out, r.Key)
		}
		return out
	}
	m := seen[0]
	if diff := cmp.Diff([][]string{{"s", "t", "u"}, {"1", "2", "3", "4"}}, [][]string{keys(m.Desired), keys(m.Current)}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	m.Desired, m.Current = nil, nil
	want := resource.Matching{
		Pruned:   true,
		Moved:    map[int]int{2: 2},
		Kept:     map[int]bool{0: true, 1: true, 2: false, 3: false},
		Removed:  map[int]bool{0: false, 1: false, 2: false, 3: true},
		Referred: map[int]int{0: 1}, // cart.b is not there yet
		Used:     map[int]bool{0: false, 1: true, 2: true, 3: false},
		Earlier:  map[int]bool{},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
