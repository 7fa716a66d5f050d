package resource_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestContradictionsOfFields(t *testing.T) {
	one := int64(1)
	for _, test := range []struct {
		name, field string
		mistake     func(*resource.Field)
		want        []string
	}{
		{"no name", "lid", func(f *resource.Field) { f.Name = "" }, []string{"field : name is missing"}},
		{"no documentation", "lid", func(f *resource.Field) { f.Doc = "" }, []string{"field lid: Doc is missing"}},
		{"masked if nothing", "content", func(f *resource.Field) { f.If = "" }, []string{"field content: MaskedIf and If require each other"}},
		{"a condition of nothing", "code", func(f *resource.Field) { f.If = "sealed" }, []string{"field code: MaskedIf and If require each other"}},
		{
			"write-only by two rules", "content", func(f *resource.Field) { f.WriteOnly = true },
			[]string{"field content: MaskedIf already implies that it is write-only"},
		},
		{"a condition that is no field", "content", func(f *resource.Field) { f.If = "open" }, []string{"field content: If is not a yes/no field"}},
		{"a condition that is text", "content", func(f *resource.Field) { f.If = "label" }, []string{"field content: If is not a yes/no field"}},
		{"a reference to nothing", "owner", func(f *resource.Field) { f.Target = "" }, []string{"field owner: Target is required for references, and only for them"}},
		{"text with a target", "label", func(f *resource.Field) { f.Target = "owner" }, []string{"field label: Target is required for references, and only for them"}},
		{"an enum of nothing", "lid", func(f *resource.Field) { f.Values = nil }, []string{"field lid: Values are required for enums, and only for them"}},
		{"text with values", "label", func(f *resource.Field) { f.Values = []string{"A"} }, []string{"field label: Values are required for enums, and only for them"}},
		{"text with items", "label", func(f *resource.Field) { f.Items = []resource.Field{{Name: "size"}} }, []string{"field label: only lists and tags have items"}},
		{"tags of one part", "tags", func(f *resource.Field) { f.Items = f.Items[:1] }, []string{"field tags: tags need a name and a value"}},
		{"a default that is none", "lid", func(f *resource.Field) { f.Default = "CORK" }, []string{"field lid: a default without HasDefault"}},
		{"a default that nobody sees", "code", func(f *resource.Field) { f.HasDefault = true }, []string{"field code: a write-only field cannot have a default"}},
		{"write-only and fixed", "code", func(f *resource.Field) { f.Changes = resource.Fixed }, []string{"field code: a write-only field cannot be compared"}},
		{"write-only and replaced", "code", func(f *resource.Field) { f.Changes = resource.Replaces }, []string{"field code: a write-only field cannot be compared"}},
		{"a number from elsewhere", "weight", func(f *resource.Field) { f.From = true }, []string{"field weight: only text may allow value_from"}},
		{"a secret that can only be written in the file", "code", func(f *resource.Field) { f.From = false }, []string{"field code: a masked field must allow value_from"}},
		{"irreversible, and fixed", "weight", func(f *resource.Field) { f.Irreversible = true }, []string{"field weight: a field that never changes is not irreversible"}},
		{
			"derived, and changed in place", "full", func(f *resource.Field) { f.Changes = resource.InPlace },
			[]string{"field full: a derived field is shown, and changes by separate calls"},
		},
		{
			"derived, and write-only", "full", func(f *resource.Field) { f.WriteOnly = true },
			[]string{"field full: a derived field is shown, and changes by separate calls"},
		},
		{"needed by a create that does not take it", "spoons", func(f *resource.Field) { f.Need = resource.ForCreate }, []string{"field spoons: a create cannot require a field that it does not take"}},
		{"text with a minimum", "label", func(f *resource.Field) { f.Min = &one }, []string{"field label: only numbers have a minimum and a maximum"}},
		{"text with a maximum", "label", func(f *resource.Field) { f.Max = &one }, []string{"field label: only numbers have a minimum and a maximum"}},
		{"a number in upper case", "weight", func(f *resource.Field) { f.Upper = true }, []string{"field weight: only text has a case"}},
		{"an identity that may be null", "serial", func(f *resource.Field) { f.Nullable = true }, []string{"field serial: an identity is shown, and never null"}},
		{
			"an identity that is a secret", "serial", func(f *resource.Field) { f.Display, f.From = resource.Masked, true },
			[]string{"field serial: an identity is shown, and never null"},
		},
		{"a pattern that nobody explains", "label", func(f *resource.Field) { f.Hint = "" }, []string{"field label: Pattern and Hint require each other"}},
		{"an explanation of no pattern", "label", func(f *resource.Field) { f.Pattern = "" }, []string{"field label: Pattern and Hint require each other"}},
		{"a pattern that is none", "label", func(f *resource.Field) { f.Pattern = "[" }, []string{"field label: Pattern does not compile"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := sound()
			test.mistake(k.Field(test.field))
			if diff := cmp.Diff(test.want, k.Contradictions()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Which standard bodies hold a field, by how it changes.
func TestFieldsInBodies(t *testing.T) {
	type bodies struct{ Create, Update bool }
	for _, test := range []struct {
		name    string
		changes resource.Mutability
		want    bodies
	}{
		{"in place", resource.InPlace, bodies{true, true}},
		{"update only", resource.UpdateOnly, bodies{false, true}},
		{"create only", resource.CreateOnly, bodies{true, false}},
		{"fixed", resource.Fixed, bodies{true, false}},
		{"replaces", resource.Replaces, bodies{true, false}},
		{"a call of its own", resource.OwnCall, bodies{false, false}},
		{"identity", resource.Identity, bodies{false, false}},
	} {
		f := &resource.Field{Changes: test.changes}
		if got := (bodies{f.InCreates(), f.InUpdates()}); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestNamesOfFields(t *testing.T) {
	for _, test := range []struct {
		field       resource.Field
		api, answer string
	}{
		{resource.Field{Name: "primary"}, "primary", "primary"},
		{resource.Field{Name: "primary", API: "is_primary"}, "is_primary", "is_primary"},
		{resource.Field{Name: "provider", ReadAs: "provider_class"}, "provider", "provider_class"},
		{resource.Field{Name: "a", API: "b", ReadAs: "c"}, "b", "c"},
	} {
		if test.field.APIName() != test.api || test.field.AnswerName() != test.answer {
			t.Errorf("%+v: %s, %s, want %s, %s", test.field, test.field.APIName(), test.field.AnswerName(), test.api, test.answer)
		}
	}
}

func TestFieldIDs(t *testing.T) {
	shop, stall := parse(t, "application.shop"), parse(t, "application.stall")
	ids := []resource.FieldID{{Address: stall, Name: "a"}, {Address: shop, Name: "b"}, {Address: shop, Name: "a"}}
	slices.SortFunc(ids, resource.FieldID.Compare)
	var got []string
	for _, id := range ids {
		got = append(got, id.String())
	}
	if diff := cmp.Diff([]string{"application.shop: a", "application.shop: b", "application.stall: a"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
