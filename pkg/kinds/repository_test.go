package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// canary must not be seen in anything that is printed.
var canary = resource.NewSecret("canary")

func TestNamesOfURLs(t *testing.T) {
	for url, want := range map[string]string{
		"git@git.example.com:acme/shop.git": "shop",
		"https://git.example.com/acme/shop": "shop",
		"https://git.example.com/shop.git/": "shop",
		"git@git.example.com:shop.git":      "shop",
		"shop":                              "shop",
		"":                                  "",
	} {
		r := exists("repository.r", fields{"url": url}, nil)
		if got := r.Kind.Label(r); got != want {
			t.Errorf("%q is called %q, want %q", url, got, want)
		}
	}
}

// How the files let Divio in, and what a declared repository has thereby.
func TestCompleteRepository(t *testing.T) {
	for _, test := range []struct {
		name     string
		declared fields
		want     fields
	}{
		{"a key", fields{"key_type": "RSA"}, fields{"checked": true, "authentication_type": "KEYPAIR"}},
		{"a password", fields{"username": "u", "password": canary}, fields{"checked": true, "authentication_type": "USERPASS"}},
		{"a password alone", fields{"password": canary}, fields{"checked": true, "authentication_type": "USERPASS"}},
		{"an installation", fields{"github_installation_id": int64(1)}, fields{"checked": true, "authentication_type": "GITHUB_APP"}},
		{"nothing is said", fields{"id": "r1"}, fields{"checked": true}},
	} {
		if diff := cmp.Diff(test.want, completeRepository(newResource("repository.r", test.declared))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestStateOfRepository(t *testing.T) {
	type meaning struct {
		Derived fields
		Warning string
	}
	for _, test := range []struct {
		name  string
		facts facts
		want  meaning
	}{
		{"a check has cloned it", facts{"state": "CLONED", "state_message": "all is well"}, meaning{fields{"checked": true}, ""}},
		{"a check has failed", facts{"state": "INVALID", "state_message": "no access"}, meaning{fields{"checked": false}, "its last check failed: no access"}},
		{"a check runs", facts{"state": "CLONING"}, meaning{fields{"checked": false}, ""}},
		{"it was never checked", facts{"state": "UNKNOWN"}, meaning{fields{"checked": false}, ""}},
		{"the API does not say", nil, meaning{nil, ""}},
	} {
		r := newResource("repository.r", nil)
		r.Facts = test.facts
		if diff := cmp.Diff(test.want, meaning{r.Kind.Derive(r), r.Kind.Warn(r)}); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestCheckRepositories(t *testing.T) {
	const oneWay = "it has more than one kind of credentials (use key_type, or username and password, or github_installation_id)"
	for _, test := range []struct {
		name     string
		declared []fields
		want     []string
	}{
		{
			"one way each, or none", []fields{
				{"key_type": "RSA"}, {"username": "u", "password": canary}, {"github_installation_id": int64(1)}, {"id": "r1"}, {"id": "r2"},
			}, nil,
		},
		{"a key and a password", []fields{{"key_type": "RSA", "username": "u", "password": canary}}, []string{"r: " + oneWay}},
		{"an installation and half a password", []fields{{"github_installation_id": int64(1), "password": canary}}, []string{"r: " + oneWay}},
		{"a username alone", []fields{{"username": "u"}}, []string{"r: username and password must be used together (add the missing one)"}},
		{"a password alone", []fields{{"password": canary}}, []string{"r: username and password must be used together (add the missing one)"}},
		{
			"one id twice", []fields{{"id": "r1"}, {"id": "r2"}, {"id": "r1"}},
			[]string{"r id: two repositories have this id, r too (remove one of them)"},
		},
		{
			"one url twice", []fields{{"url": "u"}, {"url": "v"}, {"url": "u"}},
			[]string{"r url: two repositories have this url, r too (remove one of them, or add the id of each)"},
		},
		{"one url twice, one with an id", []fields{{"url": "u", "id": "r1"}, {"url": "u"}}, nil},
		{
			"a password in the url", []fields{{"url": "https://ci:hidden@git.example.com/x.git"}, {"url": "https://ci@git.example.com/x.git"}, {"url": "git@git.example.com:x.git"}},
			[]string{"r url: the url contains a password (remove it from the url, and use username and password)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var siblings []*resource.Resource
			for _, f := range test.declared {
				siblings = append(siblings, declare("repository.r", f))
			}
			if diff := cmp.Diff(test.want, problemLines(checkRepositories(siblings))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCompileRepository(t *testing.T) {
	const name, url = "repository.r", "git@git.example.com:acme/shop.git"
	const check = `check: CheckRepository <repository.r> · until GetRepository <repository.r> {state: "CLONED"} · for CLONED · fails at {state: "INVALID"} · why state_message · gives repository.r`
	const lookNew = ` · once ListRepositories {organisation: <organisation>} new beside r1 with GetRepositoryEndpoint {url: "git@git.example.com:acme/shop.git"} · refuses · serial · gives repository.r · tells auth_info · tells `
	const authenticate = "change the credentials of: PartialUpdateRepository <repository.r> "
	create := func(f fields) *resource.Change {
		f["url"] = url
		c := change(resource.Create, nil, declare(name, f))
		c.Known = []string{"r1"}
		return c
	}
	update := func(before, after fields, told facts) *resource.Change {
		return change(resource.Update, exists(name, before, told), declare(name, after))
	}
	cloned, invalid := facts{"state": "CLONED"}, facts{"state": "INVALID"}
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create with a key", create(fields{"key_type": "ED25519"}),
			[]string{`create: CreateRepository {key_type: "ED25519", organisation: <organisation>, url: "` + url + `"}` + lookNew, check},
		},
		{
			"a create with a password", create(fields{"username": "u", "password": canary}),
			[]string{`create: CreateRepository {organisation: <organisation>, password: "(sensitive)", url: "` + url + `", username: "u"}` + lookNew, check},
		},
		{
			"a create with an installation", create(fields{"github_installation_id": int64(7)}),
			[]string{`create: CreateRepository {github_installation_id: 7, organisation: <organisation>, url: "` + url + `"}` + lookNew, check},
		},
		{
			"a create without credentials", create(fields{}),
			[]string{`create: CreateRepository {organisation: <organisation>, url: "` + url + `"}` + lookNew, check},
		},
		{
			"a password instead of a key",
			update(fields{"authentication_type": "KEYPAIR"}, fields{"username": "u", "password": canary}, cloned),
			[]string{authenticate + `{authentication_config: {password: "(sensitive)", username: "u"}, authentication_type: "USERPASS"}`, check},
		},
		{
			"a key instead of a password",
			update(fields{"authentication_type": "USERPASS"}, fields{"key_type": "RSA"}, cloned),
			[]string{
				authenticate + `{authentication_config: {key_type: "RSA"}, authentication_type: "KEYPAIR"}`,
				`generate the key of: GenerateRepositoryKeypair <repository.r> {key_type: "RSA"} · tells public_key`, check,
			},
		},
		{
			"an installation instead of a key",
			update(fields{"authentication_type": "KEYPAIR"}, fields{"github_installation_id": int64(7)}, cloned),
			[]string{authenticate + `{authentication_config: {github_installation_id: 7}, authentication_type: "GITHUB_APP"}`, check},
		},
		{
			"another password",
			update(fields{"authentication_type": "USERPASS", "username": "u"}, fields{"username": "u", "password": canary}, cloned),
			[]string{authenticate + `{authentication_config: {password: "(sensitive)", username: "u"}, authentication_type: "USERPASS"}`, check},
		},
		{
			"the last check failed: a check alone",
			update(fields{"authentication_type": "KEYPAIR"}, fields{"key_type": "RSA"}, invalid),
			[]string{check},
		},
		{"a delete", change(resource.Delete, exists(name, nil, cloned), nil), []string{"delete: DestroyRepository <repository.r>"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
