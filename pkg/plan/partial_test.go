package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Of what could not be read nothing is planned, neither below it.
func TestPartial(t *testing.T) {
	moved := []resource.Moved{{From: at("label.b/old"), To: at("label.b/new")}, {From: at("fruit.b/plum"), To: at("fruit.b/pear")}}
	for _, test := range []struct {
		name     string
		unread   []string
		moved    []resource.Moved
		selected []string
		want     []string // nil for no plan
	}{
		{
			name: "one kind", unread: []string{"label"},
			want: []string{"create fruit.b/pear", "delete fruit.b/plum"},
		},
		{
			name: "what is moved within it", unread: []string{"label"}, moved: moved,
			want: []string{`update fruit.b/pear name="plum"→"pear"`},
		},
		{
			name: "the other kind", unread: []string{"fruit"},
			want: []string{"create label.b/new", "unmanaged label.b/old"},
		},
		{name: "a kind, and so what is below it", unread: []string{"basket"}},
		{name: "everything", unread: nil},
		{name: "all that is selected", unread: []string{"label"}, selected: []string{"label.**"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			desired, current := state("basket.b", "fruit.b/pear", "label.b/new"), state("basket.b", "fruit.b/plum", "label.b/old")
			current.state.Unread = test.unread
			base := desired.state
			p := plan.Partial(plan.Input{
				Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Prune: []string{"fruits"},
				Settings: resource.Settings{Moved: test.moved}, Select: plan.Selection{Only: patterns(test.selected...)},
				Base: &plan.Version{Desired: &base},
			})
			if p == nil {
				if test.want != nil {
					t.Error("no plan")
				}
				return
			}
			if d := cmp.Diff(test.want, show(p, nil)); d != "" {
				t.Error(d)
			}
			if p.Digest != "" || len(p.Unread) != len(test.unread) {
				t.Errorf("digest %q, unread %v", p.Digest, p.Unread)
			}
			if len(desired.state.Resources) != 3 || len(current.state.Collections) != 3 {
				t.Error("the input was changed")
			}
		})
	}
}
