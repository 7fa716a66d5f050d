package plan_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// deployable lets the baskets of a state be deployed, with facts about them.
func deployable(w *world, facts map[string]any) *world {
	for _, r := range w.state.Resources {
		if r.Kind.Name == "basket" {
			r.Kind.Deploy = basketDeploy
			r.Facts = facts
		}
	}
	return w
}

var basketDeploy = &resource.Deploy{
	HasChanges: "dirty", Changes: "dirt", HasCommits: "behind", Commits: "missing", Rebuild: []string{"size"},
}

func TestDeployments(t *testing.T) {
	clean := map[string]any{"dirty": false, "dirt": []any{}, "behind": false, "missing": int64(0)}
	for _, test := range []struct {
		name             string
		desired, current *world
		facts            map[string]any
		settings         resource.Settings
		want             []string
	}{
		{
			name:    "what is changed in it counts, each thing once, and what is the same does not",
			desired: state("basket.b", "fruit.b/b colour=red", "fruit.b/a", "label.b/x", "basket.c", "fruit.c/a").ordered("fruit.b"),
			current: state("basket.b", "fruit.b/a", "fruit.b/b colour=green", "basket.c", "fruit.c/a"), facts: clean,
			want: []string{"basket.b: 1 fruit, 1 label [update fruit.b/b, move fruit.b/b, create label.b/x] along {0 [] false false false}"},
		},
		{
			name:    "what is created is deployed, and takes nothing along",
			desired: state("basket.n", "fruit.n/a"), current: state(), facts: clean,
			want: []string{"basket.n: the basket itself, 1 fruit [create basket.n, create fruit.n/a] itself along {0 [] false false false}"},
		},
		{
			name:    "some fields need a new image",
			desired: state("basket.b size=xxx"), current: state("basket.b size=x"), facts: clean,
			want: []string{"basket.b: the basket itself [update basket.b] itself rebuild along {0 [] false false false}"},
		},
		{
			name:    "both ends of a transfer, in the order of the changes",
			desired: state("basket.b", "label.b/x", "basket.c").declares("label.c"), current: state("basket.b", "basket.c", "label.c/x"), facts: clean,
			want: []string{
				"basket.b: 1 label [transfer label.b/x] along {0 [] false false false}",
				"basket.c: 1 label [transfer label.b/x] along {0 [] false false false}",
			},
		},
		{
			name:    "a deletion counts where it leaves something behind",
			desired: state("basket.b").declares("fruit.b"), current: state("basket.b", "fruit.b/a", "basket.old", "fruit.old/a"), facts: clean,
			settings: resource.Settings{Prune: []string{"fruits", "baskets"}},
			want:     []string{"basket.b: 1 fruit [delete fruit.b/a] along {0 [] false false false}"},
		},
		{
			name:    "what is blocked counts for nothing",
			desired: state("basket.b", "fruit.b/a colour=red"), current: state("basket.b", "fruit.b/a"),
			facts: map[string]any{"locked": true},
			want:  nil,
		},
		{
			name:    "what waits already goes along",
			desired: state("basket.b", "fruit.b/a"), current: state("basket.b"),
			facts: map[string]any{"dirty": true, "dirt": []any{"labels", "fruits"}, "behind": true, "missing": int64(3)},
			want:  []string{"basket.b: 1 fruit [create fruit.b/a] along {3 [labels fruits] false false false}"},
		},
		{
			name:    "an API that says little, in shapes that nobody knows",
			desired: state("basket.b", "fruit.b/a"), current: state("basket.b"),
			facts: map[string]any{"dirt": []any{map[string]any{"value": "hunter2"}, "labels"}, "behind": true},
			want:  []string{"basket.b: 1 fruit [create fruit.b/a] along {-1 [labels unnamed changes] false false false}"},
		},
		{
			name:    "an API that says that there is something",
			desired: state("basket.b", "fruit.b/a"), current: state("basket.b"),
			facts: map[string]any{"dirty": true, "missing": int64(0)},
			want:  []string{"basket.b: 1 fruit [create fruit.b/a] along {0 [unnamed changes] false false false}"},
		},
		{
			name:    "an API that says nothing",
			desired: state("basket.b", "fruit.b/a"), current: state("basket.b"),
			want: []string{"basket.b: 1 fruit [create fruit.b/a] along {0 [] false true false}"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := plan.Input{
				Catalog: toyKinds(), Desired: &deployable(test.desired, nil).state, Current: &deployable(test.current, test.facts).state,
				Settings: test.settings, AllowDestroy: []resource.Address{at("basket.old")}, Deploy: true,
			}
			in.Catalog.Kind("basket").Deploy = basketDeploy
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			if !p.Deploy {
				t.Error("the plan does not deploy")
			}
			var got []string
			for _, d := range p.Deployments {
				got = append(got, showDeployment(d))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}

			// What may be others by the time of the apply is not part of the digest.
			in.Current = &deployable(test.current, map[string]any{"dirty": true, "missing": int64(77), "locked": test.facts["locked"]}).state
			if again, err := plan.Make(in); err != nil || again.Digest != p.Digest {
				t.Errorf("the digest depends on what waits (%v)", err)
			}
			// Whether it deploys is: that was reviewed.
			in.Deploy = false
			if again, err := plan.Make(in); err != nil || again.Digest == p.Digest {
				t.Errorf("the digest does not depend on --deploy (%v)", err)
			}
		})
	}
}

func showDeployment(d *plan.Deployment) string {
	line := fmt.Sprintf("%s: %s [", d.Address, d.Reason)
	for i, c := range d.Changes {
		if i > 0 {
			line += ", "
		}
		line += fmt.Sprintf("%s %s", c.Action, c.Address)
	}
	line += "]"
	if d.Itself {
		line += " itself"
	}
	if d.Rebuild {
		line += " rebuild"
	}
	return line + fmt.Sprintf(" along %v", d.Along)
}

// A saved plan remembers that it is to be deployed.
func TestSavedDeploy(t *testing.T) {
	in := plan.Input{Catalog: toyKinds(), Desired: &state("basket.b").state, Current: &state("basket.b").state, Deploy: true}
	p, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	text, err := plan.Save(in, p, func(resource.FieldID, resource.Secret) string { return "" }, json.RawMessage("{}"))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := plan.ParseSaved(text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := saved.Input(toyKinds()); err != nil || !again.Deploy {
		t.Errorf("deploy: %v, %v", again.Deploy, err)
	}
}

// A status that waits is told apart from what the API calls pending: it needs a
// deployment although the API says that nothing waits.
func TestStatusGoesAlong(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts map[string]any
		want  []string
	}{
		{"nothing else waits", map[string]any{"dirty": false, "missing": int64(0)}, []string{"label.b/x is half done"}},
		{"something else does", map[string]any{"dirty": true, "dirt": []any{"fruits"}, "missing": int64(0)}, []string{"fruits", "label.b/x is half done"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := toyKinds()
			catalog.Kind("basket").Deploy = basketDeploy
			catalog.Kind("label").Waiting = func(r *resource.Resource) string {
				if r.Key == "x" {
					return "is half done"
				}
				return ""
			}
			current := deployable(state("basket.b", "label.b/x", "label.b/y"), test.facts)
			p, err := made(catalog, state("basket.b", "label.b/x", "label.b/y"), current, plan.Input{Deploy: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Deployments) != 1 {
				t.Fatalf("%d deployments", len(p.Deployments))
			}
			if diff := cmp.Diff(plan.Along{Changes: test.want, Status: true}, p.Deployments[0].Along); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
