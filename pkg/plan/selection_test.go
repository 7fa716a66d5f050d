package plan_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestCovers(t *testing.T) {
	for _, test := range []struct {
		name      string
		selection plan.Selection
		address   string
		want      bool
	}{
		{"everything", plan.Selection{}, "cart.a", true},
		{"what is named", plan.Selection{Only: marketPatterns("fruit.a/*", "cart.a")}, "cart.a", true},
		{"what is not named", plan.Selection{Only: marketPatterns("fruit.a/*")}, "cart.a", false},
		{"what is excluded", plan.Selection{Exclude: marketPatterns("cart.*")}, "cart.a", false},
		{"what is named and excluded", plan.Selection{Only: marketPatterns("**"), Exclude: marketPatterns("cart.*")}, "cart.a", false},
		{"the address of a saved plan", plan.Selection{Exactly: []resource.Address{marketAt("cart.a")}}, "cart.a", true},
		{"not an address of a saved plan", plan.Selection{Exactly: []resource.Address{}}, "cart.a", false},
	} {
		if got := test.selection.Covers(marketAt(test.address)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// A selection narrows what is done, and names what it leaves out although it is needed.
func TestSelection(t *testing.T) {
	for _, test := range []struct {
		name             string
		desired, current *world
		selection        plan.Selection
		settings         resource.Settings
		want             []string
	}{
		{
			name:    "what is not selected is not done, nor mentioned",
			desired: state("basket.b", "fruit.b/apple secret=x", "fruit.b/pear colour=red").declares("label.b"),
			current: state("basket.b", "fruit.b/apple", "fruit.b/pear", "label.b/x"), selection: plan.Selection{Only: patterns("fruit.b/pear")},
			want: []string{"uncompared fruit.b/pear colour"},
		},
		{
			name:    "what is excluded is not",
			desired: state("basket.b", "fruit.b/apple", "fruit.b/pear"), current: state("basket.b"), selection: plan.Selection{Exclude: patterns("fruit.*/p*")},
			want: []string{"create fruit.b/apple"},
		},
		{
			name:    "a pattern that names nothing",
			desired: state("basket.b"), current: state("basket.b"), selection: plan.Selection{Only: patterns("basket.c", "fruit.**", "basket.b")},
			want: []string{
				"error --only basket.c matches no resource that is declared or was read\n--only fruit.** matches no resource that is declared or was read",
			},
		},
		{
			name:    "a pattern that names something undeclared",
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b", "fruit.b/apple"), selection: plan.Selection{Only: patterns("fruit.b/apple")},
			want: []string{"unmanaged fruit.b/apple"},
		},
		{
			name:    "a selection that leaves nothing",
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b"), selection: plan.Selection{Only: patterns("basket.*"), Exclude: patterns("basket.b", "fruit.**")},
			want: []string{"error the selection is empty: everything is excluded by basket.b, fruit.**"},
		},
		{
			name:    "a parent that is to be created",
			desired: state("basket.n", "fruit.n/fig"), current: state(), selection: plan.Selection{Only: patterns("fruit.n/fig")},
			want: []string{"error create of fruit.n/fig needs basket.n, which is not selected"},
		},
		{
			name:    "a parent that is brought along",
			desired: state("basket.n", "fruit.n/fig", "fruit.n/pear"), current: state(), selection: plan.Selection{Only: patterns("fruit.n/fig"), WithDependencies: true},
			want: []string{"create basket.n shop=null→north", "create fruit.n/fig"},
		},
		{
			name:    "a transfer needs the other end",
			desired: state("basket.a", "basket.b", "label.b/l").declares("label.a"), current: state("basket.a", "basket.b", "label.a/l"),
			selection: plan.Selection{Only: patterns("label.b/l")},
			want:      []string{"error transfer of label.b/l needs label.a/l, which is not selected"},
		},
		{
			name:    "both ends are selected",
			desired: state("basket.a", "basket.b", "label.b/l").declares("label.a"), current: state("basket.a", "basket.b", "label.a/l"),
			selection: plan.Selection{Only: patterns("label.*/l")},
			want:      []string{"transfer label.b/l"},
		},
		{
			name:    "what something is taken out of is deleted after that",
			desired: state("basket.b", "label.b/l"), current: state("basket.a", "basket.b", "label.a/l"),
			selection: plan.Selection{Only: patterns("basket.a")},
			settings:  resource.Settings{Prune: []string{"baskets"}, Moved: []resource.Moved{{From: at("label.a/l"), To: at("label.b/l")}}},
			want:      []string{"error delete of basket.a needs label.b/l, which is not selected"},
		},
		{
			name:    "and that is brought along",
			desired: state("basket.b", "label.b/l"), current: state("basket.a", "basket.b", "label.a/l"),
			selection: plan.Selection{Only: patterns("basket.a"), WithDependencies: true},
			settings:  resource.Settings{Prune: []string{"baskets"}, Moved: []resource.Moved{{From: at("label.a/l"), To: at("label.b/l")}}},
			want: []string{
				"transfer label.b/l", "delete basket.a",
				"violation delete of basket.a cannot be undone: --allow-destroy basket.a",
			},
		},
		{
			name:    "a move needs all that is declared beside it",
			desired: state("basket.b", "fruit.b/c", "fruit.b/a", "fruit.b/d").ordered("fruit.b"), current: state("basket.b", "fruit.b/a", "fruit.b/c", "fruit.b/d"),
			selection: plan.Selection{Only: patterns("fruit.b/c")},
			want: []string{
				"error move of fruit.b/c needs fruit.b/a, which is not selected\nmove of fruit.b/c needs fruit.b/d, which is not selected",
			},
		},
		{
			name:    "what a move needs is brought along, as far as something is to be done there",
			desired: state("basket.b", "fruit.b/c", "fruit.b/a", "fruit.b/n").ordered("fruit.b"), current: state("basket.b", "fruit.b/a", "fruit.b/c"),
			selection: plan.Selection{Only: patterns("fruit.b/c"), WithDependencies: true},
			want:      []string{"create fruit.b/n", "move fruit.b/c before=fruit.b/a after="},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := show(plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &test.desired.state, Current: &test.current.state, Settings: test.settings, Select: test.selection,
			}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What a change refers to is needed where that is about to be created, and only there.
func TestSelectionNeedsWhatItRefersTo(t *testing.T) {
	only := func(with bool, patterns ...string) plan.Selection {
		return plan.Selection{Only: marketPatterns(patterns...), WithDependencies: with}
	}
	exactly := plan.Selection{Exactly: []resource.Address{marketAt("cart.a")}}
	for _, test := range []struct {
		name             string
		desired, current *resource.State
		selection        plan.Selection
		want             []string
	}{
		{
			"a create", stand("cart.a stall=s", "stall.s place=x"), stand(), only(false, "cart.a"),
			[]string{"error create of cart.a needs stall.s, which is not selected"},
		},
		{
			"an update", stand("cart.a stall=s", "stall.s place=x"), stand("cart.a stall=#s1", "stall.r place=y @s1"), only(false, "cart.a"),
			[]string{"error update of cart.a needs stall.s, which is not selected"},
		},
		{
			"both are selected", stand("cart.a stall=s", "stall.s place=x", "till.t"), stand(), only(false, "cart.a", "stall.s"),
			[]string{"create cart.a stall=null→s", `create stall.s place=null→"x"`},
		},
		{
			"it is brought along, and nothing else", stand("cart.a stall=s", "stall.s place=x", "stall.t place=y", "sign.s/left"), stand(), only(true, "cart.a"),
			[]string{"create cart.a stall=null→s", `create stall.s place=null→"x"`},
		},
		{
			"so is what the parent refers to", stand("cart.a stall=s", "fruit.a/fig", "stall.s place=x"), stand(), only(true, "fruit.a/fig"),
			[]string{"create cart.a stall=null→s", "create fruit.a/fig", `create stall.s place=null→"x"`},
		},
		{
			"what refers to it is not needed", stand("cart.a stall=s", "stall.s place=x"), stand(), only(true, "stall.s"),
			[]string{`create stall.s place=null→"x"`},
		},
		{
			"what exists is not needed", stand("cart.a stall=s", "stall.s place=x"), stand("stall.r place=x @s1"), only(false, "cart.a"),
			[]string{"create cart.a stall=null→s"},
		},
		{
			"it is no change of a saved plan", stand("cart.a stall=s", "stall.s place=x"), stand(), exactly,
			[]string{"error stall.s: no longer exists or has changed, and create of cart.a needs it"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := show(plan.Make(plan.Input{Catalog: market(), Desired: test.desired, Current: test.current, Select: test.selection}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Whoever shows the problems of a selection gets them one by one.
func TestSelectionErrorUnwraps(t *testing.T) {
	err := error(&plan.SelectionError{Problems: []string{"one", "two"}})
	var got []string
	for _, problem := range err.(interface{ Unwrap() []error }).Unwrap() {
		got = append(got, problem.Error())
	}
	if !slices.Equal(got, []string{"one", "two"}) || err.Error() != "one\ntwo" {
		t.Errorf("%v, %v", got, err)
	}
}

// What a saved plan was about may be gone, which its check says, and what it needs has
// to be as it was.
func TestExactly(t *testing.T) {
	gone := plan.Selection{Exactly: []resource.Address{at("fruit.b/gone")}}
	desired, current := state("basket.b", "fruit.b/apple"), state("basket.b")
	got := show(plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Select: gone}))
	if got != nil {
		t.Errorf("%v", got)
	}
	child := plan.Selection{Exactly: []resource.Address{at("fruit.b/apple")}}
	_, err := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &state().state, Select: child})
	var problem *plan.SelectionError
	want := []string{"basket.b: no longer exists or has changed, and create of fruit.b/apple needs it"}
	if !errors.As(err, &problem) || !slices.Equal(problem.Problems, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// A warning about what something selected sits in stays, and so does a note about the
// plan as a whole.
func TestSelectionKeepsWhatConcernsIt(t *testing.T) {
	catalog := toyKinds()
	catalog.Kind("basket").Warn = func(r *resource.Resource) string { return "it is full" }
	desired := state("basket.b", "fruit.b/apple", "basket.c", "fruit.c/apple")
	current := state("basket.b", "basket.c")
	for _, w := range []*world{desired, current} {
		for _, r := range w.state.Resources {
			r.Kind = catalog.Kind(r.Kind.Name)
		}
	}
	p, err := plan.Make(plan.Input{
		Catalog: catalog, Desired: &desired.state, Current: &current.state, Select: plan.Selection{Only: patterns("fruit.b/*")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]plan.Note{{Address: at("basket.b"), Text: "it is full"}}, p.Warnings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a problem of the files is about does not depend on what is selected.
func TestProblemsAreNotSelected(t *testing.T) {
	desired, current := state("basket.b shop=west", "basket.c"), state("basket.b", "basket.c")
	_, err := plan.Make(plan.Input{
		Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Select: plan.Selection{Only: patterns("basket.c")},
	})
	var problems diag.List
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Errorf("%v", err)
	}
}
