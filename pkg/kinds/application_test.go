package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestCheckApplications(t *testing.T) {
	commands := func(labels ...any) []any {
		var list []any
		for _, label := range labels {
			list = append(list, fields{"label": label, "command": "run"})
		}
		return list
	}
	siblings := []*resource.Resource{
		declare("application.none", nil),
		declare("application.unique", fields{"release_commands": commands("migrate", "collect")}),
		declare("application.without", fields{"release_commands": commands(nil, nil)}),
		declare("application.twice", fields{"release_commands": commands("migrate", "collect", "migrate", "migrate")}),
	}
	want := []string{
		`twice release_commands[2].label: two release commands have the label "migrate" (give every release command a unique label)`,
		`twice release_commands[3].label: two release commands have the label "migrate" (give every release command a unique label)`,
	}
	if diff := cmp.Diff(want, problemLines(catalog.Kind("application").Check(siblings))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestApplicationFacts(t *testing.T) {
	for _, test := range []struct {
		name         string
		facts        facts
		locked, warn string
	}{
		{"nothing is the matter", facts{"is_locked": false, "is_suspended": false, "permissions": []any{"write"}}, "", ""},
		{"the API says nothing", nil, "", ""},
		{"locked", facts{"is_locked": true}, "the application is locked", ""},
		{
			"suspended", facts{"is_suspended": true, "suspended_reason": "not paid"}, "",
			"the application is suspended (not paid); deployments may be rejected",
		},
		{
			"suspended for no reason", facts{"is_suspended": true, "suspended_reason": nil}, "",
			"the application is suspended (no reason given); deployments may be rejected",
		},
		{
			"no permissions", facts{"permissions": []any{}}, "",
			"this account has no permission on the application; writes may be rejected",
		},
	} {
		r := exists("application.shop", nil, test.facts)
		if locked, warn := r.Kind.Locked(r), r.Kind.Warn(r); locked != test.locked || warn != test.warn {
			t.Errorf("%s: locked %q, warning %q", test.name, locked, warn)
		}
	}
}

// Archiving repeats the name, so that it cannot be done without.
func TestArchivingNeedsTheName(t *testing.T) {
	named, nameless := exists("application.named", fields{"name": "Named"}, nil), exists("application.nameless", nil, nil)
	s := resource.Siblings{Pairs: []*resource.Pair{
		{Current: named, Change: change(resource.Delete, named, nil)},
		{Current: nameless, Change: change(resource.Delete, nameless, nil)},
		{Current: nameless, Desired: nameless},
	}}
	want := []string{"nameless: block the API does not return its name, which is required for archiving: archive it manually"}
	if diff := cmp.Diff(want, verdictLines(named.Kind.Review(s))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNewApplicationBringsEnvironments(t *testing.T) {
	r := declare("application.shop", nil)
	want := []resource.Implied{{Kind: "environment", Key: "test"}, {Kind: "environment", Key: "live"}}
	if diff := cmp.Diff(want, r.Kind.Implies(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCompileApplication(t *testing.T) {
	const name = "application.shop"
	planned := resource.Ref{Name: "code", Address: at("repository.code")}
	other := resource.Ref{Name: "r2", Handle: "r2"}
	here := func(f fields) *resource.Resource { return exists(name, f, nil) }
	const lookUp = ` · look up ListApplications?{organisation: <organisation>, slug: "shop"} {slug: "shop"} · gives application.shop`
	const transfer = "transfer: TransferApplication <application.shop> {organisation: <organisation>} · read back GetApplication <application.shop> {organisation: <organisation>}"
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create sends what it takes, and an update the rest",
			change(resource.Create, nil, declare(name, fields{
				"name": "Shop", "region": resource.Ref{Name: "eu", Handle: "g1"}, "branch": "main", "port": int64(80), "startup_probe_max_retries": int64(3),
				"release_commands": []any{fields{"label": "a", "command": "b", "unknown": true}}, "transfer_from": resource.Ref{Handle: "o2"},
			})),
			[]string{
				`create: CreateApplication {branch: "main", name: "Shop", organisation: <organisation>, region: "g1", release_commands: [{"command":"b","label":"a"}], slug: "shop"}` + lookUp,
				"update: PartialUpdateApplication <application.shop> {port: 80, startup_probe_max_retries: 3}",
			},
		},
		{
			"a create takes the repository, which may not exist yet",
			change(resource.Create, nil, declare(name, fields{"name": "Shop", "repository": planned})),
			[]string{`create: CreateApplication {name: "Shop", organisation: <organisation>, repository: <repository.code>, slug: "shop"}` + lookUp},
		},
		{
			"an update sends what differs",
			change(resource.Update, here(fields{"name": "Old", "port": int64(80)}), declare(name, fields{"name": "New", "port": int64(80)})),
			[]string{`update: PartialUpdateApplication <application.shop> {name: "New"}`},
		},
		{
			"null is sent as such",
			change(resource.Update, here(fields{"port": int64(80)}), declare(name, fields{"port": nil})),
			[]string{"update: PartialUpdateApplication <application.shop> {port: null}"},
		},
		{
			"another repository is a migration",
			change(resource.Update, here(fields{"repository": resource.Ref{Handle: "r1"}}), declare(name, fields{"repository": other})),
			[]string{`migrate: MigrateApplicationToExternalRepository <application.shop> {repository: "r2"} · read back GetApplication <application.shop> {repository: "r2"}`},
		},
		{
			"the same repository is none",
			change(resource.Update, here(fields{"repository": other, "name": "Old"}), declare(name, fields{"repository": other, "name": "New"})),
			[]string{`update: PartialUpdateApplication <application.shop> {name: "New"}`},
		},
		{
			"a transfer writes all that is declared",
			change(resource.Transfer, here(fields{"name": "Shop", "repository": resource.Ref{Handle: "r1"}}), declare(name, fields{"name": "Shop", "repository": planned})),
			[]string{
				transfer,
				"migrate: MigrateApplicationToExternalRepository <application.shop> {repository: <repository.code>} · read back GetApplication <application.shop> {repository: <repository.code>}",
				`update: PartialUpdateApplication <application.shop> {name: "Shop"}`,
			},
		},
		{
			"a delete archives, by its name", change(resource.Delete, here(fields{"name": "Shop"}), nil),
			[]string{`archive: ArchiveApplication <application.shop> {verify_name: "Shop"} · read back ListApplications?{organisation: <organisation>, slug: "shop"} not {slug: "shop"}`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
