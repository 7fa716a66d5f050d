package plan_test

import (
	"fmt"
	"slices"
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
		{"an explicit share counts from ten on, too", 2, 0, resource.Settings{DeletePercent: new(30)}, nil, nil},
		{
			"a share of 0 counts at any size", 1, 0, resource.Settings{DeletePercent: new(0)}, nil,
			[]string{"1 of 1 fruits would be deleted, more than the limit of 0 %: --delete-percent 100"},
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
				AllowEmpty: []resource.CollectionID{collection("fruit.b"), collection("label.b")},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, violationsOf(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A share also holds within each collection, and a collection of three or more must not
// be left empty.
func TestLimitsOfCollections(t *testing.T) {
	// many names members of a collection: fruit.b/f0, fruit.b/f1, ...
	many := func(n int, prefix string) []string {
		var lines []string
		for i := range n {
			lines = append(lines, fmt.Sprintf("%s%d", prefix, i))
		}
		return lines
	}
	two := func(parts ...[]string) *world {
		return state(append([]string{"basket.b", "basket.c"}, slices.Concat(parts...)...)...)
	}
	for _, test := range []struct {
		name             string
		desired, current *world
		settings         resource.Settings
		allow            []resource.CollectionID
		want             []string
	}{
		{
			name:    "a share of one collection, few of the kind",
			desired: two(many(6, "fruit.b/f"), many(90, "fruit.c/f")), current: two(many(10, "fruit.b/f"), many(90, "fruit.c/f")),
			want: []string{"4 of 10 fruits of basket.b would be deleted, more than the limit of 30 %: --delete-percent 40"},
		},
		{
			name:    "a small collection has no share, the kind has",
			desired: two(many(3, "fruit.b/f"), many(3, "fruit.c/f")), current: two(many(6, "fruit.b/f"), many(6, "fruit.c/f")),
			want: []string{"6 of 12 fruits would be deleted, more than the limit of 30 %: --delete-percent 50"},
		},
		{
			name:    "the flag lifts both",
			desired: two(many(1, "fruit.b/f"), many(10, "fruit.c/f")), current: two(many(10, "fruit.b/f"), many(10, "fruit.c/f")),
			want: []string{
				"9 of 20 fruits would be deleted, more than the limit of 30 %: --delete-percent 90",
				"9 of 10 fruits of basket.b would be deleted, more than the limit of 30 %: --delete-percent 90",
			},
		},
		{
			name:    "three, and none is left",
			desired: two(many(1, "fruit.c/f")).declares("fruit.b"), current: two(many(3, "fruit.b/f"), many(1, "fruit.c/f")),
			want: []string{"basket.b would be left without fruits, it has 3: --allow-empty fruit.b"},
		},
		{name: "two", desired: two().declares("fruit.b"), current: two(many(2, "fruit.b/f"))},
		{name: "one of three is left", desired: two(many(1, "fruit.b/f")), current: two(many(3, "fruit.b/f"))},
		{name: "one is created", desired: two([]string{"fruit.b/new"}), current: two(many(3, "fruit.b/f"))},
		{
			name:    "what belongs to others is not left",
			desired: two().declares("fruit.b"), current: two(many(3, "fruit.b/f"), []string{"fruit.b/divio foreign="}),
			want: []string{"basket.b would be left without fruits, it has 3: --allow-empty fruit.b"},
		},
		{
			name: "one is protected", desired: two().declares("fruit.b"), current: two(many(3, "fruit.b/f")),
			settings: resource.Settings{Protect: []resource.Protect{{Pattern: patterns("fruit.b/f1")[0]}}},
		},
		{
			name: "one is blocked", desired: two().declares("fruit.b"), current: two(many(2, "fruit.b/f"), []string{"fruit.b/x", "fruit.b/x"}),
		},
		{
			name: "all are listed under removed", desired: two().declares("fruit.b"), current: two(many(3, "fruit.b/f")),
			settings: resource.Settings{Removed: removedToys("fruit.b/f0", "fruit.b/f1", "fruit.b/f2")},
		},
		{
			name: "one is listed, three more are pruned", desired: two().declares("fruit.b"), current: two(many(4, "fruit.b/f")),
			settings: resource.Settings{Removed: removedToys("fruit.b/f0")},
			want:     []string{"basket.b would be left without fruits, it has 3: --allow-empty fruit.b"},
		},
		{
			name:    "the last ones go elsewhere",
			desired: two([]string{"label.b/l0", "label.b/l1"}).declares("label.c"), current: two(many(3, "label.c/l")),
			want: []string{"basket.c would be left without labels, it has 3: --allow-empty label.c"},
		},
		{name: "all go elsewhere", desired: two(many(3, "label.b/l")).declares("label.c"), current: two(many(3, "label.c/l"))},
		{
			name: "with permission", desired: two().declares("fruit.b"), current: two(many(3, "fruit.b/f")),
			allow: []resource.CollectionID{collection("fruit.b")},
		},
		{
			name: "with another permission", desired: two().declares("fruit.b"), current: two(many(3, "fruit.b/f")),
			allow: []resource.CollectionID{collection("fruit.c"), collection("label.b")},
			want:  []string{"basket.b would be left without fruits, it has 3: --allow-empty fruit.b"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.settings.Prune = []string{"fruits", "labels"}
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &test.desired.state, Current: &test.current.state, Settings: test.settings, AllowEmpty: test.allow,
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, violationsOf(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// At the top, a collection has the name of its kind.
func TestLimitsAtTheTop(t *testing.T) {
	current := stand("till.a", "till.b", "till.c", "cart.x")
	p, err := plan.Make(plan.Input{
		Catalog: market(), Desired: stand("cart.x"), Current: current, Settings: resource.Settings{Prune: []string{"tills"}},
	})
	if err != nil || len(p.Violations) != 1 || p.Violations[0].Flag != "--allow-empty till" ||
		p.Violations[0].Message != "the organisation would be left without tills, it has 3" {
		t.Errorf("%v, %+v", err, p)
	}
}

func removedToys(addresses ...string) []resource.Removed {
	var out []resource.Removed
	for _, text := range addresses {
		out = append(out, resource.Removed{Address: at(text)})
	}
	return out
}

// violationsOf is each violation with its flag.
func violationsOf(p *plan.Plan) []string {
	var out []string
	for _, v := range p.Violations {
		out = append(out, v.Message+": "+v.Flag)
	}
	return out
}
