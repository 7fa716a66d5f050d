package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// removed reads entries: an address, and an id behind an @.
func removed(entries ...string) []resource.Removed {
	var out []resource.Removed
	for i, entry := range entries {
		address, id, _ := strings.Cut(entry, " @")
		out = append(out, resource.Removed{Address: marketAt(address), ID: id, At: diag.Position{File: "f.yaml", Line: 90 + i}})
	}
	return out
}

// What is listed under removed is deleted: exactly that resource, if it exists.
func TestRemoved(t *testing.T) {
	const applied = "the removed entry is already applied; remove it"
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		removed          []string
		settings         resource.Settings
		only             []string
		want             []string
	}{
		{
			name:    "of a collection that is not declared",
			desired: stand("cart.a"), current: stand("cart.a", "fruit.a/pear", "fruit.a/plum"), removed: []string{"fruit.a/plum"},
			want: []string{"delete fruit.a/plum", "because fruit.a/plum: listed under removed"},
		},
		{
			name:    "of a declared one that is not pruned, whose others stay",
			desired: stand("cart.a", "fruit.a/fig"), current: stand("cart.a", "fruit.a/fig", "fruit.a/pear", "fruit.a/plum"), removed: []string{"fruit.a/plum"},
			want: []string{"delete fruit.a/plum", "unmanaged fruit.a/pear", "because fruit.a/plum: listed under removed"},
		},
		{
			name:    "at the top",
			desired: stand("cart.a"), current: stand("cart.a", "till.t"), removed: []string{"till.t"},
			want: []string{"delete till.t", "because till.t: listed under removed"},
		},
		{
			name:    "what is gone already is history",
			desired: stand("cart.a"), current: reading(stand("cart.a"), "fruit.a"), removed: []string{"fruit.a/plum"},
			want: []string{"note fruit.a/plum: " + applied},
		},
		{
			name:    "and so is what went with its parent",
			desired: stand("cart.a"), current: stand("cart.a"), removed: []string{"fruit.gone/plum"},
			want: []string{"note fruit.gone/plum: " + applied},
		},
		{
			name:    "of what was not read nothing is said",
			desired: stand("cart.a"), current: stand("cart.a"), removed: []string{"fruit.a/plum"},
			want: nil,
		},
		{
			name:    "nor of what is in something that was not read",
			desired: stand("till.t"), current: without(stand("till.t"), "cart."), removed: []string{"fruit.a/plum"},
			want: nil,
		},
		{
			name:    "of what is declared validate speaks",
			desired: stand("cart.a", "fruit.a/plum"), current: stand("cart.a", "fruit.a/plum"), removed: []string{"fruit.a/plum"},
			want: nil,
		},
		{
			name:    "the resource with the id",
			desired: stand("cart.a"), current: stand("cart.a", "fruit.a/plum @p1"), removed: []string{"fruit.a/plum @p1"},
			want: []string{"delete fruit.a/plum", "because fruit.a/plum: listed under removed"},
		},
		{
			name:    "and never another one that has its address now",
			desired: stand("cart.a"), current: stand("cart.a", "fruit.a/plum @p2"), removed: []string{"fruit.a/plum @p1"},
			want: []string{"note fruit.a/plum: not removed: another resource has this address now, with the id p2"},
		},
		{
			name:    "something precious needs a permission, which an id is",
			desired: stand("cart.a"), current: stand("cart.a", "cart.b @b1", "cart.c @c1"), removed: []string{"cart.b", "cart.c @c1"},
			want: []string{
				"delete cart.b", "delete cart.c",
				"violation delete of cart.b cannot be undone: --allow-destroy cart.b",
				"because cart.b: listed under removed; also deletes its jars, fruits, chores",
				"because cart.c: listed under removed; also deletes its jars, fruits, chores",
			},
		},
		{
			name:    "what is pruned too has that reason, and still the permission",
			desired: stand("cart.a"), current: reading(stand("cart.a", "cart.b @b1"), "jar.b", "fruit.b", "chore.b"), removed: []string{"cart.b @b1"},
			settings: resource.Settings{Prune: []string{"carts"}},
			want:     []string{"delete cart.b", "because cart.b: not declared, and carts are pruned"},
		},
		{
			name:    "protect wins",
			desired: stand("cart.a"), current: stand("cart.a", "fruit.a/plum @p1"), removed: []string{"fruit.a/plum @p1"},
			settings: resource.Settings{Protect: []resource.Protect{{Pattern: marketPatterns("fruit.*/pl*")[0]}}},
			want:     []string{"delete fruit.a/plum BLOCKED protected by fruit.*/pl*", "because fruit.a/plum: listed under removed"},
		},
		{
			name:    "also where it is pruned too",
			desired: reading(stand("cart.a"), "fruit.a"), current: stand("cart.a", "fruit.a/plum @p1"), removed: []string{"fruit.a/plum @p1"},
			settings: resource.Settings{Protect: []resource.Protect{{Pattern: marketPatterns("fruit.a/plum")[0]}}, Prune: []string{"fruits"}},
			want: []string{
				"delete fruit.a/plum BLOCKED protected by fruit.a/plum", "note fruit.a/plum: not pruned: protected by fruit.a/plum",
				"because fruit.a/plum: listed under removed",
			},
		},
		{
			name:    "a resource without a key by its short address",
			desired: stand("cart.a"), current: stand("cart.a", "chore.a/sweep day=monday", "chore.a/wash"), removed: []string{"chore.a/sweep"},
			want: []string{"delete chore.a/sweep", "because chore.a/sweep: listed under removed"},
		},
		{
			name:    "and by its long one",
			desired: stand("cart.a"), current: stand("cart.a", "chore.a/sweep day=monday", "chore.a/sweep day=friday"), removed: []string{"chore.a/sweep@monday"},
			want: []string{"delete chore.a/sweep@monday", "because chore.a/sweep@monday: listed under removed"},
		},
		{
			name:    "an address that several have names none of them",
			desired: stand("cart.a"), current: stand("cart.a", "chore.a/sweep day=monday", "chore.a/sweep day=friday"), removed: []string{"chore.a/sweep"},
			want: []string{"note chore.a/sweep: not removed: ambiguous; add the id of the resource"},
		},
		{
			name:    "but with an id it does",
			desired: stand("cart.a"), current: stand("cart.a", "chore.a/sweep day=monday @m1", "chore.a/sweep day=friday @f1"), removed: []string{"chore.a/sweep @f1"},
			want: []string{"delete chore.a/sweep@friday", "because chore.a/sweep@friday: listed under removed"},
		},
		{
			name:    "what is not selected stays",
			desired: stand("cart.a"), current: stand("cart.a", "fruit.a/pear", "fruit.a/plum"), removed: []string{"fruit.a/plum", "fruit.a/pear"},
			only: []string{"fruit.a/pear"},
			want: []string{"delete fruit.a/pear", "because fruit.a/pear: listed under removed"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.settings.Removed = removed(test.removed...)
			got := explain(plan.Make(plan.Input{
				Catalog: market(), Desired: test.desired, Current: test.current, Settings: test.settings, Select: plan.Selection{Only: marketPatterns(test.only...)},
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A delete that lacks its permission says which entry would be one, and where the
// entry stands that asks for it.
func TestRemovedEntryToPaste(t *testing.T) {
	p, err := plan.Make(plan.Input{
		Catalog: market(), Desired: stand("cart.a"), Current: stand("cart.a", "cart.b @b1"),
		Settings: resource.Settings{Removed: removed("cart.b")},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Violation{{
		Address: marketAt("cart.b"), Message: "delete of cart.b cannot be undone",
		Flag: "--allow-destroy cart.b", Entry: "- { address: cart.b, id: b1 }",
	}}
	if diff := cmp.Diff(want, p.Violations); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if c := p.Changes[0]; c.At != (diag.Position{File: "f.yaml", Line: 90}) || c.Needs != "--allow-destroy cart.b" {
		t.Errorf("at %s, needs %q", c.At, c.Needs)
	}
}

// What is listed leaves both the count and the total of the limits.
func TestRemovedLeavesTheLimits(t *testing.T) {
	line := func(n int) string { return fmt.Sprintf("fruit.a/f%02d", n) }
	// violations are those of a plan of some declared fruits and others that are pruned,
	// of which some are listed.
	violations := func(declared, pruned, listed int, settings resource.Settings) []string {
		there, entries := []string{"cart.a"}, []string{}
		for n := range declared + pruned {
			there = append(there, line(n))
			if n >= declared+pruned-listed {
				entries = append(entries, line(n))
			}
		}
		settings.Prune, settings.Removed = []string{"fruits"}, removed(entries...)
		p, err := plan.Make(plan.Input{Catalog: market(), Desired: stand(there[:declared+1]...), Current: stand(there...), Settings: settings})
		if err != nil {
			t.Fatal(err)
		}
		if p.Summary.Delete != pruned {
			t.Errorf("%d deletions, want %d", p.Summary.Delete, pruned)
		}
		var out []string
		for _, v := range p.Violations {
			out = append(out, v.Message+": "+v.Flag)
		}
		return out
	}
	for _, test := range []struct {
		name                     string
		declared, pruned, listed int
		settings                 resource.Settings
		want                     []string
	}{
		{"none is listed", 6, 4, 0, resource.Settings{}, []string{"4 of 10 fruits would be deleted, more than the limit of 30 %: --delete-percent 40"}},
		{"all are listed", 6, 4, 4, resource.Settings{}, nil},
		{"few remain, of which the share does not count", 6, 4, 1, resource.Settings{}, nil},
		{"the total is what is not listed", 7, 7, 4, resource.Settings{DeletePercent: new(29)}, []string{"3 of 10 fruits would be deleted, more than the limit of 29 %: --delete-percent 30"}},
		{"the count is what is not listed", 1, 8, 5, resource.Settings{DeleteCount: new(2)}, []string{"3 fruits would be deleted, more than the limit of 2: --delete-count 3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, violations(test.declared, test.pruned, test.listed, test.settings)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is deleted along is named: the precious first and by name, then counts, and as
// a kind what was not read.
func TestAlsoDeletes(t *testing.T) {
	many := []string{"cart.a", "cart.b @b1"}
	for n := range 10 {
		many = append(many, fmt.Sprintf("jar.b/jam/N%d", n))
	}
	for _, test := range []struct {
		name    string
		current *resource.State
		want    string
	}{
		{"nothing is in it", reading(stand("cart.a", "cart.b @b1"), "fruit.b", "chore.b", "jar.b"), ""},
		{
			"names of what is precious, counts of the rest",
			stand("cart.a", "cart.b @b1", "fruit.b/pear", "fruit.b/plum", "chore.b/sweep", "jar.b/jam/BLUE", "jar.b/jam/RED"),
			"; also deletes its 2 jars (jam BLUE, jam RED), 2 fruits, 1 chore",
		},
		{"many names", reading(stand(many...), "fruit.b", "chore.b"), "; also deletes its 10 jars (jam N0, jam N1, jam N2, jam N3, jam N4, jam N5, jam N6, jam N7, and 2 more)"},
		{"what was not read", reading(stand("cart.a", "cart.b @b1", "fruit.b/pear"), "chore.b"), "; also deletes its jars, 1 fruit"},
		{"nothing was read", stand("cart.a", "cart.b @b1"), "; also deletes its jars, fruits, chores"},
		{"of others nothing", reading(stand("cart.a", "cart.b @b1", "jar.a/jam/RED"), "fruit.b", "chore.b", "jar.b"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := plan.Make(plan.Input{
				Catalog: market(), Desired: stand("cart.a"), Current: test.current, Settings: resource.Settings{Removed: removed("cart.b @b1")},
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Changes[0].Reason; got != "listed under removed"+test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}

// Of two resources with one address, the one with the id of the entry is deleted.
func TestRemovedDuplicate(t *testing.T) {
	current := stand("cart.a", "fruit.a/plum @p1", "fruit.a/plum @p2")
	for _, id := range []string{"p1", "p2"} {
		p, err := plan.Make(plan.Input{
			Catalog: market(), Desired: stand("cart.a"), Current: current,
			Settings: resource.Settings{Removed: removed("fruit.a/plum @" + id)},
		})
		if err != nil || len(p.Steps) != 1 || p.Handles[p.Changes[0].Address] != id {
			t.Errorf("%s: %v, %d steps, %v", id, err, len(p.Steps), p.Handles)
		}
	}
	p, err := plan.Make(plan.Input{
		Catalog: market(), Desired: stand("cart.a"), Current: current,
		Settings: resource.Settings{Removed: removed("fruit.a/plum @p1", "fruit.a/plum @p2")},
	})
	if err != nil || len(p.Steps) != 1 || p.Handles[p.Changes[0].Address] != "p1" || p.Summary.Blocked != 1 {
		t.Errorf("both: %v, %+v, %v", err, p.Summary, p.Handles)
	}
}

// A saved plan checks the limits with the same total: without what is listed.
func TestRemovedLimitsOfSavedPlan(t *testing.T) {
	lines := []string{"cart.a"}
	for i := range 12 {
		lines = append(lines, fmt.Sprintf("fruit.a/f%02d", i))
	}
	in := plan.Input{
		Catalog: market(), Desired: stand(append([]string{"cart.a"}, lines[8:]...)...), Current: stand(lines...),
		Settings: resource.Settings{Prune: []string{"fruits"}, Removed: removed("fruit.a/f00", "fruit.a/f01", "fruit.a/f02")},
	}
	for range 2 { // as planned, and with the total of the saved plan
		p, err := plan.Make(in)
		if err != nil || p.Summary.Delete != 7 || len(p.Violations) > 0 {
			t.Errorf("%v, %+v, %v", err, p.Summary, p.Violations)
		}
		in.Existing = map[string]int{"fruit": 12}
	}
}
