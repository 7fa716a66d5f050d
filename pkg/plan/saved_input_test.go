package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// inputs lets go-cmp compare inputs: kinds by name, secrets by what they hold.
var inputs = cmp.Options{
	cmp.Comparer(func(a, b *resource.Kind) bool { return a.Name == b.Name }),
	cmp.Comparer(func(a, b *resource.Catalog) bool { return (a == nil) == (b == nil) }),
	cmp.Transformer("Reveal", resource.Secret.Reveal),
}

// everything is an input in which every setting says something.
func everything() plan.Input {
	desired := stand(
		"cart.a colour=red stall=s", "fruit.a/pear colour=red", "jar.a/jam/RED lid=cork", "stall.s place=x", "till.t user=ann code=(1234)",
	)
	desired.Organisation = resource.Ref{Name: "acme"}
	pear := desired.Resources[1]
	pear.FieldAt = map[string]diag.Position{"colour": {File: "f.yaml", Line: 2, Column: 9}}
	till := desired.Resources[4]
	till.Sources = map[string]resource.Source{"code": {Exec: []string{"pass", "till"}, Dir: "secrets"}}
	till.Fields["user"] = resource.Source{File: "user.txt", Dir: "secrets"}
	current := stand("cart.a colour=blue @a1", "cart.old @old1", "fruit.a/plum colour=red @p1", "jar.a/jam/BLUE lid=cork @j1", "till.t @t1")
	current.Organisation = resource.Ref{Name: "acme", Handle: "o1"}
	return plan.Input{
		Catalog: market(), Desired: desired, Current: current, Endpoint: "https://api.example.com", Deploy: true, Prune: []string{"fruits"},
		Settings: resource.Settings{
			Prune: []string{"chores"}, Protect: []resource.Protect{{Pattern: marketPatterns("till.*")[0], At: diag.Position{File: "f.yaml", Line: 80}}},
			Moved:         []resource.Moved{{From: marketAt("jar.a/jam/BLUE"), To: marketAt("jar.a/jam/RED"), At: diag.Position{File: "f.yaml", Line: 81}}},
			Removed:       removed("cart.old @old1", "fruit.a/plum"),
			DeletePercent: new(50), DeleteCount: new(5), Deploy: marketPatterns("cart.*"), Ledger: "ledger.json",
		},
		AllowDestroy: []resource.Address{marketAt("cart.a")}, AllowCreate: []resource.Address{marketAt("stall.s")},
		WriteSensitive: marketPatterns("till.**"),
	}
}

// saveAs makes a plan and saves it, with the length of a value as its keyed hash.
func saveAs(t *testing.T, in plan.Input) (*plan.Plan, []byte) {
	t.Helper()
	p, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(id resource.FieldID, s resource.Secret) string {
		return id.String() + strings.Repeat("*", len(s.Reveal()))
	}
	text, err := plan.Save(in, p, seal, []byte(`{"of": "readers"}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p, text
}

func open(t *testing.T, text []byte) *plan.Saved {
	t.Helper()
	saved, err := plan.ParseSaved(text)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// What is made of a saved plan is what it was made of, as far as that matters: sources
// instead of secrets, names instead of ids, and exactly what it changes.
func TestSavedInput(t *testing.T) {
	in := everything()
	_, text := saveAs(t, in)
	got, err := open(t, text).Input(market())
	if err != nil {
		t.Fatal(err)
	}
	want := everything()
	want.Current = nil
	want.Desired.Organisation = resource.Ref{Name: "o1"}
	for id := range want.Desired.Collections {
		want.Desired.Collections[id] = resource.Collection{}
	}
	for _, r := range want.Desired.Resources {
		r.Handle, r.Facts, r.Sources, r.FieldAt = "", nil, nil, map[string]diag.Position{}
	}
	till := want.Desired.Resources[4]
	till.Fields["code"] = resource.Source{Exec: []string{"pass", "till"}, Dir: "secrets"}
	till.FieldAt = map[string]diag.Position{"code": till.At, "user": till.At}
	want.Prune, want.Settings.Prune = []string{"chores", "fruits"}, nil
	want.Settings.Protect[0].At, want.Settings.Moved[0].At = diag.Position{}, diag.Position{}
	for i := range want.Settings.Removed {
		want.Settings.Removed[i].At = diag.Position{}
	}
	want.WriteSensitive = nil
	want.Rewrites = &plan.Rewrites{
		Planned: map[resource.FieldID]plan.Seal{{Address: marketAt("till.t"), Name: "code"}: {}, {Address: marketAt("till.t"), Name: "user"}: {}},
		Maybe:   map[resource.FieldID]bool{{Address: marketAt("till.t"), Name: "user"}: true},
	}
	want.Existing = map[string]int{"cart": 2, "fruit": 1}
	want.Select = plan.Selection{Exactly: []resource.Address{
		marketAt("cart.a"), marketAt("fruit.a/pear"), marketAt("fruit.a/plum"), marketAt("jar.a/jam/RED"),
		marketAt("stall.s"), marketAt("till.t"), marketAt("cart.old"),
	}, Deleted: []string{"p1", "old1"}}
	if diff := cmp.Diff(want, got, inputs); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The plan that is made again, from what was saved and the same current state, is the
// one that was saved.
func TestSavedPlanIsMadeAgain(t *testing.T) {
	in := everything()
	p, text := saveAs(t, in)
	saved := open(t, text)
	again, err := saved.Input(market())
	if err != nil {
		t.Fatal(err)
	}
	again.Current = in.Current
	till := again.Desired.Resources[4] // its sources are resolved again
	till.Sources = map[string]resource.Source{"code": till.Fields["code"].(resource.Source)}
	till.Fields["code"] = resource.NewSecret("1234")
	remade, err := plan.Make(again)
	if err := saved.Check(remade, in.Current, err); err != nil {
		t.Fatalf("%v: %+v", err, err.(*plan.StaleError).Moved)
	}
	if diff := cmp.Diff(show(p, nil), show(remade, nil)); diff != "" {
		t.Errorf("(-first +again)\n%s", diff)
	}
}

// A saved plan holds no secret, but where it comes from and its keyed hash.
func TestSavedSources(t *testing.T) {
	_, text := saveAs(t, everything())
	if bytes.Contains(text, []byte("1234")) {
		t.Errorf("it holds a secret: %s", text)
	}
	var till plan.SavedResource
	for _, r := range open(t, text).Declared.Resources {
		if r.Address == "till.t" {
			till = r
		}
	}
	want := plan.SavedResource{
		Address: "till.t", Fields: map[string]any{}, Source: &diag.Position{File: "f.yaml", Line: 5, Column: 1},
		Sources: map[string]plan.SavedSource{
			"code": {Source: resource.Source{Exec: []string{"pass", "till"}}, Dir: "secrets", HMAC: "till.t: code****"},
			"user": {Source: resource.Source{File: "user.txt"}, Dir: "secrets"},
		},
	}
	if diff := cmp.Diff(want, till); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A file that is no saved plan, or no whole one, is never applied.
func TestOpenRefuses(t *testing.T) {
	_, text := saveAs(t, everything())
	edit := func(change func(fields map[string]any)) []byte {
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		change(fields)
		out, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const changed = "not a saved plan of this version of divioctl: it was modified after it was written"
	for _, test := range []struct {
		name string
		text []byte
		want string
	}{
		{"nothing", nil, "not a saved plan of this version of divioctl: invalid or truncated JSON"},
		{"the beginning of one", text[:len(text)/2], "not a saved plan of this version of divioctl: invalid or truncated JSON"},
		{"YAML", []byte("version: 1\n"), "not a saved plan of this version of divioctl: invalid or truncated JSON"},
		{"other JSON", []byte(`{"version": 1}`), "not a saved plan of this version of divioctl: another JSON document"},
		{
			"another version", edit(func(f map[string]any) { f["format_version"] = "4.0" }),
			`not a saved plan of this version of divioctl: it has the format version "4.0", expected 3.0`,
		},
		{"another endpoint", edit(func(f map[string]any) { f["endpoint"] = "https://other.example.com" }), changed},
		{"something more", edit(func(f map[string]any) { f["more"] = true }), changed},
		{"something less", edit(func(f map[string]any) { delete(f, "changes") }), changed},
		{"no checksum", edit(func(f map[string]any) { delete(f, "checksum") }), changed},
		{"a field of another type", edit(func(f map[string]any) { f["changes"] = 4 }), changed},
	} {
		t.Run(test.name, func(t *testing.T) {
			saved, err := plan.ParseSaved(test.text)
			if saved != nil || !errors.Is(err, plan.ErrNotAPlan) || err.Error() != test.want {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// A saved plan may be of a program that knew other kinds.
func TestSavedInputOfAnotherProgram(t *testing.T) {
	_, text := saveAs(t, everything())
	_, err := open(t, text).Input(toyKinds())
	want := "not a saved plan of this version of divioctl: it contains cart.a, which is unknown to this version"
	if !errors.Is(err, plan.ErrNotAPlan) || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A field that this program does not know is left out, and a reference has a name.
func TestSavedFields(t *testing.T) {
	saved := plan.Saved{Declared: plan.SavedState{Resources: []plan.SavedResource{{
		Address: "basket.b", Fields: map[string]any{"size": json.Number("4"), "shop": "north", "weight": json.Number("9")},
	}}}}
	in, err := saved.Input(toyKinds())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]resource.Value{"size": int64(4), "shop": resource.Ref{Name: "north"}}
	if diff := cmp.Diff(want, in.Desired.Resources[0].Fields); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
