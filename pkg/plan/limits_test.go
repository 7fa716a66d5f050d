package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// How much may be deleted at once, of each kind.
func TestLimits(t *testing.T) {
	// pruned gives fruits and labels of a basket, none of which is declared.
	pruned := func(fruits, labels int) (desired, current *world) {
		there := []string{"basket.b"}
		for n := range fruits {
			there = append(there, fmt.Sprintf("fruit.b/f%02d", n))
		}
		for n := range labels {
			there = append(there, fmt.Sprintf("label.b/l%02d", n))
		}
		return state("basket.b").declares("fruit.b", "label.b"), state(there...).declares("fruit.b", "label.b")
	}
	for _, test := range []struct {
		name           string
		fruits, labels int
		settings       resource.Settings
		existing       map[string]int
		want           []string
	}{
		{"all of nine: the share counts from ten on", 9, 0, resource.Settings{}, nil, nil},
		{
			"all of ten", 10, 0, resource.Settings{}, nil,
			[]string{"10 of 10 fruits would be deleted, more than the limit of 30 %: --delete-percent 100"},
		},
		{
			"an explicit share counts at once", 1, 0, resource.Settings{DeletePercent: new(30)}, nil,
			[]string{"1 of 1 fruits would be deleted, more than the limit of 30 %: --delete-percent 100"},
		},
		{"a share of all", 30, 0, resource.Settings{DeletePercent: new(100), DeleteCount: new(30)}, nil, nil},
		{
			"more than twenty", 21, 0, resource.Settings{DeletePercent: new(100)}, nil,
			[]string{"21 fruits would be deleted, more than the limit of 20: --delete-count 21"},
		},
		{
			"none at all", 1, 0, resource.Settings{DeleteCount: new(0)}, nil,
			[]string{"1 fruit would be deleted, more than the limit of 0: --delete-count 1"},
		},
		{
			"the flag lifts it for all kinds", 3, 4, resource.Settings{DeleteCount: new(2)}, nil,
			[]string{
				"3 fruits would be deleted, more than the limit of 2: --delete-count 4",
				"4 labels would be deleted, more than the limit of 2: --delete-count 4",
			},
		},
		{"kinds do not add up", 15, 15, resource.Settings{DeletePercent: new(100)}, nil, nil},
		{
			"a saved plan keeps what there was", 4, 0, resource.Settings{}, map[string]int{"fruit": 12},
			[]string{"4 of 12 fruits would be deleted, more than the limit of 30 %: --delete-percent 34"},
		},
		{"and the share of it", 3, 0, resource.Settings{}, map[string]int{"fruit": 12}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			desired, current := pruned(test.fruits, test.labels)
			test.settings.Prune = []string{"fruits", "labels"}
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Settings: test.settings, Existing: test.existing,
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range p.Violations {
				got = append(got, v.Message+": "+v.Flag)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
