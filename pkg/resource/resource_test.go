package resource_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestAddressParts(t *testing.T) {
	shop := resource.NewAddress("application", resource.Address{}, "shop")
	live := resource.NewAddress("environment", shop, "live")
	a := resource.NewAddress("cronjob", live, "sh /srv/a b.sh")
	if a.String() != "cronjob.shop/live/sh /srv/a b.sh" {
		t.Fatalf("address: %s", a)
	}
	if a.Kind() != "cronjob" || a.Path() != "shop/live/sh /srv/a b.sh" || a.Key() != "sh /srv/a b.sh" {
		t.Errorf("kind %q, path %q, key %q", a.Kind(), a.Path(), a.Key())
	}
	if a.Parent() != live || a.Root() != shop || a.Depth() != 3 || !shop.Parent().IsZero() {
		t.Errorf("parent %s, root %s, depth %d", a.Parent(), a.Root(), a.Depth())
	}
	if !shop.Contains(a) || !live.Contains(a) || a.Contains(a) || a.Contains(live) || (resource.Address{}).Contains(a) {
		t.Error("contains")
	}
	// Another root kind with an equal key contains nothing of the application's.
	repository := resource.NewAddress("repository", resource.Address{}, "shop")
	if repository.Contains(a) {
		t.Errorf("%s contains %s", repository, a)
	}
	shelf := resource.NewAddress("application", resource.Address{}, "shelf")
	if got := a.Rebase(shop, shelf).String(); got != "cronjob.shelf/live/sh /srv/a b.sh" {
		t.Errorf("rebased: %s", got)
	}
	if text, err := json.Marshal(map[resource.Address]resource.Address{a: live}); err != nil || string(text) != `{"cronjob.shop/live/sh /srv/a b.sh":"environment.shop/live"}` {
		t.Errorf("%s, %v", text, err)
	}
}

// shelves are kinds as deep as the real ones.
func shelves() *resource.Catalog {
	kind := func(name, parent, key string, keys ...string) *resource.Kind {
		k := &resource.Kind{
			Name: name, Title: name, Plural: name + "s", Collection: name + "s", Parent: parent, Doc: "A " + name + ".",
			Key: key, KeyField: key, KeyFields: keys, Fields: []resource.Field{
				{Name: "type", Type: resource.Enum, Values: []string{"DATABASE", "STORAGE"}, Need: resource.Always, Doc: "Its type."},
				{Name: "prefix", Type: resource.Text, Need: resource.Always, Doc: "Its prefix."},
			},
			Ops:     resource.Ops{Create: "C", Update: "U", Delete: "D"},
			Reads:   []resource.ListOp{{Op: "L", Scope: resource.Everything}},
			Compile: func(*resource.Change) []resource.Call { return nil },
		}
		if key == "" {
			k.Form = resource.Sequence
		}
		return k
	}
	return resource.NewCatalog(
		kind("application", "", "slug"), kind("environment", "application", "slug"), kind("variable", "environment", "name"),
		kind("cronjob", "environment", ""), kind("domain", "environment", "name"), kind("service", "environment", "", "type", "prefix"),
	)
}

func parse(t *testing.T, text string) resource.Address {
	t.Helper()
	a, err := shelves().Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAddressMatch(t *testing.T) {
	for _, test := range []struct {
		pattern string
		address string
		want    bool
	}{
		{"domain.shop/live/*", "domain.shop/live/www.acme.example", true},
		{"domain.shop/*", "domain.shop/live/www.acme.example", false},
		{"domain.shop/**", "domain.shop/live/www.acme.example", true},
		{"**", "application.shop", true},
		{"*.shop/live", "environment.shop/live", true},
		{"variable.*/live/SECRET_*", "variable.shop/live/SECRET_KEY", true},
		{"variable.*/live/SECRET_*", "variable.shop/test/SECRET_KEY", false},
		{"cronjob.shop/live/**clear**", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.shop/live/*", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.*/live/sh*b", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.shop/*", "cronjob.shop/live/sh /a/clear b", false},
		{"cronjob.*", "cronjob.shop/live/sh", false},
		{"service.*/live/*/DEFAULT", "service.shop/live/database/DEFAULT", true},
		{"application.shop", "application.shop2", false},
		{"application.shop*", "application.shop", true},
		{"", "application.shop", false},
	} {
		if got := parse(t, test.address).Match(test.pattern); got != test.want {
			t.Errorf("%q matches %q: %v", test.pattern, test.address, got)
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "canary" + rapid.StringMatching(`[a-z]{8}`).Draw(t, "text")
		secret := resource.NewSecret(text)
		held := struct{ Inner any }{map[string]any{"k": []any{secret}}}
		written, err := json.Marshal(held)
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{
			fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x %d", secret, secret, secret, secret, secret, secret, secret),
			fmt.Sprintf("%v %+v", held, &held),
			// fmt does not ask the methods of what is in unexported fields.
			fmt.Sprintf("%v %+v %#v", struct{ s resource.Secret }{secret}, struct{ v any }{secret}, struct{ m map[string]any }{map[string]any{"k": secret}}),
			string(written), secret.LogValue().String(), resource.Show(secret),
			resource.Show(map[string]any{"a": secret}),
		} {
			if strings.Contains(out, text) {
				t.Fatalf("secret in %q", out)
			}
		}
		if secret.Reveal() != text {
			t.Fatal("the text is lost")
		}
	})
}

func TestEqual(t *testing.T) {
	for _, test := range []struct {
		a, b resource.Value
		want bool
	}{
		{"a", resource.NewSecret("a"), true},
		{resource.NewSecret("a"), resource.NewSecret("b"), false},
		{resource.Ref{Name: "eu", Handle: "1"}, resource.Ref{Handle: "1"}, true},
		{resource.Ref{Name: "eu"}, resource.Ref{Name: "eu", Handle: "1"}, false},
		{resource.Ref{Handle: "iqbd4lzcnjczfc42qbidn6safu"}, resource.Ref{Handle: "44023e2f-226a-4592-8b9a-805036fa402d"}, true},
		{nil, "", false},
		{int64(4), "4", false},
		{[]any{"a"}, []any{"a"}, true},
	} {
		if got := resource.Equal(test.a, test.b); got != test.want {
			t.Errorf("%v = %v: %v", test.a, test.b, got)
		}
	}
}

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

func TestNormal(t *testing.T) {
	tags := &resource.Field{Type: resource.Tags, Items: []resource.Field{{Name: "name"}, {Name: "value"}}}
	one := tags.Normal([]any{
		map[string]any{"name": "b", "value": "1", "unknown": true},
		map[string]any{"name": "a", "value": "2"},
	})
	other := tags.Normal([]any{map[string]any{"name": "a", "value": "2"}, map[string]any{"value": "1", "name": "b"}})
	if diff := cmp.Diff(one, other); diff != "" {
		t.Errorf("a set differs by order or unknown parts:\n%s", diff)
	}
	enum := &resource.Field{Type: resource.Enum, Values: []string{"DAILY"}}
	if got := enum.Normal("daily"); got != "DAILY" {
		t.Errorf("enum: %v", got)
	}
	number := &resource.Field{Type: resource.Int}
	for _, v := range []any{4, 4.0, json.Number("4"), int64(4)} {
		if got := number.Normal(v); got != int64(4) {
			t.Errorf("%T: %v", v, got)
		}
	}
}

// The arguments of a program are not shown: people put secrets there.
func TestSourceShowsNoArguments(t *testing.T) {
	if got := resource.Show(resource.Source{Exec: []string{"curl", "-H", "canary"}}); got != "from the program curl" {
		t.Error(got)
	}
}

// A reference means something at the top, by its key or id.
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
