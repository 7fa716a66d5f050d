package apply_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

// input is what a plan is made of; whatever asks for a permission is allowed.
func (r *rig) input(selection plan.Selection) plan.Input {
	in := plan.Input{Catalog: kinds.Catalog(), Settings: r.settings, Select: selection}
	in.Desired = plan.Narrow(r.desired, in.Catalog, selection, r.settings.Prune)
	allow(&in, r.plan().Violations)
	return in
}

// make reads what the plan needs, and makes it.
func (r *rig) make(in *plan.Input) (*plan.Plan, error) {
	current, err := remote.Read(context.Background(), r.client(r.box.RoundTripper()), in.Catalog, remote.Wanted{Desired: in.Desired})
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
			taken(d, "value", resource.Source{Env: d.Text("value")})
		}
	}
	p, err := r.make(&in)
	if err != nil {
		r.t.Fatalf("plan: %v", err)
	}
	text, err := plan.Save(in, p, func(resource.FieldID, resource.Secret) string { return "" }, []byte("{}"))
	if err != nil {
		r.t.Fatalf("save: %v", err)
	}
	saved, err := plan.ParseSaved(text)
	if err != nil {
		r.t.Fatalf("open: %v\n%s", err, text)
	}
	return p, saved
}

// taken makes a field one that was looked up. The name of the variable is its value.
func taken(d *resource.Resource, name string, from resource.Source) {
	d.Fields[name] = resource.NewSecret(from.Env)
	d.Masked = map[string]bool{name: true}
	d.Sources = map[string]resource.Source{name: from}
}

// again makes a saved plan again, with its sources.
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
	return r.make(&in)
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

// A plan that is saved, opened and made again on an unchanged world is the same one:
// the same digest and the same steps. Applied, it leaves nothing to do.
func TestSavedPlanIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		first, saved := r.save()
		again, err := r.again(saved)
		if err := saved.Check(again, err); err != nil {
			t.Fatalf("%v %#v\n%s", err, err, describe(first))
		}
		if again.Digest != first.Digest {
			t.Fatalf("another digest")
		}
		if d := cmp.Diff(calls(first), calls(again)); d != "" {
			t.Fatalf("other steps: %s", d)
		}
		r.apply(context.Background(), again, r.box.RoundTripper())
		r.settled(first)
	})
}

// After a write to something that it touches, a saved plan is stale. What writes is
// the plan itself, up to any point.
func TestSavedPlanIsStaleAfterAWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		first, saved := r.save()
		if len(first.Steps) == 0 {
			t.Skip("nothing to do")
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		transport := &crasher{
			inner: r.box.RoundTripper(), cancel: cancel, after: true,
			left: rapid.IntRange(0, 15).Draw(t, "writes"),
		}
		apply.Run(ctx, remote.NewCaller(r.client(transport)), first, apply.Options{Parallelism: 1})
		var stale *plan.StaleError
		again, err := r.again(saved)
		if err := saved.Check(again, err); !errors.As(err, &stale) || len(stale.Moved) == 0 {
			t.Fatalf("not stale: %v\n%s\n%v", err, describe(first), calls(first))
		}
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
		pattern := rapid.SampledFrom([]string{c.Address.String(), string(c.Kind.Name) + ".**", "*." + c.Address.Root().Key() + "/**"}).Draw(t, "pattern")
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
