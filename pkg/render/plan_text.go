package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Where the parts of a change begin on a line.
const (
	changeIndent = 2
	fieldIndent  = 8
	lineIndent   = 10
)

// PlanText prints a plan for people. The last line is its summary, or says that the
// plan is incomplete. It fails on a
// plan whose counts disagree with what it lists.
func PlanText(w io.Writer, p *plan.Plan, opt Options) error {
	view, err := viewPlan(p)
	if err != nil {
		return err
	}
	page := &page{Options: opt}
	page.incomplete(p)
	page.groups(view.groups)
	if len(view.drift) > 0 {
		page.gap()
		page.line(0, as(yellow, driftTitle))
		page.groups(view.drift)
	}
	if len(view.blocked) > 0 {
		page.gap()
		page.line(0, as(bold, "Blocked, left out"))
		for _, c := range view.blocked {
			page.change(c)
		}
	}
	page.deployments(p)
	page.waiting(p, view.waiting)
	page.violations(p.Violations)
	page.unmanaged(view.unmanaged, p)
	page.uncompared(view.uncompared)
	page.mayWrite(p.MayWrite)
	page.notes("Warning", yellow, view.warnings)
	page.notes("Note", plain, view.notes)
	page.gap()
	page.line(0, as(dim, "Organisation: "+Where(p, opt)))
	switch {
	case len(p.Unread) > 0:
		page.line(0, as(bold, view.summaryLine()))
		page.incomplete(p)
		return page.writeTo(w)
	case p.Empty() && len(p.MayWrite) > 0:
		page.line(0, as(green, "No changes"), text(", as far as that can be told without the values."))
		return page.writeTo(w)
	case p.Empty() && len(view.uncompared) > 0:
		page.line(0, as(green, "No changes:"), text(" nothing that can be compared differs."))
		return page.writeTo(w)
	case p.Empty() && len(view.waiting) > 0:
		page.line(0, as(green, "No changes"), text(" but those that wait for a deployment."))
		return page.writeTo(w)
	case p.Empty():
		page.line(0, as(green, "No changes."), text(" Everything that the files declare is there as declared."))
		return page.writeTo(w)
	}
	if p.Digest != "" {
		page.line(0, as(dim, "Digest: "+p.Digest))
	}
	page.line(0, as(bold, view.summaryLine()))
	return page.writeTo(w)
}

// incomplete says what the plan does not know, at its top and at its bottom.
func (p *page) incomplete(plan *plan.Plan) {
	if len(plan.Unread) > 0 {
		p.line(0, as(yellow, "Incomplete: "), text(strings.Join(plan.Unread, ", ")+" could not be read, and nothing is said about them."))
	}
}

// Where names the organisation that a plan is about, and where it is.
func Where(p *plan.Plan, opt Options) string {
	organisation := cmp.Or(p.Organisation.String(), "(no organisation)")
	return safe(organisation + " " + cmp.Or(opt.Endpoint, "at "+cmp.Or(p.Endpoint, "(nowhere)")))
}

func (p *page) groups(groups []*group) {
	for _, g := range groups {
		p.gap()
		p.line(0, as(bold, g.title))
		for _, c := range g.changes {
			p.change(c)
		}
	}
}

// change prints one change: what, to what, where it was asked for, why, and what
// becomes different.
func (p *page) change(c *resource.Change) {
	symbol := symbols[c.Action]
	spans := []span{
		as(symbol.look, pad(symbol.text, 4)+pad(string(c.Action), 10)),
		as(bold, c.Address.String()),
	}
	if where := aside(c); where != "" {
		spans = append(spans, text("  "+where))
	}
	if !c.At.IsZero() {
		place := c.At
		place.Column = 0
		spans = append(spans, as(dim, "  ("+place.String()+")"))
	}
	if c.Drift && c.Blocked != "" {
		spans = append(spans, as(yellow, driftMark))
	}
	p.line(changeIndent, spans...)
	if c.Blocked != "" {
		p.line(fieldIndent, as(yellow, "blocked, left out: "+c.Blocked))
	}
	if c.Reason != "" {
		p.line(fieldIndent, as(dim, c.Reason))
	}
	if c.Needs != "" {
		p.line(fieldIndent, as(red, "needs "+c.Needs))
	}
	for _, f := range c.Fields {
		p.field(viewField(c, f, p.columns()-fieldIndent))
	}
}

func (p *page) field(f field) {
	if len(f.lines) == 0 {
		p.line(fieldIndent, text(f.name+": "+f.inline()))
		return
	}
	p.line(fieldIndent, text(f.name+":"))
	for _, l := range f.lines {
		p.diffLine(lineIndent, l)
	}
}

// diffLine prints a line of a difference.
func (p *page) diffLine(blanks int, l line) {
	look := plain
	switch l.sign {
	case '+':
		look = green
	case '-':
		look = red
	case '…':
		look = dim
	}
	p.line(blanks, as(look, string(l.sign)+" "+l.text))
}

// violations prints what apply would stop for, and what lets it go on.
func (p *page) violations(violations []plan.Violation) {
	if len(violations) == 0 {
		return
	}
	p.gap()
	p.line(0, as(red, "Apply would stop before the first change:"))
	for _, b := range violations {
		p.line(changeIndent, text(b.Message))
		if b.Flag != "" {
			p.line(fieldIndent, text("to allow it: "+b.Flag))
		}
		if b.Entry != "" {
			p.line(fieldIndent, text("or add under removed: "+b.Entry))
		}
	}
}

func (p *page) unmanaged(collections []*collection, made *plan.Plan) {
	if len(collections) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "Not managed"), text(" (there, but in no file; left alone)"))
	for _, c := range collections {
		p.line(changeIndent, text(c.summary()))
	}
	if slices.ContainsFunc(made.Unmanaged, func(a resource.Address) bool { return !slices.Contains(made.Pruned, a.Kind()) }) {
		p.line(changeIndent, as(dim, "To have such resources deleted, name their collection under settings.prune, or pass --prune KIND."))
	}
}

// uncompared counts what cannot be read back, and explains it once: what the API never
// shows, mostly secrets, and what it happened not to show.
func (p *page) uncompared(fields []plan.Field) {
	unreturned := "sensitive values"
	if slices.ContainsFunc(fields, func(f plan.Field) bool { return f.WriteOnly }) {
		unreturned = "them"
	}
	for _, sort := range []struct {
		writeOnly bool
		why       []string
	}{
		{true, []string{
			"They cannot be compared: the API does not return " + unreturned + ". They are left alone.",
			"To write them all the same: --write-sensitive GLOB. To have changes noticed: a ledger (settings.ledger).",
		}},
		{false, []string{"They cannot be compared: the API does not return them. They are left alone: check them by hand."}},
	} {
		those := slices.DeleteFunc(slices.Clone(fields), func(f plan.Field) bool { return (f.Masked || f.WriteOnly) != sort.writeOnly })
		if len(those) == 0 {
			continue
		}
		p.gap()
		p.line(0, as(bold, "Not compared"), text(": "+count(len(those), "value", "values")+" ("+someFields(those)+")"))
		for _, sentence := range sort.why {
			p.line(changeIndent, as(dim, sentence))
		}
	}
}

// mayWrite lists what a plan with the values at hand might write.
func (p *page) mayWrite(fields []plan.Field) {
	if len(fields) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "May be written"), text(": "+count(len(fields), "value", "values")+" ("+someFields(fields)+")"))
	p.line(changeIndent, as(dim, "They were not looked up (--no-secrets). An apply looks them up, and writes those that differ."))
}

func (p *page) notes(title string, look look, notes []plan.Note) {
	if len(notes) > 0 {
		p.gap()
	}
	for _, n := range notes {
		spans := []span{as(look, title+": ")}
		if !n.Address.IsZero() {
			spans = append(spans, text(n.Address.String()+": "))
		}
		p.line(0, append(spans, text(n.Text))...)
	}
}
