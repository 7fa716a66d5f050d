package kinds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Matching declared with existing cron jobs. A cron job has no name, and a wrong match
// makes a job run twice or overwrites another one. The policy, in this order:
//
//  1. Pairs of moved entries are paired.
//  2. As many jobs as possible are paired that are equal in all declared fields: they
//     need no write.
//  3. Of the rest, as many as possible are paired that have the same command: one write
//     each.
//  4. If undeclared jobs are pruned, the rest is paired by similarity of the command,
//     so that as few jobs as possible remain on either side. A pair is one write; two
//     unpaired jobs are two.
//  5. If they are not pruned, an undeclared job is not managed and never changed. A
//     declared job that resembles one (most likely an edited command) is blocked:
//     creating it would leave the old job running beside it. Any other is created. The
//     same applies to protected jobs, pruned or not. Jobs listed under removed are not
//     compared: they are deleted.
//
// A command resembles another one if it is mostly the same text, if one continues the
// other (arguments were added), or if both run the same script or the same management
// command.
//
// 2 to 4 are one assignment problem: every possible pair has a weight such that
// one equal pair outweighs all pairs by command, and one of these all that
// similarity can add. Among pairs by command the one with fewer differing fields
// is preferred. Ties are broken by content, never by the order of answers.

// resembles is the similarity of two commands (0 to 1) from which one may be an edited
// form of the other. Blocking costs a line in the file; not blocking can run a job
// twice, so the bound is low.
const resembles = 0.6

func matchCronjobs(m resource.Matching) []resource.Pairing {
	desired := remaining(len(m.Desired), func(i int) bool { _, moved := m.Moved[i]; return moved })
	taken := map[int]bool{}
	var pairings []resource.Pairing
	for i := range m.Desired {
		if j, moved := m.Moved[i]; moved {
			pairings = append(pairings, resource.Pairing{Desired: i, Current: j})
			taken[j] = true
		}
	}
	current := remaining(len(m.Current), func(j int) bool { return taken[j] })
	slices.SortStableFunc(current, func(a, b int) int { return compareJobs(m.Current[a], m.Current[b]) })

	n := min(len(desired), len(current)) + 1
	weight := func(i, j int) int {
		want, have := m.Desired[desired[i]], m.Current[current[j]]
		switch same := want.Text("command") == have.Text("command"); {
		case equalJobs(want, have):
			return 1_000_000 * n * n
		case same:
			return 10_000*n + 1_000*agreeing(want, have)
		case m.Pruned && !m.Kept[current[j]] && !m.Removed[current[j]]:
			return 1 + int(900*similarity(want.Text("command"), have.Text("command")))
		}
		return 0
	}
	paired := assign(len(desired), len(current), weight)
	matched := map[int]bool{}
	for _, j := range paired {
		matched[j] = true
	}
	for i, j := range paired {
		pairing := resource.Pairing{Desired: desired[i], Current: -1}
		if j >= 0 {
			pairing.Current = current[j]
		} else if other := lookalike(m, desired[i], current, matched); other != nil {
			what, or := "an undeclared", ", or prune cron jobs"
			if m.Pruned {
				what, or = "a protected", ""
			}
			pairing.Blocked = fmt.Sprintf(
				"it resembles %s cron job (%s); also declare that one, or add moved: [{ from: %s, to: %s }]%s",
				what, resource.Show(other.Text("command")), quoteAddress(unambiguous(other, m.Current)), quoteAddress(m.Desired[desired[i]].Address), or)
		}
		pairings = append(pairings, pairing)
	}
	return pairings
}

// unambiguous is the address that no other job has.
func unambiguous(job *resource.Resource, all []*resource.Resource) resource.Address {
	for _, other := range all {
		if other != job && other.Address == job.Address {
			return resource.NewAddress(job.Kind.Name, job.Parent, resource.LongKey(job))
		}
	}
	return job.Address
}

func quoteAddress(a resource.Address) string { return resource.Show(a.String()) }

// lookalike finds the undeclared, unpaired job whose command is most similar to that of
// a declared one, or nil if none is. Jobs to be removed are ignored: they will not run
// beside the new one.
func lookalike(m resource.Matching, desired int, current []int, matched map[int]bool) *resource.Resource {
	var best *resource.Resource
	most := resembles
	for j, index := range current {
		s := likeness(m.Desired[desired].Text("command"), m.Current[index].Text("command"))
		if !matched[j] && !m.Removed[index] && s >= most && (best == nil || s > most) {
			best, most = m.Current[index], s
		}
	}
	return best
}

func equalJobs(want, have *resource.Resource) bool {
	return agreeing(want, have) == len(want.Fields)
}

// agreeing counts the declared fields on which have agrees.
func agreeing(want, have *resource.Resource) int {
	n := 0
	for name, value := range want.Fields {
		if resource.Equal(value, have.Fields[name]) {
			n++
		}
	}
	return n
}

func compareJobs(a, b *resource.Resource) int {
	return cmp.Or(
		cmp.Compare(a.Text("command"), b.Text("command")),
		cmp.Compare(a.Text("frequency"), b.Text("frequency")),
		cmp.Compare(a.Text("time"), b.Text("time")),
		cmp.Compare(resource.Show(a.Fields["custom_timeout"]), resource.Show(b.Fields["custom_timeout"])),
		cmp.Compare(a.Handle, b.Handle),
	)
}

// similarity is 1 for equal commands and 0 for commands with nothing in common: the
// fraction of characters that need no edit. Runs of white space count as one.
func similarity(a, b string) float64 {
	a, b = strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " ")
	longest := max(len([]rune(a)), len([]rune(b)))
	if longest == 0 {
		return 1
	}
	return 1 - float64(levenshtein.ComputeDistance(a, b))/float64(longest)
}

// likeness is similarity, or more if one command is the other with arguments added, or
// both run the same script.
func likeness(a, b string) float64 {
	one, other := strings.Fields(a), strings.Fields(b)
	if len(one) > len(other) {
		one, other = other, one
	}
	extended := len(one) > 0 && slices.Equal(one, other[:len(one)])
	script := scriptOf(one)
	if extended || script != "" && script == scriptOf(other) {
		return max(similarity(a, b), 0.9)
	}
	return similarity(a, b)
}

// interpreters come before the script of a command.
var interpreters = []string{"python", "python3", "sh", "bash", "node", "php", "ruby", "perl", "env", "exec", "-m"}

// scriptOf returns the script that a command runs, with the command of a manage.py, or
// "" if the program is a general one (curl).
func scriptOf(words []string) string {
	for len(words) > 0 && slices.Contains(interpreters, words[0]) {
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return ""
	case strings.HasSuffix(words[0], "manage.py") && len(words) > 1:
		return strings.Join(words[:2], " ")
	case strings.ContainsAny(words[0], "/."):
		return words[0]
	}
	return ""
}

func remaining(n int, used func(int) bool) []int {
	var out []int
	for i := range n {
		if !used(i) {
			out = append(out, i)
		}
	}
	return out
}

// assign pairs rows with columns so that the sum of weights is maximal; a weight of 0
// is no pair. It returns the column of each row, or -1. This is the Hungarian method on
// a square of max(rows, columns), in cubic time.
func assign(rows, columns int, weight func(row, column int) int) []int {
	n := max(rows, columns)
	cost := func(i, j int) int {
		if i <= rows && j <= columns {
			return -weight(i-1, j-1)
		}
		return 0
	}
	const infinite = int(^uint(0) >> 2)
	u, v := make([]int, n+1), make([]int, n+1)
	rowOf, way := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		least := slices.Repeat([]int{infinite}, n+1)
		used := make([]bool, n+1)
		j := 0
		for rowOf[j] != 0 {
			used[j] = true
			delta, next := infinite, 0
			for k := 1; k <= n; k++ {
				if used[k] {
					continue
				}
				if c := cost(rowOf[j], k) - u[rowOf[j]] - v[k]; c < least[k] {
					least[k], way[k] = c, j
				}
				if least[k] < delta {
					delta, next = least[k], k
				}
			}
			for k := 0; k <= n; k++ {
				if used[k] {
					u[rowOf[k]] += delta
					v[k] -= delta
				} else {
					least[k] -= delta
				}
			}
			j = next
		}
		for j != 0 {
			rowOf[j] = rowOf[way[j]]
			j = way[j]
		}
	}
	out := slices.Repeat([]int{-1}, rows)
	for j := 1; j <= columns; j++ {
		if i := rowOf[j]; i >= 1 && i <= rows && weight(i-1, j-1) > 0 {
			out[i-1] = j - 1
		}
	}
	return out
}
