package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// What has to be read for a selection: the collections in which something can be
// selected, and what they stand in.
func TestNarrow(t *testing.T) {
	desired := state(
		"basket.a", "fruit.a/apple", "fruit.a/pear", "label.a/x", "basket.b", "fruit.b/apple", "label.b/y", "basket.c",
	).declares("fruit.c")
	type scope struct{ Resources, Collections []string }
	baskets := []string{"basket."}
	for _, test := range []struct {
		name      string
		selection plan.Selection
		prune     []string
		want      scope
	}{
		{
			name: "everything",
			want: scope{
				[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "label.a/x", "basket.b", "fruit.b/apple", "label.b/y", "basket.c"},
				[]string{"basket.", "fruit.a", "fruit.b", "fruit.c", "label.a", "label.b"},
			},
		},
		{
			name: "a root, and all of its collection", selection: plan.Selection{Only: patterns("basket.b")},
			want: scope{[]string{"basket.a", "basket.b", "basket.c"}, baskets},
		},
		{
			name: "a child, with its siblings and all of its parent's", selection: plan.Selection{Only: patterns("fruit.a/pear")},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "basket.c"}, []string{"basket.", "fruit.a"}},
		},
		{
			name: "the same, wherever it is in the file", selection: plan.Selection{Only: patterns("fruit.b/apple")},
			want: scope{[]string{"basket.a", "basket.b", "fruit.b/apple", "basket.c"}, []string{"basket.", "fruit.b"}},
		},
		{
			name: "a path is all that is in it", selection: plan.Selection{Only: patterns("b")},
			want: scope{
				[]string{"basket.a", "label.a/x", "basket.b", "fruit.b/apple", "label.b/y", "basket.c"},
				[]string{"basket.", "fruit.b", "label.a", "label.b"},
			},
		},
		{
			name: "but what is excluded", selection: plan.Selection{Only: patterns("label.**"), Exclude: patterns("a")},
			want: scope{
				[]string{"basket.a", "label.a/x", "basket.b", "label.b/y", "basket.c"},
				[]string{"basket.", "label.a", "label.b"},
			},
		},
		{
			name: "children of any parent", selection: plan.Selection{Only: patterns("fruit.*/pear")},
			want: scope{
				[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "fruit.b/apple", "basket.c"},
				[]string{"basket.", "fruit.a", "fruit.b", "fruit.c"},
			},
		},
		{
			name: "what is unique everywhere may be anywhere", selection: plan.Selection{Only: patterns("label.a/*")},
			want: scope{[]string{"basket.a", "label.a/x", "basket.b", "label.b/y", "basket.c"}, []string{"basket.", "label.a", "label.b"}},
		},
		{
			name: "and may be in what is pruned", selection: plan.Selection{Only: patterns("basket.*")}, prune: []string{"baskets"},
			want: scope{[]string{"basket.a", "label.a/x", "basket.b", "label.b/y", "basket.c"}, []string{"basket.", "label.a", "label.b"}},
		},
		{
			name: "two stars for a kind are all of them", selection: plan.Selection{Only: patterns("**/pear"), Exclude: patterns("label.**")},
			want: scope{
				[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "fruit.b/apple", "basket.c"},
				[]string{"basket.", "fruit.a", "fruit.b", "fruit.c"},
			},
		},
		{
			name: "what is excluded wholly", selection: plan.Selection{Exclude: patterns("fruit.**", "label.a/*", "label.b/*")},
			want: scope{[]string{"basket.a", "basket.b", "basket.c"}, baskets},
		},
		{
			name: "what is excluded in part is read", selection: plan.Selection{Only: patterns("fruit.a/*"), Exclude: patterns("fruit.a/p*")},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "basket.c"}, []string{"basket.", "fruit.a"}},
		},
		{
			name: "the addresses of a saved plan", selection: plan.Selection{Exactly: []resource.Address{at("fruit.a/apple"), at("fruit.a/gone")}},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "basket.c"}, []string{"basket.", "fruit.a"}},
		},
		{name: "no address", selection: plan.Selection{Exactly: []resource.Address{}}},
		{name: "nothing of what is declared", selection: plan.Selection{Only: patterns("fruit.z/*")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got scope
			found := plan.Narrow(&desired.state, toyKinds(), test.selection, test.prune)
			for _, r := range found.Resources {
				got.Resources = append(got.Resources, r.Address.String())
			}
			for id := range found.Collections {
				got.Collections = append(got.Collections, id.Kind+"."+id.Parent.Key())
			}
			slices.Sort(got.Collections)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A kind is read with those at the other ends of its references, whichever end is
// selected, and with what these stand in; what stands in them is not.
func TestNarrowFollowsReferences(t *testing.T) {
	desired := stand("cart.a stall=s", "fruit.a/apple", "chore.a/wash", "stall.s place=x", "sign.s/left", "cart.b", "fruit.b/fig", "stall.t", "sign.t/right", "till.t")
	for _, test := range []struct {
		name                   string
		selection              plan.Selection
		resources, collections []string
	}{
		{
			"what refers to another", plan.Selection{Only: marketPatterns("cart.a")},
			[]string{"cart.a", "stall.s", "cart.b", "stall.t"}, []string{"cart.", "stall."},
		},
		{
			"what another refers to", plan.Selection{Only: marketPatterns("stall.s")},
			[]string{"cart.a", "stall.s", "cart.b", "stall.t"}, []string{"cart.", "stall."},
		},
		{
			"a resource in one that refers to another", plan.Selection{Only: marketPatterns("fruit.a/apple")},
			[]string{"cart.a", "fruit.a/apple", "stall.s", "cart.b", "stall.t"}, []string{"cart.", "fruit.a", "stall."},
		},
		{
			"a resource in one that another refers to", plan.Selection{Only: marketPatterns("sign.t/*")},
			[]string{"cart.a", "stall.s", "cart.b", "stall.t", "sign.t/right"}, []string{"cart.", "sign.t", "stall."},
		},
		{
			"the other end is excluded, and read all the same",
			plan.Selection{Exclude: marketPatterns("stall.**", "sign.**", "fruit.**", "chore.**", "jar.**", "till.**")},
			[]string{"cart.a", "stall.s", "cart.b", "stall.t"}, []string{"cart.", "stall."},
		},
		{
			"the addresses of a saved plan", plan.Selection{Exactly: []resource.Address{marketAt("stall.s")}},
			[]string{"cart.a", "stall.s", "cart.b", "stall.t"}, []string{"cart.", "stall."},
		},
		{"what has to do with no reference", plan.Selection{Only: marketPatterns("till.*")}, []string{"till.t"}, []string{"till."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var resources, collections []string
			found := plan.Narrow(desired, market(), test.selection, nil)
			for _, r := range found.Resources {
				resources = append(resources, r.Address.String())
			}
			for id := range found.Collections {
				collections = append(collections, id.Kind+"."+id.Parent.Key())
			}
			slices.Sort(collections)
			if diff := cmp.Diff(test.resources, resources); diff != "" {
				t.Errorf("resources (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.collections, collections); diff != "" {
				t.Errorf("collections (-want +got)\n%s", diff)
			}
		})
	}
}
