package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// References to a kind of ours: to what is declared, whether it exists or is about to,
// and to what exists.
func TestReferencesToOurs(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		want, steps      []string
	}{
		{
			name:    "a create that refers to a create comes after it, whatever the order of the files",
			desired: stand("cart.a stall=s", "stall.s place=x"), current: stand(),
			want:  []string{"create cart.a stall=null→s", `create stall.s place=null→"x"`},
			steps: []string{"create stall.s", "create cart.a ← create stall.s"},
		},
		{
			name:    "an update too",
			desired: stand("cart.a stall=s", "stall.s place=x"), current: stand("cart.a stall=#s1", "stall.r place=y @s1"),
			want:  []string{"update cart.a stall=r→s", `create stall.s place=null→"x"`, "unmanaged stall.r"},
			steps: []string{"create stall.s", "update cart.a ← create stall.s"},
		},
		{
			name:    "what is declared and exists is meant by its key, and compared by its id",
			desired: stand("cart.a stall=s", "stall.s place=x"), current: stand("cart.a stall=#s1", "stall.r place=x @s1"),
			want: nil,
		},
		{
			name:    "another one than it is now, that exists",
			desired: stand("cart.a stall=t", "stall.s place=x", "stall.t place=y"),
			current: stand("cart.a stall=#s1", "cart.b stall=#t1", "stall.1 place=x @s1", "stall.2 place=y @t1"),
			want:    []string{"update cart.a stall=s→t", "unmanaged cart.b"},
			steps:   []string{"update cart.a"},
		},
		{
			name:    "the one that something declared refers to, where nothing else tells",
			desired: stand("cart.a stall=s", "stall.s"), current: stand("cart.a stall=#s1", "stall.1 @s1", "stall.2 @s2"),
			want: []string{"unmanaged stall.2"},
		},
		{
			name:    "what exists and is not declared is meant by its id",
			desired: stand("cart.a stall=t1"), current: stand("cart.a stall=#s1", "stall.1 place=x @s1", "stall.2 place=y @t1"),
			want:  []string{"update cart.a stall=1→t1", "unmanaged stall.1", "unmanaged stall.2"},
			steps: []string{"update cart.a"},
		},
		{
			name:    "and compared by its id",
			desired: stand("cart.a stall=s1"), current: stand("cart.a stall=#s1", "stall.1 place=x @s1"),
			want: []string{"unmanaged stall.1"},
		},
		{
			name:    "what is neither declared nor there is a problem",
			desired: stand("cart.a stall=z"), current: stand("cart.a stall=#s1", "stall.1 place=x @s1"),
			want: []string{`problem f.yaml:1:1: unknown stall "z" (use a key under stalls, or the id of an existing one)`},
		},
		{
			name:    "an address is no key",
			desired: stand("cart.a stall=stall.s", "stall.s place=x"), current: stand("cart.a stall=#s1", "stall.1 place=x @s1"),
			want: []string{`problem f.yaml:1:1: unknown stall "stall.s" (use a key under stalls, or the id of an existing one)`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := plan.Make(plan.Input{Catalog: market(), Desired: test.desired, Current: test.current})
			if diff := cmp.Diff(test.want, explain(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if p == nil {
				return
			}
			if diff := cmp.Diff(test.steps, stepsOf(p)); diff != "" {
				t.Errorf("steps (-want +got)\n%s", diff)
			}
		})
	}
}

// References to what the API offers to choose from.
func TestReferencesToChoices(t *testing.T) {
	north := resource.Choice{Handle: "s1", Names: []string{"north", "North End"}}
	south := resource.Choice{Handle: "s2", Names: []string{"south"}}
	nameless := resource.Choice{Handle: "s3"}
	byDefault := resource.Choice{Handle: "s4", Names: []string{"west"}, Default: true}
	shouting := resource.Choice{Handle: "s5", Names: []string{"NORTH"}}
	for _, test := range []struct {
		name    string
		choices []resource.Choice
		basket  string
		want    []string
	}{
		{"by name", []resource.Choice{north, south}, "basket.b shop=south", []string{"create basket.b shop=null→south"}},
		{"by another name", []resource.Choice{{Handle: "s1", Names: []string{"north", "end"}}, south}, "basket.b shop=end", []string{"create basket.b shop=null→end"}},
		{"by id", []resource.Choice{north, south}, "basket.b shop=s2", []string{"create basket.b shop=null→s2"}},
		{"by name in another case", []resource.Choice{north, south}, "basket.b shop=SOUTH", []string{"create basket.b shop=null→SOUTH"}},
		{"the exact name before others", []resource.Choice{shouting, north}, "basket.b shop=north", []string{"create basket.b shop=null→north"}},
		{
			"an ambiguous name lists what it means", []resource.Choice{shouting, north, south}, "basket.b shop=North",
			[]string{`problem f.yaml:1:1: "North" matches more than one shop; use an id (choose from: s5 (NORTH), s1 (north, North End))`},
		},
		{
			"an unknown name lists the choices", []resource.Choice{north, nameless}, "basket.b shop=east",
			[]string{`problem f.yaml:1:1: unknown shop "east" (choose from: north, s3)`},
		},
		{
			"there is nothing to choose from", []resource.Choice{}, "basket.b shop=east",
			[]string{`problem f.yaml:1:1: unknown shop "east" (no choices available)`},
		},
		{"choices that were not read are not needed", nil, "basket.b shop=east", []string{"create basket.b shop=null→east"}},
		{"the default, where a create says nothing", []resource.Choice{north, byDefault}, "basket.b", []string{"create basket.b shop=null→west"}},
		{"the only choice", []resource.Choice{north}, "basket.b", []string{"create basket.b shop=null→north"}},
		{
			"two defaults are none", []resource.Choice{byDefault, {Handle: "s6", Names: []string{"east"}, Default: true}}, "basket.b",
			[]string{`problem f.yaml:1:1: basket.b does not exist, and "shop" is required to create it (add "shop" to it; choose from: west, east)`},
		},
		{
			"no default", []resource.Choice{north, south}, "basket.b",
			[]string{`problem f.yaml:1:1: basket.b does not exist, and "shop" is required to create it (add "shop" to it; choose from: north, south)`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			desired, current := state(test.basket), state()
			current.state.Choices = resource.Choices{}
			if test.choices != nil {
				current.state.Choices["shop"] = test.choices
			}
			p, err := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state})
			var got []string
			for _, line := range show(p, err) {
				if line != "note fruit.b/apple: created automatically with basket.b and not declared" {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A create that lacks something may be a name mistyped, and a problem stands where the
// field does.
func TestProblemsOfCreates(t *testing.T) {
	desired, current := state("basket.wicker"), state("basket.wiker shopid=s1")
	current.state.Choices["shop"] = []resource.Choice{{Handle: "s1", Names: []string{"north"}}, {Handle: "s2", Names: []string{"south"}}}
	want := []string{`problem f.yaml:1:1: basket.wicker does not exist, and "shop" is required to create it (did you mean basket.wiker, which exists and is not declared? Otherwise add "shop" to it; choose from: north, south)`}
	if diff := cmp.Diff(want, show(plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a hook cannot find for sure is only created where --allow-create says so.
func TestUnsureCreates(t *testing.T) {
	const violation = "violation create of stall.s: it may be s1: --allow-create stall.s"
	for _, test := range []struct {
		name    string
		current *resource.State
		allow   []resource.Address
		want    []string
	}{
		{
			"it may exist", stand("cart.a stall=#s1", "stall.1 @s1"), nil,
			[]string{`create stall.s place=null→"x"`, "unmanaged stall.1", violation},
		},
		{
			"it may exist, and is to be created all the same", stand("cart.a stall=#s1", "stall.1 @s1"), []resource.Address{marketAt("stall.s")},
			[]string{`create stall.s place=null→"x"`, "unmanaged stall.1"},
		},
		{
			"a permission for another one", stand("cart.a stall=#s1", "stall.1 @s1"), []resource.Address{marketAt("stall.t")},
			[]string{`create stall.s place=null→"x"`, "unmanaged stall.1", violation},
		},
		{
			"no permission helps against what blocks", stand("cart.a", "stall.1 @s1"), []resource.Address{marketAt("stall.s")},
			[]string{`create stall.s BLOCKED nobody knows what s1 is`, "unmanaged stall.1"},
		},
		{"it is found", stand("cart.a stall=#s1", "stall.1 @s1", "stall.2 place=x"), nil, []string{"unmanaged stall.1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := plan.Make(plan.Input{
				Catalog: market(), Desired: stand("cart.a", "stall.s place=x"), Current: test.current, AllowCreate: test.allow,
			})
			if diff := cmp.Diff(test.want, explain(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, c := range p.Changes {
				if (c.Needs != "") != (len(p.Violations) > 0) {
					t.Errorf("%s needs %q, and there are %d violations", c.Address, c.Needs, len(p.Violations))
				}
			}
		})
	}
}

// What refers to something whose create is blocked is blocked: there will be no id to
// refer to. What does not write the reference is not.
func TestReferenceToBlocked(t *testing.T) {
	const (
		stall = "create stall.s BLOCKED nobody knows what q is"
		why   = " BLOCKED it refers to stall.s, which is blocked"
	)
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		want             []string
	}{
		{
			"a create, and what stands in it", stand("cart.a stall=s", "fruit.a/fig", "cart.b", "stall.s place=x"), stand("stall.q @q"),
			[]string{
				"create cart.a stall=null→s" + why, "create fruit.a/fig BLOCKED it depends on cart.a, which is blocked",
				"create cart.b", stall, "unmanaged stall.q",
			},
		},
		{
			"an update that changes the reference, and not what stands in it",
			stand("cart.a stall=s", "fruit.a/fig", "stall.s place=x"), stand("cart.a stall=#r", "stall.r place=y @r", "stall.q @q"),
			[]string{"update cart.a stall=r→s" + why, "create fruit.a/fig", stall, "unmanaged stall.q", "unmanaged stall.r"},
		},
		{
			"an update beside it", stand("cart.a colour=red", "stall.s place=x"), stand("cart.a colour=green", "stall.q @q"),
			[]string{`update cart.a colour="green"→"red"`, stall, "unmanaged stall.q"},
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
