package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// calling makes a plan in which the creates of fruits make the given calls, by key; after
// names the fruit whose change another one waits for.
func calling(t *testing.T, calls map[string][]resource.Call, after map[string]string) *plan.Plan {
	t.Helper()
	catalog := market()
	fruit := catalog.Kind("fruit")
	fruit.Compile = func(c *resource.Change) []resource.Call { return calls[c.Address.Key()] }
	fruit.Review = func(s resource.Siblings) []resource.Verdict {
		var verdicts []resource.Verdict
		for _, p := range s.Pairs {
			if first := after[p.Change.Address.Key()]; first != "" {
				verdicts = append(verdicts, resource.Verdict{Change: p.Change, After: []resource.Address{marketAt("fruit.a/" + first)}})
			}
		}
		return verdicts
	}
	lines := []string{"cart.a"}
	for _, key := range resource.SortedKeys(calls) {
		lines = append(lines, "fruit.a/"+key)
	}
	desired := stand(lines...)
	for _, r := range desired.Resources {
		r.Kind = catalog.Kind(r.Kind.Name)
	}
	p, err := plan.Make(plan.Input{Catalog: catalog, Desired: desired, Current: reading(stand("cart.a"), "fruit.a")})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// waits gives a line for each step: what it does, ← what it needs, < what must have
// ended before.
func waits(p *plan.Plan) []string {
	lines := stepsOf(p)
	for i, s := range p.Steps {
		for _, id := range s.After {
			lines[i] += " < " + p.Steps[id].String()
		}
	}
	return lines
}

// What a call waits for: its own change, ids, changes that come first, and the phases
// of its collection.
func TestOrderOfCalls(t *testing.T) {
	pear := resource.HandleOf{Address: marketAt("fruit.a/pear")}
	makePear := resource.Call{Does: "make", Gives: pear.Address}
	wait := func(c resource.Call) []resource.Call {
		c.Does = "use"
		return []resource.Call{c}
	}
	of := func(v resource.Value) map[string]resource.Value { return map[string]resource.Value{"x": v} }
	nested := of([]any{map[string]any{"y": pear}, "text"})
	for _, test := range []struct {
		name  string
		calls map[string][]resource.Call
		after map[string]string
		want  []string
	}{
		{
			"the calls of a change follow one another", map[string][]resource.Call{"apple": {{Does: "one"}, {Does: "two"}, {Does: "three"}}}, nil,
			[]string{"one fruit.a/apple", "two fruit.a/apple ← one fruit.a/apple", "three fruit.a/apple ← two fruit.a/apple"},
		},
		{
			"an id in a parameter", map[string][]resource.Call{"apple": wait(resource.Call{Params: of(pear)}), "pear": {makePear}}, nil,
			[]string{"make fruit.a/pear", "use fruit.a/apple ← make fruit.a/pear"},
		},
		{
			"an id deep in a body", map[string][]resource.Call{"apple": wait(resource.Call{Body: nested}), "pear": {makePear}}, nil,
			[]string{"make fruit.a/pear", "use fruit.a/apple ← make fruit.a/pear"},
		},
		{
			"an id that recognises the effect", map[string][]resource.Call{"apple": wait(resource.Call{Probe: &resource.Probe{Where: of(pear)}}), "pear": {makePear}}, nil,
			[]string{"make fruit.a/pear", "use fruit.a/apple ← make fruit.a/pear"},
		},
		{
			"an id that is waited for",
			map[string][]resource.Call{"apple": wait(resource.Call{Until: &resource.Until{Probe: resource.Probe{Query: of(pear)}}}), "pear": {makePear}}, nil,
			[]string{"make fruit.a/pear", "use fruit.a/apple ← make fruit.a/pear"},
		},
		{
			"an id that a call says it needs", map[string][]resource.Call{"apple": wait(resource.Call{Needs: []resource.Address{pear.Address}}), "pear": {makePear}}, nil,
			[]string{"make fruit.a/pear", "use fruit.a/apple ← make fruit.a/pear"},
		},
		{
			"the last call of a change that comes first", map[string][]resource.Call{"apple": {{Does: "one"}}, "pear": {{Does: "one"}, {Does: "two"}}},
			map[string]string{"apple": "pear"},
			[]string{"one fruit.a/pear", "two fruit.a/pear ← one fruit.a/pear", "one fruit.a/apple ← two fruit.a/pear"},
		},
		{
			"phases, well or not", map[string][]resource.Call{"apple": {{Does: "late", Phase: 5}}, "fig": {{Does: "early", Phase: 1}}, "pear": {{Does: "middle", Phase: 3}}}, nil,
			[]string{"early fruit.a/fig", "middle fruit.a/pear < early fruit.a/fig", "late fruit.a/apple < middle fruit.a/pear"},
		},
		{
			"serial calls of one phase, one after another",
			map[string][]resource.Call{"apple": {{Does: "one", Serial: true}}, "fig": {{Does: "beside"}}, "pear": {{Does: "two", Serial: true}}}, nil,
			[]string{"one fruit.a/apple", "beside fruit.a/fig", "two fruit.a/pear < one fruit.a/apple"},
		},
		{
			"all later phases need a gate",
			map[string][]resource.Call{"apple": {{Does: "open", Phase: 1, Gate: true}}, "fig": {{Does: "next", Phase: 2}}, "pear": {{Does: "last", Phase: 3}}}, nil,
			[]string{
				"open fruit.a/apple", "next fruit.a/fig ← open fruit.a/apple",
				"last fruit.a/pear ← open fruit.a/apple < next fruit.a/fig",
			},
		},
		{
			"need goes before phases: where both cannot be, a call only waits for what it needs",
			map[string][]resource.Call{"apple": {{Does: "early", Phase: 1}}, "pear": {{Does: "late", Phase: 2}}}, map[string]string{"apple": "pear"},
			[]string{"late fruit.a/pear", "early fruit.a/apple ← late fruit.a/pear"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, waits(calling(t, test.calls, test.after))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Which change waits for which is told from the steps, once each.
func TestDependsOn(t *testing.T) {
	pear := marketAt("fruit.a/pear")
	p := calling(t, map[string][]resource.Call{
		"apple": {{Does: "one", Needs: []resource.Address{pear}}, {Does: "two", Needs: []resource.Address{pear}}},
		"pear":  {{Does: "make", Gives: pear}},
	}, map[string]string{"apple": "pear"})
	if diff := cmp.Diff([]resource.Address{pear}, p.Changes[0].DependsOn); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if p.Changes[1].DependsOn != nil {
		t.Errorf("%v", p.Changes[1].DependsOn)
	}
}

// Changes that need each other are a mistake in a descriptor.
func TestCycleOfNeeds(t *testing.T) {
	defer func() {
		if got := recover(); got != "plan: the calls need each other in a cycle" {
			t.Errorf("panic %v", got)
		}
	}()
	one := []resource.Call{{Does: "one"}}
	calling(t, map[string][]resource.Call{"apple": one, "pear": one}, map[string]string{"apple": "pear", "pear": "apple"})
	t.Error("no panic")
}
