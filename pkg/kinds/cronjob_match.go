package kinds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Matching declared with existing cron jobs. A cron job has no name, and a wrong match
// makes a job run twice or overwrites another one. The policy, in this order:
//
//  1. Pairs of moved entries are paired.
//  2. As many jobs as possible are paired that are equal in all declared fields: they
//     need no write.
//  3. Of the rest, as many as possible are paired that have the same command: one write
//     each. Those that agree in more fields come first. A job listed under removed is
//     not changed into another one: it is deleted.
//  4. If undeclared jobs are pruned, those of the rest that resemble each other
//     (cronjob_words.go) are paired, so that what the pairs have in common is as much
//     as possible. A pair is an edited job, which keeps what is not declared, such as
//     its timeout. Jobs that do not resemble each other are never paired: one is
//     deleted, and one is created, with nothing of the other.
//  5. What is declared and still not paired is created, unless it resembles an
//     undeclared job that stays. Then it is blocked: it may be an edited form of that
//     job, which would run beside it. A job stays if cron jobs are not pruned, or if it
//     is protected, and if it is not deleted because it is listed under removed.
//  6. A create beside undeclared jobs that stay has a warning that lists them.
//
// Which jobs an earlier version of the files (--base) declares is part of the texts. It
// changes neither the pairs nor what is blocked.
//
// Pairs depend on the content of jobs only, and on ids where that is equal; never on the
// order of answers. Jobs are found by indices, so that the cost grows with the number of
// jobs and of pairs that resemble each other; for that of step 4 see assign.
func matchCronjobs(m resource.Matching) []resource.Pairing {
	p := newJobPairer(m)
	p.pairMoved()
	p.pairEqual()
	p.pairSameCommand()
	alike := p.alike()
	if m.Pruned {
		p.pairAlike(alike)
	}
	return p.pairings(alike)
}

// jobPairer pairs declared with existing jobs.
type jobPairer struct {
	resource.Matching
	// current are the indices of Current in the order in which they are taken: by
	// content, those to be removed last.
	current []int
	// partner is the index of Current for each of Desired, -1 for none; taken are the
	// indices of Current that are paired.
	partner []int
	taken   []bool
}

func newJobPairer(m resource.Matching) *jobPairer {
	p := &jobPairer{Matching: m, partner: slices.Repeat([]int{-1}, len(m.Desired)), taken: make([]bool, len(m.Current))}
	for j := range m.Current {
		p.current = append(p.current, j)
	}
	last := func(j int) int {
		if m.Removed[j] {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(p.current, func(x, y int) int {
		return cmp.Or(cmp.Compare(last(x), last(y)), compareJobs(m.Current[x], m.Current[y]))
	})
	return p
}

func (p *jobPairer) pair(i, j int) { p.partner[i], p.taken[j] = j, true }

func (p *jobPairer) pairMoved() {
	for i := range p.Desired {
		if j, moved := p.Moved[i]; moved {
			p.pair(i, j)
		}
	}
}

// unpaired are the indices of Desired that are not paired, in file order.
func (p *jobPairer) unpaired() []int {
	var rest []int
	for i, j := range p.partner {
		if j < 0 {
			rest = append(rest, i)
		}
	}
	return rest
}

// pairEqual pairs jobs that are equal in all declared fields. Those with more declared
// fields choose first, since fewer jobs are equal to them.
func (p *jobPairer) pairEqual() {
	index := map[string][]int{}
	for _, j := range p.current {
		if key := resource.LongKey(p.Current[j]); !p.taken[j] {
			index[key] = append(index[key], j)
		}
	}
	rest := p.unpaired()
	slices.SortStableFunc(rest, func(x, y int) int {
		return cmp.Compare(len(p.Desired[y].Fields), len(p.Desired[x].Fields))
	})
	for _, i := range rest {
		for _, j := range index[resource.LongKey(p.Desired[i])] {
			if !p.taken[j] && equalJobs(p.Desired[i], p.Current[j]) {
				p.pair(i, j)
				break
			}
		}
	}
}

// agreements are the sets of fields besides the command in which two jobs may agree,
// the largest ones first.
var agreements = [][]string{
	{"frequency", "time", "custom_timeout"}, {"frequency", "time"}, {"frequency", "custom_timeout"}, {"time", "custom_timeout"},
	{"frequency"}, {"time"}, {"custom_timeout"}, {},
}

// pairSameCommand pairs jobs with the same command.
func (p *jobPairer) pairSameCommand() {
	for _, fields := range agreements {
		index := map[string][]int{}
		for _, j := range p.current {
			if key, known := agreementKey(p.Current[j], fields); known && !p.taken[j] && !p.leaves(j) {
				index[key] = append(index[key], j)
			}
		}
		for _, i := range p.unpaired() {
			key, declared := agreementKey(p.Desired[i], fields)
			if free := index[key]; declared && len(free) > 0 {
				p.pair(i, free[0])
				index[key] = free[1:]
			}
		}
	}
}

// agreementKey is equal for jobs that agree in the command and in fields; false if one of
// these is unknown.
func agreementKey(job *resource.Resource, fields []string) (string, bool) {
	key := resource.Show(job.Text("command"))
	for _, name := range fields {
		if !job.Has(name) {
			return "", false
		}
		key += " " + resource.Show(job.Fields[name])
	}
	return key, true
}

// alike finds the pairs of jobs that are not paired yet and resemble each other: ours are
// indices of Desired, theirs indices of current.
func (p *jobPairer) alike() []likePair {
	desired := p.unpaired()
	current := p.current[:0:0]
	for _, j := range p.current {
		if !p.taken[j] && !p.leaves(j) {
			current = append(current, j)
		}
	}
	if len(desired) == 0 || len(current) == 0 {
		return nil
	}
	var commands []string
	var ours, theirs []phrase
	for _, jobs := range [][]*resource.Resource{p.Desired, p.Current} {
		for _, job := range jobs {
			commands = append(commands, job.Text("command"))
		}
	}
	for _, i := range desired {
		ours = append(ours, phraseOf(p.Desired[i].Text("command")))
	}
	for _, j := range current {
		theirs = append(theirs, phraseOf(p.Current[j].Text("command")))
	}
	pairs := vocabularyOf(commands).resembling(ours, theirs)
	for k := range pairs {
		pairs[k].ours, pairs[k].theirs = desired[pairs[k].ours], current[pairs[k].theirs]
	}
	return pairs
}

// leaves reports whether an existing job is deleted because it is listed under removed.
func (p *jobPairer) leaves(j int) bool { return p.Removed[j] && !p.Kept[j] }

// stays reports whether an existing job is neither declared nor deleted.
func (p *jobPairer) stays(j int) bool {
	return !p.taken[j] && !p.leaves(j) && (!p.Pruned || p.Kept[j])
}

// pairAlike pairs jobs that resemble each other. A protected one is never changed into
// another one.
func (p *jobPairer) pairAlike(alike []likePair) {
	free := slices.DeleteFunc(slices.Clone(alike), func(pair likePair) bool { return p.Kept[pair.theirs] })
	for i, j := range assign(free) {
		p.pair(i, j)
	}
}

// pairings says what becomes of each declared job.
func (p *jobPairer) pairings(alike []likePair) []resource.Pairing {
	lookalikes := map[int][]likePair{}
	for _, pair := range alike {
		if p.stays(pair.theirs) {
			lookalikes[pair.ours] = append(lookalikes[pair.ours], pair)
		}
	}
	names := p.names()
	beside := p.beside(names)
	var out []resource.Pairing
	for i, j := range p.partner {
		pairing := resource.Pairing{Desired: i, Current: j}
		switch others := lookalikes[i]; {
		case j >= 0:
		case len(others) > 0:
			pairing.Blocked = p.blocked(i, others, names)
		default:
			pairing.Warning = beside
		}
		out = append(out, pairing)
	}
	return out
}

// blocked says which undeclared job a declared one resembles, and what can be done.
func (p *jobPairer) blocked(i int, others []likePair, names map[int]string) string {
	best := slices.MinFunc(others, func(x, y likePair) int {
		return cmp.Or(cmp.Compare(y.closeness, x.closeness), compareJobs(p.Current[x.theirs], p.Current[y.theirs]))
	})
	other := p.Current[best.theirs]
	what, also := "an undeclared cron job (", ", or list that one under removed, or prune cron jobs"
	if p.Pruned || p.Kept[best.theirs] {
		what, also = "a protected cron job (", ""
	}
	if len(others) > 1 {
		what = fmt.Sprintf("%d undeclared cron jobs (most of all ", len(others))
	}
	about := resource.Show(other.Text("command"))
	if p.Earlier[best.theirs] {
		about += ", which the earlier version of the files declares"
	}
	return fmt.Sprintf(
		"it resembles %s%s); also declare that one, or add moved: [{ from: %s, to: %s }]%s",
		what, about, resource.Show(names[best.theirs]), resource.Show(p.Desired[i].Address.String()), also)
}

// mostListed is how many undeclared jobs a warning lists.
const mostListed = 5

// beside is the warning of a create beside undeclared jobs, "" if there are none.
func (p *jobPairer) beside(names map[int]string) string {
	var declaredBefore, others []string
	for _, j := range p.current {
		switch {
		case !p.stays(j):
		case p.Earlier[j]:
			declaredBefore = append(declaredBefore, names[j])
		default:
			others = append(others, names[j])
		}
	}
	all := append(slices.Clone(declaredBefore), others...)
	if len(all) == 0 {
		return ""
	}
	text := "is created beside undeclared cron jobs, which are left alone (" + listed(all) + ")"
	if len(declaredBefore) > 0 {
		text += "; of these, the earlier version of the files declares " + listed(declaredBefore)
	}
	return text + "; if it is an edited form of one of them, add a moved entry"
}

func listed(names []string) string {
	if more := len(names) - mostListed; more > 0 {
		return fmt.Sprintf("%s, and %d more", strings.Join(names[:mostListed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// names are addresses of the existing jobs that a moved entry can use: the shortest one
// that no other existing job has.
func (p *jobPairer) names() map[int]string {
	uses := map[string]int{}
	for _, job := range p.Current {
		uses[resource.DisplayKey(job)]++
		uses[resource.LongKey(job)]++
	}
	names := map[int]string{}
	for j, job := range p.Current {
		key := resource.DisplayKey(job)
		if uses[key] > 1 {
			key = resource.LongKey(job)
		}
		if uses[key] > 1 {
			key = resource.ExactKey(job)
		}
		names[j] = resource.NewAddress(job.Kind.Name, job.Parent, key).String()
	}
	return names
}

func equalJobs(want, have *resource.Resource) bool {
	for name, value := range want.Fields {
		if !resource.Equal(value, have.Fields[name]) {
			return false
		}
	}
	return true
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
