package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// harbour is a catalog of boats that are deployed and the crates in them. The calls of
// a crate's change are the words of its field calls; those behind "|" come after a
// deployment. Its field after names another crate whose change comes first.
func harbour() *resource.Catalog {
	ops := resource.Ops{Create: "Create", Update: "Update", Delete: "Delete"}
	reads := []resource.ListOp{{Op: "List", Scope: resource.Everything}}
	fleet := &resource.Kind{
		Name: "fleet", Title: "fleet", Plural: "fleets", Collection: "fleets", Key: "name", KeyField: "name", Doc: "Fleets.",
		Fields: []resource.Field{{Name: "flag", Type: resource.Text, Doc: "Its flag."}},
		Ops:    ops, Reads: reads,
		Compile: func(c *resource.Change) []resource.Call { return []resource.Call{{Does: "flag", Op: "Update"}} },
	}
	boat := &resource.Kind{
		Name: "boat", Title: "boat", Plural: "boats", Collection: "boats", Parent: "fleet", Key: "name", KeyField: "name", Doc: "Boats.",
		Ops: ops, Reads: reads,
		Facts: []string{"dirty", "dirt", "behind", "missing", "last"},
		Deploy: &resource.Deploy{
			HasChanges: "dirty", Changes: "dirt", HasCommits: "behind", Commits: "missing", Last: "last",
		},
		Compile: func(*resource.Change) []resource.Call { return nil },
	}
	crate := &resource.Kind{
		Name: "crate", Title: "crate", Plural: "crates", Collection: "crates", Parent: "boat", Key: "name", KeyField: "name", Doc: "Crates.",
		Fields: []resource.Field{
			{Name: "calls", Type: resource.Text, Doc: "What its change calls."},
			{Name: "after", Type: resource.Text, Doc: "Which crate comes first."},
		},
		Ops: ops, Reads: reads,
		Waiting: func(r *resource.Resource) string {
			if r.Fact("hanging") {
				return "is hanging"
			}
			return ""
		},
		Review: func(s resource.Siblings) []resource.Verdict {
			var verdicts []resource.Verdict
			for _, p := range s.Pairs {
				if p.Change != nil && p.Desired != nil && p.Desired.Text("after") != "" {
					first := resource.NewAddress("crate", p.Desired.Parent, p.Desired.Text("after"))
					verdicts = append(verdicts, resource.Verdict{Change: p.Change, After: []resource.Address{first}})
				}
			}
			return verdicts
		},
		Compile: func(c *resource.Change) []resource.Call {
			var calls []resource.Call
			after := false
			for _, word := range strings.Fields(c.After.Text("calls")) {
				if word == "|" {
					after = true
					continue
				}
				calls = append(calls, resource.Call{Does: word, Op: "Op", AfterDeployment: after})
			}
			return calls
		},
	}
	return resource.NewCatalog(fleet, boat, crate)
}

func harbourPatterns(texts ...string) []resource.Pattern { return patternsOf(harbour(), texts) }

// shipped makes the input of a plan in the harbour: a line is an address with fields;
// facts are given to every current boat.
func shipped(desired, current []string, facts map[string]any) plan.Input {
	catalog := harbour()
	state := func(lines []string) *resource.State {
		s := &resource.State{Collections: map[resource.CollectionID]resource.Collection{{Kind: "fleet"}: {Complete: true}}}
		for i, line := range lines {
			address, fields, _ := strings.Cut(line, " ")
			a, err := catalog.Parse(address)
			if err != nil {
				panic(err)
			}
			r := &resource.Resource{
				Kind: catalog.Kind(a.Kind()), Address: a, Key: a.Key(), Parent: a.Parent(), Handle: fmt.Sprintf("h%d", i),
				Fields: map[string]resource.Value{}, Facts: map[string]any{},
			}
			for _, field := range strings.Split(fields, ";") {
				if name, value, ok := strings.Cut(field, "="); ok {
					r.Fields[name] = value
				} else if field != "" {
					r.Facts[field] = true
				}
			}
			if r.Kind.Deploy != nil {
				for name, value := range facts {
					r.Facts[name] = value
				}
			}
			s.Resources = append(s.Resources, r)
			for _, child := range catalog.Children(r.Kind.Name) {
				s.Collections[resource.CollectionID{Parent: a, Kind: child.Name}] = resource.Collection{Complete: true}
			}
		}
		return s
	}
	return plan.Input{Catalog: catalog, Desired: state(desired), Current: state(current), Deploy: true}
}

// stepsOf gives a line for each step: what it does, ← what it needs.
func stepsOf(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		line := s.String()
		for _, id := range s.Needs {
			line += " ← " + p.Steps[id].String()
		}
		if s.Waits != "" {
			line += " WAITS"
		}
		out = append(out, line)
	}
	return out
}

// As few deployments as the calls allow, each behind what it brings into effect and
// before what needs it.
func TestDeploySteps(t *testing.T) {
	base := []string{"fleet.f flag=old", "boat.f/b", "boat.f/c"}
	for _, test := range []struct {
		name    string
		desired []string
		deploy  bool
		want    []string
		waiting int
	}{
		{
			name:    "one deployment behind all calls of an environment, and of what is above it",
			desired: []string{"fleet.f flag=new", "boat.f/b", "crate.f/b/x calls=load", "crate.f/b/y calls=load", "boat.f/c"}, deploy: true,
			want: []string{
				"flag fleet.f", "load crate.f/b/x", "load crate.f/b/y",
				"deploy boat.f/b ← flag fleet.f ← load crate.f/b/x ← load crate.f/b/y",
			},
		},
		{
			name:    "two replacements share one",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=make drop | burn", "crate.f/b/y calls=make drop | burn", "boat.f/c"}, deploy: true,
			want: []string{
				"make crate.f/b/x", "drop crate.f/b/x ← make crate.f/b/x",
				"make crate.f/b/y", "drop crate.f/b/y ← make crate.f/b/y",
				"deploy boat.f/b ← make crate.f/b/x ← drop crate.f/b/x ← make crate.f/b/y ← drop crate.f/b/y",
				"burn crate.f/b/x ← drop crate.f/b/x ← deploy boat.f/b", "burn crate.f/b/y ← drop crate.f/b/y ← deploy boat.f/b",
			},
		},
		{
			name:    "several calls after it need no other one",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=make | look burn", "boat.f/c"}, deploy: true,
			want: []string{
				"make crate.f/b/x", "deploy boat.f/b ← make crate.f/b/x",
				"look crate.f/b/x ← make crate.f/b/x ← deploy boat.f/b", "burn crate.f/b/x ← deploy boat.f/b ← look crate.f/b/x",
			},
		},
		{
			name:    "what only waited for one",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=| burn", "boat.f/c"}, deploy: true,
			want: []string{"deploy boat.f/b", "burn crate.f/b/x ← deploy boat.f/b"},
		},
		{
			name:    "what comes after a call that comes after one is deployed again",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=drop | burn", "crate.f/b/y calls=load;after=x", "boat.f/c"}, deploy: true,
			want: []string{
				"drop crate.f/b/x", "deploy boat.f/b ← drop crate.f/b/x",
				"burn crate.f/b/x ← drop crate.f/b/x ← deploy boat.f/b",
				"load crate.f/b/y ← burn crate.f/b/x",
				"deploy boat.f/b ← deploy boat.f/b ← burn crate.f/b/x ← load crate.f/b/y",
			},
		},
		{
			name:    "environments do not wait for each other",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=load", "boat.f/c", "crate.f/c/x calls=load | look"}, deploy: true,
			want: []string{
				"load crate.f/b/x", "load crate.f/c/x", "deploy boat.f/b ← load crate.f/b/x", "deploy boat.f/c ← load crate.f/c/x",
				"look crate.f/c/x ← load crate.f/c/x ← deploy boat.f/c",
			},
		},
		{
			name:    "not asked for: what comes after it waits, and what needs that",
			desired: []string{"fleet.f flag=old", "boat.f/b", "crate.f/b/x calls=drop | burn", "crate.f/b/y calls=load;after=x", "crate.f/b/z calls=| burn", "boat.f/c"},
			want: []string{
				"drop crate.f/b/x", "burn crate.f/b/x ← drop crate.f/b/x WAITS", "load crate.f/b/y ← burn crate.f/b/x", "burn crate.f/b/z WAITS",
			},
			waiting: 2, // y and z; something is done about x
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := shipped(test.desired, base, nil)
			in.Deploy = test.deploy
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, stepsOf(p)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if p.Summary.Waiting != test.waiting || p.Summary.Changes() != len(p.Changes) {
				t.Errorf("summary %+v of %d changes", p.Summary, len(p.Changes))
			}
			for i, s := range p.Steps {
				for _, id := range append(s.Needs, s.After...) {
					if id >= i {
						t.Errorf("%s waits for a later step", s.String())
					}
				}
			}
		})
	}
}

// Which environments wait, which of them are deployed, and why the others are not.
func TestWaitingForDeployment(t *testing.T) {
	dirty := map[string]any{"dirty": true, "dirt": []any{"a click"}, "missing": int64(0), "behind": false, "last": "d1"}
	never := map[string]any{"dirty": true, "dirt": []any{}, "missing": int64(0), "behind": false, "last": nil}
	for _, test := range []struct {
		name     string
		facts    map[string]any
		crate    string
		settings resource.Settings
		selected []string
		noDeploy bool
		want     []string
		empty    bool
		note     bool
	}{
		{name: "a click left changes waiting", facts: dirty, want: []string{"boat.f/b [a click]"}},
		{name: "not asked for", facts: dirty, noDeploy: true, empty: true, want: []string{"boat.f/b [a click] waits: --deploy was not passed"}},
		{name: "nothing waits", facts: map[string]any{"dirty": false, "dirt": []any{}}, empty: true},
		{name: "the status of something in it says so", facts: map[string]any{"dirty": false}, crate: "hanging", want: []string{"boat.f/b [crate.f/b/x is hanging]"}},
		{name: "the API does not say", empty: true, note: true},
		{name: "never deployed, and no commits", facts: never, empty: true, want: []string{"boat.f/b [unnamed changes] waits: it was never deployed and has no commits"}},
		{
			name: "never deployed, but named", facts: never, settings: resource.Settings{Deploy: harbourPatterns("boat.f/*")},
			want: []string{"boat.f/b [unnamed changes] named"},
		},
		{
			name: "settings.deploy names another one", facts: dirty, settings: resource.Settings{Deploy: harbourPatterns("boat.f/other")}, empty: true,
			want: []string{"boat.f/b [a click] waits: settings.deploy does not match it"},
		},
		{name: "another one is selected", facts: dirty, selected: []string{"fleet.f"}, empty: true},
		{name: "it is selected", facts: dirty, selected: []string{"boat.f/b"}, want: []string{"boat.f/b [a click]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			crate := "crate.f/b/x " + test.crate
			in := shipped([]string{"fleet.f", "boat.f/b", "crate.f/b/x"}, []string{"fleet.f", "boat.f/b", crate}, test.facts)
			in.Deploy, in.Settings, in.Select.Only = !test.noDeploy, test.settings, harbourPatterns(test.selected...)
			p, err := plan.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range p.Deployments {
				line := fmt.Sprintf("%s %v", d.Address, d.Along.Changes)
				if d.Named {
					line += " named"
				}
				if d.Waits != "" {
					line += " waits: " + d.Waits
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if p.Empty() != test.empty || len(p.Notes) > 0 != test.note {
				t.Errorf("empty %v, notes %v", p.Empty(), p.Notes)
			}
			if made := len(p.Steps) > 0; made == test.empty {
				t.Errorf("steps %v", stepsOf(p))
			}
		})
	}
}
