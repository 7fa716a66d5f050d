package kinds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

var live = resource.NewAddress("environment", resource.NewAddress("application", resource.Address{}, "a"), "live")

func job(command, frequency, time string, timeout any) *resource.Resource {
	kind := cronjob()
	r := &resource.Resource{
		Kind: kind, Address: resource.NewAddress("cronjob", live, command),
		Fields: map[string]resource.Value{"command": command, "frequency": frequency, "time": time},
	}
	if timeout != "absent" {
		r.Fields["custom_timeout"] = timeout
	}
	return r
}

func drawJobs(t *rapid.T, label string, most int, desired bool) []*resource.Resource {
	commands := []string{"run a", "run b", "run ab", "sweep the whole house", "x"}
	timeouts := []any{nil, int64(60)}
	if desired {
		timeouts = append(timeouts, "absent")
	}
	var jobs []*resource.Resource
	for i := range rapid.IntRange(0, most).Draw(t, label) {
		j := job(
			rapid.SampledFrom(commands).Draw(t, "command"),
			"DAILY",
			rapid.SampledFrom([]string{"01:00", "02:00"}).Draw(t, "time"),
			rapid.SampledFrom(timeouts).Draw(t, "timeout"),
		)
		j.Handle = fmt.Sprintf("id%d", i)
		jobs = append(jobs, j)
	}
	return jobs
}

// fewest tries every pairing that allowed permits: how many updates, creates and (under
// prune) deletes the best one needs.
func fewest(desired, current []*resource.Resource, allowed func(i, j int) bool) int {
	best := 1 << 30
	used := make([]bool, len(current))
	var try func(i, cost int)
	try = func(i, cost int) {
		if i == len(desired) {
			best = min(best, cost)
			return
		}
		try(i+1, cost+1)
		for j := range current {
			if used[j] || !allowed(i, j) {
				continue
			}
			used[j] = true
			update := 1
			if equalJobs(desired[i], current[j]) {
				update = 0
			}
			try(i+1, cost+update)
			used[j] = false
		}
	}
	try(0, 0)
	return best
}

// Jobs with the same command are paired with the fewest writes, whether the rest is
// pruned or not; others only if they resemble each other, and only under prune.
func TestPairingNeedsFewestWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pruned := rapid.Bool().Draw(t, "pruned")
		desired, current := drawJobs(t, "desired", 5, true), drawJobs(t, "current", 5, false)
		same := func(i, j int) bool { return desired[i].Text("command") == current[j].Text("command") }
		var commands []string
		for _, j := range slices.Concat(desired, current) {
			commands = append(commands, j.Text("command"))
		}
		words := vocabularyOf(commands)
		got := 0
		seen := map[int]bool{}
		for _, p := range matchCronjobs(resource.Matching{Desired: desired, Current: current, Pruned: pruned}) {
			if p.Current < 0 {
				got++
				continue
			}
			if seen[p.Current] {
				t.Fatalf("job %d is paired twice", p.Current)
			}
			seen[p.Current] = true
			switch want, have := desired[p.Desired], current[p.Current]; {
			case equalJobs(want, have):
			case same(p.Desired, p.Current):
				got++
			case !pruned:
				t.Fatalf("without prune %v takes over %v", want.Fields, have.Fields)
			case len(words.resembling([]phrase{phraseOf(want.Text("command"))}, []phrase{phraseOf(have.Text("command"))})) == 0:
				t.Fatalf("%v takes over %v, which it does not resemble", want.Fields, have.Fields)
			default:
				got++
			}
		}
		if want := fewest(desired, current, same); got != want {
			t.Fatalf("%d writes, %d would do", got, want)
		}
	})
}

// The pairing does not depend on the order in which the API lists the jobs.
func TestPairingIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desired, current := drawJobs(t, "desired", 5, true), drawJobs(t, "current", 5, false)
		order := rapid.Permutation(current).Draw(t, "order")
		pruned := rapid.Bool().Draw(t, "pruned")
		show := func(jobs []*resource.Resource) string {
			var out []string
			for _, p := range matchCronjobs(resource.Matching{Desired: desired, Current: jobs, Pruned: pruned}) {
				text := fmt.Sprint(p.Desired, " - ", p.Blocked)
				if p.Current >= 0 {
					text += jobs[p.Current].Handle
				}
				out = append(out, text)
			}
			return strings.Join(out, "\n")
		}
		if one, other := show(current), show(order); one != other {
			t.Fatalf("%s\nor\n%s", one, other)
		}
	})
}

// A protected job is neither deleted nor rewritten into another one.
func TestProtectedJobIsKept(t *testing.T) {
	current := []*resource.Resource{job("python manage.py clearsessions", "DAILY", "01:00", nil)}
	kept := resource.Matching{Desired: []*resource.Resource{job("bin/report", "DAILY", "01:00", "absent")}, Current: current, Pruned: true, Kept: map[int]bool{0: true}}
	if p := matchCronjobs(kept)[0]; p.Current != -1 || p.Blocked != "" {
		t.Errorf("%+v", p)
	}
	kept.Desired = []*resource.Resource{job("python manage.py clearsessions --all", "DAILY", "01:00", "absent")}
	if p := matchCronjobs(kept)[0]; p.Current != -1 || !strings.Contains(p.Blocked, "protected") {
		t.Errorf("%+v", p)
	}
	kept.Desired = []*resource.Resource{job("python manage.py clearsessions", "DAILY", "02:00", "absent")}
	if p := matchCronjobs(kept)[0]; p.Current != 0 {
		t.Errorf("%+v", p)
	}
}

func TestEditedCommandIsBlockedWithoutPrune(t *testing.T) {
	desired := []*resource.Resource{job("python manage.py clearsessions --all", "DAILY", "01:00", "absent")}
	current := []*resource.Resource{job("python manage.py clearsessions", "DAILY", "01:00", nil)}
	pairing := matchCronjobs(resource.Matching{Desired: desired, Current: current})[0]
	if pairing.Current != -1 || !strings.Contains(pairing.Blocked, "moved:") {
		t.Errorf("%+v", pairing)
	}
	pairing = matchCronjobs(resource.Matching{Desired: desired, Current: current, Pruned: true})[0]
	if pairing.Current != 0 || pairing.Blocked != "" {
		t.Errorf("pruned: %+v", pairing)
	}
	pairing = matchCronjobs(resource.Matching{Desired: desired, Current: current, Moved: map[int]int{0: 0}})[0]
	if pairing.Current != 0 || pairing.Blocked != "" {
		t.Errorf("moved: %+v", pairing)
	}
	other := []*resource.Resource{job("bin/report", "DAILY", "01:00", nil)}
	pairing = matchCronjobs(resource.Matching{Desired: desired, Current: other})[0]
	if pairing.Current != -1 || pairing.Blocked != "" {
		t.Errorf("something else: %+v", pairing)
	}
}

// A job listed under removed is deleted: it is not paired where another one will do, not
// changed into another one, and blocks nothing. One that is also protected stays.
func TestRemovedJobs(t *testing.T) {
	withID := func(r *resource.Resource, id string) *resource.Resource {
		r.Handle = id
		return r
	}
	x := func(at, id string) *resource.Resource { return withID(job("x", "DAILY", at, nil), id) }
	for _, test := range []struct {
		name    string
		desired *resource.Resource
		current []*resource.Resource
		removed int
		kept    bool
		want    int
		blocked bool
	}{
		{"the other twin is paired", job("x", "DAILY", "01:00", "absent"), []*resource.Resource{x("01:00", "a"), x("01:00", "b")}, 0, false, 1, false},
		{"the only one is paired", job("x", "DAILY", "01:00", "absent"), []*resource.Resource{x("01:00", "a")}, 0, false, 0, false},
		{"another time is another job", job("x", "DAILY", "02:00", "absent"), []*resource.Resource{x("01:00", "a")}, 0, false, -1, false},
		{"it does not block", job("timeout 5 x", "DAILY", "01:00", "absent"), []*resource.Resource{x("01:00", "a")}, 0, false, -1, false},
		{"unless it is protected", job("timeout 5 x", "DAILY", "01:00", "absent"), []*resource.Resource{x("01:00", "a")}, 0, true, -1, true},
		{"another one still blocks", job("timeout 5 x", "DAILY", "01:00", "absent"), []*resource.Resource{x("01:00", "a"), x("02:00", "b")}, 0, false, -1, true},
	} {
		m := resource.Matching{
			Desired: []*resource.Resource{test.desired}, Current: test.current,
			Removed: map[int]bool{test.removed: true}, Kept: map[int]bool{test.removed: test.kept},
		}
		if p := matchCronjobs(m)[0]; p.Current != test.want || (p.Blocked != "") != test.blocked {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
