package render_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The toy world of these tests: an orchard has gardens, and a garden has trees.
var (
	orchard = &resource.Kind{
		Name: "orchard", Title: "orchard", Plural: "orchards", Collection: "orchards", Key: "slug", KeyField: "slug", Doc: "Orchards.",
		Fields: []resource.Field{
			{Name: "name", Doc: "The name."},
			{Name: "size", Doc: "The size.", Type: resource.Int, Nullable: true},
			{Name: "chores", Doc: "The chores.", Type: resource.List, Items: []resource.Field{{Name: "label"}, {Name: "command"}}},
			{Name: "tags", Doc: "The tags.", Type: resource.Tags, Items: []resource.Field{{Name: "name"}, {Name: "value"}}},
			{Name: "region", Doc: "The region.", Type: resource.Reference, Target: "region"},
		},
		Ops: resource.Ops{Update: "UpdateOrchard"}, Reads: []resource.ListOp{{Op: "ListOrchards"}}, Compile: noCalls,
	}
	garden = &resource.Kind{
		Name: "garden", Title: "garden", Plural: "gardens", Collection: "gardens", Parent: "orchard", Key: "slug", KeyField: "slug", Doc: "Gardens.",
		Fields: []resource.Field{{Name: "soil", Doc: "The soil."}, {Name: "shed", Doc: "The shed.", Type: resource.FreeObject}},
		Ops:    resource.Ops{Update: "UpdateGarden"}, Reads: []resource.ListOp{{Op: "ListGardens"}}, Compile: noCalls,
	}
	tree = &resource.Kind{
		Name: "tree", Title: "tree", Plural: "trees", Collection: "trees", Parent: "garden", Key: "name", KeyField: "name", Doc: "Trees.",
		Fields: []resource.Field{
			{Name: "fruit", Doc: "The fruit.", Display: resource.MaskedIf, If: "secret", From: true},
			{Name: "secret", Doc: "The fruit is not shown.", Type: resource.Bool},
			{Name: "recipe", Doc: "The recipe.", Display: resource.Masked, WriteOnly: true, From: true},
		},
		Ops: resource.Ops{Update: "UpdateTree"}, Reads: []resource.ListOp{{Op: "ListTrees"}}, Compile: noCalls,
	}
	catalog = resource.NewCatalog(orchard, garden, tree)
)

func noCalls(*resource.Change) []resource.Call { return nil }

// at gives the address of something in the toy world.
func at(text string) resource.Address {
	address, err := catalog.Parse(text)
	if err != nil {
		panic(err)
	}
	return address
}

// field names a field of something in the toy world.
func field(address, name string) resource.FieldID {
	return resource.FieldID{Address: at(address), Name: name}
}

// canary is a text that no output may hold.
const canary = "canary-Qx7"

func of(kind *resource.Kind, path string, fields map[string]resource.Value) *resource.Resource {
	address := at(kind.Name + "." + path)
	return &resource.Resource{Kind: kind, Address: address, Key: address.Key(), Parent: address.Parent(), Fields: fields}
}

func line(number int) diag.Position {
	return diag.Position{File: "orchard.yaml", Line: number, Column: 5}
}

type values = map[string]resource.Value

func item(name, value string, first, second string) any {
	return map[string]any{name: first, value: second}
}

// counted fills in the summary of a plan.
func counted(p *plan.Plan) *plan.Plan {
	for _, c := range p.Changes {
		switch {
		case c.Blocked != "":
			p.Summary.Blocked++
		case c.Waiting:
			p.Summary.Waiting++
		default:
			*p.Summary.Count(c.Action)++
		}
	}
	p.Summary.Unmanaged, p.Summary.Uncompared = len(p.Unmanaged), len(p.Uncompared)
	return p
}

// everything is a plan that has a bit of everything.
func everything() *plan.Plan {
	hill := of(orchard, "hill", nil)
	p := &plan.Plan{
		Endpoint: "https://orchard.example", Digest: "sha256:1234",
		Organisation: resource.Ref{Name: "acme", Handle: "org-1"},
	}
	add := func(c *resource.Change) *resource.Change {
		r := c.After
		if r == nil {
			r = c.Before
		}
		if c.Address.IsZero() {
			c.Address = r.Address
		}
		c.Kind = r.Kind
		p.Changes = append(p.Changes, c)
		return c
	}
	long := strings.Repeat("a very long name ", 6)
	add(&resource.Change{
		Action: resource.Update, Before: hill, After: of(orchard, "hill", nil), At: line(4),
		Fields: []resource.FieldChange{
			{Name: "name", Before: "Hill", HasBefore: true, After: "Apple Hill <east>"},
			{Name: "size", Before: int64(80), HasBefore: true, After: nil},
			{Name: "chores", HasBefore: true,
				Before: []any{item("label", "command", "mow", "mow --all"), item("label", "command", "rake", "rake"), item("label", "command", "a", "a"), item("label", "command", "b", "b"), item("label", "command", "c", "c"), item("label", "command", "d", "d")},
				After:  []any{item("label", "command", "mow", "mow --some"), item("label", "command", "rake", "rake"), item("label", "command", "a", "a"), item("label", "command", "b", "b"), item("label", "command", "c", "c"), item("label", "command", "d", "d")}},
			{Name: "tags", HasBefore: true,
				Before: []any{item("name", "value", "owner", "ann"), item("name", "value", "zone", "north")},
				After:  []any{item("name", "value", "team", "web"), item("name", "value", "zone", "north")}},
			{Name: "region", Before: resource.Ref{Name: "north", Handle: "r1"}, HasBefore: true, After: resource.Ref{Handle: "r2"}},
		},
	})
	add(&resource.Change{
		Action: resource.Create, After: of(orchard, "valley", nil), At: line(20),
		Fields: []resource.FieldChange{
			{Name: "name", After: long},
			{Name: "tags", After: []any{item("name", "value", "team", "web")}},
			{Name: "chores", After: []any{}},
		},
	})
	add(&resource.Change{
		Action: resource.Create, After: of(garden, "valley/live", nil), At: line(22), Implied: true, Reason: "comes with orchard.valley",
		DependsOn: []resource.Address{at("orchard.valley")},
		Fields:    []resource.FieldChange{{Name: "soil", After: "clay\nwith a stone \nand sand"}},
	})
	add(&resource.Change{
		Action: resource.Update, Before: of(garden, "hill/live", nil), After: of(garden, "hill/live", nil), At: line(6),
		Fields: []resource.FieldChange{
			{Name: "soil", Before: "one\ntwo\nthree\nfour\nfive\nsix\nseven\n", HasBefore: true, After: "one\ntwo\nthree\n4\nfive\nsix\nseven\n"},
			{Name: "shed", Before: map[string]any{"door": "green"}, HasBefore: true, After: map[string]any{"door": "green", "tools": []any{strings.Repeat("spade & ", 12)}}},
		},
	})
	add(&resource.Change{
		Action: resource.Create, After: of(tree, "hill/live/apple", values{"secret": true}), At: line(9),
		Fields: []resource.FieldChange{{Name: "fruit", After: canary}, {Name: "secret", After: true}},
	})
	add(&resource.Change{
		Action: resource.Update, Before: of(tree, "hill/live/pear", nil), After: of(tree, "hill/live/pear", nil), At: line(10),
		Fields: []resource.FieldChange{
			{Name: "fruit", Before: canary, HasBefore: true, After: resource.NewSecret(canary)},
			{Name: "recipe", After: canary},
		},
	})
	masked := of(tree, "hill/live/plum", nil)
	masked.Masked = map[string]bool{"fruit": true}
	add(&resource.Change{
		Action: resource.Replace, Before: of(tree, "hill/live/plum", nil), After: masked, At: line(11), Reason: "the API cannot change this in place",
		Needs: "--allow-destroy tree.hill/live/plum",
		Fields: []resource.FieldChange{
			{Name: "fruit", Before: canary, HasBefore: true, After: "plums " + canary},
			{Name: "secret", Before: false, HasBefore: true, After: true},
		},
	})
	add(&resource.Change{
		Action: resource.Update, Before: of(tree, "hill/live/fig", nil), After: of(tree, "hill/live/fig", nil), At: line(12),
		Fields: []resource.FieldChange{
			{Name: "fruit", After: "figs"},
			{Name: "recipe", Before: canary, HasBefore: true, After: canary + "!", Masked: true},
		},
	})
	add(&resource.Change{
		Action: resource.Move, Before: of(tree, "hill/live/fig", nil), After: of(tree, "hill/live/fig", nil), At: line(12),
		Position: &resource.Place{After: at("tree.hill/live/apple")},
	})
	add(&resource.Change{
		Action: resource.Move, After: of(tree, "hill/live/date", nil), At: line(13),
		Position: &resource.Place{Before: at("tree.hill/live/apple")}, DependsOn: []resource.Address{at("tree.hill/live/apple"), at("tree.hill/live/fig")},
	})
	add(&resource.Change{
		Action: resource.Transfer, Before: of(tree, "hill/test/quince", nil), After: of(tree, "hill/live/quince", nil), At: line(14),
		Reason: "it sits in garden.hill/test",
	})
	add(&resource.Change{
		Action: resource.Delete, Before: of(tree, "hill/live/weed/of\x1b[31m the \u202eyear\nPlan: 0 to create", nil),
		Reason: "not declared, and trees are pruned",
	})
	add(&resource.Change{
		Action: resource.Update, Before: hill, After: hill, At: line(15), Blocked: "region cannot be changed after the orchard was created",
		Fields: []resource.FieldChange{{Name: "region", Before: resource.Ref{Name: "north"}, HasBefore: true, After: resource.Ref{Name: "south"}}},
	})
	p.Unmanaged = []resource.Address{at("garden.hill/test"), at("orchard.swamp")}
	for _, name := range strings.Split("abcdefghijk", "") {
		p.Unmanaged = append(p.Unmanaged, at("tree.hill/live/"+name))
	}
	p.Uncompared = []plan.Field{{FieldID: field("tree.hill/live/kiwi", "recipe"), Masked: true}, {FieldID: field("tree.hill/live/lime", "value"), Masked: true}}
	p.Violations = []plan.Violation{
		{Address: at("tree.hill/live/plum"), Message: "replace of tree.hill/live/plum cannot be undone", Flag: "--allow-destroy tree.hill/live/plum"},
		{Message: "21 trees would be deleted, over the limit of 20", Flag: "--delete-count 21"},
	}
	p.Warnings = []plan.Note{{Address: at("orchard.hill"), Text: "the orchard is suspended"}, {Text: "the list of trees is long"}}
	p.Notes = []plan.Note{{Address: at("garden.valley/test"), Text: "comes with orchard.valley and is not declared"}}
	return counted(p)
}

// drifted is a plan some of which the earlier version of the files asked for too.
func drifted() *plan.Plan {
	p := everything()
	p.Digest = "sha256:5678"
	for i, c := range p.Changes {
		switch c.Address {
		case at("garden.hill/live"), at("tree.hill/live/fig"):
			c.Drift = true
		case at("orchard.hill"):
			c.Fields[0].Drift = true
			c.Drift = i > 0 // the blocked one
		}
		c.Drift = c.Drift || c.Action == resource.Delete
	}
	return p
}

// ended is a result with all ends.
func ended() *apply.Result {
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	p := everything()
	p.Changes = p.Changes[3:]
	step := func(change int, does string) *plan.Step {
		return &plan.Step{Change: p.Changes[change], Call: resource.Call{Does: does, Op: does}}
	}
	r := &apply.Result{
		StartedAt: noon, Duration: 4200 * time.Millisecond, Requests: 12, Wrote: true,
		Summary: apply.Summary{Done: 2, Failed: 1, Skipped: 1, Unknown: 1, Blocked: 1},
		Steps: []apply.StepResult{
			{Step: step(0, "update"), Status: apply.Done, StartedAt: noon, Duration: 300 * time.Millisecond},
			{Step: step(1, "create"), Status: apply.Failed, StartedAt: noon, Duration: time.Second,
				Error: errors.New("create tree.hill/live/apple: POST /trees/: 400: name: \x1b[2Jtaken\nPlan: 0 to create")},
			{Step: step(2, "update"), Status: apply.Unknown, StartedAt: noon, Duration: time.Minute,
				Error: errors.New("update tree.hill/live/pear: it is unknown whether this was done: EOF")},
			{Step: step(6, "move"), Status: apply.Skipped, Because: "create tree.hill/live/apple failed"},
			{Step: step(8, "delete"), Status: apply.Done, StartedAt: noon.Add(time.Second), Duration: time.Millisecond},
		},
	}
	for i, c := range p.Changes {
		status := []apply.Status{apply.Done, apply.Failed, apply.Unknown, apply.Done, apply.Done, apply.Done, apply.Skipped, apply.Done, apply.Done, apply.Blocked}[i]
		r.Changes = append(r.Changes, apply.ChangeResult{Change: c, Status: status})
	}
	return r
}

var update = os.Getenv("DIVIOCTL_UPDATE") == "1"

// golden compares with a file under testdata; DIVIOCTL_UPDATE=1 rewrites it.
func golden(t *testing.T, name string, print func(*bytes.Buffer) error) {
	t.Helper()
	var out bytes.Buffer
	if err := print(&out); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Error(d)
	}
	if strings.Contains(out.String(), canary) {
		t.Error("the canary is out")
	}
	if strings.HasSuffix(name, ".json") {
		valid(t, schemaOf(name), out.Bytes())
	}
}
