package resource_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestParseGivesTheParts(t *testing.T) {
	type parts struct {
		Text, Kind, Parent, Key string
		Depth                   int
	}
	for _, test := range []struct {
		name, text string
		want       parts
	}{
		{"a root", "application.shop", parts{"application.shop", "application", "", "shop", 1}},
		{"a child", "environment.shop/live", parts{"environment.shop/live", "environment", "application.shop", "live", 2}},
		{"the parent has a kind of its own", "webhook.shop/DATABASE", parts{"webhook.shop/DATABASE", "webhook", "repository.shop", "DATABASE", 2}},
		{"a key with a dot", "domain.shop/live/www.a.example", parts{"domain.shop/live/www.a.example", "domain", "environment.shop/live", "www.a.example", 3}},
		{"the last part holds slashes", "cronjob.shop/live/sh /a/b.sh", parts{"cronjob.shop/live/sh /a/b.sh", "cronjob", "environment.shop/live", "sh /a/b.sh", 3}},
		{"a composite key", "service.shop/live/DATABASE/X", parts{"service.shop/live/DATABASE/X", "service", "environment.shop/live", "DATABASE/X", 3}},
		{"a key in its normal form", "domain.shop/live/WWW.A.Example", parts{"domain.shop/live/www.a.example", "domain", "environment.shop/live", "www.a.example", 3}},
		{"of a kind without keys any text is one", "cronjob.shop/live/*", parts{"cronjob.shop/live/*", "cronjob", "environment.shop/live", "*", 3}},
		{"a star within a key", "domain.shop/live/*.a.example", parts{"domain.shop/live/*.a.example", "domain", "environment.shop/live", "*.a.example", 3}},
		{"a key as long as it may be", "variable.shop/live/ABCDEFGHIJKL", parts{"variable.shop/live/ABCDEFGHIJKL", "variable", "environment.shop/live", "ABCDEFGHIJKL", 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := parse(t, test.text)
			got := parts{a.String(), a.Kind(), a.Parent().String(), a.Key(), a.Depth()}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", `"" does not start with a known kind`},
		{"no kind", "shop/live", `"shop/live" does not start with a known kind`},
		{"a misspelt kind", "enviroment.shop/live", `"enviroment.shop/live" does not start with a known kind`},
		{"a kind alone", "variable", `"variable" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE`},
		{"no key", "repository.", `"repository." is not an address of the form repository.REPOSITORY`},
		{"too few parts", "variable.shop/live", `"variable.shop/live" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE`},
		{"an empty part", "variable.shop//DEBUG", `"variable.shop//DEBUG" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE`},
		{"an empty last part", "variable.shop/live/", `"variable.shop/live/" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE`},
		{"a star for a parent", "variable.*/live/DEBUG", `"variable.*/live/DEBUG" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE: "*": * is not allowed: use the address of one resource`},
		{"two stars for the last part", "variable.shop/live/**", `"variable.shop/live/**" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE: "**": * is not allowed: use the address of one resource`},
		{"a key that can never be one", "domain.shop/live/https://a.example", `"domain.shop/live/https://a.example" is not an address of the form domain.APPLICATION/ENVIRONMENT/DOMAIN: "https://a.example": a domain is a bare name`},
		{"a key that is too long", "variable.shop/live/ABCDEFGHIJKLM", `"variable.shop/live/ABCDEFGHIJKLM" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE: "ABCDEFGHIJKLM": it is 13 characters long; at most 12 are allowed`},
		{"a key against the pattern", "variable.shop/live/A B", `"variable.shop/live/A B" is not an address of the form variable.APPLICATION/ENVIRONMENT/VARIABLE: "A B": a name has no spaces`},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := shelves().Parse(test.text)
			var problem *resource.AddressError
			if !errors.As(err, &problem) || !a.IsZero() {
				t.Fatalf("%v, %v", a, err)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

// What hints are made of: the kind that was meant, and the part that is wrong.
func TestAddressErrorNamesItsParts(t *testing.T) {
	c := shelves()
	const form = "variable.APPLICATION/ENVIRONMENT/VARIABLE"
	for text, want := range map[string]resource.AddressError{
		"basket.b":             {Text: "basket.b", Unknown: "basket"},
		"variable.shop":        {Text: "variable.shop", Kind: c.Kind("variable"), Form: form},
		"variable.shop/live/*": {Text: "variable.shop/live/*", Kind: c.Kind("variable"), Form: form, Part: "*", Reason: "* is not allowed: use the address of one resource"},
	} {
		_, err := c.Parse(text)
		var got *resource.AddressError
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestRebase(t *testing.T) {
	shop, stall := parse(t, "application.shop"), parse(t, "application.stall")
	for _, test := range []struct{ name, address, want string }{
		{"itself", "application.shop", "application.stall"},
		{"a child", "environment.shop/live", "environment.stall/live"},
		{"deep below, with slashes", "cronjob.shop/live/sh /a/b", "cronjob.stall/live/sh /a/b"},
		{"something else", "environment.other/live", "environment.other/live"},
		{"another root with that key", "repository.shop", "repository.shop"},
		{"what is below another root with that key", "webhook.shop/DATABASE", "webhook.shop/DATABASE"},
	} {
		if got := parse(t, test.address).Rebase(shop, stall).String(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestAddressesAreOrderedByText(t *testing.T) {
	set := map[resource.Address]int{}
	for _, text := range []string{"variable.shop/live/B", "application.shop", "variable.shop/live/A"} {
		set[parse(t, text)]++
	}
	var got []string
	for _, a := range resource.SortedAddresses(set) {
		got = append(got, a.String())
	}
	if diff := cmp.Diff([]string{"application.shop", "variable.shop/live/A", "variable.shop/live/B"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	one, again, other := parse(t, "application.shop"), parse(t, "application.shop"), parse(t, "repository.shop")
	if !one.Equal(again) || one != again || one.Equal(other) {
		t.Error("addresses are equal when their kinds and keys are")
	}
	if (resource.Address{}).Path() != "" || other.Path() != "shop" {
		t.Error("the path is the text behind the kind")
	}
}
