package workflow_test

import (
	"bytes"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Every way in which a list may write the parents of its rows, for every kind: an apply
// makes each resource once, and then the plan is empty; or the answer is refused.

// respelling is a transport that writes the ids in one field of a list differently. It
// answers like the sandbox otherwise.
type respelling struct {
	http.RoundTripper
	path, field string
	spell       func(id string) any // absent for a row without the field
}

var absent = &struct{ _ int }{}

func (s *respelling) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.RoundTripper.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || r.URL.Path != s.path {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var list map[string]any
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	for _, row := range list["results"].([]any) {
		row := row.(map[string]any)
		id := resource.IDIn(row[s.field])
		if row[s.field] = s.spell(id); row[s.field] == absent {
			delete(row, s.field)
		}
	}
	text, err = json.Marshal(list)
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return response, err
}

func hexOf(id string) string {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(id))
	if err != nil {
		panic(err)
	}
	return hex.EncodeToString(raw)
}

func hyphenated(id string) string {
	h := hexOf(id)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// spellings of a parent's id. Those that are the same id must always work.
var spellings = map[string]struct {
	spell func(id string) any
	works works
}{
	"unchanged":            {func(id string) any { return id }, always},
	"hexadecimal":          {func(id string) any { return hexOf(id) }, always},
	"hyphenated":           {func(id string) any { return hyphenated(id) }, always},
	"url":                  {func(id string) any { return "https://api.example/apps/v3/things/" + id + "/" }, always},
	"hyphenated url":       {func(id string) any { return "/apps/v3/things/" + hyphenated(id) }, always},
	"object":               {func(id string) any { return map[string]any{"uuid": id, "slug": "x"} }, always},
	"object with a url":    {func(id string) any { return map[string]any{"url": "https://api.example/things/" + id + "/"} }, always},
	"null":                 {func(string) any { return nil }, whenAsked},
	"absent":               {func(string) any { return absent }, whenAsked},
	"empty":                {func(string) any { return "" }, whenAsked},
	"number":               {func(string) any { return 17 }, never},
	"name":                 {func(string) any { return "live" }, never},
	"false":                {func(string) any { return false }, never},
	"object without an id": {func(string) any { return map[string]any{"slug": "live"} }, never},
}

// works says for which lists a spelling works.
type works int

const (
	never     works = iota
	whenAsked       // of one parent, by a filter
	always
)

// lists are the lists of all kinds. byParent: the kind can be listed by one parent.
var lists = map[string]struct {
	path, field string
	byParent    bool
}{
	"applications": {"/apps/v3/applications/", "organisation", true},
	"environments": {"/apps/v3/environments/", "application", true},
	"variables":    {"/apps/v3/environment-variables/", "environment", true},
	"cron jobs":    {"/apps/v3/cronjobs/", "environment", true},
	"domains":      {"/apps/v3/domains/", "environment", false},
	"services":     {"/apps/v3/service-instances/", "environment", true},
	"repositories": {"/apps/v3/repositories/", "organisation", false},
	"webhooks":     {"/apps/v3/webhooks/", "repository", true},
	"registries":   {"/apps/v3/container-registries/", "organisation", true},
}

// everyKind declares resources of all kinds, in the given number of environments.
func everyKind(environments int) string {
	var b strings.Builder
	b.WriteString(`version: 1
repositories:
  code: { url: "https://git.example.com/acme/code.git", username: ci, password: git-password, webhooks: [github, gitlab] }
  more: { url: "https://git.example.com/acme/more.git", username: ci, password: git-password, webhooks: [github] }
  most: { url: "https://git.example.com/acme/most.git", username: ci, password: git-password, webhooks: [github] }
container_registries:
  registry.example.com: { username: ci, password: registry-password }
applications:
`)
	slugs := []string{"live", "test", "stage"}
	for i := range environments {
		if i%3 == 0 {
			fmt.Fprintf(&b, "  app%d:\n    name: App %d\n    region: eu-ch\n    plan_group: standard\n    environments:\n", i/3, i/3)
		}
		fmt.Fprintf(&b, `      %s:
        branch: main
        variables: { A: one, B: { sensitive: true, value: two-secrets } }
        cronjobs:
          - { command: first run, frequency: daily, time: "02:30" }
          - { command: second tour, frequency: hourly, time: ":30" }
        domains: { "www%d.acme.example": { primary: true }, "www%d.example.org": {} }
        services: [{ type: database, prefix: DEFAULT, service: postgresql-15 }]
`, slugs[i%3], i, i)
	}
	return b.String()
}

// at connects the workflow of a file through a transport.
func at(w *world, text string, transport http.RoundTripper) *workflow.Workflow {
	return workflow.New(workflow.Options{
		Files: []string{w.write("divio.yaml", text)},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: transport, Backoff: time.Millisecond,
				SchemaCache: filepath.Join(w.dir, "schema.json")})
		},
	})
}

func (w *world) dump() string {
	w.Helper()
	var b strings.Builder
	if err := w.box.Dump(&b); err != nil {
		w.Fatal(err)
	}
	return b.String()
}

// emptyWorld is a world without applications.
func emptyWorld(t *testing.T) *world {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Empty: true, DeploymentTime: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, t.TempDir(), box, "https://sandbox.invalid"}
}

// filled is a world in which a file was applied.
func filled(t *testing.T, text string) *world {
	t.Helper()
	w := emptyWorld(t)
	if _, err := applyOnce(w, at(w, text, w.box.RoundTripper())); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestParentsInEverySpelling(t *testing.T) {
	for _, environments := range []int{1, 4} { // lists by parent, and wider ones
		text := everyKind(environments)
		filled := filled(t, text) // all cases share it, since none may write
		dump := filled.dump()
		for _, list := range slices.Sorted(maps.Keys(lists)) {
			for _, spelling := range slices.Sorted(maps.Keys(spellings)) {
				t.Run(fmt.Sprintf("%d %s %s", environments, list, spelling), func(t *testing.T) {
					w := &world{t, filled.dir, filled.box, filled.endpoint}
					l, s := lists[list], spellings[spelling]
					flow := at(w, text, &respelling{w.box.RoundTripper(), l.path, l.field, s.spell})
					left, err := applyOnce(w, flow)
					if now := w.dump(); now != dump {
						t.Errorf("apply made\n%s, want\n%s", now, dump)
					}
					_, exportErr := flow.Export(w.Context(), "", nil, spec.WriteOptions{})
					if s.works == always || s.works == whenAsked && l.byParent {
						if err != nil || left > 0 || exportErr != nil {
							t.Errorf("%d changes are left, %v; export: %v", left, err, exportErr)
						}
						return
					}
					for _, err := range []error{err, exportErr} {
						var answer *remote.AnswerError
						var problems diag.List
						if !errors.As(err, &answer) || errors.As(err, &problems) {
							t.Errorf("got %v, want an answer that cannot be used", err)
						}
					}
				})
			}
		}
	}
}

// TestParentsOfNewResources: a new organisation, with every list in the same spelling.
func TestParentsOfNewResources(t *testing.T) {
	text := everyKind(4)
	want := filled(t, text).dump()
	for _, spelling := range slices.Sorted(maps.Keys(spellings)) {
		t.Run(spelling, func(t *testing.T) {
			w := emptyWorld(t)
			transport := w.box.RoundTripper()
			for _, l := range lists {
				transport = &respelling{transport, l.path, l.field, spellings[spelling].spell}
			}
			flow := at(w, text, transport)
			works := spellings[spelling].works == always
			var answer *remote.AnswerError
			for _, err := range applySteps(w, flow) {
				if works || !errors.As(err, &answer) {
					t.Error(err)
				}
			}
			left, err := applyOnce(w, flow)
			if now := w.dump(); works && now != want {
				t.Errorf("made\n%s, want\n%s", now, want)
			}
			if works != (err == nil) || left > 0 {
				t.Errorf("%d changes are left, %v", left, err)
			}
		})
	}
}

// applyOnce plans and applies, and returns the number of changes.
func applyOnce(w *world, flow *workflow.Workflow) (int, error) {
	w.Helper()
	p, err := flow.Plan(w.Context(), allowed(w))
	if err != nil {
		return 0, err
	}
	result := p.Apply(w.Context(), apply.Options{})
	for _, step := range result.Steps {
		if step.Error != nil {
			w.Errorf("%s: %v", step.Step, step.Error)
		}
	}
	changes := 0
	for _, c := range p.Changes {
		if !c.Waiting {
			changes++
		}
	}
	return changes, nil
}

// applySteps plans and applies, and returns what failed.
func applySteps(w *world, flow *workflow.Workflow) (errs []error) {
	w.Helper()
	p, err := flow.Plan(w.Context(), allowed(w))
	if err != nil {
		return []error{err}
	}
	for _, step := range p.Apply(w.Context(), apply.Options{}).Steps {
		if step.Error != nil {
			errs = append(errs, step.Error)
		}
	}
	return errs
}

func allowed(w *world) workflow.Request {
	return workflow.Request{AllowCreate: []resource.Address{
		address(w, "repository.code"), address(w, "repository.more"), address(w, "repository.most"),
	}}
}

func address(w *world, text string) resource.Address {
	a, err := kinds.Catalog().Parse(text)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// TestLostAnswersInEverySpelling: the answer to a create is lost. What was made is found
// in whatever spelling, or the step ends as unknown; nothing is made twice.
func TestLostAnswersInEverySpelling(t *testing.T) {
	text := everyKind(1)
	want := filled(t, text).dump()
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		for _, spelling := range []string{"hyphenated", "url", "object", "null", "number", "name"} {
			t.Run(list+" "+spelling, func(t *testing.T) {
				w := emptyWorld(t)
				l, s := lists[list], spellings[spelling]
				w.box.Inject(sandbox.Fault{Method: http.MethodPost, Path: l.path, Times: 1, Drop: sandbox.DropAfter})
				flow := at(w, text, &respelling{w.box.RoundTripper(), l.path, l.field, s.spell})
				p, err := flow.Plan(w.Context(), allowed(w))
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range p.Apply(w.Context(), apply.Options{}).Steps {
					var answer *remote.AnswerError
					if step.Status == apply.Failed && !errors.As(step.Error, &answer) {
						t.Errorf("%s", step.Error)
					}
				}
				for range 2 {
					if p, err = flow.Plan(w.Context(), allowed(w)); err == nil {
						p.Apply(w.Context(), apply.Options{})
					}
				}
				if now := w.dump(); s.works == always && now != want {
					t.Errorf("made\n%s, want\n%s", now, want)
				}
				made := map[string]int{}
				for _, line := range strings.Split(want, "\n") {
					made[line]++
				}
				for _, line := range strings.Split(w.dump(), "\n") {
					if made[line]--; made[line] < 0 && strings.Contains(line, "cronjob") {
						t.Errorf("made twice: %s", line)
					}
				}
			})
		}
	}
}
