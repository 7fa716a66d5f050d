package workflow_test

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// everyText has every field that is text, in angle brackets; the values of variables,
// which keep their white space, in curly quotes.
const everyText = `version: 1
organisation: <acme>
variable_sets: { common: { SET: “from a set” } }
repositories:
  store: { url: <https://git.example.com/acme/store.git>, username: <ci>, password: <secret>, webhooks: [<gitlab>] }
  shop: { id: <jdycjejno5fcznvt4ohuamtiny>, key_type: <ed25519> }
container_registries:
  registry.example.com: { username: <ci>, password: <secret> }
protect: [<application.other>, <variable.other/**>]
moved: [{ from: <variable.shop/live/WORKERS>, to: <variable.shop/live/RENAMED> }]
removed: [<variable.shop/live/DEBUG>, { address: <variable.shop/live/OLD>, id: <iqbd4lzcnjczfc42qbidn6safu> }]
applications:
  shop:
    transfer_from: <acme>
    environments: { live: { variables: { RENAMED: “4”, SECRET_KEY: { sensitive: true } } } }
  store:
    name: <Acme Store>
    region: <eu-ch>
    plan_group: <standard>
    repository: <store>
    branch: <main>
    app_template: <https://templates.example.com/a.zip>
    release_commands: [{ label: <one>, command: <do  one> }, { label: <two>, command: <do two> }]
    tags: [{ name: <team>, value: <web> }, { name: <team>, value: <api> }]
    variable_sets: [<common>]
    environments:
      live:
        branch: <main>
        alternative_dockerfile: <Dockerfile.prod>
        variables: { A: “x”, B: { value: “y”, pattern_replacement: true } }
        cronjobs:
          - { command: <run  it>, frequency: <daily>, time: <02:30> }
          - { command: <other>, frequency: <Every10Min>, time: <> }
        services: [{ type: <Database>, prefix: <default>, service: <postgresql-15> }]
settings: { prune: [<variables>, <cronjobs>], deploy: [<environment.store/live>] }
`

var marked = regexp.MustCompile(`<([^>]*)>|“([^”]*)”`)

// spaced is everyText with random white space around every text. The values of
// variables are the given ones, which are drawn where they are missing.
func spaced(random *rand.Rand, values map[string]string) string {
	space := func() (text string) {
		for range random.IntN(3) {
			text += []string{" ", "\t", "\n", "\r\n", "\v", "\u00a0", "\u2003", "\u3000", "\u0085", "\x1c"}[random.IntN(10)]
		}
		return text
	}
	return marked.ReplaceAllStringFunc(everyText, func(text string) string {
		parts := marked.FindStringSubmatch(text)
		if parts[2] == "" {
			return strconv.Quote(space() + parts[1] + space())
		}
		if _, drawn := values[text]; !drawn {
			values[text] = space() + parts[2] + space()
		}
		return strconv.Quote(values[text])
	})
}

// White space around any text changes nothing, and around a value of a variable it
// arrives: what was applied is applied.
func TestWhiteSpaceConverges(t *testing.T) {
	for seed := range uint64(12) {
		w := newWorld(t)
		var err error
		if w.box, err = sandbox.New(sandbox.Options{CodePushed: true, DeploymentTime: time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		random, values := rand.New(rand.NewPCG(seed, 0)), map[string]string{}
		plan := func() *workflow.Planned {
			text := spaced(random, values)
			p, err := workflow.New(workflow.Options{
				Files: []string{w.write("divio.yaml", text)},
				Connect: func() (*api.Client, error) {
					return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: w.box.RoundTripper(), Backoff: time.Millisecond})
				},
			}).Plan(t.Context(), workflow.Request{})
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, text)
			}
			return p
		}
		for _, step := range plan().Apply(t.Context(), apply.Options{}).Steps {
			if step.Status != apply.Done && step.Status != apply.Waiting {
				t.Fatalf("seed %d: %s: %s %v", seed, step.Step, step.Status, step.Error)
			}
		}
		for range 2 {
			if again := plan(); !again.Empty() {
				for _, c := range again.Changes {
					t.Errorf("seed %d: %s %s: %+v %s", seed, c.Action, c.Address, c.Fields, c.Blocked)
				}
			}
		}
	}
}

// everyText has them all.
func TestWhiteSpaceInEveryField(t *testing.T) {
	w := newWorld(t)
	text := marked.ReplaceAllStringFunc(everyText, func(text string) string { return strconv.Quote(strings.Trim(text, "<>“”")) })
	doc, problems := spec.Load(spec.Input{Paths: []string{w.write("divio.yaml", text)}, Catalog: kinds.Catalog()})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	for _, r := range doc.State.Resources {
		for name := range r.Fields {
			declared[r.Kind.Name+"."+name] = true
		}
	}
	for _, k := range kinds.Catalog().Kinds() {
		for _, f := range k.Fields {
			switch f.Type {
			case resource.Text, resource.TypedText, resource.Enum, resource.Reference, resource.Tags:
				if f.Need != resource.Derived && !declared[k.Name+"."+f.Name] {
					t.Errorf("%s of %s is not in it", f.Name, k.Title)
				}
			}
		}
	}
}
