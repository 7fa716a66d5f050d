package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Entries under moved and removed for resources without a key are found by their labels:
// twice the number costs about twice as much, counted in allocations.
func TestEntriesOfManyCostLittle(t *testing.T) {
	for name, input := range map[string]func(n int) plan.Input{
		"moved": func(n int) plan.Input {
			in := plan.Input{Catalog: market(), Settings: resource.Settings{}}
			desired, current := []string{"cart.a"}, []string{"cart.a"}
			for i := range n {
				desired, current = append(desired, fmt.Sprintf("chore.a/new%d", i)), append(current, fmt.Sprintf("chore.a/old%d", i))
				in.Settings.Moved = append(in.Settings.Moved, movedEntries(fmt.Sprintf("chore.a/old%d → chore.a/new%d", i, i))...)
			}
			in.Desired, in.Current = stand(desired...), stand(current...)
			return in
		},
		"removed": func(n int) plan.Input {
			current := []string{"cart.a"}
			var entries []string
			for i := range n {
				current, entries = append(current, fmt.Sprintf("chore.a/old%d", i)), append(entries, fmt.Sprintf("chore.a/old%d", i))
			}
			return plan.Input{
				Catalog: market(), Desired: reading(stand("cart.a"), "chore.a"), Current: stand(current...),
				Settings: resource.Settings{Removed: removed(entries...)},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				in := input(n)
				return testing.AllocsPerRun(1, func() {
					if _, err := plan.Make(in); err != nil {
						t.Fatal(err)
					}
				})
			}
			few, many := cost(100), cost(400)
			if most := 6 * few; many > most {
				t.Errorf("four times the entries take %.0f instead of %.0f allocations", many, few)
			}
		})
	}
}

// A saved plan is compared with its siblings once for each collection, and not once for
// each of its deletions.
func TestResumeOfManyCostsLittle(t *testing.T) {
	cost := func(n int) float64 {
		current := []string{"cart.a"}
		for i := range n {
			id := strings.NewReplacer("0", "k", "1", "l", "8", "m", "9", "n").Replace(fmt.Sprintf("%026d", i)) // base32
			current = append(current, fmt.Sprintf("fruit.a/f%d @%s", i, id))
		}
		in := plan.Input{
			Catalog: market(), Desired: reading(stand("cart.a"), "fruit.a"), Current: stand(current...), Prune: []string{"fruits"},
		}
		_, text := saveAs(t, in)
		saved := open(t, text)
		again, err := saved.Input(market())
		if err != nil {
			t.Fatal(err)
		}
		again.Current = in.Current
		made, err := plan.Make(again)
		if err != nil || len(made.Changes) != n {
			t.Fatalf("%d changes: %v", len(made.Changes), err)
		}
		return testing.AllocsPerRun(1, func() {
			if err := saved.Check(made, in.Current, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := cost(100), cost(400)
	if most := 6 * few; many > most {
		t.Errorf("four times the deletions take %.0f instead of %.0f allocations", many, few)
	}
}
