package resource_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestNormal(t *testing.T) {
	tags := resource.Field{Type: resource.Tags, Items: []resource.Field{{Name: "name"}, {Name: "value"}}}
	spoons := resource.Field{Type: resource.List, Items: []resource.Field{
		{Name: "size", Type: resource.Int}, {Name: "metal", API: "metal_class", Type: resource.Enum, Values: []string{"SILVER"}},
	}}
	tag := func(name, value string) any { return map[string]any{"name": name, "value": value} }
	for _, test := range []struct {
		name        string
		field       resource.Field
		value, want resource.Value
	}{
		{"text without its outer white space", resource.Field{Type: resource.Text}, " Te xt \n", "Te xt"},
		{"what Python calls white space", resource.Field{Type: resource.Text}, "\x1c\u2003Text\u00a0\x1f\u3000", "Text"},
		{"a value as typed", resource.Field{Type: resource.TypedText}, " Te xt \n", " Te xt \n"},
		{"text that the API has in upper case", resource.Field{Type: resource.Text, Upper: true}, "default_1", "DEFAULT_1"},
		{"an enum in the API's case", resource.Field{Type: resource.Enum, Values: []string{"DAILY", "Hourly"}}, "hOURLY", "Hourly"},
		{"an enum with white space", resource.Field{Type: resource.Enum, Values: []string{"DAILY"}}, " daily\n", "DAILY"},
		{"an enum of an unknown value stays", resource.Field{Type: resource.Enum, Values: []string{"DAILY"}}, "weekly", "weekly"},
		{"a number of YAML", resource.Field{Type: resource.Int}, 4, int64(4)},
		{"a whole number of JSON", resource.Field{Type: resource.Int}, 4.0, int64(4)},
		{"a number of JSON as text", resource.Field{Type: resource.Int}, json.Number("4"), int64(4)},
		{"a number stays", resource.Field{Type: resource.Int}, int64(4), int64(4)},
		{"a whole number with a point", resource.Field{Type: resource.Int}, json.Number("4.0"), int64(4)},
		{"a fraction stays", resource.Field{Type: resource.Int}, json.Number("4.5"), json.Number("4.5")},
		{"a fraction", resource.Field{Type: resource.FreeObject}, 4.5, json.Number("4.5")},
		{"a fraction as text", resource.Field{Type: resource.FreeObject}, json.Number("4.50"), json.Number("4.50")},
		{"a large number", resource.Field{Type: resource.FreeObject}, json.Number("12345678901234567890"), json.Number("12345678901234567890")},
		{"a whole number of another form", resource.Field{Type: resource.FreeObject}, json.Number("1.0"), json.Number("1.0")},
		{"minus zero", resource.Field{Type: resource.FreeObject}, json.Number("-0"), json.Number("-0")},
		{"a number that is none stays", resource.Field{Type: resource.Int}, json.Number("x"), json.Number("x")},
		{"null", resource.Field{Type: resource.Int, Nullable: true}, nil, nil},
		{"yes or no", resource.Field{Type: resource.Bool}, true, true},
		{"a secret stays", resource.Field{Type: resource.Text, Upper: true}, resource.NewSecret("a"), resource.NewSecret("a")},
		{
			"a free object, all the way down", resource.Field{Type: resource.FreeObject},
			map[string]any{"a": []any{1, map[string]any{"b": json.Number("2")}}}, map[string]any{"a": []any{int64(1), map[string]any{"b": int64(2)}}},
		},
		{"an empty list is one", resource.Field{Type: resource.List}, []any{}, []any{}},
		{"the order of a list counts", resource.Field{Type: resource.List}, []any{2, 1}, []any{int64(2), int64(1)}},
		{
			"of an answer's items only what is described counts, by its name in the files", spoons,
			[]any{map[string]any{"size": 4.0, "metal_class": "silver", "id": "x"}, map[string]any{}},
			[]any{map[string]any{"size": int64(4), "metal": "SILVER"}, map[string]any{}},
		},
		{"an item that is none stays", spoons, []any{"spoon"}, []any{"spoon"}},
		{"tags with white space", tags, []any{tag(" a", "1 "), tag("a ", "")}, []any{tag("a", ""), tag("a", "1")}},
		{"tags are a set", tags, []any{tag("b", "1"), tag("a", "2"), tag("a", "1")}, []any{tag("a", "1"), tag("a", "2"), tag("b", "1")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.field.Normal(test.value), reveal); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
