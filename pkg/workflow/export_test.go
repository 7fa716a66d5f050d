package workflow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// much has several of every kind, and what shares a name.
const much = `{
 "repositories": [
  {"url": "git@git.example.com:acme/shop.git", "webhooks": [{"provider_class": "GITHUB"}, {"provider_class": "GITLAB"}]},
  {"url": "git@git.example.com:acme/twin.git"}, {"url": "git@git.example.com:other/twin.git"},
  {"url": "git@git.example.com:acme/same.git"}, {"url": "git@git.example.com:acme/same.git"},
  {"url": "git@git.example.com:acme/lost.git", "endpoint_status": 403}, {"url": "git@git.example.com:acme/broken.git", "state": "INVALID"}],
 "container_registries": [{"server": "b.example", "username": "u", "password": "p"}, {"server": "a.example", "username": "u", "password": "p"}],
 "applications": [
  {"slug": "b", "repository": "git@git.example.com:other/twin.git", "environments": [{"slug": "live"}]},
  {"slug": "B", "repository": "git@git.example.com:acme/broken.git"},
  {"slug": "a", "tags": [{"name": "b", "value": "1"}, {"name": "a", "value": "2"}], "release_commands": [{"label": "z", "command": "1"}, {"label": "a", "command": "2"}],
   "environments": [
    {"slug": "test", "variables": [{"name": "Z", "value": "1"}, {"name": "A", "value": "2"}, {"name": "M", "value": "3"}, {"name": "TWICE", "value": "1"}, {"name": "TWICE", "value": "2"}]},
    {"slug": "live",
     "domains": [{"name": "www.test.example", "is_primary": true}, {"name": "a.test.example", "is_redirect_to_primary": true}],
     "services": [{"prefix": "B", "service": "postgresql-15", "service_status": "ATTACHED"}, {"prefix": "A", "service": "s3-storage", "service_status": "ATTACHED"},
      {"prefix": "C", "service": "s3-storage", "service_status": "DETACHED"}],
     "cronjobs": [
      {"command": "one", "frequency": "DAILY", "time": "02:30"}, {"command": "one", "frequency": "DAILY", "time": "01:30"},
      {"command": "same", "frequency": "HOURLY", "time": ":10", "custom_timeout": 60}, {"command": "same", "frequency": "HOURLY", "time": ":10"},
      {"command": "a", "frequency": "EVERY10MIN", "time": ""}]}]}]}`

// shuffler answers as the sandbox does, with the objects of every list in a random
// order.
type shuffler struct {
	box    http.RoundTripper
	random *rand.Rand // nil: the order of the sandbox
}

func (s shuffler) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.box.RoundTrip(r)
	if err != nil || s.random == nil {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	var list struct {
		Count    any               `json:"count"`
		Next     any               `json:"next"`
		Previous any               `json:"previous"`
		Results  []json.RawMessage `json:"results"`
	}
	if json.Unmarshal(text, &list) == nil && list.Results != nil {
		s.random.Shuffle(len(list.Results), func(i, j int) { list.Results[i], list.Results[j] = list.Results[j], list.Results[i] })
		if text, err = json.Marshal(list); err != nil {
			return nil, err
		}
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	response.Header.Del("Content-Length")
	return response, nil
}

// TestExportIsStable: whatever the order of the API's lists, an export has the same
// bytes, and says the same about what it leaves out.
func TestExportIsStable(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Seed(strings.NewReader(much)); err != nil {
		t.Fatal(err)
	}
	export := func(random *rand.Rand, opt spec.WriteOptions, applications ...string) spec.Written {
		w := workflow.New(workflow.Options{Connect: func() (*api.Client, error) {
			return api.New(api.Options{
				Endpoint: "https://sandbox.invalid", Token: resource.NewSecret("any"), Parallelism: 1,
				Transport: shuffler{box.RoundTripper(), random},
			})
		}})
		written, err := w.Export(t.Context(), "", applications, opt)
		if err != nil {
			t.Fatal(err)
		}
		return written
	}
	exports := []func(*rand.Rand) spec.Written{
		func(r *rand.Rand) spec.Written { return export(r, spec.WriteOptions{}) },
		func(r *rand.Rand) spec.Written { return export(r, spec.WriteOptions{Split: true}) },
		func(r *rand.Rand) spec.Written { return export(r, spec.WriteOptions{Ordered: true}, "b", "a") },
	}
	var first []spec.Written
	for i, export := range exports {
		first = append(first, export(nil))
		if first[i].Resources < 15 || len(first[i].LeftOut) < 3 {
			t.Fatalf("%d resources, left out: %q", first[i].Resources, first[i].LeftOut)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		i := rapid.IntRange(0, len(exports)-1).Draw(t, "kind of export")
		if diff := cmp.Diff(first[i], exports[i](random)); diff != "" {
			t.Fatalf("another export:\n%s", diff)
		}
	})
}

// TestDefaultsAreDocumented: docs/files.md lists the values that an export leaves out.
func TestDefaultsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/files.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds.Catalog().Kinds() {
		var defaults []string
		for _, f := range kind.Fields {
			if f.HasDefault {
				defaults = append(defaults, "`"+f.Name+": "+resource.Show(f.Default)+"`")
			}
		}
		row := "| " + kind.Name + " | " + strings.Join(defaults, ", ") + " |\n"
		if len(defaults) > 0 && !strings.Contains(string(page), row) {
			t.Errorf("docs/files.md lacks the row %s", row)
		}
	}
}

// TestExportPlansToNothing: whatever exists, an export of it is valid, and its plan is
// empty, with nothing blocked.
func TestExportPlansToNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		box, err := sandbox.New(sandbox.Options{Empty: true})
		if err != nil {
			rt.Fatal(err)
		}
		seeded := randomSeed(rt)
		seed, err := json.Marshal(seeded)
		if err != nil {
			rt.Fatal(err)
		}
		if err := box.Seed(bytes.NewReader(seed)); err != nil {
			rt.Fatal(err)
		}
		w := &world{t, t.TempDir(), box, "https://sandbox.invalid"}
		opt := spec.WriteOptions{Ordered: rapid.Bool().Draw(rt, "ordered"), Split: rapid.Bool().Draw(rt, "split")}
		var only []string
		if len(seeded["applications"].([]any)) > 0 && rapid.Bool().Draw(rt, "only one application") {
			only = []string{"a"}
		}
		written, err := w.of("").Export(t.Context(), "", only, opt)
		if err != nil {
			rt.Fatal(err)
		}
		var paths []string
		for name, content := range written.Files {
			paths = append(paths, w.write(strings.ReplaceAll(name, "/", "-"), string(content)))
		}
		exported := workflow.New(workflow.Options{Files: paths, Connect: func() (*api.Client, error) {
			return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: box.RoundTripper()})
		}})
		p, err := exported.Plan(t.Context(), workflow.Request{})
		if err != nil {
			rt.Fatalf("%s\n%s\n%v", seed, written.Files["divio.yaml"], err)
		}
		if !p.Empty() || len(p.Changes) > 0 {
			text := fmt.Sprintf("%s\n%s", seed, written.Files["divio.yaml"])
			for _, c := range p.Changes {
				text += fmt.Sprintf("\n%s %s %s %s %+v", c.Action, c.Address, c.Blocked, c.Reason, c.Fields)
			}
			rt.Fatal(text)
		}
	})
}

// randomSeed is an organisation with everything that makes an export hard.
func randomSeed(t *rapid.T) map[string]any {
	type object = map[string]any
	text := func(label string) string {
		return rapid.SampledFrom([]string{"x", "", " x ", "a\nb\n", "\ta", "::set-output", "\x1b[2J", "no", "1.10", "'\"#", "a: b", "ü\u202e", "postgres://u:p@h/x", "%s{{x}}"}).Draw(t, label)
	}
	several := func(label string, most int, each func(i int) object) []any {
		list := []any{}
		for i := range rapid.IntRange(0, most).Draw(t, label) {
			list = append(list, each(i))
		}
		return list
	}
	urls := []string{"git@git.example.com:acme/a.git", "git@git.example.com:other/a.git", "https://git.example.com/acme/b", "https://git.example.com/acme/%20"}
	repositories := several("repositories", 4, func(i int) object {
		r := object{
			"url":      rapid.SampledFrom(urls).Draw(t, "url"),
			"state":    rapid.SampledFrom([]string{"CLONED", "CLONED", "INVALID", "UNKNOWN"}).Draw(t, "state"),
			"webhooks": several("webhooks", 2, func(i int) object { return object{"provider_class": []string{"GITHUB", "GITLAB"}[i]} }),
		}
		if rapid.IntRange(0, 3).Draw(t, "readable") == 0 {
			r["endpoint_status"] = 403
		}
		return r
	})
	domain := 0
	environment := func(i int) object {
		return object{
			"slug": []string{"test", "live"}[i], "branch": rapid.SampledFrom([]string{"main", "a/b"}).Draw(t, "branch"),
			"variables": several("variables", 4, func(int) object {
				return object{
					"name":         rapid.SampledFrom([]string{"A", "B", "A__divioctl", "b", "::x", "A\x1b", "NO"}).Draw(t, "name"),
					"value":        text("value"),
					"is_sensitive": rapid.Bool().Draw(t, "sensitive"), "is_read_only": rapid.IntRange(0, 4).Draw(t, "read-only") == 0,
				}
			}),
			"cronjobs": several("cronjobs", 4, func(int) object {
				when := rapid.SampledFrom([][2]string{{"DAILY", "02:30"}, {"HOURLY", ":10"}, {"EVERY10MIN", ""}}).Draw(t, "when")
				return object{
					"command":   rapid.SampledFrom([]string{"sync", "timeout 60 sync", "a\nb", "::x", "\x1b[2J", "curl https://u:p@h"}).Draw(t, "command"),
					"frequency": when[0], "time": when[1], "custom_timeout": rapid.SampledFrom([]any{nil, 60}).Draw(t, "timeout"),
				}
			}),
			"domains": several("domains", 2, func(i int) object {
				domain++
				return object{"name": fmt.Sprintf("d%d.example", domain), "is_primary": i == 0, "is_redirect_to_primary": i > 0, "domain_config": object{text("key"): rapid.SampledFrom([]any{text("setting"), json.Number("12345678901234567890"), json.Number("1.50"), json.Number("1e3"), true, nil, []any{}, object{"a": object{}}}).Draw(t, "setting")}}
			}),
			"services": several("services", 3, func(int) object {
				return object{
					"prefix":         rapid.SampledFrom([]string{"DEFAULT", "OTHER", "DEFAULT__DIVIOCTL"}).Draw(t, "prefix"),
					"service":        rapid.SampledFrom([]string{"postgresql-15", "s3-storage"}).Draw(t, "service"),
					"service_status": rapid.SampledFrom([]string{"ATTACHED", "DETACHED", "NEW", "PROVISIONING_FAILED", "PENDING_DETACHMENT", "PENDING_ATTACHMENT", "REMOVED"}).Draw(t, "status"),
				}
			}),
			"deployments": []any{object{"success": true}},
		}
	}
	return object{
		"repositories": repositories,
		"applications": several("applications", 2, func(i int) object {
			a := object{
				"slug": []string{"a", "A"}[i], "name": "N" + text("name"), "environments": several("environments", 2, environment),
				"tags": []any{object{"name": "t" + text("tag"), "value": text("tag's value")}},
			}
			if len(repositories) > 0 && rapid.Bool().Draw(t, "repository") {
				a["repository"] = rapid.SampledFrom(repositories).Draw(t, "which").(object)["url"]
			}
			return a
		}),
	}
}
