package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestReadingAResource(t *testing.T) {
	r := &resource.Resource{
		Kind: sound(),
		Fields: map[string]resource.Value{
			"label": "plums", "code": resource.NewSecret("1234"), "sealed": true, "weight": int64(4), "lid": nil,
		},
		Facts: map[string]any{"dirty": true, "missing": int64(4), "behind": false},
	}
	type answers struct {
		Has      bool
		Text     string
		Is, Fact bool
	}
	for name, want := range map[string]answers{
		"label":   {Has: true, Text: "plums"},
		"code":    {Has: true, Text: "1234"},
		"sealed":  {Has: true, Is: true},
		"weight":  {Has: true},
		"lid":     {Has: true},
		"absent":  {},
		"dirty":   {Fact: true},
		"missing": {},
		"behind":  {},
	} {
		if diff := cmp.Diff(want, answers{r.Has(name), r.Text(name), r.Is(name), r.Fact(name)}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// May a value be shown, can it be read back, and does it stand in the files: the three
// questions have their own answers.
func TestMaskedWriteOnlyExposed(t *testing.T) {
	from := resource.Source{Env: "CODE"}
	type answers struct{ Masked, Secret, WriteOnly, Exposed bool }
	for _, test := range []struct {
		name, field string
		resource    resource.Resource
		want        answers
	}{
		{"plain text", "label", resource.Resource{Fields: map[string]resource.Value{"label": "plums"}}, answers{}},
		{"a secret in a plain field", "label", resource.Resource{Fields: map[string]resource.Value{"label": resource.NewSecret("plums")}}, answers{Masked: true}},
		{"a plain field that comes from elsewhere", "label", resource.Resource{Fields: map[string]resource.Value{"label": from}}, answers{Masked: true}},
		{
			"a plain value that replaces a secret", "label",
			resource.Resource{Fields: map[string]resource.Value{"label": "plums"}, Masked: map[string]bool{"label": true}}, answers{Masked: true},
		},
		{"a masked field that is absent", "code", resource.Resource{}, answers{Masked: true, Secret: true, WriteOnly: true}},
		{
			"a masked field with its value in the file", "code", resource.Resource{Fields: map[string]resource.Value{"code": "1234"}},
			answers{Masked: true, Secret: true, WriteOnly: true, Exposed: true},
		},
		{
			"a masked field that is empty", "code", resource.Resource{Fields: map[string]resource.Value{"code": ""}},
			answers{Masked: true, Secret: true, WriteOnly: true},
		},
		{
			"a masked field that will come from elsewhere", "code", resource.Resource{Fields: map[string]resource.Value{"code": from}},
			answers{Masked: true, Secret: true, WriteOnly: true},
		},
		{
			"a masked field that came from elsewhere", "code",
			resource.Resource{Fields: map[string]resource.Value{"code": resource.NewSecret("1")}, Sources: map[string]resource.Source{"code": from}},
			answers{Masked: true, Secret: true, WriteOnly: true},
		},
		{
			"masked by a condition that holds", "content", resource.Resource{Fields: map[string]resource.Value{"content": "jam", "sealed": true}},
			answers{Masked: true, Secret: true, WriteOnly: true, Exposed: true},
		},
		{
			"masked by a condition that does not hold", "content",
			resource.Resource{Fields: map[string]resource.Value{"content": "jam", "sealed": false}}, answers{},
		},
		{"no field at all", "size", resource.Resource{}, answers{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &test.resource
			r.Kind = sound()
			got := answers{Masked: r.IsMasked(test.field)}
			if f := r.Kind.Field(test.field); f != nil {
				got.Secret, got.WriteOnly, got.Exposed = r.IsSecret(f), r.IsWriteOnly(f), r.Exposed(f)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSourceOf(t *testing.T) {
	r := &resource.Resource{
		Fields:  map[string]resource.Value{"code": resource.Source{Env: "A"}, "content": resource.NewSecret("x"), "label": "plums"},
		Sources: map[string]resource.Source{"content": {File: "b"}},
	}
	for field, want := range map[string]resource.Source{"code": {Env: "A"}, "content": {File: "b"}} {
		if got, ok := r.SourceOf(field); !ok || !cmp.Equal(got, want) {
			t.Errorf("%s: %+v, %v", field, got, ok)
		}
	}
	if got, ok := r.SourceOf("label"); ok {
		t.Errorf("what stands in the files comes from %+v", got)
	}
}

func TestRefs(t *testing.T) {
	for _, test := range []struct {
		ref  resource.Ref
		want string
	}{
		{resource.Ref{Name: "eu", Handle: "1"}, "eu"},
		{resource.Ref{Handle: "1"}, "1"},
		{resource.Ref{}, ""},
	} {
		text, err := test.ref.MarshalJSON()
		if test.ref.String() != test.want || string(text) != `"`+test.want+`"` || err != nil {
			t.Errorf("%+v: %s, %s, %v", test.ref, test.ref, text, err)
		}
	}
}

func TestChoicesName(t *testing.T) {
	choices := resource.Choices{"region": {{Handle: "1", Names: []string{"eu", "Europe"}}, {Handle: "2"}}}
	for _, test := range []struct{ name, target, handle, want string }{
		{"the preferred name", "region", "1", "eu"},
		{"a choice without names", "region", "2", ""},
		{"no such choice", "region", "3", ""},
		{"a target that was not read", "plan_group", "1", ""},
	} {
		if got := choices.Name(test.target, test.handle); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
