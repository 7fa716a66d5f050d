package apply_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

// input is what a plan is made of; whatever asks for a permission is allowed.
func (r *rig) input(selection plan.Selection) plan.Input {
	in := plan.Input{Catalog: kinds.Catalog(), Settings: r.settings, Select: selection, Deploy: r.deploys}
	in.Desired = plan.Narrow(r.desired, in.Catalog, selection, r.settings.Prune)
	allow(&in, r.plan().Violations)
	return in
}

// make reads what the plan needs, and makes it.
func (r *rig) make(in *plan.Input) (*plan.Plan, error) {
	current, err := remote.Read(context.Background(), r.client(r.box.RoundTripper()), in.Catalog, remote.Wanted{
		Desired: in.Desired, Prune: slices.Concat(in.Settings.Prune, in.Prune), Removed: in.Settings.Removed, Pending: in.Deploy,
	})
	if err != nil {
		r.t.Fatalf("read: %v", err)
	}
	in.Current = current
	return plan.Make(*in)
}

// save makes a plan, saves it and opens what was saved.
func (r *rig) save() (*plan.Plan, *plan.Saved) {
	in := r.input(plan.Selection{})
	if _, err := r.make(&in); err != nil {
		r.t.Fatalf("plan: %v", err)
	}
	// Where a value comes from is all that is saved of what is masked on either side.
	masked := map[resource.Address]bool{}
	for _, side := range [][]*resource.Resource{in.Current.Resources, in.Desired.Resources} {
		for _, it := range side {
			masked[it.Address] = masked[it.Address] || it.IsMasked("value")
		}
	}
	for _, d := range in.Desired.Resources {
		if masked[d.Address] && d.Has("value") {
			taken(d, "value", resource.Source{Env: "VALUE_" + d.Text("value")})
		}
	}
	p, err := r.make(&in)
	if err != nil {
		r.t.Fatalf("plan: %v", err)
	}
	var rendered bytes.Buffer
	if err := render.PlanJSON(&rendered, p, nil); err != nil {
		r.t.Fatalf("render: %v", err)
	}
	text, err := plan.Save(in, p, func(resource.FieldID, resource.Secret) string { return "" }, rendered.Bytes())
	if err != nil {
		r.t.Fatalf("save: %v", err)
	}
	saved, err := plan.ParseSaved(text)
	if err != nil {
		r.t.Fatalf("open: %v\n%s", err, text)
	}
	return p, saved
}

// taken makes a field one that was looked up. The name of the variable ends in its value.
func taken(d *resource.Resource, name string, from resource.Source) {
	d.Fields[name] = resource.NewSecret(strings.TrimPrefix(from.Env, "VALUE_"))
	d.Masked = map[string]bool{name: true}
	d.Sources = map[string]resource.Source{name: from}
}

// again makes a saved plan again, with its sources, and checks it.
func (r *rig) again(saved *plan.Saved) (*plan.Plan, error) {
	in, err := saved.Input(kinds.Catalog())
	if err != nil {
		r.t.Fatalf("input: %v", err)
	}
	in.Desired = plan.Narrow(in.Desired, in.Catalog, in.Select, in.Prune)
	for _, d := range in.Desired.Resources {
		for name, value := range d.Fields {
			if source, ok := value.(resource.Source); ok {
				taken(d, name, source)
			}
		}
	}
	again, err := r.make(&in)
	return again, saved.Check(again, in.Current, err)
}

// calls shows the steps of a plan.
func calls(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		params, _ := json.Marshal(s.Call.Params)
		body, _ := json.Marshal(s.Call.Body)
		out = append(out, strings.Join([]string{s.Change.Address.String(), s.Call.Op, string(params), string(body)}, " "))
	}
	return out
}

// A plan that is saved, opened and made again on an unchanged world has the same steps.
// Applied, it leaves nothing to do.
func TestSavedPlanIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		first, saved := r.save()
		again, err := r.again(saved)
		if err != nil {
			t.Fatalf("%v %#v\n%s", err, err, describe(first))
		}
		if d := cmp.Diff(calls(first), calls(again)); d != "" {
			t.Fatalf("other steps: %s", d)
		}
		r.apply(context.Background(), again, r.box.RoundTripper())
		r.settled(first)
	})
}

// A saved plan is shown as it was shown when it was made.
func TestSavedPlanIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, saved := draw(t).save()
		shown, err := render.SavedPlan(kinds.Catalog(), saved)
		if err != nil {
			t.Fatal(err)
		}
		for name, print := range map[string]func(io.Writer, *plan.Plan) error{
			"text":     func(w io.Writer, p *plan.Plan) error { return render.PlanText(w, p, render.Options{Width: 80}) },
			"markdown": func(w io.Writer, p *plan.Plan) error { return render.PlanMarkdown(w, p, nil) },
		} {
			var was, is bytes.Buffer
			if err := errors.Join(print(&was, first), print(&is, shown)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(was.String(), is.String()); d != "" {
				t.Fatalf("%s: %s", name, d)
			}
		}
	})
}

// A saved plan that was applied up to any point can be applied again, and leaves nothing
// to do. Applied a third time, it makes nothing.
func TestSavedPlanIsFinished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		first, saved := r.save()
		if len(first.Steps) == 0 {
			t.Skip("nothing to do")
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		transport := &crasher{
			inner: r.box.RoundTripper(), cancel: cancel, after: rapid.Bool().Draw(t, "carried out"),
			left: rapid.IntRange(0, 15).Draw(t, "writes"),
		}
		apply.Run(ctx, remote.NewCaller(r.client(transport)), first, apply.Options{Parallelism: 1})
		for _, time := range []string{"second", "third"} {
			again, err := r.again(saved)
			if err != nil {
				t.Fatalf("%s time: %v %#v\n%s\n%v", time, err, err, describe(first), calls(first))
			}
			if time == "third" && len(again.Steps) > 0 {
				t.Fatalf("steps are left:\n%s\nof\n%s", describe(again), describe(first))
			}
			r.apply(context.Background(), again, r.box.RoundTripper())
		}
		r.settled(first)
	})
}

// An earlier version of the files marks changes and decides nothing: the plan is the
// same one, and what both versions ask for alike is drift.
func TestBaseDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		in := r.input(plan.Selection{})
		first, err := r.make(&in)
		if err != nil {
			t.Fatalf("plan: %v", err)
		}
		base := in
		base.Base = &plan.Version{Desired: r.desired, Settings: r.settings}
		same := rapid.Bool().Draw(t, "same version")
		if !same {
			base.Base = &plan.Version{Desired: drawDesired(t), Settings: drawSettings(t)}
		}
		second, err := r.make(&base)
		if err != nil {
			t.Fatalf("plan with a base: %v", err)
		}
		if second.Digest != first.Digest {
			t.Fatalf("another digest:\n%s\n\n%s", describe(first), describe(second))
		}
		if d := cmp.Diff(calls(first), calls(second)); d != "" {
			t.Fatalf("other steps: %s", d)
		}
		for _, c := range second.Changes {
			if same && !c.Drift {
				t.Fatalf("%s of %s is no drift, and the files did not change", c.Action, c.Address)
			}
		}
	})
}

// Applying a selection and then the rest ends as applying all: nothing is left to do,
// and there is the same.
func TestSelectionThenTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, desired, settings := drawRemote(t), drawDesired(t), drawSettings(t)
		whole, parts := newRig(t, seed, desired, settings), newRig(t, seed, desired, settings)
		first := whole.plan()
		if len(first.Changes) == 0 {
			t.Skip("nothing to do")
		}
		c := rapid.SampledFrom(first.Changes).Draw(t, "change")
		some := plan.Selection{WithDependencies: true}
		pattern := rapid.SampledFrom([]string{
			c.Address.String(), c.Kind.Name + ".**", "*." + c.Address.Root().Key() + "/**",
			c.Address.Path(), c.Address.Root().Key(), "*/live", "**/" + c.Address.Key(),
		}).Draw(t, "pattern")
		if rapid.Bool().Draw(t, "exclude") {
			some.Exclude = []resource.Pattern{parsePattern(t, pattern)}
		} else {
			some.Only = []resource.Pattern{parsePattern(t, pattern)}
		}
		in := parts.input(some)
		var selection *plan.SelectionError
		part, err := parts.make(&in)
		if errors.As(err, &selection) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("plan of %v: %v", some, err)
		}
		for _, c := range part.Changes {
			if !slices.ContainsFunc(first.Changes, func(all *resource.Change) bool { return all.Address == c.Address && all.Action == c.Action }) {
				t.Fatalf("%s of %s is in the plan of %v alone:\n%s", c.Action, c.Address, some, describe(first))
			}
		}
		done(t, parts.apply(context.Background(), part, parts.box.RoundTripper()), part)
		parts.apply(context.Background(), parts.plan(), parts.box.RoundTripper())
		parts.settled(first)
		whole.apply(context.Background(), first, whole.box.RoundTripper())
		if d := cmp.Diff(whole.contents(), parts.contents()); d != "" {
			t.Fatalf("after %v: %s\n%s", some, d, describe(first))
		}
	})
}

func done(t *rapid.T, result *apply.Result, p *plan.Plan) {
	for _, s := range result.Steps {
		if s.Status != apply.Done {
			t.Fatalf("%s: %s %v %s\n%s", s.Step, s.Status, s.Error, s.Because, describe(p))
		}
	}
}

// contents is what is in the sandbox, without the order of what has none, and without
// the primary domain where none is declared: it is the first that came.
func (r *rig) contents() []string {
	var dump strings.Builder
	if err := r.box.Dump(&dump); err != nil {
		r.t.Fatalf("dump: %v", err)
	}
	lines := strings.Split(strings.ReplaceAll(dump.String(), " primary", ""), "\n")
	slices.Sort(lines)
	return lines
}
