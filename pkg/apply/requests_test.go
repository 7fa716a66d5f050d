package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// fleet is a remote world of n applications with two environments each, and the
// desired state that declares the given kinds of it.
func fleet(n int, declare ...string) (map[string]any, *resource.State) {
	d := &desire{catalog: kinds.Catalog(), state: &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}}
	declared := func(kind string, parent resource.Address) bool {
		for _, name := range declare {
			if name == kind {
				d.collection(kind, parent, false)
				return true
			}
		}
		return false
	}
	declared("application", resource.Address{})
	var applications []any
	for i := range n {
		slug := fmt.Sprintf("app%03d", i)
		app := d.add("application", resource.Address{}, slug, map[string]resource.Value{"name": slug})
		var environments []any
		environmentsDeclared := declared("environment", app)
		for _, env := range []string{"test", "live"} {
			var variables, jobs, domains []any
			var e resource.Address
			if environmentsDeclared {
				e = d.add("environment", app, env, map[string]resource.Value{"branch": "main"})
			}
			vars, crons, doms := declared("variable", e), declared("cronjob", e), declared("domain", e)
			for v := range 20 {
				name := fmt.Sprintf("V%d", v)
				variables = append(variables, map[string]any{"name": name, "value": "x"})
				if vars {
					d.add("variable", e, name, map[string]resource.Value{"value": "x"})
				}
			}
			jobs = append(jobs, map[string]any{"command": "run", "frequency": "DAILY", "time": "01:00"})
			if crons {
				d.add("cronjob", e, "run", map[string]resource.Value{"command": "run", "frequency": "DAILY", "time": "01:00"})
			}
			host := fmt.Sprintf("%s.%s.example.com", env, slug)
			domains = append(domains, map[string]any{"name": host})
			if doms {
				d.add("domain", e, host, map[string]resource.Value{"redirect_to_primary": false})
			}
			environments = append(environments, map[string]any{
				"slug": env, "branch": "main", "variables": variables, "cronjobs": jobs, "domains": domains,
			})
		}
		applications = append(applications, map[string]any{"slug": slug, "name": slug, "environments": environments})
	}
	return map[string]any{"applications": applications}, d.state
}

// requests plans once and counts the requests by collection.
func requests(t *testing.T, n int, declare ...string) map[string]int {
	t.Helper()
	seed, desired := fleet(n, declare...)
	r := newRig(t, seed, desired, resource.Settings{})
	r.box.ResetRequests()
	if p := r.plan(); !p.Empty() {
		t.Fatalf("%s", describe(p))
	}
	counts := map[string]int{}
	for _, request := range r.box.Requests() {
		if request.Method != "GET" {
			t.Errorf("a plan sends %s %s", request.Method, request.Path)
		}
		counts[strings.Split(request.Path, "/")[3]]++
	}
	return counts
}

// A plan asks for pages, not for objects, and never for a kind that no file
// declares. With 50 applications, 100 environments, 2,000 variables, 100 cron jobs
// and 100 domains these are the requests, and nothing else.
func TestRequestsOfAPlan(t *testing.T) {
	all := []string{"application", "environment", "variable", "cronjob", "domain"}
	for _, test := range []struct {
		n       int
		declare []string
		want    map[string]int
	}{
		{50, all, map[string]int{
			"organisations": 1, "applications": 1, "environments": 1,
			"environment-variables": 20, // 100 a page
			"cronjobs":              1, "domains": 1,
		}},
		{50, []string{"application"}, map[string]int{"organisations": 1, "applications": 1}},
		{50, []string{"application", "environment", "cronjob"}, map[string]int{
			"organisations": 1, "applications": 1, "environments": 1, "cronjobs": 1,
		}},
		{1, all, map[string]int{
			"organisations": 1, "applications": 1, "environments": 1, "environment-variables": 1, "cronjobs": 2, "domains": 1,
		}},
		{3, []string{"application", "environment", "variable"}, map[string]int{
			"organisations": 1, "applications": 1, "environments": 1, "environment-variables": 2,
		}},
	} {
		if diff := cmp.Diff(test.want, requests(t, test.n, test.declare...)); diff != "" {
			t.Errorf("%d applications, %v (-want +got)\n%s", test.n, test.declare, diff)
		}
	}
}
