package apply_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// The properties in converge_test.go draw a remote world and a desired state at
// random, and run the real client, plan and apply against the sandbox.

var (
	slugs    = []string{"test", "live", "stage"}
	names    = []string{"A", "B", "C", "D", "E"}
	commands = []string{"run a", "run b", "sweep the whole house", "x"}
	hosts    = []string{"a.example.com", "b.example.com", "c.example.com", "d.example.com"}
)

// drawRemote draws a seed document of up to two applications.
func drawRemote(t *rapid.T) map[string]any {
	free := rapid.Permutation(hosts).Draw(t, "remote hosts")
	applications := []any{}
	for _, slug := range []string{"one", "two"}[:rapid.IntRange(0, 2).Draw(t, "applications")] {
		environments := []any{}
		for _, env := range slugs[:rapid.IntRange(0, 3).Draw(t, "environments")] {
			variables, jobs, domains := []any{}, []any{}, []any{}
			for _, name := range rapid.Permutation(names).Draw(t, "order")[:rapid.IntRange(0, 5).Draw(t, "variables")] {
				variables = append(variables, map[string]any{
					"name": name, "value": drawText(t), "is_sensitive": rapid.Bool().Draw(t, "sensitive"),
					"is_pattern_replacement_active": rapid.Bool().Draw(t, "pattern"),
				})
			}
			for range rapid.IntRange(0, 3).Draw(t, "jobs") {
				jobs = append(jobs, map[string]any{
					"command": rapid.SampledFrom(commands).Draw(t, "command"), "frequency": "DAILY",
					"custom_timeout": rapid.SampledFrom([]any{nil, 30}).Draw(t, "timeout"),
					"time":           rapid.SampledFrom([]string{"01:00", "02:00"}).Draw(t, "time"),
				})
			}
			n := rapid.IntRange(0, min(2, len(free))).Draw(t, "domains")
			for i, host := range free[:n] {
				domains = append(domains, map[string]any{
					"name": host, "is_primary": i == 0, "is_redirect_to_primary": i > 0 && rapid.Bool().Draw(t, "redirect"),
				})
			}
			free = free[n:]
			environments = append(environments, map[string]any{
				"slug": env, "branch": rapid.SampledFrom([]string{"main", "dev"}).Draw(t, "branch"),
				"variables": variables, "cronjobs": jobs, "domains": domains,
			})
		}
		applications = append(applications, map[string]any{
			"slug": slug, "name": "Name " + slug, "environments": environments,
			"tags": []any{map[string]any{"name": "team", "value": drawText(t)}},
		})
	}
	return map[string]any{"applications": applications}
}

func drawText(t *rapid.T) string { return rapid.SampledFrom([]string{"", "1", "two"}).Draw(t, "text") }

// desire is a desired state under construction.
type desire struct {
	t       *rapid.T
	catalog *resource.Catalog
	state   *resource.State
}

func (d *desire) collection(kind string, parent resource.Address, ordered bool) {
	d.state.Collections[resource.CollectionID{Kind: kind, Parent: parent}] = resource.Collection{Ordered: ordered}
}

func (d *desire) add(kind string, parent resource.Address, key string, fields map[string]resource.Value) resource.Address {
	r := &resource.Resource{
		Kind: d.catalog.Kind(kind), Key: key, Parent: parent,
		Address: resource.NewAddress(kind, parent, key), Fields: fields,
	}
	d.state.Resources = append(d.state.Resources, r)
	return r.Address
}

// optional adds a field or leaves it undeclared.
func (d *desire) optional(fields map[string]resource.Value, name string, values ...resource.Value) {
	if rapid.Bool().Draw(d.t, "declare "+name) {
		fields[name] = rapid.SampledFrom(values).Draw(d.t, name)
	}
}

// drawDesired draws a valid desired state over the same names.
func drawDesired(t *rapid.T) *resource.State {
	d := &desire{t: t, catalog: kinds.Catalog(), state: &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}}
	d.collection("application", resource.Address{}, false)
	free := rapid.Permutation(hosts).Draw(t, "declared hosts")
	for _, slug := range []string{"one", "two", "new"} {
		if !rapid.Bool().Draw(t, "declare "+slug) {
			continue
		}
		fields := map[string]resource.Value{"name": "Name " + slug, "region": resource.Ref{Name: "eu-ch"}, "plan_group": resource.Ref{Name: "standard"}}
		d.optional(fields, "port", nil, int64(80))
		app := d.add("application", resource.Address{}, slug, fields)
		if !rapid.Bool().Draw(t, "environments of "+slug) {
			continue
		}
		d.collection("environment", app, false)
		for _, env := range slugs[:rapid.IntRange(1, 3).Draw(t, "declared environments")] {
			branch := rapid.SampledFrom([]resource.Value{"main", "dev"}).Draw(t, "declared branch")
			e := d.add("environment", app, env, map[string]resource.Value{"branch": branch})
			d.variables(e)
			d.cronjobs(e)
			free = d.domains(e, free)
		}
	}
	return d.state
}

func (d *desire) variables(e resource.Address) {
	if !rapid.Bool().Draw(d.t, "declare variables") {
		return
	}
	d.collection("variable", e, rapid.Bool().Draw(d.t, "ordered"))
	for _, name := range rapid.Permutation(names).Draw(d.t, "declared order")[:rapid.IntRange(0, 5).Draw(d.t, "declared variables")] {
		fields := map[string]resource.Value{"value": drawText(d.t)}
		d.optional(fields, "sensitive", true, false)
		d.optional(fields, "pattern_replacement", true, false)
		d.add("variable", e, name, fields)
	}
}

func (d *desire) cronjobs(e resource.Address) {
	if !rapid.Bool().Draw(d.t, "declare cronjobs") {
		return
	}
	d.collection("cronjob", e, false)
	seen := map[string]bool{}
	for range rapid.IntRange(0, 3).Draw(d.t, "declared jobs") {
		command := rapid.SampledFrom(commands).Draw(d.t, "declared command")
		at := rapid.SampledFrom([]string{"01:00", "02:00"}).Draw(d.t, "declared time")
		if seen[command+at] {
			continue
		}
		seen[command+at] = true
		fields := map[string]resource.Value{"command": command, "frequency": "DAILY", "time": at}
		d.optional(fields, "custom_timeout", nil, int64(60))
		d.add("cronjob", e, command+"@DAILY,"+at, fields)
	}
}

func (d *desire) domains(e resource.Address, free []string) []string {
	if !rapid.Bool().Draw(d.t, "declare domains") {
		return free
	}
	d.collection("domain", e, false)
	n := rapid.IntRange(0, min(3, len(free))).Draw(d.t, "declared domains")
	primary := rapid.IntRange(-1, n-1).Draw(d.t, "primary")
	for i, host := range free[:n] {
		fields := map[string]resource.Value{}
		if i == primary {
			fields["primary"] = true
			d.optional(fields, "redirect_to_primary", false)
		} else {
			d.optional(fields, "primary", false)
			d.optional(fields, "redirect_to_primary", true, false)
		}
		d.add("domain", e, host, fields)
	}
	return free[n:]
}

func drawSettings(t *rapid.T) resource.Settings {
	all, many := 100, 1000
	settings := resource.Settings{DeletePercent: &all, DeleteCount: &many}
	for _, collection := range []string{"variables", "cronjobs", "domains", "environments"} {
		if rapid.Bool().Draw(t, "prune "+collection) {
			settings.Prune = append(settings.Prune, collection)
		}
	}
	for _, pattern := range []string{"cronjob.*/*/run*", "variable.*/live/A", "domain.**/*.example.com", "environment.one/*"} {
		if rapid.IntRange(0, 4).Draw(t, "protect "+pattern) == 0 {
			settings.Protect = append(settings.Protect, resource.Protect{Pattern: parsePattern(t, pattern)})
		}
	}
	return settings
}

func parsePattern(t fataler, text string) resource.Pattern {
	t.Helper()
	p, err := kinds.Catalog().ParsePattern(text)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return p
}

// rig is a sandbox and what runs against it.
type rig struct {
	deploys  bool
	t        fataler
	box      *sandbox.Sandbox
	desired  *resource.State
	settings resource.Settings
	// ledger holds the write-only values that were written, nil for none.
	ledger map[resource.FieldID]resource.Value
	// person, if set, does before each run what a person has to do.
	person func()
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func newRig(t fataler, seed map[string]any, desired *resource.State, settings resource.Settings) *rig {
	box, err := sandbox.New(sandbox.Options{Empty: true, DeploymentTime: time.Microsecond, CodePushed: true})
	if err != nil {
		t.Fatalf("sandbox: %v", err)
	}
	text, err := json.Marshal(seed)
	if err != nil {
		t.Fatalf("seed: %v", err)
	}
	if err := box.Seed(strings.NewReader(string(text))); err != nil {
		t.Fatalf("seed: %v\n%s", err, text)
	}
	return &rig{t: t, box: box, desired: desired, settings: settings}
}

func (r *rig) client(transport http.RoundTripper) *api.Client {
	client, err := api.New(api.Options{
		Endpoint: "https://api.divio.example", Token: resource.NewSecret("token"),
		Transport: transport, Backoff: time.Microsecond,
	})
	if err != nil {
		r.t.Fatalf("client: %v", err)
	}
	return client
}

// plan reads and plans; whatever asks for a permission is allowed.
func (r *rig) plan() *plan.Plan {
	r.t.Helper()
	current, err := remote.Read(context.Background(), r.client(r.box.RoundTripper()), kinds.Catalog(), remote.Wanted{Desired: r.desired})
	if err != nil {
		r.t.Fatalf("read: %v", err)
	}
	in := plan.Input{Catalog: kinds.Catalog(), Desired: r.desired, Current: current, Settings: r.settings, Deploy: r.deploys, Seals: r.seals()}
	p, problems := plan.Make(in)
	if problems != nil {
		r.t.Fatalf("plan: %v", problems)
	}
	allow(&in, p.Violations)
	if p, problems = plan.Make(in); problems != nil || len(p.Violations) > 0 {
		r.t.Fatalf("plan: %v, %v", problems, p.Violations)
	}
	if p.Summary.Changes() != len(p.Changes) {
		r.t.Fatalf("%d changes, the summary says %d", len(p.Changes), p.Summary.Changes())
	}
	return p
}

// allow gives the permissions that violations ask for.
func allow(in *plan.Input, violations []plan.Violation) {
	for _, v := range violations {
		if text, empties := strings.CutPrefix(v.Flag, "--allow-empty "); empties {
			id, err := in.Catalog.ParseCollection(text)
			if err != nil {
				panic(err)
			}
			in.AllowEmpty = append(in.AllowEmpty, id)
			continue
		}
		in.AllowDestroy = append(in.AllowDestroy, v.Address)
	}
}

func (r *rig) apply(ctx context.Context, p *plan.Plan, transport http.RoundTripper) *apply.Result {
	return apply.Run(ctx, remote.NewCaller(r.client(transport)), p, apply.Options{Parallelism: 4})
}

// allDone fails unless every step was done.
func (r *rig) allDone(p *plan.Plan, result *apply.Result) {
	r.t.Helper()
	for _, s := range result.Steps {
		if s.Status != apply.Done {
			r.t.Fatalf("%s: %s %v %s\n%s", s.Step, s.Status, s.Error, s.Because, describe(p))
		}
	}
}

// everything is all that exists, by id.
func (r *rig) everything() map[string]*resource.Resource {
	r.t.Helper()
	state, err := remote.ReadAll(context.Background(), r.client(r.box.RoundTripper()), kinds.Catalog(), resource.Ref{}, nil)
	if err != nil {
		r.t.Fatalf("read: %v", err)
	}
	all := map[string]*resource.Resource{}
	for _, res := range state.Resources {
		all[res.Handle] = res
	}
	return all
}

// respected fails where something protected is gone or has become something else,
// or where an undeclared cron job was touched without prune.
func (r *rig) respected(before map[string]*resource.Resource) {
	r.t.Helper()
	after := r.everything()
	for handle, was := range before {
		is := after[handle]
		for _, p := range r.settings.Protect {
			if !was.Address.Match(p.Pattern) {
				continue
			}
			if is == nil {
				r.t.Fatalf("%s was protected by %s and is gone", was.Address, p.Pattern)
			}
			if is.Text("command") != was.Text("command") || is.Key != was.Key && was.Kind.Key != "" || is.Parent != was.Parent {
				r.t.Fatalf("%s was protected by %s and is now %s", was.Address, p.Pattern, is.Address)
			}
		}
		pruned := func(c string) bool { return slices.Contains(r.settings.Prune, c) }
		if was.Kind.Name != "cronjob" || pruned("cronjobs") || r.declares(was) {
			continue
		}
		if is == nil && !pruned("environments") {
			r.t.Fatalf("the undeclared %s is gone", was.Address)
		}
		if is != nil && !reflect.DeepEqual(is.Fields, was.Fields) {
			r.t.Fatalf("the undeclared %s was changed: %v", was.Address, is.Fields)
		}
	}
}

// declares reports whether some declared job has the command of an existing one.
func (r *rig) declares(job *resource.Resource) bool {
	return slices.ContainsFunc(r.desired.Resources, func(d *resource.Resource) bool {
		return d.Kind.Name == job.Kind.Name && d.Parent == job.Parent && d.Text("command") == job.Text("command")
	})
}

// settled fails unless nothing is left to do but what is blocked for a reason of
// the file's making.
func (r *rig) settled(before *plan.Plan) {
	r.t.Helper()
	p := r.plan()
	for _, c := range p.Changes {
		if c.Blocked == "" {
			r.t.Fatalf("not settled: %s\nfirst plan:\n%s", describe(p), describe(before))
		}
	}
	for _, a := range p.Unmanaged {
		// Its address depends on its siblings; its id does not.
		was := func(b resource.Address) bool { return before.Handles[b] == p.Handles[a] }
		if !slices.ContainsFunc(before.Unmanaged, was) && !broughtAlong(before, a) {
			r.t.Fatalf("%s was not there before", a)
		}
	}
}

// broughtAlong: an environment of an application that the plan creates.
func broughtAlong(p *plan.Plan, a resource.Address) bool {
	return slices.ContainsFunc(p.Notes, func(n plan.Note) bool {
		return n.Address == a && strings.HasPrefix(n.Text, "created automatically with")
	})
}

func describe(p *plan.Plan) string {
	var lines []string
	for _, c := range p.Changes {
		line := fmt.Sprintf("%s %s (%s)", c.Action, c.Address, c.Reason)
		for _, f := range c.Fields {
			line += fmt.Sprintf(" %s: %v→%v", f.Name, f.Before, f.After)
		}
		if c.Blocked != "" {
			line += " BLOCKED " + c.Blocked
		}
		lines = append(lines, line)
	}
	for _, a := range p.Unmanaged {
		lines = append(lines, "unmanaged "+a.String())
	}
	return strings.Join(lines, "\n")
}

// crasher lets the first writes through and then is gone: the next write is lost,
// before or after it took effect, and the process with it.
type crasher struct {
	inner  http.RoundTripper
	cancel func()
	after  bool

	mu   sync.Mutex
	left int
}

func (c *crasher) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		return c.inner.RoundTrip(req)
	}
	c.mu.Lock()
	crash := c.left <= 0
	c.left--
	last := c.left == -1
	c.mu.Unlock()
	if !crash {
		return c.inner.RoundTrip(req)
	}
	if last && c.after {
		if response, err := c.inner.RoundTrip(req); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	}
	c.cancel()
	return nil, io.ErrUnexpectedEOF
}

// lossy loses the answer of some writes, which took effect or did not.
type lossy struct {
	inner http.RoundTripper
	mu    sync.Mutex
	lose  []int          // for each write: 0 goes through, 1 is lost before, 2 after
	lost  map[string]int // so far, by path
	only  string         // in paths that hold this
}

func (l *lossy) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet || !strings.Contains(req.URL.Path, l.only) {
		return l.inner.RoundTrip(req)
	}
	l.mu.Lock()
	how := 0
	if len(l.lose) > 0 {
		how, l.lose = l.lose[0], l.lose[1:]
	}
	// No more than two in a row: the client gives up after a few repeats.
	if l.lost[req.URL.Path] >= 2 {
		how = 0
	}
	if how > 0 {
		l.lost[req.URL.Path]++
	}
	l.mu.Unlock()
	switch how {
	case 1:
		return nil, io.ErrUnexpectedEOF
	case 2:
		if response, err := l.inner.RoundTrip(req); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		return nil, io.ErrUnexpectedEOF
	}
	return l.inner.RoundTrip(req)
}
