package kinds

import (
	"fmt"
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

// writes counts what a pairing costs: an update for each unequal pair, a create
// for each declared job that is left, and under prune a delete for each current.
func writes(desired, current []*resource.Resource, columns []int, pruned bool) int {
	n, used := 0, 0
	for i, j := range columns {
		switch {
		case j < 0:
			n++
		default:
			used++
			if !equalJobs(desired[i], current[j]) {
				n++
			}
		}
	}
	if pruned {
		n += len(current) - used
	}
	return n
}

// fewest tries every pairing that allowed permits.
func fewest(desired, current []*resource.Resource, pruned bool, allowed func(i, j int) bool) int {
	best := 1 << 30
	columns := make([]int, len(desired))
	used := make([]bool, len(current))
	var try func(i int)
	try = func(i int) {
		if i == len(desired) {
			best = min(best, writes(desired, current, columns, pruned))
			return
		}
		columns[i] = -1
		try(i + 1)
		for j := range current {
			if !used[j] && allowed(i, j) {
				columns[i], used[j] = j, true
				try(i + 1)
				used[j] = false
			}
		}
	}
	try(0)
	return best
}

func TestPairingNeedsFewestWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pruned := rapid.Bool().Draw(t, "pruned")
		desired, current := drawJobs(t, "desired", 5, true), drawJobs(t, "current", 5, false)
		columns := make([]int, len(desired))
		seen := map[int]bool{}
		for _, p := range matchCronjobs(resource.Matching{Desired: desired, Current: current, Pruned: pruned}) {
			columns[p.Desired] = p.Current
			if p.Current >= 0 {
				if seen[p.Current] {
					t.Fatalf("job %d is paired twice", p.Current)
				}
				seen[p.Current] = true
				if !pruned && desired[p.Desired].Text("command") != current[p.Current].Text("command") {
					t.Fatalf("without prune %v takes over %v", desired[p.Desired].Fields, current[p.Current].Fields)
				}
			}
		}
		allowed := func(i, j int) bool {
			return pruned || desired[i].Text("command") == current[j].Text("command")
		}
		if got, want := writes(desired, current, columns, pruned), fewest(desired, current, pruned, allowed); got != want {
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

// Which commands may be an edited form of one another.
func TestLikeness(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"sync", "sync --all", true},
		{"./backup.sh", "./backup.sh --full --compress --upload s3://bucket", true},
		{"python manage.py clearsessions", "python3 manage.py clearsessions --verbosity 2", true},
		{"python manage.py clearsessions", "python manage.py clearsession", true},
		{"bash /srv/report.sh daily", "/srv/report.sh monthly and more of it", true},
		{"curl https://one.example/hook", "curl --fail --silent --show-error https://another.example/quite/another/hook", false},
		{"python manage.py rebuild_index", "python manage.py send_the_newsletter", false},
		{"bin/report", "python manage.py clearsessions", false},
	} {
		if got := likeness(test.a, test.b) >= resembles; got != test.want || (likeness(test.b, test.a) >= resembles) != got {
			t.Errorf("%q and %q: %v", test.a, test.b, got)
		}
	}
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
