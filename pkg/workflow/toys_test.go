package workflow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// A new kind needs its descriptor and nothing else. The proof: two kinds that exist in
// this file alone go through everything that the program does.
//
//   - A garden is a second kind at the top. Its key may equal an application's slug. It
//     has two write-only fields, of which one is secret.
//   - A bed is in a garden. Its key is made of two fields.
//
// The API has neither, so they borrow the operations of container registries and cron
// jobs. The catalog leaves those out.

func toyCatalog() *resource.Catalog {
	garden := &resource.Kind{
		Name: "garden", Title: "garden", Plural: "gardens", Collection: "gardens", Doc: "Gardens by slug.",
		Form: resource.Mapping, Key: "slug", KeyField: "slug", KeyPattern: "^[a-z]+$", KeyHint: "use small letters",
		ParentField: "organisation", Precious: true,
		Fields: []resource.Field{
			{Name: "size", Type: resource.Int, Need: resource.ForCreate, Doc: "Its size."},
			{Name: "gardener", Type: resource.Text, WriteOnly: true, From: true, Doc: "Who works in it."},
			{Name: "code", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, Doc: "What opens the gate."},
		},
		Ops: resource.Ops{
			Create: "CreateContainerRegistry", Get: "GetContainerRegistry",
			Update: "PartialUpdateContainerRegistry", Delete: "DestroyContainerRegistry",
		},
		Reads:   []resource.ListOp{{Op: "ListContainerRegistries", Filter: "organisation", Scope: resource.ByOrganisation}},
		Compile: compileToy,
	}
	bed := &resource.Kind{
		Name: "bed", Title: "bed", Plural: "beds", Collection: "beds", Parent: "garden", Doc: "Beds by row and number.",
		Form: resource.Sequence, KeyFields: []string{"row", "number"}, ParentField: "garden",
		Fields: []resource.Field{
			{Name: "row", Type: resource.Enum, Values: []string{"NORTH", "SOUTH"}, Need: resource.Always, Changes: resource.Fixed, Doc: "Its row."},
			{Name: "number", Type: resource.Text, Need: resource.Always, Changes: resource.Fixed, Doc: "Its number in the row."},
			{Name: "plant", Type: resource.Text, Need: resource.ForCreate, Doc: "What grows in it."},
		},
		Ops: resource.Ops{
			Create: "CreateCronjob", Get: "GetCronjob", Update: "PartialUpdateCronjob", Delete: "DestroyCronjob",
		},
		Reads:   []resource.ListOp{{Op: "ListCronjobs", Filter: "garden", Scope: resource.ByParent}},
		Compile: compileToy,
	}
	known := slices.DeleteFunc(slices.Clone(kinds.Catalog().Kinds()), func(k *resource.Kind) bool {
		return k.Name == "registry" || k.Name == "cronjob"
	})
	return resource.NewCatalog(append(known, garden, bed)...)
}

// compileToy makes the call of a change: one, with the fields that it is about.
func compileToy(c *resource.Change) []resource.Call {
	body := map[string]resource.Value{}
	self := map[string]resource.Value{"uuid": resource.HandleOf{Address: c.Address}}
	switch c.Action {
	case resource.Delete:
		return []resource.Call{{Does: "delete", Op: c.Kind.Ops.Delete, Params: self}}
	case resource.Create:
		maps.Copy(body, c.After.Fields)
		if c.Kind.KeyField != "" {
			body[c.Kind.KeyField] = c.After.Key
		}
		body[c.Kind.ParentField] = resource.HandleOf{Address: c.After.Parent}
		if c.After.Parent.IsZero() {
			body[c.Kind.ParentField] = resource.HandleOf{Address: resource.TheOrganisation}
		}
		return []resource.Call{{Does: "create", Op: c.Kind.Ops.Create, Body: body, Gives: c.Address}}
	}
	for _, f := range c.Fields {
		body[f.Name] = c.After.Fields[f.Name]
	}
	return []resource.Call{{Does: "update", Op: c.Kind.Ops.Update, Params: self, Body: body}}
}

// toyAPI serves gardens and beds, and has the sandbox serve everything else. It never
// answers with what is write-only.
type toyAPI struct {
	sandbox http.RoundTripper
	rows    map[string][]map[string]any // by the part of the path that names the collection
	bodies  []string                    // of writes
	one     sync.Mutex
}

func (a *toyAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(r.URL.Path, "/apps/v3/"), "/"), "/")
	if parts[0] != "container-registries" && parts[0] != "cronjobs" {
		return a.sandbox.RoundTrip(r)
	}
	a.one.Lock()
	defer a.one.Unlock()
	var body map[string]any
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if len(text) > 0 {
			a.bodies = append(a.bodies, r.Method+" "+string(text))
			if err := json.Unmarshal(text, &body); err != nil {
				return nil, err
			}
		}
	}
	status, answer := a.answer(r, parts, body)
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)),
	}, nil
}

func (a *toyAPI) answer(r *http.Request, parts []string, body map[string]any) (int, any) {
	name := parts[0]
	if len(parts) == 1 && r.Method == http.MethodPost {
		body["uuid"] = fmt.Sprintf("toy%d", len(a.bodies))
		a.rows[name] = append(a.rows[name], body)
		return http.StatusCreated, shown(body)
	}
	if len(parts) == 1 {
		results := []map[string]any{}
		for _, row := range a.rows[name] {
			if garden := r.URL.Query().Get("garden"); garden == "" || garden == row["garden"] {
				results = append(results, shown(row))
			}
		}
		return http.StatusOK, map[string]any{"count": len(results), "next": nil, "results": results}
	}
	i := slices.IndexFunc(a.rows[name], func(row map[string]any) bool { return row["uuid"] == parts[1] })
	switch {
	case i < 0:
		return http.StatusNotFound, map[string]any{"detail": "Not found."}
	case r.Method == http.MethodDelete:
		id := a.rows[name][i]["uuid"]
		a.rows[name] = slices.Delete(a.rows[name], i, i+1)
		if name == "container-registries" {
			a.rows["cronjobs"] = slices.DeleteFunc(a.rows["cronjobs"], func(row map[string]any) bool { return row["garden"] == id })
		}
		return http.StatusNoContent, nil
	case r.Method == http.MethodPatch:
		maps.Copy(a.rows[name][i], body)
	}
	return http.StatusOK, shown(a.rows[name][i])
}

func shown(row map[string]any) map[string]any {
	row = maps.Clone(row)
	delete(row, "gardener")
	delete(row, "code")
	return row
}

// toyWorld is a world with gardens in it.
type toyWorld struct {
	*world
	api *toyAPI
	env map[string]string
	key string // of the ledger
}

func newToyWorld(t *testing.T) *toyWorld {
	w := newWorld(t)
	return &toyWorld{
		w, &toyAPI{sandbox: w.box.RoundTripper(), rows: map[string][]map[string]any{}},
		map[string]string{"GARDENER": "mister-green", "CODE": "canary-4711"}, "a key of the ledger, long enough",
	}
}

func (w *toyWorld) of(text string) *workflow.Workflow {
	return workflow.New(workflow.Options{
		Files: []string{w.write("divio.yaml", text)},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: w.api})
		},
		Sources: &spec.Sources{Env: func(name string) (string, bool) { value, ok := w.env[name]; return value, ok }},
		Catalog: toyCatalog(), LedgerKey: resource.NewSecret(w.key),
		Warn: func(text string) { w.Errorf("warning: %s", text) },
	})
}

func (w *toyWorld) plan(text string, r workflow.Request) *workflow.Planned {
	w.Helper()
	p, err := w.of(text).Plan(w.Context(), r)
	if err != nil {
		w.Fatal(err)
	}
	w.masked(p)
	return p
}

// apply makes a plan, applies it, and plans again to nothing.
func (w *toyWorld) apply(text string, r workflow.Request) *workflow.Planned {
	w.Helper()
	p := w.plan(text, r)
	if len(p.Violations) > 0 {
		w.Fatalf("violations: %v", p.Violations)
	}
	result := p.Apply(w.Context(), apply.Options{})
	if !result.Complete() {
		w.Fatalf("%+v", result.Steps)
	}
	var out bytes.Buffer
	if err := errors.Join(render.ApplyJSON(&out, result, nil), render.ApplyText(&out, result, render.Options{})); err != nil {
		w.Fatal(err)
	}
	w.conceals("the result", out.String())
	if again := w.plan(text, r); !again.Empty() {
		w.Fatalf("left:\n%s", lines(again))
	}
	return p
}

// masked checks that no form of a plan shows the secret.
func (w *toyWorld) masked(p *workflow.Planned) {
	w.Helper()
	var out bytes.Buffer
	if err := errors.Join(
		render.PlanText(&out, p.Plan, render.Options{}), render.PlanJSON(&out, p.Plan, nil), render.PlanMarkdown(&out, p.Plan, nil),
	); err != nil {
		w.Fatal(err)
	}
	saved, err := p.Save([]byte("{}"))
	if err != nil {
		w.Fatal(err)
	}
	w.conceals("the plan", out.String()+string(saved))
}

func (w *toyWorld) conceals(what, text string) {
	w.Helper()
	if strings.Contains(text, w.env["CODE"]) {
		w.Errorf("%s shows the secret:\n%s", what, text)
	}
}

// lines gives the changes as "ACTION ADDRESS FIELD…".
func lines(p *workflow.Planned) string {
	var out strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintf(&out, "%s %s", c.Action, c.Address)
		for _, f := range c.Fields {
			fmt.Fprintf(&out, " %s", f.Name)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// ledger lists the entries of the ledger as "ADDRESS FIELD".
func (w *toyWorld) ledger() []string {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "divio.ledger"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.Fatal(err)
	}
	w.conceals("the ledger", string(text))
	if strings.Contains(string(text), w.env["GARDENER"]) {
		w.Errorf("the ledger holds a value:\n%s", text)
	}
	entries := []string{}
	for line := range strings.Lines(string(text)) {
		if parts := strings.Split(line, "\t"); len(parts) > 2 {
			entries = append(entries, parts[0]+" "+parts[1])
		}
	}
	return entries
}

func (w *toyWorld) want(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: %v, want %v", what, got, want)
	}
}

const toyFile = `version: 1
applications: { shop: { environments: { live: {} } } }
settings: { ledger: divio.ledger }
gardens:
  shop:
    size: 3
    gardener: { value_from: { env: GARDENER } }
    code: { value_from: { env: CODE } }
    beds:
      - { row: north, number: "1", plant: leek }
      - { row: south, number: "1", plant: kale }
`

func replaced(text string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(text)
}

func TestToyKinds(t *testing.T) {
	w := newToyWorld(t)

	// Create, with a parent before its children and without a change of the
	// application that has the same key.
	p := w.plan(toyFile, workflow.Request{})
	w.want("plan", lines(p), "create garden.shop size gardener code\ncreate bed.shop/NORTH/1 row number plant\ncreate bed.shop/SOUTH/1 row number plant\n")
	w.want("the order", p.Steps[1].Needs, []int{0})
	w.apply(toyFile, workflow.Request{})
	w.want("gardens", len(w.api.rows["container-registries"]), 1)
	w.want("the code", w.api.rows["container-registries"][0]["code"], "canary-4711")
	w.want("beds", len(w.api.rows["cronjobs"]), 2)
	w.want("ledger", w.ledger(), []string{"garden.shop code", "garden.shop gardener"})

	// Write-only values are compared by the ledger, each by itself, and only the secret
	// one is masked.
	w.env["CODE"] = "canary-0815"
	p = w.plan(toyFile, workflow.Request{})
	w.want("another code", lines(p), "update garden.shop code\n")
	w.env["GARDENER"] = "miss-red"
	w.want("another gardener", lines(w.apply(toyFile, workflow.Request{})), "update garden.shop gardener code\n")
	w.want("the write", w.api.bodies[len(w.api.bodies)-1], `PATCH {"code":"canary-0815","gardener":"miss-red"}`)
	key := w.key
	w.key = ""
	p = w.plan(replaced(toyFile, "settings: { ledger: divio.ledger }\n", ""), workflow.Request{})
	w.want("without a ledger", fmt.Sprint(p.Empty(), len(p.Uncompared)), "true 2")
	w.key = key

	// Update, and a selection that leaves out the other bed.
	moreKale := replaced(toyFile, "plant: kale", "plant: red kale", "plant: leek", "plant: rhubarb")
	w.apply(moreKale, workflow.Request{Select: plan.Selection{Only: only(t, toyCatalog(), "bed.shop/SOUTH/*")}})
	w.want("the other bed", lines(w.plan(moreKale, workflow.Request{})), "update bed.shop/NORTH/1 plant\n")
	w.apply(moreKale, workflow.Request{})

	// Export, without what the API does not give back.
	written, err := w.of(moreKale).Export(t.Context(), "", nil, spec.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exported := string(written.Files["divio.yaml"])
	for _, part := range []string{"gardens:\n", "size: 3\n", "plant: rhubarb"} {
		if !strings.Contains(exported, part) {
			t.Errorf("the export lacks %q:\n%s", part, exported)
		}
	}
	if p := w.plan(exported, workflow.Request{}); !p.Empty() {
		t.Errorf("the export plans to:\n%s", lines(p))
	}

	// Prune, within the limits.
	noBeds := moreKale[:strings.Index(moreKale, "    beds:")] + "    beds: []\n"
	w.want("not pruned", w.plan(noBeds, workflow.Request{}).Unmanaged, "[application.blog bed.shop/NORTH/1 bed.shop/SOUTH/1 environment.shop/test]")
	two, one := 2, 1
	p = w.plan(noBeds, workflow.Request{Prune: []string{"beds"}, DeleteCount: &one})
	w.want("pruned", lines(p), "delete bed.shop/NORTH/1\ndelete bed.shop/SOUTH/1\n")
	w.want("violations", len(p.Violations) > 0, true)

	// One removed by its address, the other one pruned.
	oneRemoved := noBeds + "removed: [{ address: bed.shop/NORTH/1 }]\n"
	hundred := 100
	w.apply(oneRemoved, workflow.Request{Prune: []string{"beds"}, DeleteCount: &two, DeletePercent: &hundred})
	w.want("beds", len(w.api.rows["cronjobs"]), 0)

	// Delete what is precious: the plan names what it also deletes, nothing happens
	// without a permission, and the ledger drops its entries.
	w.apply(moreKale, workflow.Request{})
	none := "version: 1\nsettings: { ledger: divio.ledger, prune: [gardens], limits: { delete_percent: 100 } }\napplications: { shop: {} }\ngardens: {}\n"
	p = w.plan(none, workflow.Request{})
	w.want("delete", lines(p), "delete garden.shop\n")
	w.want("its reason", p.Changes[0].Reason, "not declared, and gardens are pruned; also deletes its 2 beds")
	w.want("violations", len(p.Violations), 1)
	w.apply(none, workflow.Request{AllowDestroy: []resource.Address{resource.NewAddress("garden", resource.Address{}, "shop")}})
	w.want("what is left", fmt.Sprint(len(w.api.rows["container-registries"]), len(w.api.rows["cronjobs"])), "0 0")
	w.want("ledger", w.ledger(), []string{})
	if p := w.plan("version: 1\napplications: { shop: {} }\n", workflow.Request{}); !p.Empty() {
		t.Errorf("the application was touched:\n%s", lines(p))
	}
}

// TestToyKindsValidate: files with mistakes in them are answered like those of any kind.
func TestToyKindsValidate(t *testing.T) {
	w := newToyWorld(t)
	for _, c := range []struct{ name, from, to, want string }{
		{"a key", "gardens:\n  shop:", "gardens:\n  SHOP:", "use small letters"},
		{"a field", "size: 3", "sise: 3", `did you mean "size"?`},
		{"a value of an enum", "row: north", "row: west", `"west"`},
		{"a missing part of a key", `row: north, number: "1", `, "row: north, ", "number"},
		{"twice", "row: south", "row: north", "twice"},
		{"a secret in the file", "code: { value_from: { env: CODE } }", "code: [x]", "code"},
		{"an unknown collection", "beds:", "bedds:", `did you mean "beds"?`},
		{"an address", "settings: {", "protect: [gardem.shop]\nsettings: {", `did you mean`},
	} {
		_, err := w.of(replaced(toyFile, c.from, c.to)).Load()
		var problems diag.List
		if !errors.As(err, &problems) || !strings.Contains(fmt.Sprint(err)+hints(problems), c.want) {
			t.Errorf("%s: %v %s, want %s", c.name, err, hints(problems), c.want)
		}
	}
	if _, err := w.of(toyFile).Load(); err != nil {
		t.Error(err)
	}
}

func hints(problems diag.List) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Hint)
	}
	return strings.Join(all, "\n")
}
