package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// movedEntries reads entries: "FROM → TO".
func movedEntries(entries ...string) []resource.Moved {
	var out []resource.Moved
	for i, entry := range entries {
		from, to, _ := strings.Cut(entry, " → ")
		out = append(out, resource.Moved{From: marketAt(from), To: marketAt(to), At: diag.Position{File: "m.yaml", Line: i + 1, Column: 1}})
	}
	return out
}

// pairMoved lets the chores be paired by moved entries, and else by what they are.
func pairMoved(m resource.Matching) []resource.Pairing {
	var out []resource.Pairing
	for i, d := range m.Desired {
		p := resource.Pairing{Desired: i, Current: -1}
		for j, r := range m.Current {
			if d.Text("what") == r.Text("what") {
				p.Current = j
			}
		}
		if j, moved := m.Moved[i]; moved {
			p.Current = j
		}
		out = append(out, p)
	}
	return out
}

func TestMovedEntries(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		moved            []string
		only             []string
		want             []string
	}{
		{
			name: "of what is still declared", desired: stand("cart.a", "jar.a/jam/RED", "jar.a/jam/BLUE"), current: stand("cart.a", "jar.a/jam/BLUE"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED"},
			want:  []string{"problem m.yaml:1:1: moved from jar.a/jam/BLUE, which is still declared ()"},
		},
		{
			name: "to another parent", desired: stand("cart.a", "cart.b", "jar.b/jam/RED"), current: stand("cart.a", "cart.b", "jar.a/jam/RED"),
			moved: []string{"jar.a/jam/RED → jar.b/jam/RED"},
			want:  []string{"problem m.yaml:1:1: jar.a/jam/RED cannot move to another cart ()"},
		},
		{
			name: "two to one", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/BLUE", "jar.a/jam/GREEN"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED", "jar.a/jam/GREEN → jar.a/jam/RED"},
			want:  []string{"problem m.yaml:2:1: two moved entries have the destination jar.a/jam/RED, and both sources exist ()"},
		},
		{
			name: "two to one, and one is history", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/GREEN"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED", "jar.a/jam/GREEN → jar.a/jam/RED"},
			want: []string{
				`update jar.a/jam/RED label="GREEN"→"RED"`,
				"note jar.a/jam/RED: the moved entry has no effect: jar.a/jam/BLUE does not exist",
			},
		},
		{
			name: "one to two", desired: stand("cart.a", "jar.a/jam/RED", "jar.a/jam/GREEN"), current: stand("cart.a", "jar.a/jam/BLUE"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED", "jar.a/jam/BLUE → jar.a/jam/GREEN"},
			want:  []string{"problem m.yaml:2:1: jar.a/jam/BLUE is moved twice, and neither jar.a/jam/RED nor jar.a/jam/GREEN exists ()"},
		},
		{
			name: "one to two, and one is history", desired: stand("cart.a", "jar.a/jam/RED", "jar.a/jam/GREEN"), current: stand("cart.a", "jar.a/jam/BLUE", "jar.a/jam/RED"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED", "jar.a/jam/BLUE → jar.a/jam/GREEN"},
			want: []string{
				`update jar.a/jam/GREEN label="BLUE"→"GREEN"`,
				"note jar.a/jam/RED: already exists, so the moved entry from jar.a/jam/BLUE has no effect",
			},
		},
		{
			name: "the same entry twice", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/GREEN"),
			moved: []string{"jar.a/jam/GREEN → jar.a/jam/RED", "jar.a/jam/GREEN → jar.a/jam/RED"},
			want:  []string{`update jar.a/jam/RED label="GREEN"→"RED"`},
		},
		{
			name: "from what does not exist", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED"},
			want: []string{
				`create jar.a/jam/RED sort=null→"jam" label=null→"RED"`,
				"note jar.a/jam/RED: the moved entry has no effect: jar.a/jam/BLUE does not exist",
			},
		},
		{
			name: "that is already applied", desired: stand("cart.a", "jar.a/jam/RED"), current: stand("cart.a", "jar.a/jam/RED"),
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED"},
			want:  []string{"note jar.a/jam/RED: the moved entry from jar.a/jam/BLUE is already applied; delete the entry"},
		},
		{
			name: "to what is not selected", desired: stand("cart.a"), current: stand("cart.a", "jar.a/jam/BLUE"), only: []string{"cart.a"},
			moved: []string{"jar.a/jam/BLUE → jar.a/jam/RED"},
			want:  nil,
		},
		{
			name: "of a chore, by its short address", desired: stand("cart.a", "chore.a/sweep"), current: stand("cart.a", "chore.a/brush day=monday"),
			moved: []string{"chore.a/brush → chore.a/sweep"},
			want:  []string{`update chore.a/sweep what="brush"→"sweep"`},
		},
		{
			name: "of a chore, by its long address", desired: stand("cart.a", "chore.a/sweep"),
			current: stand("cart.a", "chore.a/brush day=monday", "chore.a/brush day=friday"), moved: []string{"chore.a/brush@friday → chore.a/sweep"},
			want: []string{`update chore.a/sweep what="brush"→"sweep"`, "unmanaged chore.a/brush@monday"},
		},
		{
			name: "of one of several chores", desired: stand("cart.a", "chore.a/sweep"),
			current: stand("cart.a", "chore.a/brush day=monday", "chore.a/brush day=friday"), moved: []string{"chore.a/brush → chore.a/sweep"},
			want: []string{`problem m.yaml:1:1: moved from chore.a/brush, which matches more than one chore (choose from: "chore.a/brush@friday", "chore.a/brush@monday")`},
		},
		{
			name: "of one of several that are equal", desired: stand("cart.a", "chore.a/sweep"),
			current: stand("cart.a", "chore.a/brush day=monday @x2", "chore.a/brush day=monday @x1"), moved: []string{"chore.a/brush → chore.a/sweep"},
			want: []string{`update chore.a/sweep what="brush"→"sweep"`, "unmanaged chore.a/brush@monday#x2"},
		},
		{
			name: "of a chore that does not exist", desired: stand("cart.a", "chore.a/sweep"), current: stand("cart.a"),
			moved: []string{"chore.a/brush → chore.a/sweep"},
			want: []string{
				`create chore.a/sweep what=null→"sweep"`,
				"note chore.a/sweep: the moved entry has no effect: chore.a/brush does not exist",
			},
		},
		{
			name: "of a chore, that is already applied", desired: stand("cart.a", "chore.a/sweep"), current: stand("cart.a", "chore.a/sweep"),
			moved: []string{"chore.a/brush → chore.a/sweep"},
			want:  []string{"note chore.a/sweep: the moved entry from chore.a/brush is already applied; delete the entry"},
		},
		{
			name: "of a chore, to one that exists", desired: stand("cart.a", "chore.a/sweep"), current: stand("cart.a", "chore.a/sweep", "chore.a/brush"),
			moved: []string{"chore.a/brush → chore.a/sweep"},
			want:  []string{"unmanaged chore.a/brush", "note chore.a/sweep: already exists, so the moved entry from chore.a/brush has no effect"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := market()
			catalog.Kind("chore").Match = pairMoved
			got := show(plan.Make(plan.Input{
				Catalog: catalog, Desired: test.desired, Current: test.current,
				Settings: resource.Settings{Moved: movedEntries(test.moved...)}, Select: plan.Selection{Only: marketPatterns(test.only...)},
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
