package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// drifts says of each change, and of its fields, whether the earlier version of the
// files asks for it too.
func drifts(p *plan.Plan) []string {
	var out []string
	for _, c := range p.Changes {
		line := fmt.Sprintf("%s %s", c.Action, c.Address)
		if c.Drift {
			line += " drift"
		}
		for _, f := range c.Fields {
			if f.Drift {
				line += " drift:" + f.Name
			}
		}
		out = append(out, line)
	}
	return out
}

// Whose change is it: what the earlier version asks for as well is drift.
func TestDrift(t *testing.T) {
	for _, test := range []struct {
		name                   string
		base, desired, current *world
		prune                  []string
		want                   []string
	}{
		{
			name: "the files ask for it", base: state("basket.b", "fruit.b/apple colour=green"),
			desired: state("basket.b", "fruit.b/apple colour=red"), current: state("basket.b", "fruit.b/apple colour=green"),
			want: []string{"update fruit.b/apple"},
		},
		{
			name: "somebody changed it by hand", base: state("basket.b", "fruit.b/apple colour=red"),
			desired: state("basket.b", "fruit.b/apple colour=red"), current: state("basket.b", "fruit.b/apple colour=green"),
			want: []string{"update fruit.b/apple drift"},
		},
		{
			name: "somebody changed it by hand, and the files ask for yet another value", base: state("basket.b", "fruit.b/apple colour=red"),
			desired: state("basket.b", "fruit.b/apple colour=blue"), current: state("basket.b", "fruit.b/apple colour=green"),
			want: []string{"update fruit.b/apple"},
		},
		{
			name: "one field of two", base: state("basket.b", "fruit.b/apple colour=red"),
			desired: state("basket.b", "fruit.b/apple colour=red notes=x"), current: state("basket.b", "fruit.b/apple colour=green notes=y"),
			want: []string{"update fruit.b/apple drift:colour"},
		},
		{
			name: "an earlier version was never applied", base: state("basket.b", "fruit.b/apple colour=red"),
			desired: state("basket.b", "fruit.b/apple colour=red", "fruit.b/pear"), current: state("basket.b"),
			want: []string{"create fruit.b/apple drift", "create fruit.b/pear"},
		},
		{
			name: "somebody made it by hand", base: state("basket.b").declares("fruit.b"),
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b", "fruit.b/apple"), prune: []string{"fruits"},
			want: []string{"delete fruit.b/apple drift"},
		},
		{
			name: "the files declare it no more", base: state("basket.b", "fruit.b/apple"),
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b", "fruit.b/apple"), prune: []string{"fruits"},
			want: []string{"delete fruit.b/apple"},
		},
		{
			name: "somebody changed the order", base: state("basket.b", "fruit.b/a", "fruit.b/c").ordered("fruit.b"),
			desired: state("basket.b", "fruit.b/a", "fruit.b/c").ordered("fruit.b"), current: state("basket.b", "fruit.b/c", "fruit.b/a"),
			want: []string{"move fruit.b/a drift"},
		},
		{
			name: "the files want another order", base: state("basket.b", "fruit.b/c", "fruit.b/a").ordered("fruit.b"),
			desired: state("basket.b", "fruit.b/a", "fruit.b/c").ordered("fruit.b"), current: state("basket.b", "fruit.b/c", "fruit.b/a"),
			want: []string{"move fruit.b/a"},
		},
		{
			name: "it moves to another place than before", base: state("basket.b", "fruit.b/c", "fruit.b/a", "fruit.b/d").ordered("fruit.b"),
			desired: state("basket.b", "fruit.b/a", "fruit.b/c", "fruit.b/d").ordered("fruit.b"), current: state("basket.b", "fruit.b/c", "fruit.b/d", "fruit.b/a"),
			want: []string{"move fruit.b/a"},
		},
		{
			name: "a fixed field is a change of its own", base: state("basket.b size=x shop=south"),
			desired: state("basket.b size=xx shop=south"), current: state("basket.b size=x shopid=s1"),
			want: []string{"update basket.b", "update basket.b drift"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &test.desired.state, Current: &test.current.state,
				Settings: resource.Settings{Prune: test.prune},
				Base:     &plan.Version{Desired: &test.base.state, Settings: resource.Settings{Prune: test.prune}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, drifts(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A value that is not at hand is the same where it comes from the same place.
func TestDriftOfAbsentValues(t *testing.T) {
	for _, test := range []struct {
		name         string
		base, wanted resource.Value
		want         []string
	}{
		{"the same place, from another folder", resource.Source{File: "x", Dir: "a"}, resource.Source{File: "x", Dir: "b"}, []string{"replace fruit.b/apple drift"}},
		{"another place", resource.Source{Env: "X"}, resource.Source{Env: "Y"}, []string{"replace fruit.b/apple drift:ripe"}},
		{"a place and a value", resource.Source{Env: "X"}, resource.NewSecret("x"), []string{"replace fruit.b/apple drift:ripe"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			base, desired := state("basket.b", "fruit.b/apple ripe=true"), state("basket.b", "fruit.b/apple ripe=true")
			base.state.Resources[1].Fields["secret"], desired.state.Resources[1].Fields["secret"] = test.base, test.wanted
			p, err := plan.Make(plan.Input{
				Catalog: toyKinds(), Desired: &desired.state, Current: &state("basket.b", "fruit.b/apple ripe=false").state,
				Base: &plan.Version{Desired: &base.state},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, drifts(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Where the earlier version cannot be planned, everything counts as requested, and the
// plan says so.
func TestDriftIsUnknown(t *testing.T) {
	const text = "the earlier version of the files cannot be used, so every change counts as requested: "
	for _, test := range []struct {
		name string
		base plan.Version
		want string
	}{
		{"it cannot be read", plan.Version{Problem: "f.yaml is no YAML"}, text + "f.yaml is no YAML"},
		{"it cannot be planned", plan.Version{Desired: &state("basket.b shop=west").state}, text + `f.yaml:1:1: unknown shop "west"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			desired, current := state("basket.b size=xx"), state("basket.b size=x")
			p, err := plan.Make(plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state, Base: &test.base})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"update basket.b"}, drifts(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff([]plan.Note{{Text: test.want}}, p.Warnings); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
