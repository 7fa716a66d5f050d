package kinds

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestNormalDomain(t *testing.T) {
	label := strings.Repeat("a", maxLabel)
	for name, want := range map[string]string{
		"WWW.Acme.Example":      "www.acme.example",
		"www.acme.example.":     "www.acme.example",
		"bücher.example":        "xn--bcher-kva.example",
		"*.Acme.example":        "*.acme.example",
		label + ".example":      label + ".example",
		"_acme.acme.example":    "_acme.acme.example",
		"xn--bcher-kva.example": "xn--bcher-kva.example",
	} {
		if got, err := normalDomain(name); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"https://a.example": "a domain is a bare name, without https://",
		"a.example/x":       "a domain is a bare name, without a path, port or spaces",
		"a.example:80":      "a domain is a bare name, without a path, port or spaces",
		"user@a.example":    "a domain is a bare name, without a path, port or spaces",
		"a. example":        "a domain is a bare name, without a path, port or spaces",
		"a.*.example":       "* must be the whole first part of a domain",
		"*a.example":        "* must be the whole first part of a domain",
		"192.0.2.1":         "an IP address is not a domain",
		"xn--a.example":     "a domain looks like www.example.com",
		"":                  "a part is empty: check the dots",
		"a..example":        "a part is empty: check the dots",
		".a.example":        "a part is empty: check the dots",
		"localhost":         "it has only one part; a domain looks like www.example.com",
		"*.example":         "it has only one part; a domain looks like www.example.com",
		label + "a.example": "a part is longer than 63 characters",
	} {
		if got, err := normalDomain(name); err == nil || err.Error() != want {
			t.Errorf("%q: %q, %v, want %s", name, got, err, want)
		}
	}
}

func TestCheckDomains(t *testing.T) {
	one := declare("domain.a/live/one.example", fields{"primary": true})
	two := declare("domain.a/live/two.example", fields{"primary": true, "redirect_to_primary": true})
	three := declare("domain.a/live/three.example", fields{"primary": false, "redirect_to_primary": true})
	for _, test := range []struct {
		name     string
		siblings []*resource.Resource
		want     []string
	}{
		{"one primary, and one that redirects to it", []*resource.Resource{one, three}, nil},
		{"none is primary", []*resource.Resource{three}, nil},
		{
			"two are primary, and one of them redirects to itself", []*resource.Resource{one, three, two},
			[]string{
				"two.example primary: an environment has two primary domains, one.example too (set primary: true on only one domain of the environment)",
				"two.example redirect_to_primary: the primary domain cannot redirect to itself (remove redirect_to_primary, or make another domain primary)",
			},
		},
	} {
		if diff := cmp.Diff(test.want, problemLines(checkDomains(test.siblings))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestDomainsOfDivio(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts facts
		want  string
	}{
		{"managed by Divio", facts{"is_managed_by_divio": true, "is_editable": true}, "the domain is managed by Divio"},
		{"not editable", facts{"is_managed_by_divio": false, "is_editable": false}, "the API says that the domain cannot be edited"},
		{"editable", facts{"is_managed_by_divio": false, "is_editable": true}, ""},
		{"the API does not say", nil, ""},
	} {
		r := exists("domain.a/live/a.example", nil, test.facts)
		if got := r.Kind.Locked(r); got != test.want || r.Kind.Foreign(r) != (test.want != "") {
			t.Errorf("%s: locked %q, foreign %v", test.name, got, r.Kind.Foreign(r))
		}
	}
}

func TestCompileDomain(t *testing.T) {
	const name = "domain.a/live/a.example"
	const create = "create: CreateDomain {environment: <environment.a/live>, name: \"a.example\"} · look up ListDomains?{name: \"a.example\"} {environment: <environment.a/live>, name: \"a.example\"}"
	const transfer = "transfer: TransferDomain <domain.a/live/a.example> {target_environment: <environment.a/live>} · read back GetDomain <domain.a/live/a.example> {environment: <environment.a/live>}"
	const makePrimary = "make primary: MakePrimaryDomain <domain.a/live/a.example> · phase 3 · gate"
	plain, primary := fields{"primary": false, "redirect_to_primary": false}, fields{"primary": true, "redirect_to_primary": false}
	here := func(f fields) *resource.Resource { return exists(name, f, nil) }
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a new one that may be primary comes first", change(resource.Create, nil, declare(name, nil)),
			[]string{create + " · serial · gives domain.a/live/a.example"},
		},
		{
			"a new one that must not waits", change(resource.Create, nil, declare(name, fields{"primary": false})),
			[]string{create + " · phase 1 · serial · gives domain.a/live/a.example"},
		},
		{
			"what a create does not take follows it",
			change(resource.Create, nil, declare(name, fields{"redirect_to_primary": true, "domain_config": fields{"x": true}})),
			[]string{
				create + " · phase 1 · serial · gives domain.a/live/a.example",
				"update: PartialUpdateDomain <domain.a/live/a.example> {domain_config: {x: true}, is_redirect_to_primary: true} · phase 4",
			},
		},
		{
			"a new primary is made one, whatever Divio made of it", change(resource.Create, nil, declare(name, primary)),
			[]string{
				create + " · serial · gives domain.a/live/a.example", makePrimary,
				"update: PartialUpdateDomain <domain.a/live/a.example> {is_redirect_to_primary: false} · phase 4",
			},
		},
		{
			"one that exists becomes primary", change(resource.Update, here(plain), declare(name, fields{"primary": true})),
			[]string{makePrimary},
		},
		{
			"its redirect is cleared before", change(resource.Update, here(fields{"primary": false, "redirect_to_primary": true}), declare(name, primary)),
			[]string{
				"clear the redirect: PartialUpdateDomain <domain.a/live/a.example> {is_redirect_to_primary: false} · phase 2", makePrimary,
			},
		},
		{
			"what is no longer primary needs no call of its own", change(resource.Update, here(primary), declare(name, fields{"primary": false})),
			nil,
		},
		{
			"the primary stays primary without a call", change(resource.Update, here(primary), declare(name, fields{"primary": true, "domain_config": fields{}})),
			[]string{"update: PartialUpdateDomain <domain.a/live/a.example> {domain_config: {}} · phase 4"},
		},
		{
			"a transfer writes all that is declared",
			change(resource.Transfer, exists("domain.a/test/a.example", fields{"primary": false, "redirect_to_primary": true}, nil), declare(name, fields{"redirect_to_primary": true})),
			[]string{
				transfer + " · phase 1 · serial",
				"update: PartialUpdateDomain <domain.a/live/a.example> {is_redirect_to_primary: true} · phase 4",
			},
		},
		{
			"a transferred primary is made one again",
			change(resource.Transfer, exists("domain.a/test/a.example", primary, nil), declare(name, fields{"primary": true})),
			[]string{transfer + " · serial", makePrimary},
		},
		{
			"a delete", change(resource.Delete, here(plain), nil),
			[]string{"delete: DestroyDomain <domain.a/live/a.example> · phase 5"},
		},
		{
			"the primary is deleted last", change(resource.Delete, here(primary), nil),
			[]string{"delete: DestroyDomain <domain.a/live/a.example> · phase 6"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
