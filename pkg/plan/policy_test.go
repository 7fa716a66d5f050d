package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// made makes a plan of toy kinds that a test changed.
func made(catalog *resource.Catalog, desired, current *world, in plan.Input) (*plan.Plan, error) {
	for _, w := range []*world{desired, current} {
		for _, r := range w.state.Resources {
			r.Kind = catalog.Kind(r.Kind.Name)
		}
	}
	in.Catalog, in.Desired, in.Current = catalog, &desired.state, &current.state
	return plan.Make(in)
}

// What a create brings along and is not declared is pruned as soon as it is there,
// unless something is in the way.
func TestImpliedAndPruned(t *testing.T) {
	for _, test := range []struct {
		name     string
		desired  *world
		settings resource.Settings
		want     []string
	}{
		{
			"fruits are pruned", state("basket.b").declares("fruit.b"), resource.Settings{Prune: []string{"fruits"}},
			[]string{
				"create basket.b shop=null→north", "delete fruit.b/apple",
				"because fruit.b/apple: created automatically with basket.b, is not declared, and fruits are pruned",
			},
		},
		{
			"it is protected", state("basket.b").declares("fruit.b"),
			resource.Settings{Prune: []string{"fruits"}, Protect: []resource.Protect{{Pattern: patterns("fruit.*/apple")[0]}}},
			[]string{
				"create basket.b shop=null→north",
				"note fruit.b/apple: created automatically with basket.b and not declared; not pruned: protected by fruit.*/apple",
			},
		},
		{
			"fruits are not declared", state("basket.b"), resource.Settings{Prune: []string{"fruits"}},
			[]string{"create basket.b shop=null→north", "note fruit.b/apple: created automatically with basket.b and not declared"},
		},
		{
			"it is declared", state("basket.b", "fruit.b/apple"), resource.Settings{Prune: []string{"fruits"}},
			[]string{
				"create basket.b shop=null→north", "create fruit.b/apple",
				"because fruit.b/apple: created automatically with basket.b",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := made(toyKinds(), test.desired, state(), plan.Input{Settings: test.settings})
			if diff := cmp.Diff(test.want, explain(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Several undeclared ones of one key are not pruned: nobody knows which is which.
func TestTwinsAreNotPruned(t *testing.T) {
	p, err := made(toyKinds(), state("basket.b").declares("fruit.b"), state("basket.b", "fruit.b/pear", "fruit.b/pear"),
		plan.Input{Settings: resource.Settings{Prune: []string{"fruits"}}})
	const blocked = "delete fruit.b/pear BLOCKED the API has more than one resource with this key; delete them manually"
	if diff := cmp.Diff([]string{blocked, blocked}, show(p, err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What can never be undone needs permission, and protection is against it.
func TestIrreversibleFields(t *testing.T) {
	const update = "update basket.b size=1→2"
	for _, test := range []struct {
		name    string
		in      plan.Input
		current *world
		want    []string
	}{
		{
			"without permission", plan.Input{}, state("basket.b size=x"),
			[]string{update, "violation the change of size of basket.b cannot be undone: --allow-destroy basket.b"},
		},
		{"with permission", plan.Input{AllowDestroy: []resource.Address{at("basket.b")}}, state("basket.b size=x"), []string{update}},
		{
			"protected", plan.Input{Settings: resource.Settings{Protect: []resource.Protect{{Pattern: patterns("basket.*")[0]}}}}, state("basket.b size=x"),
			[]string{update + " BLOCKED protected by basket.*"},
		},
		{"a create loses nothing", plan.Input{}, state(), []string{"create basket.b size=null→2 shop=null→north"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := toyKinds()
			basket := catalog.Kind("basket")
			basket.Field("size").Irreversible, basket.Implies = true, nil
			p, err := made(catalog, state("basket.b size=xx"), test.current, test.in)
			if diff := cmp.Diff(test.want, show(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if p.Violations != nil && p.Violations[0].Entry != "" {
				t.Errorf("an entry under removed is no way: %+v", p.Violations[0])
			}
		})
	}
}

// What belongs to another organisation is taken over where the files say from which,
// and what they say is a note once it is done.
func TestTransferFrom(t *testing.T) {
	catalog := func() *resource.Catalog {
		c := toyKinds()
		c.Kind("basket").TransferFrom = "shop"
		c.Kind("basket").Field("shop").Need = resource.Optional
		return c
	}
	for _, test := range []struct {
		name             string
		desired, current *world
		want             []string
	}{
		{
			"it is there still", state("basket.b shop=south size=xx"), state("basket.b shopid=s2 size=x"),
			[]string{"transfer basket.b size=1→2", "because basket.b: it belongs to the organisation s2"},
		},
		{
			"it is here already", state("basket.b shop=south"), state("basket.b"),
			[]string{"note basket.b: shop is already applied; delete the entry"},
		},
		{"it is created here", state("basket.b shop=south", "fruit.b/apple"), state(), []string{
			"create basket.b", "create fruit.b/apple", "because fruit.b/apple: created automatically with basket.b",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := made(catalog(), test.desired, test.current, plan.Input{})
			if diff := cmp.Diff(test.want, explain(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A field that may be null is as good as empty, and of a free object only what is
// declared counts.
func TestSameFields(t *testing.T) {
	for _, test := range []struct {
		name, field   string
		before, after resource.Value
		want          []string
	}{
		{"null and nothing", "colour", nil, "", nil},
		{"nothing and null", "colour", "", nil, nil},
		{"null and text", "colour", nil, "red", []string{`update fruit.b/apple colour=null→"red"`}},
		{"null, of a free object", "notes", nil, map[string]any{}, nil},
		{"an empty free object", "notes", map[string]any{"theirs": true}, map[string]any{}, nil},
		{"a key that is there", "notes", map[string]any{"ours": "x", "theirs": true}, map[string]any{"ours": "x"}, nil},
		{"a key with another value", "notes", map[string]any{"ours": "x"}, map[string]any{"ours": "y"}, []string{`update fruit.b/apple notes={"ours":"x"}→{"ours":"y"}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := toyKinds()
			catalog.Kind("fruit").Field("colour").Nullable = true
			desired, current := state("basket.b", "fruit.b/apple"), state("basket.b", "fruit.b/apple")
			desired.state.Resources[1].Fields[test.field] = test.after
			current.state.Resources[1].Fields[test.field] = test.before
			p, err := made(catalog, desired, current, plan.Input{})
			if diff := cmp.Diff(test.want, show(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is new and looks like something that is not declared may be that.
func TestSuggestions(t *testing.T) {
	const looks = `note fruit.b/new: looks like fruit.b/old under a new name; to rename it, add moved: [{ from: "fruit.b/old", to: "fruit.b/new" }]`
	for _, test := range []struct {
		name             string
		desired, current *world
		want             []string
	}{
		{
			"a telling value", state("basket.b", "fruit.b/new colour=crimson"), state("basket.b", "fruit.b/old colour=crimson ripe=true"),
			[]string{`create fruit.b/new colour=null→"crimson"`, "unmanaged fruit.b/old", looks},
		},
		{
			"a value that is everywhere", state("basket.b", "fruit.b/new colour=red"), state("basket.b", "fruit.b/old colour=red"),
			[]string{`create fruit.b/new colour=null→"red"`, "unmanaged fruit.b/old"},
		},
		{
			"another value", state("basket.b", "fruit.b/new colour=crimson"), state("basket.b", "fruit.b/old colour=scarlet"),
			[]string{`create fruit.b/new colour=null→"crimson"`, "unmanaged fruit.b/old"},
		},
		{
			"two that look like it", state("basket.b", "fruit.b/new colour=crimson"), state("basket.b", "fruit.b/old colour=crimson", "fruit.b/older colour=crimson"),
			[]string{`create fruit.b/new colour=null→"crimson"`, "unmanaged fruit.b/old", "unmanaged fruit.b/older"},
		},
		{
			"a secret tells nothing", state("basket.b", "fruit.b/new secret=canaries"), state("basket.b", "fruit.b/old secret=canaries"),
			[]string{"create fruit.b/new secret=***", "unmanaged fruit.b/old"},
		},
		{
			"a name at the top, mistyped", state("basket.wicker", "fruit.wicker/apple"), state("basket.wiker"),
			[]string{
				"create basket.wicker shop=null→north", "create fruit.wicker/apple", "unmanaged basket.wiker",
				"note basket.wicker: is new; did you mean basket.wiker, which exists and is not declared?",
			},
		},
		{
			"short names are no mistake", state("basket.b", "fruit.b/apple"), state("basket.c"),
			[]string{"create basket.b shop=null→north", "create fruit.b/apple", "unmanaged basket.c"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := made(toyKinds(), test.desired, test.current, plan.Input{})
			if diff := cmp.Diff(test.want, show(p, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What protects or allows something that is not there is a mistake in its name.
func TestIdleNotes(t *testing.T) {
	in := plan.Input{
		AllowDestroy: []resource.Address{at("basket.c")},
		Settings: resource.Settings{Protect: []resource.Protect{
			{Pattern: patterns("basket.b")[0]}, {Pattern: patterns("basket.d")[0]}, {Pattern: patterns("fruit.b/*")[0]}, {Pattern: patterns("fruit.b/pear")[0]}, {Pattern: patterns("label.b/x")[0]}, {Pattern: patterns("e")[0]},
		}},
	}
	p, err := made(toyKinds(), state("basket.b").declares("fruit.b"), state("basket.b").declares("fruit.b"), in)
	want := []string{
		"note basket.c: --allow-destroy has no effect: the plan does not change this resource",
		"note basket.d: is protected, but does not exist", "note basket.e: is protected, but does not exist", "note fruit.b/pear: is protected, but does not exist",
	}
	if diff := cmp.Diff(want, show(p, err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	in.Select.Only = patterns("basket.b")
	p, err = made(toyKinds(), state("basket.b"), state("basket.b"), in)
	if diff := cmp.Diff([]string(nil), show(p, err)); diff != "" {
		t.Errorf("with a selection nobody can tell (-want +got)\n%s", diff)
	}
}

func TestSummaryAndEmpty(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *world
		want             plan.Summary
		empty            bool
	}{
		{"nothing to do", state("basket.b"), state("basket.b"), plan.Summary{}, true},
		{
			"what is unmanaged or cannot be compared is nothing to do", state("basket.b", "fruit.b/pear secret=x"), state("basket.b", "fruit.b/pear", "fruit.b/fig"),
			plan.Summary{Unmanaged: 1, Uncompared: 1}, true,
		},
		{
			"each action, and what is blocked", state("basket.b size=x", "fruit.b/c colour=red", "fruit.b/a", "fruit.b/n", "fruit.b/r ripe=true", "label.b/l", "basket.d size=x").ordered("fruit.b").declares("label.d"),
			state("basket.b size=xx", "fruit.b/a", "fruit.b/c colour=green", "fruit.b/r ripe=false", "label.d/l", "basket.d locked size=xx"),
			plan.Summary{Create: 1, Update: 2, Replace: 1, Move: 2, Blocked: 2}, false,
		},
		{"only something blocked", state("basket.d size=x"), state("basket.d locked size=xx"), plan.Summary{Blocked: 1}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := made(toyKinds(), test.desired, test.current, plan.Input{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, p.Summary); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if p.Empty() != test.empty || p.Summary.Changes() != len(p.Changes) {
				t.Errorf("empty %v, %d changes of %d", p.Empty(), p.Summary.Changes(), len(p.Changes))
			}
		})
	}
}

// What has a value that nobody can read back is pruned only with permission: it is
// blocked, so that the rest of the plan can be applied without it.
func TestConcealedIsNotPruned(t *testing.T) {
	x := at("label.b/x")
	const (
		pruned  = "delete label.b/x"
		blocked = pruned + " BLOCKED its value cannot be read back: pass --allow-destroy label.b/x, or list it under removed: - { address: label.b/x, id: h1 }"
	)
	removed := func(id string) []resource.Removed { return []resource.Removed{{Address: x, ID: id}} }
	prune := []string{"labels"}
	for _, test := range []struct {
		name  string
		label string
		in    plan.Input
		want  string
	}{
		{"without permission", "label.b/x hidden=true", plan.Input{Settings: resource.Settings{Prune: prune}}, blocked},
		{"one that can be read", "label.b/x hidden=false text=a", plan.Input{Settings: resource.Settings{Prune: prune}}, pruned},
		{"with permission", "label.b/x hidden=true", plan.Input{Settings: resource.Settings{Prune: prune}, AllowDestroy: []resource.Address{x}}, pruned},
		{
			"with permission for another", "label.b/x hidden=true",
			plan.Input{Settings: resource.Settings{Prune: prune}, AllowDestroy: []resource.Address{at("label.b/z")}}, blocked,
		},
		{"listed under removed", "label.b/x hidden=true", plan.Input{Settings: resource.Settings{Prune: prune, Removed: removed("h1")}}, pruned},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := toyKinds()
			label := catalog.Kind("label")
			text := label.Field("text")
			text.Display, text.If, text.From = resource.MaskedIf, "hidden", true
			label.Fields = append(label.Fields, resource.Field{Name: "hidden", Type: resource.Bool, Doc: "Whether it is hidden."})
			p, err := made(catalog, state("basket.b", "label.b/y text=new").declares("label.b"), state("basket.b", test.label, "label.b/y text=old"), test.in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, line := range show(p, nil) {
				if !strings.HasPrefix(line, "note ") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff([]string{`update label.b/y text="old"→"new"`, test.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
