package kinds

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

func alike(words vocabulary, a, b string) bool {
	return len(words.resembling([]phrase{phraseOf(a)}, []phrase{phraseOf(b)})) > 0
}

// Which commands may be an edited form of one another, where there are no others.
func TestResemblance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"sync", "timeout 60 sync", true},
		{"./run.sh", "/app/bin/run.sh", true},
		{"rake x", "bundle exec rake x", true},
		{"sync", "sync --all", true},
		{"./backup.sh", "./backup.sh --full --compress --upload s3://bucket", true},
		{"./backup.sh", "python -m backup", true},
		{"python manage.py clearsessions", "python3.12 manage.py clearsessions --verbosity 2", true},
		{"python manage.py clearsessions", "DEBUG=1 python manage.py clear_sessions", true},
		{"python manage.py clearsessions", "sh -c 'cd /app && python manage.py clearsessions >/dev/null 2>&1'", true},
		{"bash /srv/report.sh daily", "/srv/report.sh monthly and more of it", true},
		{"curl https://old.example/cron/mail/", "curl -fsS https://new.example/mail", true},
		{"rake", "bundle exec rake db:prune", true},
		{"python 7", "timeout 60 python 7", true},
		{"a\nb", "a b c", true},
		{"./run.sh a", "/app/bin/run.sh b", true},
		{"npm run a", "npm run b", false},
		{"bin/rails a", "bin/rails b", false},
		{"curl https://one.example/a", "curl https://two.example/b", false},
		{"curl https://one.example/cron?job=a", "curl https://one.example/cron?job=b", false},
		{"python manage.py a", "python manage.py b", false},
		{"bundle exec rake a", "bundle exec rake b", false},
		{"timeout 60 a", "timeout 60 b", false},
		{"a --all", "b --all", false},
		{"LANG=C a", "LANG=C b", false},
		{"python manage.py rebuild_index", "python manage.py send_the_newsletter", false},
		{"bin/report", "python manage.py clearsessions", false},
		{"python 7", "python 8", false},
		{"", "x", false},
		{"-v", "-v", false},
	} {
		words := vocabularyOf([]string{test.a, test.b})
		if got := alike(words, test.a, test.b); got != test.want || alike(words, test.b, test.a) != got {
			t.Errorf("%q and %q: %v", test.a, test.b, got)
		}
	}
}

// A word that most of at least five other jobs contain is not distinctive.
func TestCommonWords(t *testing.T) {
	for _, test := range []struct {
		others []string
		want   bool
	}{
		{nil, true},
		{[]string{"acme c", "acme d", "acme e", "acme f"}, true},
		{[]string{"acme c", "acme d", "acme e", "f", "g"}, false},
		{[]string{"acme c", "acme d", "e", "f", "g"}, true},
		{[]string{"acme c", "acme d", "acme e", "f", "g", "h"}, true},
		{[]string{"acme c", "acme c", "acme c", "acme c", "acme c"}, true}, // one command
	} {
		words := vocabularyOf(append([]string{"acme a", "acme b"}, test.others...))
		if got := alike(words, "acme a", "acme b"); got != test.want {
			t.Errorf("beside %q: %v", test.others, got)
		}
		if !alike(words, "acme a", "timeout 5 acme a --all") {
			t.Errorf("beside %q: an edited form is not recognised", test.others)
		}
	}
	// Where every word of a command is common, the last one counts.
	var others []string
	for i := range 6 {
		others = append(others, fmt.Sprintf("sync part%d", i))
	}
	words := vocabularyOf(append(others, "sync", "timeout 60 sync"))
	if !alike(words, "sync", "timeout 60 sync") {
		t.Error("a command of a common word only does not resemble its edited form")
	}
}

// The assignment is the best one of all, and pairs nothing that is not in the list.
func TestAssign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(0, 5).Draw(t, "rows"), rapid.IntRange(0, 5).Draw(t, "columns")
		weight := map[[2]int]int{}
		var pairs []likePair
		for i := range rows {
			for j := range columns {
				if rapid.IntRange(0, 2).Draw(t, "there") > 0 {
					weight[[2]int{i, j}] = rapid.IntRange(1, 20).Draw(t, "closeness")
					pairs = append(pairs, likePair{i, j, weight[[2]int{i, j}]})
				}
			}
		}
		best := 0
		var try func(i, sum int, used []int)
		try = func(i, sum int, used []int) {
			best = max(best, sum)
			if i == rows {
				return
			}
			try(i+1, sum, used)
			for j := range columns {
				if w := weight[[2]int{i, j}]; w > 0 && !slices.Contains(used, j) {
					try(i+1, sum+w, append(slices.Clone(used), j))
				}
			}
		}
		try(0, 0, nil)
		sum, used := 0, map[int]bool{}
		for i, j := range assign(pairs) {
			if weight[[2]int{i, j}] == 0 || used[j] {
				t.Fatalf("%d is paired with %d", i, j)
			}
			used[j] = true
			sum += weight[[2]int{i, j}]
		}
		if sum != best {
			t.Fatalf("the sum is %d, and could be %d", sum, best)
		}
	})
}

// What a job resembles is found by an index: with nothing alike, nothing is compared;
// with one edited form each, one pair each.
func TestResemblingPairsAreFewOnes(t *testing.T) {
	const n = 400
	var ours, theirs, others []phrase
	var commands []string
	for i := range n {
		commands = append(commands, fmt.Sprintf("python manage.py task%d", i), fmt.Sprintf("timeout 60 python manage.py task%d --all", i), fmt.Sprintf("bin/other%d", i))
		theirs = append(theirs, phraseOf(commands[3*i]))
		ours = append(ours, phraseOf(commands[3*i+1]))
		others = append(others, phraseOf(commands[3*i+2]))
	}
	words := vocabularyOf(commands)
	if got := len(words.resembling(others, theirs)); got != 0 {
		t.Errorf("%d pairs of jobs with nothing in common", got)
	}
	pairs := words.resembling(ours, theirs)
	if len(pairs) != n {
		t.Errorf("%d pairs of %d jobs and their edited forms", len(pairs), n)
	}
	if parts := connected(pairs); len(parts) != n {
		t.Errorf("%d problems instead of %d small ones", len(parts), n)
	}
}

// What --base knows changes the words, never what is blocked or paired.
func TestEarlierVersionChangesOnlyWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := resource.Matching{
			Desired: drawJobs(t, "desired", 4, true), Current: drawJobs(t, "current", 4, false),
			Pruned: rapid.Bool().Draw(t, "pruned"), Kept: map[int]bool{}, Removed: map[int]bool{}, Earlier: map[int]bool{},
		}
		for j := range m.Current {
			m.Kept[j], m.Removed[j] = rapid.Bool().Draw(t, "kept"), rapid.Bool().Draw(t, "removed")
		}
		ends := func() (out []string) {
			for _, p := range matchCronjobs(m) {
				out = append(out, fmt.Sprint(p.Desired, p.Current, p.Blocked != "", p.Warning != ""))
			}
			return out
		}
		before := ends()
		for j := range m.Current {
			m.Earlier[j] = rapid.Bool().Draw(t, "earlier")
		}
		if diff := cmp.Diff(before, ends()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// docs/apply.md lists every word that is not distinctive.
func TestRunnersAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/apply.md")
	if err != nil {
		t.Fatal(err)
	}
	for word := range runners {
		if !strings.Contains(string(page), "`"+word+"`") {
			t.Errorf("%s is not in the list", word)
		}
	}
}
