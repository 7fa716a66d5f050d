package apply_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// boats are what is deployed here, by voyages.
var boat = &resource.Kind{
	Name: "boat", Title: "boat", Plural: "boats", Ops: resource.Ops{Get: "GetBoat"},
	Deploy: &resource.Deploy{
		Create: "Launch", List: "ListVoyages", Get: "GetVoyage", Logs: "GetLogbook", Text: "logs", Of: "boat",
		HasChanges: "dirty", HasCommits: "behind", Commits: "cargo", Running: "at_sea", Last: "last", Ended: "ended", Success: "success", Percent: "percent",
		RebuildBody: map[string]resource.Value{"hull": "new"},
	},
}

type object = map[string]any

// refusal is a clear no of the API.
type refusal string

func (r refusal) Error() string { return string(r) }
func (refusal) Refused() bool   { return true }

// sea is an API with one boat. Voyages end after so many looks.
type sea struct {
	boat   object
	lost   int               // looks at the boat that fail
	voyage map[string]int    // looks until a voyage ends
	ends   map[string]object // how it ends; as a success if absent
	list   []object          // newest first
	launch []func(*sea) (string, error)
	losses map[string]int // looks at a voyage that fail
	logs   string

	mu   sync.Mutex
	said []string
}

func (s *sea) Get(_ context.Context, op string, params map[string]resource.Value, _ url.Values) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := params["uuid"].(string)
	switch op {
	case "GetBoat":
		s.said = append(s.said, "boat")
		if s.lost--; s.lost >= 0 {
			return nil, errors.New("fog")
		}
		return maps.Clone(s.boat), nil
	case "GetLogbook":
		s.said = append(s.said, "log "+id)
		if s.logs == "" {
			return nil, errors.New("overboard")
		}
		return object{"logs": s.logs}, nil
	}
	s.said = append(s.said, "look "+id)
	if s.losses[id] > 0 {
		s.losses[id]--
		return nil, errors.New("fog")
	}
	if s.voyage[id] > 0 {
		s.voyage[id]--
		return object{"uuid": id, "percent": int64(40), "ended": nil, "success": nil, "status": "done"}, nil
	}
	if _, told := s.boat["at_sea"]; told && s.boat["at_sea"] != "ever" {
		s.boat["at_sea"] = nil
	}
	if end := s.ends[id]; end != nil {
		return end, nil
	}
	return object{"uuid": id, "ended": "now", "success": true}, nil
}

func (s *sea) List(context.Context, string, map[string]resource.Value, url.Values) ([]map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, "list")
	return slices.Clone(s.list), nil
}

func (s *sea) Do(_ context.Context, call resource.Call) (resource.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := fmt.Sprintf("launch %v", call.Body["boat"])
	if call.Retry != resource.Once || call.Probe.Op != "ListVoyages" || call.Probe.Query["boat"] != call.Body["boat"] {
		said += " without care"
	}
	if len(call.Probe.Known) > 0 {
		said += fmt.Sprintf(" after %v", call.Probe.Known)
	}
	if call.Body["hull"] != nil {
		said += " anew"
	}
	s.said = append(s.said, said)
	if len(s.launch) == 0 {
		return resource.Answer{Handle: "ours"}, nil
	}
	next := s.launch[0]
	s.launch = s.launch[1:]
	id, err := next(s)
	return resource.Answer{Handle: id}, err
}

// launches answers with an id or an error, and does nothing.
func launches(id string, err error) func(*sea) (string, error) {
	return func(*sea) (string, error) { return id, err }
}

// overtaken: somebody else's voyage begins first.
func overtaken(s *sea) (string, error) {
	s.boat["at_sea"] = object{"uuid": "theirs"}
	s.list = append([]object{{"uuid": "theirs"}}, s.list...)
	return "", refusal("at sea")
}

func TestDeploy(t *testing.T) {
	var long []string
	for i := range 50 {
		long = append(long, fmt.Sprintf("line %d hunter2\r", i))
	}
	dirty := func(more ...string) object {
		o := object{"uuid": "b1", "dirty": true, "at_sea": nil}
		for _, key := range more {
			delete(o, key)
		}
		return o
	}
	for _, test := range []struct {
		name            string
		sea             *sea
		itself, rebuild bool
		want            string   // the end
		said            []string // what was asked
	}{
		{
			name: "deployed, with looks until it ends", sea: &sea{boat: dirty(), voyage: map[string]int{"ours": 2}},
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1", "look ours", "look ours", "look ours"},
		},
		{
			name: "nothing waits for it", sea: &sea{boat: object{"dirty": false, "at_sea": nil}},
			want: "unneeded", said: []string{"boat"},
		},
		{
			name: "the API does not say whether it is needed", sea: &sea{boat: dirty("dirty")},
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1", "look ours"},
		},
		{
			name: "what was itself changed is deployed anyway", sea: &sea{boat: object{"dirty": false, "at_sea": nil}}, itself: true,
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1", "look ours"},
		},
		{
			name: "with a new image", sea: &sea{boat: dirty()}, rebuild: true,
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1 anew", "look ours"},
		},
		{
			name: "one that is running, as an object, is waited for, and ours follows",
			sea: &sea{boat: object{"dirty": true, "at_sea": object{"uuid": "theirs"}}, voyage: map[string]int{"theirs": 1},
				list: []object{{"uuid": "theirs"}, {"uuid": "old"}}},
			want: "done ours after theirs 100 %",
			said: []string{"boat", "look theirs", "look theirs", "boat", "list", "launch b1 after [theirs old]", "look ours"},
		},
		{
			name: "one that is running, as an id, and failed", sea: &sea{
				boat: object{"dirty": true, "at_sea": "theirs"}, ends: map[string]object{"theirs": {"ended": "now", "success": false}}},
			want: "done ours after theirs 100 %", said: []string{"boat", "look theirs", "boat", "list", "launch b1", "look ours"},
		},
		{
			name: "one that is said to be running forever is waited for once", sea: &sea{boat: object{"dirty": true, "at_sea": "ever"}},
			want: "done ours after ever 100 %", said: []string{"boat", "look ever", "boat", "list", "launch b1", "look ours"},
		},
		{
			name: "one that has ended is not running", sea: &sea{boat: object{"dirty": false, "at_sea": object{"uuid": "old", "ended": "then"}}},
			want: "unneeded", said: []string{"boat"},
		},
		{
			name: "the list says what is running, where nothing else does", sea: &sea{
				boat: object{"dirty": false}, list: []object{{"uuid": "theirs", "ended": nil}, {"uuid": "old", "ended": nil}}},
			want: "unneeded after theirs", said: []string{"boat", "list", "look theirs", "boat", "list"},
		},
		{
			name: "nothing says what is running", sea: &sea{boat: object{"dirty": false}, list: []object{{"uuid": "theirs"}}},
			want: "unneeded", said: []string{"boat", "list"},
		},
		{
			name: "refused, since another one began in between",
			sea:  &sea{boat: dirty(), launch: []func(*sea) (string, error){overtaken}},
			want: "done ours after theirs 100 %",
			said: []string{"boat", "list", "launch b1", "boat", "look theirs", "boat", "list", "launch b1 after [theirs]", "look ours"},
		},
		{
			name: "refused, since another one was about to end",
			sea:  &sea{boat: dirty(), launch: []func(*sea) (string, error){launches("", refusal("at sea"))}},
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1", "boat", "list", "launch b1", "look ours"},
		},
		{
			name: "refused for good",
			sea:  &sea{boat: dirty(), launch: []func(*sea) (string, error){launches("", refusal("no crew")), launches("", refusal("no crew"))}},
			want: "failed: deploy boat.b: no crew", said: []string{"boat", "list", "launch b1", "boat", "list", "launch b1"},
		},
		{
			name: "failed otherwise", sea: &sea{boat: dirty(), launch: []func(*sea) (string, error){launches("", errors.New("storm"))}},
			want: "failed: deploy boat.b: storm", said: []string{"boat", "list", "launch b1"},
		},
		{
			name: "it is unknown whether it was started", sea: &sea{boat: dirty(), launch: []func(*sea) (string, error){launches("", outcome(true))}},
			want: "unknown: deploy boat.b: no answer (unknown: true)", said: []string{"boat", "list", "launch b1"},
		},
		{
			name: "a bug of ours", sea: &sea{boat: dirty(), launch: []func(*sea) (string, error){func(*sea) (string, error) { panic("a leak") }}},
			want: "unknown: deploy boat.b: this is a bug in divioctl, please report it: a leak", said: []string{"boat", "list", "launch b1"},
		},
		{
			name: "an answer without an id, and a new one in the list",
			sea: &sea{boat: dirty(), list: []object{{"uuid": "old"}}, launch: []func(*sea) (string, error){func(s *sea) (string, error) {
				s.list = append([]object{{"uuid": "new"}}, s.list...)
				return "", nil
			}}},
			want: "done new 100 %", said: []string{"boat", "list", "launch b1 after [old]", "list", "look new"},
		},
		{
			name: "an answer without an id, and another one running",
			sea: &sea{boat: dirty(), list: []object{{"uuid": "theirs"}}, launch: []func(*sea) (string, error){func(s *sea) (string, error) {
				s.boat["at_sea"] = "theirs"
				return "", nil
			}}},
			want: "done ours after theirs 100 %",
			said: []string{"boat", "list", "launch b1 after [theirs]", "list", "boat", "look theirs", "boat", "list", "launch b1 after [theirs]", "look ours"},
		},
		{
			name: "an answer without an id, and no new deployment",
			sea:  &sea{boat: dirty(), launch: []func(*sea) (string, error){launches("", nil)}},
			want: "unknown: deploy boat.b: the answer has no id, and there is no new deployment",
			said: []string{"boat", "list", "launch b1", "list", "boat"},
		},
		{
			name: "it failed, and the end of its log is kept without secrets",
			sea:  &sea{boat: dirty(), ends: map[string]object{"ours": {"success": false}}, logs: strings.Join(long, "\n") + "\n\n"},
			want: "failed ours: deploy boat.b: deployment ours failed; 40 lines from \"line 10 ***\" to \"line 49 ***\"",
			said: []string{"boat", "list", "launch b1", "look ours", "log ours"},
		},
		{
			name: "it failed, and so did its log",
			sea:  &sea{boat: dirty(), ends: map[string]object{"ours": {"ended": "now", "success": false}}},
			want: "failed ours: deploy boat.b: deployment ours failed; 1 lines from \"(the log could not be read: overboard)\" to \"(the log could not be read: overboard)\"",
			said: []string{"boat", "list", "launch b1", "look ours", "log ours"},
		},
		{
			name: "it ended, and nobody says how",
			sea:  &sea{boat: dirty(), ends: map[string]object{"ours": {"ended": "now", "status": "done"}}, logs: "x"},
			want: "unknown ours: deploy boat.b: deployment ours ended, but the API does not say whether it succeeded; 1 lines from \"x\" to \"x\"",
			said: []string{"boat", "list", "launch b1", "look ours", "log ours"},
		},
		{
			name: "some looks fail", sea: &sea{boat: dirty(), losses: map[string]int{"ours": 3}},
			want: "done ours 100 %", said: []string{"boat", "list", "launch b1", "look ours", "look ours", "look ours", "look ours"},
		},
		{
			name: "all looks fail", sea: &sea{boat: dirty(), losses: map[string]int{"ours": 99}},
			want: "unknown ours: deploy boat.b: read the status of deployment ours: fog",
			said: []string{"boat", "list", "launch b1", "look ours", "look ours", "look ours", "look ours", "look ours"},
		},
		{
			name: "the first look fails", sea: &sea{boat: dirty(), lost: 1},
			want: "failed: deploy boat.b: check whether it needs a deployment: fog", said: []string{"boat"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			p := sailing()
			p.Deployments[0].Itself, p.Deployments[0].Rebuild = test.itself, test.rebuild
			api := test.sea
			result := apply.Run(t.Context(), api, p, apply.Options{
				Poll: time.Microsecond, Redact: func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") },
			})
			if d := cmp.Diff([]string{test.want}, deploymentsOf(result)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.said, api.said); d != "" {
				t.Error(d)
			}
		})
	}
}

// sailing is a plan that only deploys one boat.
func sailing() *plan.Plan {
	d := &plan.Deployment{Address: at("boat.b"), Kind: boat}
	p := made(plan.Step{Deployment: d})
	p.Deploy, p.Deployments = true, []*plan.Deployment{d}
	p.Handles[d.Address] = "b1"
	return p
}

// deploymentsOf gives a line for each deployment.
func deploymentsOf(r *apply.Result) []string {
	var out []string
	for _, d := range r.Deployments {
		line := string(d.Status)
		if d.ID != "" {
			line += " " + d.ID
		}
		if d.After != "" {
			line += " after " + d.After
		}
		if d.Percent > 0 {
			line += fmt.Sprintf(" %d %%", d.Percent)
		}
		if d.Error != nil {
			line += ": " + d.Error.Error()
		}
		if d.Because != "" {
			line += ": " + d.Because
		}
		if len(d.Log) > 0 {
			line += fmt.Sprintf("; %d lines from %q to %q", len(d.Log), d.Log[0], d.Log[len(d.Log)-1])
		}
		out = append(out, line)
	}
	return out
}

// What comes before a deployment, and what it decides about what comes after it.
func TestDeployInItsPlace(t *testing.T) {
	dirty := func() *sea { return &sea{boat: object{"dirty": true, "at_sea": nil}} }
	for _, test := range []struct {
		name    string
		sea     *sea
		waits   string // why the plan does not make the deployment
		load    error  // of the call before it
		want    []string
		summary apply.Summary
		deploys []string
		asked   bool
	}{
		{
			name: "made, and what comes after it too", sea: dirty(),
			want: []string{"done", "done", "done"}, summary: apply.Summary{Done: 3}, deploys: []string{"done ours 100 %"}, asked: true,
		},
		{
			name: "needed by what comes after it, even if the API says that it is not", sea: &sea{boat: object{"dirty": false, "at_sea": nil}},
			want: []string{"done", "done", "done"}, summary: apply.Summary{Done: 3}, deploys: []string{"done ours 100 %"}, asked: true,
		},
		{
			name: "a call before it failed", sea: dirty(), load: errors.New("too heavy"),
			want:    []string{"failed: load fruit.b/fig: too heavy", "skipped: load fruit.b/fig failed", "skipped: load fruit.b/fig failed"},
			summary: apply.Summary{Failed: 1, Skipped: 2}, deploys: []string{"skipped: load fruit.b/fig failed"},
		},
		{
			name: "it is unknown whether a call before it was made", sea: dirty(), load: outcome(true),
			want: []string{
				"unknown: load fruit.b/fig: no answer (unknown: true)",
				"skipped: it is unknown whether load fruit.b/fig was done", "skipped: it is unknown whether load fruit.b/fig was done",
			},
			summary: apply.Summary{Unknown: 1, Skipped: 2}, deploys: []string{"skipped: it is unknown whether load fruit.b/fig was done"},
		},
		{
			name: "it failed", sea: &sea{boat: object{"dirty": true, "at_sea": nil}, ends: map[string]object{"ours": {"success": false}}, logs: "x"},
			want:    []string{"done", "failed: deploy boat.b: deployment ours failed", "skipped: deploy boat.b failed"},
			summary: apply.Summary{Done: 1, Failed: 1, Skipped: 1}, deploys: []string{`failed ours: deploy boat.b: deployment ours failed; 1 lines from "x" to "x"`}, asked: true,
		},
		{
			name: "never deployed, and nothing to deploy", sea: &sea{boat: object{"dirty": true, "at_sea": nil, "last": nil, "behind": false}},
			want: []string{
				"done", "waiting: it waits for a deployment: it was never deployed and has no commits",
				"waiting: it waits for a deployment: it was never deployed and has no commits",
			},
			summary: apply.Summary{Done: 1, Waiting: 2}, deploys: []string{"waiting: it was never deployed and has no commits"}, asked: true,
		},
		{
			name: "never deployed, with commits", sea: &sea{boat: object{"dirty": true, "at_sea": nil, "last": nil, "behind": true}},
			want: []string{"done", "done", "done"}, summary: apply.Summary{Done: 3}, deploys: []string{"done ours 100 %"}, asked: true,
		},
		{
			name: "the plan does not make it", sea: dirty(), waits: "not asked for",
			want:    []string{"done", "waiting: it waits for a deployment: not asked for"},
			summary: apply.Summary{Done: 1, Waiting: 1}, deploys: []string{"waiting: not asked for"},
		},
		{
			name: "the plan does not make it, and nothing was changed", sea: dirty(), waits: "not asked for", load: errors.New("too heavy"),
			want:    []string{"failed: load fruit.b/fig: too heavy", "waiting: it waits for a deployment: not asked for"},
			summary: apply.Summary{Failed: 1, Waiting: 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			p := sailing()
			d := p.Deployments[0]
			c := change(fruit, "b/fig")
			load, moor := step(c, "load"), step(change(fruit, "b/moored"), "moor", 1)
			moor.Call.AfterDeployment = true
			d.Changes = []*resource.Change{c}
			if test.waits == "" {
				p.Steps = []plan.Step{load, {Deployment: d, Needs: []int{0}}, moor}
			} else {
				d.Waits, moor.Waits, moor.Needs = test.waits, test.waits, nil
				p.Steps = []plan.Step{load, moor}
			}
			for i := range p.Steps {
				p.Steps[i].ID = i
			}
			p.Changes = []*resource.Change{c, moor.Change}
			api := &harbour{sea: test.sea, load: test.load}
			result := apply.Run(t.Context(), api, p, apply.Options{Poll: time.Microsecond})
			got := endsOf(result)
			if diff := cmp.Diff(test.want, got.Steps); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.summary, result.Summary); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.deploys, deploymentsOf(result)); diff != "" {
				t.Error(diff)
			}
			if asked := len(test.sea.said) > 0; asked != test.asked {
				t.Errorf("it asked: %v", test.sea.said)
			}
			for i, s := range result.Steps {
				// What a deployment kept from being done has another exit code.
				because := s.Step.Deployment != nil || result.Steps[1].Step.Deployment != nil && result.Steps[1].Status == apply.Failed && i == 2
				if s.AfterDeployment != because {
					t.Errorf("step %d: after a deployment: %v", i, s.AfterDeployment)
				}
			}
		})
	}
}

// harbour has calls of its own besides the voyages.
type harbour struct {
	*sea
	load error
}

func (h *harbour) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	switch call.Does {
	case "load":
		return resource.Answer{}, h.load
	case "moor":
		return resource.Answer{}, nil
	}
	return h.sea.Do(ctx, call)
}

// The first Ctrl-C and the time limit end the waiting, the second Ctrl-C the start.
func TestDeployIsInterrupted(t *testing.T) {
	stop, end := make(chan struct{}), context.CancelFunc(nil)
	slow := func() *sea {
		return &sea{boat: object{"dirty": true, "at_sea": nil}, voyage: map[string]int{"ours": 1 << 30, "theirs": 1 << 30}}
	}
	behind := func() *sea { s := slow(); s.boat["at_sea"] = "theirs"; return s }
	for _, test := range []struct {
		name        string
		sea         *sea
		before      bool   // stopped before it begins
		at          string // the status line at which it is stopped
		timeout     time.Duration
		inLaunch    func() error
		want        string
		interrupted bool
	}{
		{name: "before", sea: slow(), before: true, want: "skipped: apply was stopped", interrupted: true},
		{name: "while another one is waited for", sea: behind(), at: "theirs", want: "skipped after theirs: apply was stopped", interrupted: true},
		{name: "while ours is waited for", sea: slow(), at: "ours", want: "running ours: apply was stopped", interrupted: true},
		{name: "the deadline, before ours", sea: behind(), timeout: time.Millisecond, want: "skipped after theirs: the time limit for a deployment was reached (1ms)"},
		{name: "the deadline, in ours", sea: slow(), timeout: time.Millisecond, want: "running ours: the time limit for a deployment was reached (1ms)"},
		{name: "while ours is started, it is", sea: slow(), inLaunch: func() error { close(stop); return nil }, want: "running ours: apply was stopped", interrupted: true},
		{name: "twice, while ours is started", sea: slow(), inLaunch: func() error { end(); return context.Canceled }, want: "unknown: deploy boat.b: context canceled", interrupted: true},
		{name: "twice, before ours was sent", sea: slow(), inLaunch: func() error { end(); return errors.Join(context.Canceled, outcome(false)) }, want: "skipped: apply was stopped", interrupted: true},
		{name: "twice, and ours surely was not started", sea: slow(), inLaunch: func() error { end(); return outcome(false) }, want: "failed: deploy boat.b: no answer (unknown: false)", interrupted: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			stop = make(chan struct{})
			var ctx context.Context
			ctx, end = context.WithCancel(t.Context())
			defer end()
			if test.before {
				close(stop)
			}
			if test.inLaunch != nil {
				test.sea.launch = []func(*sea) (string, error){func(*sea) (string, error) {
					if err := test.inLaunch(); err != nil {
						return "", err
					}
					return "ours", nil
				}}
			}
			var once sync.Once
			result := apply.Run(ctx, test.sea, sailing(), apply.Options{
				Poll: time.Microsecond, DeployTimeout: test.timeout, Stop: stop,
				Progress: func(e apply.Event) {
					if d := e.Deployment; d != nil && test.at != "" && (d.ID == test.at || d.After == test.at) {
						once.Do(func() { close(stop) })
					}
				},
			})
			got := deploymentsOf(result)[0]
			got = strings.Replace(got, " 40 %", "", 1) // it may or may not have been looked at
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if result.Interrupted != test.interrupted {
				t.Errorf("interrupted: %v", result.Interrupted)
			}
		})
	}
}

// Deployments go on side by side, no more at once than allowed, and beside calls.
func TestDeploySideBySide(t *testing.T) {
	p := sailing()
	one := *p.Deployments[0]
	p.Deployments, p.Steps = nil, nil
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		d := one
		d.Address = at("boat." + name)
		p.Handles[d.Address] = "id of " + name
		p.Deployments = append(p.Deployments, &d)
		p.Steps = append(p.Steps, plan.Step{ID: i, Deployment: &d})
	}
	api := &flotilla{sea: sea{boat: object{"dirty": true, "at_sea": nil}}, both: make(chan struct{})}
	told := map[resource.Address]string{}
	result := apply.Run(t.Context(), api, p, apply.Options{
		Parallelism: 2, Poll: time.Microsecond,
		Progress: func(e apply.Event) {
			if e.Deployment != nil {
				told[e.Step.Step.Address()] = e.Deployment.ID
			}
		},
	})
	want := strings.Repeat(",done ours 100 %", 5)[1:]
	if got := strings.Join(deploymentsOf(result), ","); got != want {
		t.Error(got)
	}
	for _, d := range p.Deployments {
		if told[d.Address] != "ours" {
			t.Errorf("of %s it was told %q", d.Address, told[d.Address])
		}
	}
	if api.most != 2 {
		t.Errorf("%d at once", api.most)
	}
}

// flotilla counts how many launches are running; the first waits for a second one.
type flotilla struct {
	sea
	count     sync.Mutex
	now, most int
	both      chan struct{}
}

func (f *flotilla) Do(ctx context.Context, call resource.Call) (resource.Answer, error) {
	f.count.Lock()
	f.now++
	f.most = max(f.most, f.now)
	if f.now == 2 && f.most == 2 {
		select {
		case <-f.both:
		default:
			close(f.both)
		}
	}
	f.count.Unlock()
	<-f.both
	answer, err := f.sea.Do(ctx, call)
	f.count.Lock()
	f.now--
	f.count.Unlock()
	return answer, err
}

// TestSkippedBeforeWaiting: what needs a call that failed is skipped, although it would
// have to wait for a deployment as well.
func TestSkippedBeforeWaiting(t *testing.T) {
	c := change(fruit, "b/fig")
	load, moor := step(c, "load"), step(c, "moor", 0)
	moor.ID, moor.Call.AfterDeployment, moor.Waits = 1, true, "not asked for"
	p := &plan.Plan{Steps: []plan.Step{load, moor}, Changes: []*resource.Change{c}}
	for _, test := range []struct {
		load error
		want apply.Summary
	}{
		{nil, apply.Summary{Done: 1, Waiting: 1}},
		{errors.New("too heavy"), apply.Summary{Failed: 1, Skipped: 1}},
	} {
		result := apply.Run(t.Context(), &harbour{sea: &sea{}, load: test.load}, p, apply.Options{Poll: time.Microsecond})
		if diff := cmp.Diff(test.want, result.Summary); diff != "" {
			t.Error(diff)
		}
	}
}
