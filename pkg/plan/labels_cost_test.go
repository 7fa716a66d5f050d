package plan_test

import (
	"fmt"
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
