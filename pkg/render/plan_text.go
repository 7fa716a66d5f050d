package render

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The columns at which the parts of a change begin.
const (
	changeIndent = 2
	fieldIndent  = 8
	lineIndent   = 10
)

// PlanText prints a plan as text. The last line is its summary, or says that the plan
// is incomplete. It fails on a plan whose counts disagree with its content.
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
	case p.Empty() && len(view.uncompared) > 0:
		page.line(0, as(green, "No changes:"), text(" no differences in what can be compared."))
		return page.writeTo(w)
	case p.Empty() && len(view.waiting) > 0:
		page.line(0, as(green, "No changes"), text(" except those that wait for a deployment."))
		return page.writeTo(w)
	case p.Empty():
		page.line(0, as(green, "No changes."), text(" The current state matches the files."))
		return page.writeTo(w)
	}
	if p.Digest != "" {
		page.line(0, as(dim, "Digest: "+p.Digest))
	}
	page.line(0, as(bold, view.summaryLine()))
	return page.writeTo(w)
}

// incomplete says what could not be read, at the top and at the bottom of the plan.
func (p *page) incomplete(plan *plan.Plan) {
	if len(plan.Unread) > 0 {
		p.line(0, as(yellow, "Incomplete: "), text(strings.Join(plan.Unread, ", ")+" could not be read and are not part of this plan."))
	}
}

// Where names the organisation of a plan and its endpoint.
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

// change prints one change: the action, the address, the position in the files, the
// reason, and the fields.
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
func (p *page) diffLine(spaces int, l line) {
	look := plain
	switch l.sign {
	case '+':
		look = green
	case '-':
		look = red
	case '…':
		look = dim
	}
	p.line(spaces, as(look, string(l.sign)+" "+l.text))
}

// violations prints the limits that would stop apply, and the flags that allow it to
// continue.
func (p *page) violations(violations []plan.Violation) {
	if len(violations) == 0 {
		return
	}
	p.gap()
	p.line(0, as(red, "Limits: apply would stop before the first change:"))
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

func (p *page) unmanaged(collections []*unmanagedIn, made *plan.Plan) {
	if len(collections) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "Not managed"), text(" (exist, but not in the files; not changed)"))
	for _, c := range collections {
		p.line(changeIndent, text(c.summary()))
	}
	if slices.ContainsFunc(made.Unmanaged, func(a resource.Address) bool { return !slices.Contains(made.Pruned, a.Kind()) }) {
		p.line(changeIndent, as(dim, "To delete such resources, add their collection to settings.prune, or pass --prune KIND."))
	}
}

// uncompared counts fields that the API does not return, and explains it once: secrets
// and other fields that it never returns, and fields that it happened not to return.
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
			"They cannot be compared: the API does not return " + unreturned + ". They are not changed.",
			"To write them anyway, pass --write-sensitive GLOB. To detect changes, use a ledger (settings.ledger).",
		}},
		{false, []string{"They cannot be compared: the API does not return them. They are not changed: check them manually."}},
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

// mayWrite lists what a plan with the resolved values might write.
func (p *page) mayWrite(fields []plan.Field) {
	if len(fields) == 0 {
		return
	}
	p.gap()
	p.line(0, as(bold, "May be written"), text(": "+count(len(fields), "value", "values")+" ("+someFields(fields)+")"))
	p.line(changeIndent, as(dim, "value_from was not resolved (--no-secrets). Apply resolves it, and writes the values that differ."))
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
