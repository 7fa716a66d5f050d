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
func TestScope(t *testing.T) {
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
			name: "a root, and all of its collection", selection: plan.Selection{Only: []string{"basket.b"}},
			want: scope{[]string{"basket.a", "basket.b", "basket.c"}, baskets},
		},
		{
			name: "a child, with its siblings and all of its parent's", selection: plan.Selection{Only: []string{"fruit.a/pear"}},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear"}, []string{"basket.", "fruit.a"}},
		},
		{
			name: "children of any parent", selection: plan.Selection{Only: []string{"fruit.*/pear"}},
			want: scope{
				[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "fruit.b/apple", "basket.c"},
				[]string{"basket.", "fruit.a", "fruit.b", "fruit.c"},
			},
		},
		{
			name: "what is unique everywhere may be anywhere", selection: plan.Selection{Only: []string{"label.a/*"}},
			want: scope{[]string{"basket.a", "label.a/x", "basket.b", "label.b/y"}, []string{"basket.", "label.a", "label.b"}},
		},
		{
			name: "and may be in what is pruned", selection: plan.Selection{Only: []string{"basket.*"}}, prune: []string{"baskets"},
			want: scope{[]string{"basket.a", "label.a/x", "basket.b", "label.b/y", "basket.c"}, []string{"basket.", "label.a", "label.b"}},
		},
		{
			name: "two stars for a kind are all of them", selection: plan.Selection{Only: []string{"**/pear"}, Exclude: []string{"label.**"}},
			want: scope{
				[]string{"basket.a", "fruit.a/apple", "fruit.a/pear", "basket.b", "fruit.b/apple", "basket.c"},
				[]string{"basket.", "fruit.a", "fruit.b", "fruit.c"},
			},
		},
		{
			name: "what is excluded wholly", selection: plan.Selection{Exclude: []string{"fruit.**", "label.a/*", "label.b/*"}},
			want: scope{[]string{"basket.a", "basket.b", "basket.c"}, baskets},
		},
		{
			name: "what is excluded in part is read", selection: plan.Selection{Only: []string{"fruit.a/*"}, Exclude: []string{"fruit.a/p*"}},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear"}, []string{"basket.", "fruit.a"}},
		},
		{
			name: "the addresses of a saved plan", selection: plan.Selection{Exactly: []resource.Address{at("fruit.a/apple"), at("fruit.a/gone")}},
			want: scope{[]string{"basket.a", "fruit.a/apple", "fruit.a/pear"}, []string{"basket.", "fruit.a"}},
		},
		{name: "no address", selection: plan.Selection{Exactly: []resource.Address{}}},
		{name: "nothing of what is declared", selection: plan.Selection{Only: []string{"chore.a/*"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got scope
			found := plan.Scope(&desired.state, toyKinds(), test.selection, test.prune)
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
