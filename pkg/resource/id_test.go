package resource_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestCanonicalID(t *testing.T) {
	const base32, hex = "iqbd4lzcnjczfc42qbidn6safu", "44023e2f-226a-4592-8b9a-805036fa402d"
	for _, test := range []struct{ id, want string }{
		{base32, base32}, {strings.ToUpper(base32), base32},
		{hex, base32}, {strings.ToUpper(hex), base32}, {strings.ReplaceAll(hex, "-", ""), base32},
		{"", ""}, {"17", "17"}, {"Shop", "Shop"},
		{"iqbd4lzcnjczfc42qbidn6saf1", "iqbd4lzcnjczfc42qbidn6saf1"}, // 1 is no digit of base32
	} {
		if got := resource.CanonicalID(test.id); got != test.want {
			t.Errorf("%q: %q, want %q", test.id, got, test.want)
		}
		if !resource.SameID(test.id, test.want) {
			t.Errorf("%q and %q are not the same", test.id, test.want)
		}
	}
	if resource.SameID(base32, "iqbd4lzcnjczfc42qbidn6saf4") || resource.SameID("shop", "Shop") || resource.SameID("", base32) {
		t.Error("other ids are the same")
	}
}

// An id may be bare, at the end of a URL, or inside an object.
func TestIDIn(t *testing.T) {
	const base32, hex = "iqbd4lzcnjczfc42qbidn6safu", "44023e2f-226a-4592-8b9a-805036fa402d"
	for _, test := range []struct {
		value any
		want  string
		form  resource.IDForm
	}{
		{base32, base32, resource.UUID}, {strings.ToUpper(base32), strings.ToUpper(base32), resource.UUID}, {hex, hex, resource.UUID},
		{"https://api.example/apps/v3/environments/" + base32 + "/", base32, resource.UUID},
		{"/apps/v3/environments/" + hex, hex, resource.UUID},
		{"https://api.example/environments/" + hex + "/?format=json", hex, resource.UUID},
		{map[string]any{"uuid": hex, "id": int64(3)}, hex, resource.UUID},
		{map[string]any{"id": base32}, base32, resource.UUID},
		{map[string]any{"uuid": nil, "url": "https://api.example/environments/" + base32 + "/"}, base32, resource.UUID},
		{int64(17), "17", resource.Number}, {"17", "17", resource.Number}, {map[string]any{"id": int64(17)}, "17", resource.Number},
		{"live", "live", resource.OtherID}, {base32[:20], base32[:20], resource.OtherID},
		{"https://api.example/environments/live/", "https://api.example/environments/live/", resource.OtherID},
		{nil, "", resource.NoID}, {"", "", resource.NoID}, {false, "", resource.NoID}, {[]any{base32}, "", resource.NoID},
		{map[string]any{"slug": "live"}, "", resource.NoID}, {map[string]any{"id": map[string]any{"id": base32}}, "", resource.NoID},
	} {
		if got := resource.IDIn(test.value); got != test.want || resource.FormOf(got) != test.form {
			t.Errorf("%v: %q of form %d, want %q of form %d", test.value, got, resource.FormOf(got), test.want, test.form)
		}
	}
}

// A reference is to a root kind, by its key or id.
func TestCatalogRefusesReferencesBelowTheTop(t *testing.T) {
	environment := *shelves().Kind("environment")
	environment.Fields = append(slices.Clone(environment.Fields), resource.Field{
		Name: "like", Doc: "Another one.", Type: resource.Reference, Target: "environment", Changes: resource.Fixed,
	})
	defer func() {
		if got := recover(); got != "resource: the field like of environment refers to environment, which is not a root kind" {
			t.Errorf("got %v", got)
		}
	}()
	resource.NewCatalog(shelves().Kind("application"), &environment)
}
