package workflow_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// oneVariable is a file whose plan has one change in the sandbox's demo organisation.
const oneVariable = `version: 1
applications: { shop: { environments: { live: { variables: { GREETING: hello } } } } }
`

// world is a directory and a sandbox, whose endpoint can be given another name.
type world struct {
	*testing.T
	dir      string
	box      *sandbox.Sandbox
	endpoint string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, t.TempDir(), box, "https://sandbox.invalid"}
}

// write writes a file of the directory and gives its path.
func (w *world) write(name, text string) string {
	w.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	return path
}

// of is the workflow of a file.
func (w *world) of(text string) *workflow.Workflow {
	w.Helper()
	return workflow.New(workflow.Options{
		Files: []string{w.write("divio.yaml", text)},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: w.box.RoundTripper()})
		},
	})
}

func (w *world) seed(document string) {
	w.Helper()
	if err := w.box.Seed(strings.NewReader(document)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) plan(text string) *workflow.Planned {
	w.Helper()
	p, err := w.of(text).Plan(w.Context(), workflow.Request{})
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// save saves a plan and gives the path of the file.
func (w *world) save(p *workflow.Planned) string {
	w.Helper()
	text, err := p.Save([]byte("{}"))
	if err != nil {
		w.Fatal(err)
	}
	return w.write("plan.divio", string(text))
}

// TestOpen: a saved plan is applied where it is still the same, and says what moved where
// it is not.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name      string
		meanwhile func(*world)
		steps     int
		want      string // of what moved; "" is nothing
	}{
		{"nothing", func(*world) {}, 1, ""},
		{"another application", func(w *world) { w.seed(`{"applications": [{"slug": "other"}]}`) }, 1, ""},
		{"the change itself", func(w *world) { w.plan(oneVariable).Apply(w.Context(), apply.Options{}) }, 0, ""},
		{"another endpoint", func(w *world) { w.endpoint = "https://other.invalid" }, 0, "it was made for https://sandbox.invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			saved := w.save(w.plan(oneVariable))
			c.meanwhile(w)
			p, err := w.of(oneVariable).Open(t.Context(), saved, workflow.Request{})
			var stale *plan.StaleError
			switch {
			case c.want == "" && err != nil, c.want == "" && len(p.Steps) != c.steps:
				t.Errorf("%v, want the plan", err)
			case c.want != "" && (!errors.As(err, &stale) || !strings.Contains(strings.Join(stale.Moved, "\n"), c.want)):
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestOpenLifts: of a request, only what lifts a limit counts beside a saved plan.
func TestOpenLifts(t *testing.T) {
	w := newWorld(t)
	w.seed(`{"applications": [{"slug": "spare", "environments": [{"slug": "live"}, {"slug": "old"}]}]}`)
	text := "version: 1\napplications: { spare: { environments: { live: {} } } }\nsettings: { prune: [environments] }\n"
	p := w.plan(text)
	if len(p.Violations) == 0 {
		t.Fatal("an environment is deleted without permission")
	}
	var allowed []resource.Address
	for _, violation := range p.Violations {
		allowed = append(allowed, violation.Address)
	}
	opened, err := w.of(text).Open(t.Context(), w.save(p), workflow.Request{AllowDestroy: allowed, Prune: []string{"applications"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(opened.Violations) > 0 || opened.Digest != p.Digest {
		t.Errorf("violations %v, digest %s, want none and %s", opened.Violations, opened.Digest, p.Digest)
	}
}

// TestVerify: what somebody else changes after an apply is found, where the apply
// touched it.
func TestVerify(t *testing.T) {
	w := newWorld(t)
	p := w.plan(oneVariable)
	if result := p.Apply(t.Context(), apply.Options{}); !result.Complete() {
		t.Fatalf("%+v", result.Summary)
	}
	if found, err := p.Verify(t.Context()); err != nil || len(found.Left) > 0 {
		t.Errorf("%v, %d left, want nothing", err, len(found.Left))
	}
	w.plan(strings.Replace(oneVariable, "hello", "goodbye", 1)).Apply(t.Context(), apply.Options{})
	found, err := p.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Left) != 1 || found.Left[0].Action != resource.Update {
		t.Errorf("%d left, want the update", len(found.Left))
	}
}

// TestReadError: after a failed read, the plan of what was read is available.
func TestReadError(t *testing.T) {
	w := newWorld(t)
	w.box.Inject(sandbox.Fault{Method: "GET", Path: "/apps/v3/cronjobs**", Status: 403})
	text := strings.Replace(oneVariable, "variables:", "cronjobs: [], variables:", 1)
	_, err := w.of(text).Plan(t.Context(), workflow.Request{})
	var failed *workflow.ReadError
	if !errors.As(err, &failed) || !api.IsAuth(err) || !strings.HasPrefix(err.Error(), "read the current state from https://sandbox.invalid: ") {
		t.Fatalf("%v, want a read that was not allowed", err)
	}
	partial := failed.Partial()
	if partial == nil || len(partial.Changes) != 1 || len(partial.Unread) != 1 || partial.Digest != "" {
		t.Errorf("the partial plan is %+v", partial)
	}
}

// TestProblems: each sort of problem has its type, and nothing connects before the files
// are valid.
func TestProblems(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, text string
		request    workflow.Request
		is         func(error) bool
	}{
		{"invalid files", "version: 2\n", workflow.Request{}, is[diag.List]},
		{"no such base", oneVariable, workflow.Request{Base: "no/such/revision"}, is[*workflow.BaseError]},
		{"unknown organisation", "organisation: nobody\n" + oneVariable, workflow.Request{}, is[diag.List]},
		{"nothing selected", oneVariable, workflow.Request{Select: plan.Selection{Only: only(t, kinds.Catalog(), "variable.shop/live/NONE")}}, is[*plan.SelectionError]},
	} {
		if _, err := w.of(c.text).Plan(t.Context(), c.request); !c.is(err) {
			t.Errorf("%s: %T %v", c.name, err, err)
		}
	}
	offline := workflow.New(workflow.Options{
		Files:   []string{w.write("invalid.yaml", "version: 2\n")},
		Connect: func() (*api.Client, error) { t.Error("connected"); return nil, errors.New("no") },
	})
	if _, err := offline.Plan(t.Context(), workflow.Request{}); !is[diag.List](err) {
		t.Errorf("%v", err)
	}
}

func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// TestExport: what is exported plans to nothing.
func TestExport(t *testing.T) {
	w := newWorld(t)
	written, err := w.of(oneVariable).Export(t.Context(), "", []string{"shop"}, spec.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := string(written.Files["divio.yaml"])
	if p := w.plan(text); written.Resources == 0 || !p.Empty() {
		t.Errorf("%d resources, and a plan with %d changes:\n%s", written.Resources, len(p.Changes), text)
	}
}

// TestLedgerAfterFailure: a value that was written is in the ledger, although the change
// that it is part of failed later. So another value is noticed, and written.
func TestLedgerAfterFailure(t *testing.T) {
	w := newWorld(t)
	w.box.Inject(sandbox.Fault{Method: "POST", Path: "/apps/v3/repositories/*/check/", Status: 403, Times: 1})
	plan := func(password string) *workflow.Planned {
		options := w.of("version: 1\nsettings: { ledger: divio.ledger }\n" +
			"repositories: { web: { url: https://git.example.com/web.git, username: ci, password: " + password + " } }\n").Options
		options.LedgerKey = resource.NewSecret("a key of the ledger, long enough")
		p, err := workflow.New(options).Plan(t.Context(), workflow.Request{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if result := plan("wrong").Apply(t.Context(), apply.Options{}); result.Complete() {
		t.Fatal("the check did not fail")
	}
	if p := plan("wrong"); len(p.Uncompared) > 0 || p.Changes[0].Field("password") != nil {
		t.Errorf("%v are not compared, and these change: %v", p.Uncompared, p.Changes[0].Fields)
	}
	p := plan("right")
	// All credentials are written together, so the username is shown too.
	if p.Changes[0].Field("password") == nil || p.Changes[0].Field("username") == nil {
		t.Errorf("another password changes %v", p.Changes[0].Fields)
	}
	if result := p.Apply(t.Context(), apply.Options{}); !result.Complete() || !plan("right").Empty() {
		t.Errorf("%+v", result.Summary)
	}
}

// only is a selection by one pattern.
func only(t *testing.T, catalog *resource.Catalog, text string) []resource.Pattern {
	t.Helper()
	p, err := catalog.ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return []resource.Pattern{p}
}
