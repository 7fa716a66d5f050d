package workflow_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// counted are the kinds that the API lets exist twice, or did not say that it does not,
// as a seed, a file that creates them, and what the emulator's dump has for each.
var counted = map[string]struct {
	seed, file, path string
	lines            *regexp.Regexp
	most             int // in the window; 1 where the emulator refuses a second one
}{
	"cron jobs": {
		seed: `{"applications": [{"slug": "one", "environments": [{"slug": "live"}]}]}`,
		file: `version: 1
applications: { one: { environments: { live: { cronjobs: [
  { command: x, frequency: daily, time: "01:00" }, { command: x, frequency: daily, time: "02:00", custom_timeout: 5 }] } } } }
`, path: "/apps/v3/cronjobs/", lines: regexp.MustCompile(`(?m)^ *cronjob .*$`), most: 2,
	},
	"repositories": {
		seed: `{"repositories": []}`,
		file: `version: 1
repositories:
  a: { url: "https://git.example.com/acme/a.git", username: ci, password: secret }
  b: { url: "https://git.example.com/acme/b.git", username: ci, password: secret }
`, path: "/apps/v3/repositories/", lines: regexp.MustCompile(`(?m)^ *repository "?https.*$`), most: 2,
	},
	"webhooks": {
		seed: `{"repositories": [{"url": "git@git.example.com:acme/a.git"}]}`,
		file: `version: 1
repositories: { a: { url: "git@git.example.com:acme/a.git", webhooks: [github, gitlab] } }
`, path: "/apps/v3/webhooks/", lines: regexp.MustCompile(`(?m)^ *webhook .*$`), most: 1,
	},
	"service instances": {
		seed: `{"applications": [{"slug": "one", "environments": [{"slug": "live"}]}]}`,
		file: `version: 1
applications: { one: { environments: { live: { services: [{ type: database, prefix: DEFAULT, service: postgresql-15 }, { type: storage, prefix: DEFAULT }] } } } }
`, path: "/apps/v3/service-instances/", lines: regexp.MustCompile(`(?m)^ *service .* PENDING_ATTACHMENT$`), most: 1,
	},
}

// interrupter runs something right before the request with a number.
type interrupter struct {
	inner http.RoundTripper
	at    int
	run   func()
	seen  int
	hit   string // method and path of that request
	again sync.Mutex
}

func (i *interrupter) RoundTrip(r *http.Request) (*http.Response, error) {
	i.again.Lock()
	i.seen++
	now := i.seen == i.at
	i.again.Unlock()
	if now {
		i.hit = r.Method + " " + r.URL.Path
		i.run()
	}
	return i.inner.RoundTrip(r)
}

// through is the workflow of a file by way of a transport.
func (w *world) through(text string, transport http.RoundTripper) *workflow.Workflow {
	return workflow.New(workflow.Options{
		Files: []string{w.write("divio.yaml", text)},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{Endpoint: w.endpoint, Token: resource.NewSecret("any"), Transport: transport, Backoff: time.Millisecond})
		},
	})
}

// dumped counts equal lines of the emulator's dump.
func (w *world) dumped(lines *regexp.Regexp) map[string]int {
	w.Helper()
	var text strings.Builder
	if err := w.box.Dump(&text); err != nil {
		w.Fatal(err)
	}
	count := map[string]int{}
	for _, line := range lines.FindAllString(text.String(), -1) {
		count[strings.TrimSpace(line)]++
	}
	return count
}

// A second apply that planned the same creates and runs whole at any moment of the first
// one makes nothing twice, except right before the request of a create: a look before it
// makes the window that small. What came through is a warning of the next plan.
func TestTwoAppliesAtOnce(t *testing.T) {
	for name, c := range counted {
		t.Run(name, func(t *testing.T) {
			doubled := 0
			for at := 1; ; at++ {
				w := newWorld(t)
				box, err := sandbox.New(sandbox.Options{DeploymentTime: time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				w.box = box
				w.seed(c.seed)
				other, err := w.through(c.file, w.box.RoundTripper()).Plan(w.Context(), workflow.Request{})
				if err != nil {
					t.Fatal(err)
				}
				first := &interrupter{inner: w.box.RoundTripper(), run: func() { other.Apply(w.Context(), apply.Options{Parallelism: 1}) }}
				p, err := w.through(c.file, first).Plan(w.Context(), workflow.Request{})
				if err != nil {
					t.Fatal(err)
				}
				first.at = first.seen + at
				p.Apply(w.Context(), apply.Options{Parallelism: 1})
				if first.hit == "" {
					if at < 4 {
						t.Fatalf("only %d requests", at-1)
					}
					break
				}
				twice := 0
				counts := w.dumped(c.lines)
				for line, n := range counts {
					if n > c.most {
						t.Errorf("%d times %s", n, line)
					}
					twice += n - 1
				}
				window := first.hit == "POST "+c.path && c.most > 1
				if len(counts) < 2 || (twice > 0) != window || twice > 1 {
					t.Errorf("before %s: %v", first.hit, counts)
				}
				if window {
					doubled++
				}
				again := w.plan(c.file)
				warned := strings.Count(texts(again.Warnings), "equals")
				if name == "cron jobs" && warned != twice {
					t.Errorf("before %s: %d warnings of twins", first.hit, warned)
				}
			}
			if c.most > 1 && doubled == 0 { // how often depends on how many requests wait for a check
				t.Error("the window was not found")
			}
		})
	}
}

func texts(notes []plan.Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, n.Text)
	}
	return strings.Join(all, "\n")
}
