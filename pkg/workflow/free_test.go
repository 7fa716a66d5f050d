package workflow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// randomConfig is the JSON of an object with numbers of all sorts.
func randomConfig(random *rand.Rand, depth int) string {
	out := "{"
	for i := range random.IntN(4) {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%q: ", fmt.Sprintf("%c%d", 'a'+rune(random.IntN(3)), i))
		switch kind := random.IntN(6); {
		case kind < 2 && depth < 3:
			out += randomConfig(random, depth+1)
		case kind == 2:
			out += `[1.0, "010", null, 12345678901234567890]`
		case kind == 3:
			out += []string{"true", "null", `" x\n"`, "{}", "[]"}[random.IntN(5)]
		default:
			out += []string{"0", "-0", "1.50", "1e3", "1E-7", "12345678901234567890", "0.1", "-98765432109876543210.5", "9223372036854775807"}[random.IntN(9)]
		}
	}
	return out + "}"
}

// A free object is what the API had, with the keys of the files on top: in the request,
// in the answer, in an export, and so in the next plan, which is empty.
func TestFreeObjectsConverge(t *testing.T) {
	for seed := range uint64(15) {
		random := rand.New(rand.NewPCG(seed, 0))
		before, declared := randomConfig(random, 0), randomConfig(random, 0)
		w := newWorld(t)
		w.seed(`{"applications": [{"slug": "free", "environments": [{"slug": "live", "domains": [{"name": "free.example", "domain_config": ` + before + `}]}]}]}`)
		text := "version: 1\napplications: { free: { environments: { live: { domains: { free.example: { domain_config: " + declared + " } } } } } }\n"
		p := w.plan(text)
		for _, step := range p.Apply(t.Context(), apply.Options{}).Steps {
			if step.Status != apply.Done {
				t.Fatalf("seed %d: %s: %s %v", seed, step.Step, step.Status, step.Error)
			}
		}
		if again := w.plan(text); !again.Empty() {
			t.Errorf("seed %d: %s over %s: %+v", seed, declared, before, again.Changes[0].Fields)
		}
		exported, err := w.of(text).Export(t.Context(), "", []string{"free"}, spec.WriteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var all string
		for _, file := range exported.Files {
			all += string(file)
		}
		if again := w.plan(all); !again.Empty() {
			t.Errorf("seed %d: the export plans changes\n%s", seed, all)
		}
		want := resource.Overlay(config(t, before), config(t, declared))
		if got := exportedConfig(w, all); !resource.Equal(got, want) {
			t.Errorf("seed %d: %s over %s: got %v, want %v", seed, declared, before, got, want)
		}
	}
}

// config is the JSON of a free object as a value.
func config(t *testing.T, text string) resource.Value {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return (&resource.Field{Type: resource.FreeObject}).Normal(v)
}

// exportedConfig is the domain_config in files, an empty one where there is none.
func exportedConfig(w *world, text string) resource.Value {
	w.Helper()
	doc, problems := spec.Load(spec.Input{Paths: []string{w.write("exported.yaml", text)}, Catalog: kinds.Catalog()})
	if err := problems.Err(); err != nil {
		w.Fatal(err)
	}
	for _, r := range doc.State.Resources {
		if config, declared := r.Fields["domain_config"]; declared {
			return config
		}
	}
	return map[string]any{}
}
