package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestLooksSecret(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"DEBUG", "True", ""},
		{"DB_PASSWORD", "x", "PASSWORD"},
		{"DBPASSWORD", "x", "PASSWORD"},
		{"db-passwd", "x", "PASSWD"},
		{"SECRET_KEY", "x", "SECRET"},
		{"GITHUB_TOKEN", "x", "TOKEN"},
		{"API_KEY", "x", "KEY"},
		{"MYAPIKEY", "x", "APIKEY"},
		{"SMTP_PASS", "x", "PASS"},
		{"MONKEY", "x", ""},
		{"KEYBOARD", "x", ""},
		{"COMPASS", "x", ""},
		{"STRIPE_PUBLIC_KEY", "x", ""},
		{"PUBLIC_SECRET", "x", "SECRET"},
		{"API_KEY", "", ""},
		{"API_KEY", "  ", ""},
		{"USE_TOKEN", "False", ""},
		{"USE_TOKEN", "1", ""},
		{"SENTRY_DSN", "https://abc@sentry.example/1", "URL"},
		{"SENTRY_DSN", "https://sentry.example/1", ""},
		{"DATABASE_URL", "postgres://u:p@db.example/x", "URL"},
		{"DATABASE_URL", "postgres://:p@db.example/x", "URL"},
		{"DATABASE_URL", "postgres://:@db.example/x", ""},
		{"CACHE", "a redis://u:p@h:1/0 b", "URL"},
		{"REPOSITORY", "ssh://git@git.example.com/acme/shop.git", ""},
		{"REPOSITORY", "ssh://git:pw@git.example.com/acme/shop.git", "URL"},
		{"REPOSITORY", "git@git.example.com:acme/shop.git", ""},
		{"CALLBACK", "https://a.example/x?mail=me@a.example", ""},
		{"CERTIFICATE", "-----BEGIN RSA PRIVATE KEY-----\nx", "private key"},
		{"CERTIFICATE", "-----BEGIN CERTIFICATE-----\nx", ""},
		{"MY_DSN", "root:pw@tcp(db:3306)/x", "password"},
		{"PG_DSN", "host=db user=x password=y", "password"},
		{"PG_DSN", "host=db user=x", ""},
		{"SSHKEY", "x", "SSHKEY"},
	} {
		got := looksSecret(c.name, c.value)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s=%q: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

// What looks like a secret is written and reported, with the address and without the
// value; what is sensitive, or comes from a source, is not.
func TestWriteReportsExposedSecrets(t *testing.T) {
	catalog := kinds.Catalog()
	state := &resource.State{Organisation: resource.Ref{Name: "acme"}}
	add := func(kind string, parent resource.Address, key string, fields map[string]resource.Value) resource.Address {
		r := &resource.Resource{Kind: catalog.Kind(kind), Key: key, Parent: parent, Address: resource.NewAddress(kind, parent, key), Fields: fields}
		state.Resources = append(state.Resources, r)
		return r.Address
	}
	app := add("application", resource.Address{}, "shop", map[string]resource.Value{
		"release_commands": []any{map[string]any{"label": "x", "command": "curl https://canary:canary@a.example"}},
	})
	live := add("environment", app, "live", map[string]resource.Value{"branch": "main"})
	add("variable", live, "API_KEY", map[string]resource.Value{"value": "canary"})
	add("variable", live, "TOKEN", map[string]resource.Value{"sensitive": true})
	add("variable", live, "PASSWORD", map[string]resource.Value{"value": resource.Source{Env: "P"}})
	add("variable", live, "PLAIN", map[string]resource.Value{"value": "x"})
	job := "curl https://canary:canary@b.example"
	add("cronjob", live, job, map[string]resource.Value{"command": job, "frequency": "EVERY10MIN"})
	add("cronjob", live, job, map[string]resource.Value{"command": job, "frequency": "EVERY10MIN"})
	add("domain", live, "a.example", map[string]resource.Value{"domain_config": map[string]any{"tls": map[string]any{"password": "canary"}}})

	result := Write(state, catalog, WriteOptions{})
	want := []string{
		"application.shop: command: it contains a URL with a user name or a password",
		"variable.shop/live/API_KEY: its name contains KEY",
		"cronjob.shop/live/curl https://...@b.example: it contains a URL with a user name or a password",
		"domain.shop/live/a.example: tls: password: its name contains PASSWORD",
	}
	if diff := cmp.Diff(want, result.Exposed); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cronjob.shop/live/curl https://...@b.example: another cron job has the same label (@...), and a file can declare only one of them; pruning cronjobs would delete the one with the id "}, result.LeftOut); diff != "" {
		t.Errorf("left out (-want +got)\n%s", diff)
	}
	if written := string(result.Files["divio.yaml"]); !strings.Contains(written, "API_KEY: canary") {
		t.Error(written)
	}
}
