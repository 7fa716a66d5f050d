package resource_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The real kinds have what patterns are about: paths that several kinds can have, normal
// forms, and a root that always needs its kind.
func pattern(t *testing.T, text string) resource.Pattern {
	t.Helper()
	p, err := kinds.Catalog().ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func real(t *testing.T, text string) resource.Address {
	t.Helper()
	a, err := kinds.Catalog().Parse(text)
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
		{"*.shop/live", "variable.shop/live/A", false},
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
		{"**.example", "domain.shop/live/www.acme.example", true},

		// With a kind: itself. Without one: all that is in it, too.
		{"environment.shop/live", "environment.shop/live", true},
		{"environment.shop/live", "variable.shop/live/A", false},
		{"shop/live", "environment.shop/live", true},
		{"shop/live", "variable.shop/live/A", true},
		{"shop/live", "application.shop", false},
		{"shop/live", "environment.shop/live2", false},
		{"shop", "cronjob.shop/live/sh", true},
		{"shop", "repository.shop", true},
		{"shop", "webhook.shop/GITHUB", true},
		{"shop", "application.shop2", false},
		{"shop/live/DEBUG", "variable.shop/live/DEBUG", true},
		{"shop/live/DEBUG", "variable.shop/live/debug", false},
		{"shop/live/sh -c a.b", "cronjob.shop/live/sh -c a.b", true},
		{"*/live", "variable.shop/live/A", true},
		{"*/live", "variable.shop/test/A", false},
		{"**/A", "variable.shop/live/A", true},
		{"shop/**", "application.shop", false},
		{"shop/**", "environment.shop/live", true},
		{"app*", "environment.app01/live", true},
		{"  shop/live ", "variable.shop/live/A", true},

		// The normal form of each kind that can have the path.
		{"domain.shop/live/WWW.Acme.Example.", "domain.shop/live/www.acme.example", true},
		{"shop/live/WWW.Acme.Example.", "domain.shop/live/www.acme.example", true},
		{"shop/live/münchen.example", "domain.shop/live/xn--mnchen-3ya.example", true},
		{"service.shop/live/DATABASE/default", "service.shop/live/database/DEFAULT", true},
		{"shop/live/DATABASE/default", "service.shop/live/database/DEFAULT", true},
		{"webhook.shop/github", "webhook.shop/GITHUB", true},
		{"shop/github", "webhook.shop/GITHUB", true},
		{"registry.Registry.Example.COM:5000", "registry.registry.example.com:5000", true},
		{"domain.*/*/WWW.*", "domain.shop/live/www.acme.example", true},
		{"shop/*/WWW.*", "domain.shop/live/www.acme.example", true},
		{"domain.SHOP/*/www.*", "domain.shop/live/www.acme.example", false},
		{"variable.*/*/debu*", "variable.shop/live/DEBUG", false},

		// A registry always needs its kind.
		{"localhost", "registry.localhost", false},
		{"*host", "registry.localhost", false},
		{"registry.*", "registry.localhost", true},
		{"**", "registry.localhost", true},
	} {
		if got := real(t, test.address).Match(pattern(t, test.pattern)); got != test.want {
			t.Errorf("%q matches %q: %v", test.pattern, test.address, got)
		}
	}
	if real(t, "application.shop").Match(resource.Pattern{}) {
		t.Error("the zero pattern matches")
	}
}

func TestParsePattern(t *testing.T) {
	for text, want := range map[string]string{
		"enviroment.shop/live":    `"enviroment.shop/live" does not start with a known kind`,
		"x*.shop":                 `"x*.shop" does not start with a known kind`,
		"www.acme.example":        `"www.acme.example" does not start with a known kind`,
		"variables.**":            `"variables.**" does not start with a known kind`,
		"":                        `"" is not a pattern: it is empty`,
		"*":                       `"*" is not a pattern: write "**" for everything`,
		"variable":                `"variable" is not a pattern: it is the name of a kind: write variable.** for all environment variables`,
		"shop/":                   `"shop/" is not a pattern: a part is empty: check the slashes`,
		"/shop":                   `"/shop" is not a pattern: a part is empty: check the slashes`,
		"shop//A*":                `"shop//A*" is not a pattern: a part is empty: check the slashes`,
		"sh op":                   `"sh op" is not a pattern: "sh op": use letters, digits, hyphens, underscores and dots`,
		"application.shop/live":   `"application.shop/live" is not an address of the form application.APPLICATION: "shop/live": use letters, digits, hyphens and underscores`,
		"environment.shop/li ve":  `"environment.shop/li ve" is not an address of the form environment.APPLICATION/ENVIRONMENT: "li ve": use letters, digits, hyphens and underscores`,
		"registry.https://a.test": `"registry.https://a.test" is not an address of the form registry.REGISTRY: "https://a.test": a server is a bare name such as registry.example.com, without https://`,
	} {
		_, err := kinds.Catalog().ParsePattern(text)
		var wrong *resource.AddressError
		if !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		" shop/live ": "shop/live", "domain.shop/live/A.Example": "domain.shop/live/a.example", "shop/live/A.Example": "shop/live/A.Example",
		"cronjob.shop/live/curl http://*": "cronjob.shop/live/curl http://*",
	} {
		if p := pattern(t, text); p.String() != want || !p.Equal(pattern(t, want)) {
			t.Errorf("%q is %q, want %q", text, p, want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		pattern, kind string
		want          bool
	}{
		{"variable.shop/live/*", "variable", true},
		{"variable.shop/live/*", "domain", false},
		{"*.shop/live", "environment", true},
		{"**.shop", "environment", true},
		{"**", "environment", true},
		{"**", "registry", true},
		{"v*.shop/live/X", "variable", true},
		{"environment.shop/live", "environment", true},
		{"environment.shop/live", "variable", false},
		{"shop/live", "environment", true},
		{"shop/live", "variable", true},
		{"shop/live", "application", false},
		{"shop/live/X", "environment", false},
		{"shop/live/X", "domain", false},
		{"shop/*/X", "environment", false},
		{"*/X", "application", false},
		{"shop/live/*", "domain", true},
		{"**/X", "application", true},
		{"sh*", "registry", false},
		{"sh*", "webhook", true},
	} {
		if got := pattern(t, test.pattern).Names(kinds.Catalog().Kind(test.kind)); got != test.want {
			t.Errorf("%q names the kind %s: %v", test.pattern, test.kind, got)
		}
	}
}

// A pattern reaches what holds something that it can match: a protected child protects
// its parents.
func TestReaches(t *testing.T) {
	for _, test := range []struct {
		name, pattern, address string
		want                   bool
	}{
		{"a child", "environment.shop/live", "application.shop", true},
		{"something deep below", "variable.shop/live/DEBUG", "application.shop", true},
		{"below a parent in between", "variable.shop/live/DEBUG", "environment.shop/live", true},
		{"not below its sibling", "variable.shop/live/DEBUG", "environment.shop/test", false},
		{"not below another root", "variable.shop/live/DEBUG", "application.stall", false},
		{"not what it names itself", "environment.shop/live", "environment.shop/live", false},
		{"not what stands above what it names", "application.shop", "environment.shop/live", false},
		{"a star for a part", "variable.*/live/DEBUG", "application.shop", true},
		{"a star within a part", "variable.sh*/live/DEBUG", "application.shop", true},
		{"a star that ends too early", "variable.sho*x/live/DEBUG", "application.shop", false},
		{"two stars cross parts", "variable.**/DEBUG", "environment.shop/live", true},
		{"two stars behind another part", "variable.stall/**", "application.shop", false},
		{"any kind", "*.shop/live", "application.shop", true},
		{"a kind that is not below it", "webhook.shop/GITHUB", "application.shop", false},
		{"another root with that key", "webhook.shop/GITHUB", "repository.shop", true},
		{"too few parts", "variable.shop*", "environment.shop/live", false},
		{"a last part with slashes", "cronjob.shop/live/sh /a/b", "environment.shop/live", true},
		{"nothing is below a leaf", "variable.shop/live/DEBUG/**", "variable.shop/live/DEBUG", false},
		{"a path below it", "shop/live", "application.shop", true},
		{"a path that is it", "shop/live", "environment.shop/live", true},
		{"a path above it", "shop", "environment.shop/live", true},
		{"another path", "shop/test", "environment.shop/live", false},
		{"a path that a kind below cannot have", "shop/live", "repository.shop", false},
		{"a path to a leaf", "shop/live/DEBUG", "application.shop", true},
		{"a leaf", "shop/live/DEBUG", "variable.shop/live/DEBUG", false},
		{"a path with a star", "*/live", "application.shop", true},
		{"above it, with a star", "sh*", "environment.shop/live", true},
		{"everything", "**", "environment.shop/live", true},
		{"a path of any depth", "**/DEBUG", "application.shop", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := pattern(t, test.pattern).Reaches(real(t, test.address)); got != test.want {
				t.Errorf("%q reaches %s: %v", test.pattern, test.address, got)
			}
		})
	}
}

// What a pattern matches, it names, may match below the parent, and reaches from every
// ancestor: nothing that is selected is left unread, and nothing protected unguarded.
func TestPatternsAreSound(t *testing.T) {
	catalog := kinds.Catalog()
	var addresses []resource.Address
	for _, text := range []string{
		"application.shop", "application.live", "environment.shop/live", "environment.shop/A", "variable.shop/live/A", "variable.shop/live/www.a.example",
		"domain.shop/live/www.a.example", "service.shop/live/database/DEFAULT", "cronjob.shop/live/x/y", "cronjob.shop/live/A",
		"repository.shop", "webhook.shop/GITHUB", "registry.live", "registry.shop.live",
	} {
		addresses = append(addresses, real(t, text))
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"", "", "variable.", "domain.", "environment.", "registry.", "*.", "**.", "*i*."}).Draw(t, "kind")
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"shop", "live", "A", "*", "**", "sh*", "WWW.a.example", "*.example", "**.example", "database", "default", "x", "y", "github"}), 1, 4).Draw(t, "parts")
		p, err := catalog.ParsePattern(kind + strings.Join(parts, "/"))
		var wrong *resource.AddressError
		switch {
		case errors.As(err, &wrong):
			t.Skip(err)
		case err != nil:
			t.Fatalf("%T %v", err, err)
		}
		if again, err := catalog.ParsePattern(p.String()); err != nil || !again.Equal(p) {
			t.Fatalf("%s is parsed again as %s, %v", p, again, err)
		}
		for _, a := range append(addresses, p.Addresses()...) {
			if !a.Match(p) {
				continue
			}
			k := catalog.Kind(a.Kind())
			if !p.Names(k) || !p.MayMatch(k, a.Parent()) {
				t.Fatalf("%s matches %s, and names its kind: %t, may match: %t", p, a, p.Names(k), p.MayMatch(k, a.Parent()))
			}
			for up := a.Parent(); !up.IsZero(); up = up.Parent() {
				if !p.Reaches(up) {
					t.Fatalf("%s matches %s, and does not reach %s", p, a, up)
				}
			}
		}
		for _, a := range p.Addresses() {
			if !a.Match(p) {
				t.Fatalf("%s does not match its address %s", p, a)
			}
		}
	})
}

func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"shop/live", "**", "*.shop/**/A", "domain.shop/live/MÜNCHEN.example.", "registry.a:5", "shop//", "a.b.c/d", "\x00/*", "cronjob.**0**0**0**X"} {
		f.Add(seed)
	}
	catalog := kinds.Catalog()
	f.Fuzz(func(t *testing.T, text string) {
		p, err := catalog.ParsePattern(text)
		var wrong *resource.AddressError
		if err != nil {
			if !errors.As(err, &wrong) || err.Error() == "" {
				t.Errorf("%q: %T %v", text, err, err)
			}
			return
		}
		if strings.ContainsRune(text, utf8.RuneError) {
			return // no domain has it, but its encoding does not say so
		}
		if again, err := catalog.ParsePattern(p.String()); err != nil || !again.Equal(p) {
			t.Errorf("%q is %q, which is parsed as %q, %v", text, p, again, err)
		}
		real(t, "cronjob.shop/live/x/y").Match(p)
	})
}
