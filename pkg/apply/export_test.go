package apply_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Whatever exists, its export is valid and its plan is empty, in every form of
// the export.
func TestExportThenPlanIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(t, drawAll(t), nil, drawSettings(t))
		state, err := remote.ReadAll(context.Background(), r.client(r.box.RoundTripper()), kinds.Catalog(), resource.Ref{}, nil)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		export := spec.Write(state, kinds.Catalog(), spec.WriteOptions{
			Ordered: rapid.Bool().Draw(t, "ordered"), Split: rapid.Bool().Draw(t, "split"),
		})
		files, leftOut := export.Files, export.LeftOut
		dir, err := os.MkdirTemp("", "export")
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer os.RemoveAll(dir)
		for name, text := range files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatalf("%v", err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatalf("%v", err)
			}
		}
		doc, problems := spec.Load(spec.Input{Paths: []string{dir}, Catalog: kinds.Catalog()})
		if len(problems) > 0 {
			t.Fatalf("the export is not valid: %v\n%s", problems, files)
		}
		r.desired = doc.State
		r.settings = resource.Settings{} // a duplicate that was left out must not be pruned
		if p := r.plan(); !p.Empty() || len(p.Unmanaged) != len(leftOut) {
			t.Fatalf("%s\nleft out: %v\n%s", describe(p), leftOut, files)
		}
		for name, text := range files {
			if bytes.Contains(text, []byte("canary")) {
				t.Fatalf("a secret in %s:\n%s", name, text)
			}
		}
	})
}

// drawAll draws what every kind may have, in a state that files describe: nothing is
// detached, and every repository is cloned.
func drawAll(t *rapid.T) map[string]any {
	seed := drawRemote(t)
	repositories, registries := []any{}, []any{}
	var uses []string // by id: two may have one url
	for i := range rapid.IntRange(0, 4).Draw(t, "repositories") {
		id := "iqbd4lzcnjczfc42qbidn6sa" + []string{"fu", "fe", "fy", "fm"}[i]
		hooks := []any{}
		for _, provider := range []string{"GITHUB", "GITLAB"} {
			if rapid.Bool().Draw(t, provider) {
				hooks = append(hooks, map[string]any{"provider_class": provider, "secret": "canary"})
			}
		}
		repositories = append(repositories, map[string]any{
			"uuid": id, "webhooks": hooks, "password": "canary", "username": "ci",
			"url":                 rapid.SampledFrom([]string{"git@a.example:x/shop.git", "https://b.example/shop", "https://b.example/odd%20one.git/"}).Draw(t, "url"),
			"authentication_type": rapid.SampledFrom([]string{"KEYPAIR", "USERPASS", "GITHUB_APP"}).Draw(t, "authentication"),
			"endpoint_status":     rapid.SampledFrom([]int{0, 0, 403, 404}).Draw(t, "endpoint status"),
		})
		uses = append(uses, id)
	}
	for _, server := range []string{"Registry.Example.com", "bücher.example:5000"} {
		if rapid.Bool().Draw(t, server) {
			registries = append(registries, map[string]any{"server": server, "username": "ci", "password": "canary"})
		}
	}
	for _, app := range seed["applications"].([]any) {
		if len(uses) > 0 && rapid.Bool().Draw(t, "uses one") {
			app.(map[string]any)["repository"] = rapid.SampledFrom(uses).Draw(t, "repository")
		}
		for _, env := range app.(map[string]any)["environments"].([]any) {
			services := []any{}
			for _, prefix := range []string{"DEFAULT", "OTHER"} {
				if rapid.Bool().Draw(t, prefix) {
					services = append(services, map[string]any{
						"prefix": prefix, "service": rapid.SampledFrom([]string{"postgresql-15", "s3-storage"}).Draw(t, "service"), "service_status": "ATTACHED",
					})
				}
			}
			env.(map[string]any)["services"] = services
		}
	}
	seed["repositories"], seed["container_registries"] = repositories, registries
	return seed
}

// The same input gives the same bytes, whatever the order in which the API lists
// what has no order of its own.
func TestPlanBytesIgnoreOrderOfAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := draw(t)
		var first []byte
		for seed := range uint64(3) {
			transport := &shuffler{inner: r.box.RoundTripper(), random: seed}
			current, err := remote.Read(context.Background(), r.client(transport), kinds.Catalog(), remote.Wanted{Desired: r.desired})
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			p, problems := plan.Make(plan.Input{Catalog: kinds.Catalog(), Desired: r.desired, Current: current, Settings: r.settings})
			if problems != nil {
				t.Fatalf("plan: %v", problems)
			}
			var out bytes.Buffer
			if err := render.PlanText(&out, p, render.Options{}); err != nil {
				t.Fatalf("text: %v", err)
			}
			if err := render.PlanJSON(&out, p, nil); err != nil {
				t.Fatalf("json: %v", err)
			}
			if first == nil {
				first = out.Bytes()
			} else if !bytes.Equal(first, out.Bytes()) {
				t.Fatalf("%s\nor\n%s", first, out.Bytes())
			}
		}
	})
}

// shuffler reorders the results of every list but the variables', whose order
// means something.
type shuffler struct {
	inner  http.RoundTripper
	random uint64
}

func (s *shuffler) RoundTrip(req *http.Request) (*http.Response, error) {
	response, err := s.inner.RoundTrip(req)
	if err != nil || req.Method != http.MethodGet || s.random == 0 || strings.Contains(req.URL.Path, "environment-variables") {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var page map[string]any
	if json.Unmarshal(text, &page) == nil {
		if results, ok := page["results"].([]any); ok {
			rand.New(rand.NewPCG(s.random, uint64(len(results)))).Shuffle(len(results), func(i, j int) {
				results[i], results[j] = results[j], results[i]
			})
			if text, err = json.Marshal(page); err != nil {
				return nil, err
			}
		}
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	response.ContentLength = int64(len(text))
	return response, nil
}
