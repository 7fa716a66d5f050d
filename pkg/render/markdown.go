package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Markdown is for the comment on a pull request, which people read before they approve.
// So what cannot be undone comes first and complete: limits that would stop apply, and
// deleted, replaced or transferred resources. Then blocked changes, then drift, then
// what the files ask for, a fold for each application.
//
//   - Every change is in exactly one block, as in the other formats.
//   - A comment can have 65,536 characters. What does not fit is left out from the end
//     and counted (markdown_fit.go); destructive changes are left out last.
//   - All external text is in a fence that is longer than any run of backticks in it,
//     after a sign at the start of its line; outside of fences it is in a code span or
//     escaped (markdown_escape.go). So it cannot be HTML, a link, a mention or a
//     command of the forge.
//   - The first line is invisible and begins with [MarkdownMarker], so that a bot
//     finds its comment and updates it.

// MarkdownMarker is what the first line of every Markdown document begins with,
// for a plan and for a failure alike. What follows in that line is
// "digest=sha256:...", "empty" or "failed", and " -->".
const MarkdownMarker = "<!-- divioctl:plan "

// PlanMarkdown prints a plan as a comment for a pull request. A failure that occurred
// after the plan was made is part of it; nil is none. It fails on a plan whose counts
// disagree with its content.
func PlanMarkdown(w io.Writer, p *plan.Plan, failure *Failure) error {
	view, err := viewPlan(p)
	if err != nil {
		return err
	}
	c := &comment{marker: "digest=" + digestText(p.Digest), title: view.summaryLine()}
	if p.Empty() {
		c.marker, c.title = "empty", "No changes"
		c.lead = "The current state matches the files"
		if len(view.uncompared) > 0 {
			c.lead = "No differences in what can be compared"
		}
		c.lead += ". "
	}
	c.lead += "Organisation " + codeSpan(p.Organisation.String()) + " at " + codeSpan(p.Endpoint) + "."
	if failure != nil {
		c.marker = "failed"
		c.add(failureBlock(*failure))
	}
	c.add(view.markdown()...)
	if p.Digest != "" && !p.Empty() && failure == nil {
		c.tail = "To apply exactly this, with the same flags as this plan:\n\n```sh\ndivioctl apply --plan-digest " + digestText(p.Digest) + "\n```\n"
	}
	return c.writeTo(w)
}

// FailureMarkdown prints, as a comment for a pull request, that there is no plan. It
// replaces the plan of an earlier run.
func FailureMarkdown(w io.Writer, f Failure) error {
	c := &comment{
		marker: "failed", title: "There is no plan",
		lead: "An earlier plan in this comment is no longer valid.",
	}
	c.add(failureBlock(f))
	return c.writeTo(w)
}

// The order in which space is given to blocks.
const (
	rankDestructive = iota
	rankFailure
	rankViolations
	rankBlocked
	rankWarnings
	rankDeployments
	rankDrift
	rankAsked
	rankRest
)

// markdown returns the blocks of a plan in the order in which they are shown.
func (v *planView) markdown() []*block {
	drift, asked := all(v.drift), all(v.groups)
	lost := slices.Concat(filter(asked, true), filter(drift, true))
	drift, asked = filter(drift, false), filter(asked, false)
	title := ""
	if len(drift) > 0 {
		title = askedTitle
	}
	return slices.Concat(
		[]*block{
			violationBlock(v.plan.Violations),
			changeBlock("Destructive: review these first", "destructive change", rankDestructive, lost),
			changeBlock("Blocked, left out", "blocked change", rankBlocked, v.blocked),
			changeBlock("Waiting for a deployment", "waiting change", rankDeployments, v.waiting),
		},
		folds(driftTitle, "drift change", rankDrift, drift),
		folds(title, "change", rankAsked, asked),
		[]*block{deploymentBlock(v.plan), warningBlock(v.warnings), v.restBlock()},
	)
}

func all(groups []*group) []*resource.Change {
	var out []*resource.Change
	for _, g := range groups {
		out = append(out, g.changes...)
	}
	return out
}

// filter returns the changes that are destructive, or those that are not.
func filter(changes []*resource.Change, lost bool) []*resource.Change {
	var out []*resource.Change
	for _, c := range changes {
		if destructive(c) == lost {
			out = append(out, c)
		}
	}
	return out
}

// changeBlock shows changes under a heading, "" for none. One is what it counts.
func changeBlock(title, one string, rank int, changes []*resource.Change) *block {
	b := &block{rank: rank, language: "diff", one: one, many: one + "s", changes: changes}
	b.heading(title)
	for _, c := range changes {
		b.entries = append(b.entries, changeEntry(c))
	}
	return b
}

// folds shows changes in a fold for each application or other root resource: the first
// part of the address.
func folds(title, one string, rank int, changes []*resource.Change) []*block {
	var blocks []*block
	for _, g := range groupBy(application, changes) {
		b := changeBlock(title, one, rank, g.changes)
		title = ""
		b.fold("<code>" + htmlText(g.title) + "</code>: " + countActions(g.changes))
		blocks = append(blocks, b)
	}
	return blocks
}

func application(c *resource.Change) string { return c.Address.Root().Key() }

func countActions(changes []*resource.Change) string {
	counts := map[resource.Action]int{}
	for _, c := range changes {
		counts[c.Action]++
	}
	var parts []string
	for _, a := range resource.Actions {
		if counts[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", counts[a], a))
		}
	}
	return strings.Join(parts, ", ")
}

func violationBlock(violations []plan.Violation) *block {
	b := &block{rank: rankViolations, one: "violation", many: "violations"}
	b.heading("Limits: apply would stop before the first change")
	for _, violation := range violations {
		e := entry{head: diffText('-', 0, violation.Message)}
		if violation.Flag != "" {
			e.head += diffText(' ', 4, "to allow it: "+violation.Flag)
		}
		if violation.Entry != "" {
			e.head += diffText(' ', 4, "or add under removed: "+violation.Entry)
		}
		e.full = e.head
		b.entries = append(b.entries, e)
	}
	return b
}

func deploymentBlock(p *plan.Plan) *block {
	b := &block{rank: rankDeployments, one: "deployment", many: "deployments"}
	title := "Deployments, if the API says that they are needed"
	if !p.Deploy {
		title = "Environments that already wait for a deployment"
	}
	b.heading(title)
	for _, d := range p.Deployments {
		if d.Waits != "" && !slices.Contains(waitingOf(p), d) {
			continue
		}
		if !p.Deploy {
			b.addWaiting(d)
			continue
		}
		e := entry{head: diffText('-', 0, d.Address.String()+"  "+cmp.Or(d.Reason, "already waits for a deployment"))}
		if along := alsoDeploys(d.Along); along != "" {
			e.head += diffText(' ', 4, along)
		}
		if d.Waits != "" {
			e.head += diffText(' ', 4, "not deployed: "+d.Waits)
		}
		e.full = e.head
		b.entries = append(b.entries, e)
	}
	return b
}

// addWaiting adds an environment that waits and is not deployed, with what waits there.
func (b *block) addWaiting(d *plan.Deployment) {
	e := entry{head: diffText('-', 0, d.Address.String()+"  "+some(d.Along.Changes, mostNames))}
	e.full = e.head
	b.entries = append(b.entries, e)
}

func warningBlock(warnings []plan.Note) *block {
	b := &block{rank: rankWarnings, one: "warning", many: "warnings"}
	b.heading("Warnings")
	for _, n := range warnings {
		b.addNote("", n)
	}
	return b
}

func (b *block) addNote(label string, n plan.Note) {
	if !n.Address.IsZero() {
		label += n.Address.String() + ": "
	}
	b.addLine(label + n.Text)
}

// restBlock is information that changes nothing, in one fold.
func (v *planView) restBlock() *block {
	p := v.plan
	b := &block{rank: rankRest, one: "remark", many: "remarks"}
	var parts []string
	for _, about := range []struct {
		n         int
		one, many string
	}{{len(p.Unmanaged), "unmanaged", "unmanaged"}, {len(v.uncompared), "not compared", "not compared"}, {len(p.MayWrite), "may be written", "may be written"}, {len(p.Notes), "note", "notes"}} {
		if about.n > 0 {
			parts = append(parts, count(about.n, about.one, about.many))
		}
	}
	b.fold(strings.Join(parts, ", "))
	for _, c := range v.unmanaged {
		b.addLine("unmanaged: " + c.summary())
	}
	if len(v.uncompared) > 0 {
		b.addLine("not compared, because the API does not return it: " + someFields(v.uncompared))
	}
	if len(p.MayWrite) > 0 {
		b.addLine("may be written, because value_from was not resolved (--no-secrets): " + someFields(p.MayWrite))
	}
	for _, n := range v.notes {
		b.addNote("note: ", n)
	}
	return b
}

// failureBlock shows the failure as on a terminal.
func failureBlock(f Failure) *block {
	b := &block{rank: rankFailure, one: "line about the failure", many: "lines about the failure"}
	b.heading(fmt.Sprintf("Failed with exit code %d", f.ExitCode))
	var text bytes.Buffer
	if err := FailureText(&text, f, Options{Width: markdownColumns}); err != nil {
		b.addLine(err.Error())
	}
	for l := range strings.Lines(text.String()) {
		l = diffText(' ', 1, strings.TrimSuffix(l, "\n"))
		b.entries = append(b.entries, entry{l, l})
	}
	return b
}

// digestText is a digest without any other characters.
func digestText(digest string) string {
	return cmp.Or(strings.Map(func(r rune) rune {
		if r == ':' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, digest), "none")
}
