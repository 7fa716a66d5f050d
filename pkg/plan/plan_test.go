package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestMake(t *testing.T) {
	fruits := func(n int) []string {
		lines := []string{"basket.b"}
		for i := range n {
			lines = append(lines, fmt.Sprintf("fruit.b/f%02d", i))
		}
		return lines
	}
	for _, test := range []struct {
		name             string
		desired, current *world
		settings         resource.Settings
		allow            []resource.Address
		want             []string
	}{
		{
			name:    "a create takes the default, and what it brings along is awaited",
			desired: state("basket.b size=xx", "fruit.b/apple colour=red", "fruit.b/pear"),
			current: state(),
			want: []string{
				"create basket.b size=null→2 shop=null→north",
				"create fruit.b/apple colour=null→\"red\"",
				"create fruit.b/pear",
			},
		},
		{
			name:    "what is implied and not declared is a note",
			desired: state("basket.b shop=south"), current: state(),
			want: []string{"create basket.b shop=null→south", "note fruit.b/apple: created automatically with basket.b and not declared"},
		},
		{
			name:    "an unknown reference lists the choices",
			desired: state("basket.b shop=west"), current: state("basket.b shopid=s1"),
			want: []string{`problem f.yaml:1:1: unknown shop "west" (choose from: north, south)`},
		},
		{
			name:    "only declared fields count, and a fixed one is blocked alone",
			desired: state("basket.b size=xxx shop=south"), current: state("basket.b size=x shopid=s1"),
			want: []string{
				"update basket.b size=1→3",
				"update basket.b shop=s1→south BLOCKED shop cannot be changed after the basket was created",
			},
		},
		{
			name:    "undeclared ones are unmanaged, foreign ones are not mentioned",
			desired: state("basket.b", "fruit.b/apple"), current: state("basket.b", "fruit.b/apple", "fruit.b/pear", "fruit.b/fig foreign"),
			want: []string{"unmanaged fruit.b/pear"},
		},
		{
			name:    "an undeclared collection is left alone, prune or not",
			desired: state("basket.b"), current: state("basket.b", "fruit.b/pear"),
			settings: resource.Settings{Prune: []string{"fruits"}},
			want:     nil,
		},
		{
			name:    "prune deletes what is not declared, foreign or protected",
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b", "fruit.b/pear", "fruit.b/fig foreign", "fruit.b/kiwi"),
			settings: resource.Settings{Prune: []string{"fruits"}, Protect: []resource.Protect{{Pattern: patterns("fruit.*/ki*")[0]}}},
			want:     []string{"delete fruit.b/pear", "unmanaged fruit.b/kiwi", "note fruit.b/kiwi: not pruned: protected by fruit.*/ki*"},
		},
		{
			name:    "a precious one needs a flag",
			desired: state("basket.b"), current: state("basket.b", "basket.old"),
			settings: resource.Settings{Prune: []string{"baskets"}},
			want:     []string{"delete basket.old", "violation delete of basket.old cannot be undone: --allow-destroy basket.old"},
		},
		{
			name:    "and is deleted with it",
			desired: state("basket.b"), current: state("basket.b", "basket.old"),
			settings: resource.Settings{Prune: []string{"baskets"}}, allow: []resource.Address{at("basket.old")},
			want: []string{"delete basket.old"},
		},
		{
			name:    "a protected child protects its parent",
			desired: state("basket.b"), current: state("basket.b", "basket.old"),
			settings: resource.Settings{Prune: []string{"baskets"}, Protect: []resource.Protect{{Pattern: patterns("fruit.old/*")[0]}}},
			allow:    []resource.Address{at("basket.old")},
			want: []string{
				"unmanaged basket.old",
				"note basket.old: --allow-destroy has no effect: the plan does not change this resource",
				"note basket.old: not pruned: protected by fruit.old/*",
			},
		},
		{
			name:    "no resource declared at all: nothing is deleted",
			desired: state(), current: state("basket.old"),
			settings: resource.Settings{Prune: []string{"baskets"}}, allow: []resource.Address{at("basket.old")},
			want: []string{"unmanaged basket.old", "note basket.old: --allow-destroy has no effect: the plan does not change this resource"},
		},
		{
			name:    "the limits count from ten on",
			desired: state(fruits(6)...), current: state(fruits(10)...),
			settings: resource.Settings{Prune: []string{"fruits"}},
			want: []string{
				"delete fruit.b/f06", "delete fruit.b/f07", "delete fruit.b/f08", "delete fruit.b/f09",
				"violation 4 of 10 fruits would be deleted, more than the limit of 30 %: --delete-percent 40",
			},
		},
		{
			name:    "what is locked is blocked, with what would depend on it",
			desired: state("basket.b size=xx", "fruit.b/apple", "label.b/l"), current: state("basket.b size=x locked"),
			want: []string{
				"update basket.b size=1→2 BLOCKED the basket is locked",
				"create fruit.b/apple BLOCKED the basket is locked",
				"create label.b/l BLOCKED the basket is locked",
			},
		},
		{
			name:    "a secret is masked on both sides, and cannot be compared where it cannot be read",
			desired: state("basket.b", "fruit.b/apple secret=x", "fruit.b/pear secret=y"), current: state("basket.b", "fruit.b/apple"),
			want: []string{"create fruit.b/pear secret=***", "uncompared fruit.b/apple secret"},
		},
		{
			name:    "a replacement needs no flag where the kind is not precious",
			desired: state("basket.b", "fruit.b/apple ripe=true secret=x"), current: state("basket.b", "fruit.b/apple ripe=false"),
			want: []string{"replace fruit.b/apple ripe=false→true secret=***"},
		},
		{
			name:    "but a protected one is not replaced",
			desired: state("basket.b", "fruit.b/apple ripe=true"), current: state("basket.b", "fruit.b/apple ripe=false"),
			settings: resource.Settings{Protect: []resource.Protect{{Pattern: patterns("fruit.b/apple")[0]}}},
			want:     []string{"replace fruit.b/apple ripe=false→true BLOCKED protected by fruit.b/apple"},
		},
		{
			name:    "two with one key are blocked and not pruned",
			desired: state("basket.b", "fruit.b/apple colour=red"), current: state("basket.b", "fruit.b/apple colour=red", "fruit.b/apple colour=green"),
			settings: resource.Settings{Prune: []string{"fruits"}},
			want:     []string{"update fruit.b/apple BLOCKED the API has 2 resources with this key; delete all but one manually"},
		},
		{
			name:    "and nothing is done in either of them",
			desired: state("basket.b", "fruit.b/apple", "fruit.b/pear ripe=true"),
			current: state("basket.b", "basket.b", "fruit.b/pear ripe=false", "fruit.b/fig"), settings: resource.Settings{Prune: []string{"fruits"}},
			want: []string{
				"update basket.b BLOCKED the API has 2 resources with this key; delete all but one manually",
				"create fruit.b/apple BLOCKED it depends on basket.b, which is blocked",
				"replace fruit.b/pear ripe=false→true BLOCKED it depends on basket.b, which is blocked",
				"delete fruit.b/fig BLOCKED it depends on basket.b, which is blocked",
			},
		},
		{
			name:    "protection of one kind is none of another, but covers what holds it",
			desired: state("basket.b", "fruit.b/a").declares("label.b"),
			current: state("basket.b", "fruit.b/a", "fruit.b/x", "label.b/y", "basket.c"), settings: resource.Settings{
				Prune: []string{"baskets", "fruits", "labels"}, Protect: []resource.Protect{{Pattern: patterns("fruit.c/**")[0]}, {Pattern: patterns("fruit.b/**")[0]}},
			},
			want: []string{
				"delete label.b/y",
				"unmanaged basket.c", "unmanaged fruit.b/x",
				"note basket.c: not pruned: protected by fruit.c/**",
				"note fruit.b/x: not pruned: protected by fruit.b/**",
			},
		},
		{
			name:    "a free object keeps the keys that no file knows",
			desired: state("basket.b", "fruit.b/apple notes=ours"), current: state("basket.b", "fruit.b/apple notes=theirs"),
			want: []string{`update fruit.b/apple notes={"theirs":true}→{"ours":true,"theirs":true}`},
		},
		{
			name:    "a moved entry renames",
			desired: state("basket.b", "fruit.b/new colour=red"), current: state("basket.b", "fruit.b/old colour=red"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("fruit.b/old"), To: at("fruit.b/new")}}},
			want:     []string{`update fruit.b/new name="old"→"new"`},
		},
		{
			name:    "but not what has its name for good, and nothing below it",
			desired: state("basket.new", "fruit.new/pear", "label.new/x").ordered("fruit.new"), current: state("basket.old", "fruit.old/apple", "label.old/y"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("basket.old"), To: at("basket.new")}}},
			want: []string{
				`update basket.new slug="old"→"new" BLOCKED the slug of an existing basket cannot be changed: remove the moved entry from basket.old`,
				"create fruit.new/pear BLOCKED it depends on basket.new, which is blocked",
				"create label.new/x BLOCKED it depends on basket.new, which is blocked",
				"unmanaged fruit.new/apple", // children follow the parent that they are paired with
				"unmanaged label.new/y",
			},
		},
		{
			name:    "also where it is unique everywhere",
			desired: state("basket.b", "label.b/new"), current: state("basket.b", "label.b/old"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("label.b/old"), To: at("label.b/new")}}},
			want: []string{
				"create label.b/new BLOCKED the name of an existing label cannot be changed: remove the moved entry from label.b/old",
				"unmanaged label.b/old",
			},
		},
		{
			name:    "a moved entry that is already applied is a note",
			desired: state("basket.b", "fruit.b/new colour=red"), current: state("basket.b", "fruit.b/new colour=red"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("fruit.b/old"), To: at("fruit.b/new")}}},
			want:     []string{"note fruit.b/new: the moved entry from fruit.b/old is already applied; delete the entry"},
		},
		{
			name:    "a moved entry whose end exists already has no effect, and says so",
			desired: state("basket.b", "fruit.b/new colour=red"), current: state("basket.b", "fruit.b/new colour=red", "fruit.b/old"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("fruit.b/old"), To: at("fruit.b/new")}}},
			want:     []string{"unmanaged fruit.b/old", "note fruit.b/new: already exists, so the moved entry from fruit.b/old has no effect"},
		},
		{
			name:    "a moved entry leads to nothing",
			desired: state("basket.b"), current: state("basket.b", "fruit.b/old"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("fruit.b/old"), To: at("fruit.b/new"), At: diag.Position{File: "m.yaml", Line: 9}}}},
			want:     []string{"note fruit.b/new: the moved entry from fruit.b/old has no effect: the destination is not declared"},
		},
		{
			name:    "what is unique everywhere is transferred from where its collection is declared",
			desired: state("basket.a", "basket.b", "label.b/l").declares("label.a"), current: state("basket.a", "basket.b", "label.a/l"),
			want: []string{"transfer label.b/l"},
		},
		{
			name:    "and blocked elsewhere",
			desired: state("basket.a", "basket.b", "label.b/l"), current: state("basket.a", "basket.b", "label.a/l"),
			want: []string{`transfer label.b/l BLOCKED it is in basket.a, whose labels are not declared in these files: declare them, or add moved: [{ from: "label.a/l", to: "label.b/l" }]`},
		},
		{
			name:    "unless a moved entry says so",
			desired: state("basket.a", "basket.b", "label.b/l"), current: state("basket.a", "basket.b", "label.a/l"),
			settings: resource.Settings{Moved: []resource.Moved{{From: at("label.a/l"), To: at("label.b/l")}}},
			want:     []string{"transfer label.b/l"},
		},
		{
			name:    "and protect covers both ends",
			desired: state("basket.a", "basket.b", "label.b/l").declares("label.a"), current: state("basket.a", "basket.b", "label.a/l"),
			settings: resource.Settings{Protect: []resource.Protect{{Pattern: patterns("label.a/*")[0]}}},
			want:     []string{"transfer label.b/l BLOCKED protected by label.a/*"},
		},
		{
			name:    "order is managed where the files give a sequence",
			desired: state("basket.b", "fruit.b/c", "fruit.b/a", "fruit.b/n").ordered("fruit.b"), current: state("basket.b", "fruit.b/a", "fruit.b/u", "fruit.b/c"),
			want: []string{
				"create fruit.b/n",
				"move fruit.b/c before=fruit.b/a after=",
				"unmanaged fruit.b/u",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := show(plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &test.desired.state, Current: &test.current.state,
				Settings: test.settings, AllowDestroy: test.allow,
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Steps stand behind everything that they wait for, and wait for what they need.
func TestOrder(t *testing.T) {
	desired := state(
		"basket.new shop=north", "fruit.new/apple", "fruit.new/x",
		"basket.b", "fruit.b/c", "fruit.b/a", "fruit.b/n",
	).ordered("fruit.b")
	current := state("basket.b", "fruit.b/a", "fruit.b/c", "fruit.b/z")
	p, problems := plan.Make(plan.Input{
		Catalog: toyKinds(), Desired: &desired.state, Current: &current.state,
		Settings: resource.Settings{Prune: []string{"fruits"}},
	})
	if problems != nil {
		t.Fatal(problems)
	}
	var got []string
	name := func(id int) string { return fmt.Sprintf("%s %s", p.Steps[id].Call.Does, p.Steps[id].Change.Address) }
	for i, s := range p.Steps {
		if s.ID != i {
			t.Fatalf("step %d has the id %d", i, s.ID)
		}
		line := name(i)
		for _, id := range s.Needs {
			if id >= i {
				t.Fatalf("%s needs a later step", line)
			}
			line += " ← " + name(id)
		}
		for _, id := range s.After {
			line += " < " + name(id)
		}
		got = append(got, line)
	}
	want := []string{
		"create basket.new",
		"create fruit.new/apple ← create basket.new",
		"create fruit.new/x ← create basket.new < create fruit.new/apple",
		"create fruit.b/n",
		"move fruit.b/c < create fruit.b/n",
		"delete fruit.b/z < move fruit.b/c",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The plan does not depend on the order of answers where the server's order means
// nothing.
func TestPlanIgnoresOrderOfAnswers(t *testing.T) {
	lines := []string{"basket.b", "basket.c", "label.b/k", "label.b/l", "label.c/m", "label.c/o"}
	desired := state("basket.b", "label.b/m", "label.b/x").declares("label.c")
	var digests []string
	for _, order := range [][]string{lines, {"basket.c", "basket.b", "label.c/o", "label.b/l", "label.c/m", "label.b/k"}} {
		current := state(order...)
		for _, r := range current.state.Resources {
			r.Handle = r.Address.String()
		}
		p, _ := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state,
			Settings: resource.Settings{Prune: []string{"labels"}}})
		digests = append(digests, p.Digest+strings.Join(show(p, nil), "\n"))
	}
	if digests[0] != digests[1] {
		t.Errorf("%s\nor\n%s", digests[0], digests[1])
	}
}

// Make leaves its input as it is.
func TestInputIsKept(t *testing.T) {
	desired := state("basket.b", "fruit.b/apple notes=ours")
	before := maps.Clone(desired.state.Resources[0].Fields)
	current := state("basket.b", "fruit.b/apple notes=theirs")
	plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state})
	if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(desired.state.Resources[0].Fields))) {
		t.Error("a declared resource was changed")
	}
	if diff := cmp.Diff(map[string]any{"ours": true}, desired.state.Resources[1].Fields["notes"]); diff != "" {
		t.Error(diff)
	}
}
