package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// reviewed makes a plan of fruits in a cart, and of jars, whose changes a review judges.
func reviewed(t *testing.T, kind string, desired, current *resource.State, judge func(c *resource.Change) *resource.Verdict) *plan.Plan {
	t.Helper()
	catalog := market()
	review := func(s resource.Siblings) []resource.Verdict {
		var verdicts []resource.Verdict
		for _, p := range s.Pairs {
			if p.Change == nil {
				continue
			}
			if v := judge(p.Change); v != nil {
				v.Change = p.Change
				verdicts = append(verdicts, *v)
			}
		}
		return verdicts
	}
	catalog.Kind(kind).Review = review
	for _, s := range []*resource.State{desired, current} {
		for _, r := range s.Resources {
			r.Kind = catalog.Kind(r.Kind.Name)
		}
	}
	p, err := plan.Make(plan.Input{Catalog: catalog, Desired: desired, Current: current})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What a review says is applied by the engine.
func TestVerdicts(t *testing.T) {
	pear, plum := marketAt("fruit.a/pear"), marketAt("fruit.a/plum")
	two := stand("cart.a", "fruit.a/pear colour=red", "fruit.a/plum colour=red")
	there := stand("cart.a", "fruit.a/pear colour=green", "fruit.a/plum colour=green")
	const updatePear, updatePlum = `update fruit.a/pear colour="green"→"red"`, `update fruit.a/plum colour="green"→"red"`
	for _, test := range []struct {
		name  string
		judge func(c *resource.Change) *resource.Verdict
		want  []string
		steps []string
	}{
		{
			"nothing", func(*resource.Change) *resource.Verdict { return nil },
			[]string{updatePear, updatePlum}, []string{"update fruit.a/pear", "update fruit.a/plum"},
		},
		{
			"a block", func(c *resource.Change) *resource.Verdict {
				if c.Address == pear {
					return &resource.Verdict{Block: "it is not ripe"}
				}
				return nil
			},
			[]string{updatePear + " BLOCKED it is not ripe", updatePlum}, []string{"update fruit.a/plum"},
		},
		{
			"a reason stands instead of the change's own", func(c *resource.Change) *resource.Verdict {
				return &resource.Verdict{Reason: "it is " + c.Address.Key()}
			},
			[]string{updatePear, updatePlum, "because fruit.a/pear: it is pear", "because fruit.a/plum: it is plum"},
			[]string{"update fruit.a/pear", "update fruit.a/plum"},
		},
		{
			"an order", func(c *resource.Change) *resource.Verdict {
				if c.Address == pear {
					return &resource.Verdict{After: []resource.Address{plum}}
				}
				return nil
			},
			[]string{updatePear, updatePlum}, []string{"update fruit.a/plum", "update fruit.a/pear ← update fruit.a/plum"},
		},
		{
			"an order behind something that is blocked blocks", func(c *resource.Change) *resource.Verdict {
				if c.Address == pear {
					return &resource.Verdict{After: []resource.Address{plum}}
				}
				return &resource.Verdict{Block: "it is not ripe"}
			},
			[]string{
				updatePear + " BLOCKED it depends on fruit.a/plum, which is blocked",
				updatePlum + " BLOCKED it is not ripe",
			}, nil,
		},
		{
			"what one block brings about is asked about again, and the first reason stays", blockOneByOne(pear),
			[]string{updatePear + " BLOCKED it is the first", updatePlum + " BLOCKED the first is blocked"}, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := reviewed(t, "fruit", two, there, test.judge)
			if diff := cmp.Diff(test.want, explain(p, nil)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.steps, stepsOf(p)); diff != "" {
				t.Errorf("steps (-want +got)\n%s", diff)
			}
		})
	}
}

// blockOneByOne blocks the first change, and every other one once that is blocked.
func blockOneByOne(first resource.Address) func(c *resource.Change) *resource.Verdict {
	blocked := false
	return func(c *resource.Change) *resource.Verdict {
		switch {
		case c.Address == first:
			blocked = c.Blocked != ""
			return &resource.Verdict{Block: "it is the first"}
		case blocked:
			return &resource.Verdict{Block: "the first is blocked"}
		}
		return nil
	}
}

// A further field is written like one that is declared, and changes no input.
func TestVerdictWithFields(t *testing.T) {
	desired, current := stand("cart.a", "jar.a/jam/RED lid=cork"), stand("cart.a", "jar.a/jam/RED lid=glass")
	p := reviewed(t, "jar", desired, current,
		func(*resource.Change) *resource.Verdict {
			return &resource.Verdict{Fields: []resource.FieldChange{{Name: "label", Before: "RED", HasBefore: true, After: "BLUE"}}}
		})
	want := []resource.FieldChange{
		{Name: "lid", Before: "glass", HasBefore: true, After: "cork"},
		{Name: "label", Before: "RED", HasBefore: true, After: "BLUE"},
	}
	if diff := cmp.Diff(want, p.Changes[0].Fields); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p.Changes[0].After.Text("label") != "BLUE" || desired.Resources[1].Text("label") != "RED" {
		t.Errorf("written %q, declared %q", p.Changes[0].After.Text("label"), desired.Resources[1].Text("label"))
	}
}

// What keeps something precious needs no permission.
func TestVerdictThatKeeps(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		p := reviewed(t, "jar", stand("cart.a", "jar.a/jam/RED lid=cork"), stand("cart.a", "jar.a/jam/RED lid=glass"),
			func(*resource.Change) *resource.Verdict { return &resource.Verdict{Keeps: keeps} })
		if p.Changes[0].Keeps != keeps || (len(p.Violations) == 0) != keeps {
			t.Errorf("keeps %v: %+v, violations %+v", keeps, p.Changes[0], p.Violations)
		}
	}
}

// Siblings are seen with their parent as it is now, which a new one is not yet.
func TestReviewSeesTheParent(t *testing.T) {
	parents := map[string]string{}
	catalog := market()
	catalog.Kind("fruit").Review = func(s resource.Siblings) []resource.Verdict {
		name := s.Pairs[0].Change.Address.String()
		parents[name] = "none"
		if s.Parent != nil {
			parents[name] = s.Parent.Handle
		}
		return nil
	}
	desired, current := stand("cart.a", "fruit.a/pear", "cart.new", "fruit.new/pear"), stand("cart.a @a1")
	for _, r := range desired.Resources {
		r.Kind = catalog.Kind(r.Kind.Name)
	}
	if _, err := plan.Make(plan.Input{Catalog: catalog, Desired: desired, Current: current}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"fruit.a/pear": "a1", "fruit.new/pear": "none"}, parents); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
