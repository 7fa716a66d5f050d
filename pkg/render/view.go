package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// planView is the content of a plan, in the order in which it is shown. Changes are
// grouped by their parent, in the order in which the plan first mentions it. Every
// change is in exactly one of groups, drift, blocked and waiting: drift is
// distinguished from what this version of the files asks for; blocked changes, and
// changes that only wait for a deployment, have a list of their own, drift or not.
type planView struct {
	plan          *plan.Plan
	groups, drift []*group
	blocked       []*resource.Change
	waiting       []*resource.Change
	// unmanaged by collection.
	unmanaged []*unmanagedIn
	// warnings and notes, identical ones merged.
	warnings, notes []plan.Note
	// uncompared fields that are not listed in mayWrite.
	uncompared []plan.Field
}

// group is the changes of one parent: the organisation, an application, an environment.
type group struct {
	title   string
	changes []*resource.Change
}

// unmanagedIn is the unmanaged resources of one collection. Glob is the address pattern
// of the collection.
type unmanagedIn struct {
	glob  string
	names []string
}

// viewPlan prepares a plan for printing. Every format uses it, so that none prints a
// plan whose counts disagree with its content: that would be worse than no plan.
func viewPlan(p *plan.Plan) (*planView, error) {
	if err := checkCounts(p); err != nil {
		return nil, err
	}
	v := &planView{plan: p, warnings: together(p.Warnings), notes: together(p.Notes)}
	for _, f := range p.Uncompared {
		if !slices.Contains(p.MayWrite, f) {
			v.uncompared = append(v.uncompared, f)
		}
	}
	var asked, drift []*resource.Change
	for _, c := range p.Changes {
		switch {
		case c.Blocked != "":
			v.blocked = append(v.blocked, c)
		case c.Waiting:
			v.waiting = append(v.waiting, c)
		case c.Drift:
			drift = append(drift, c)
		default:
			asked = append(asked, c)
		}
	}
	place := func(c *resource.Change) string {
		return cmp.Or(parentOf(c).String(), strings.TrimSpace("organisation "+p.Organisation.String()))
	}
	v.groups, v.drift = groupBy(place, asked), groupBy(place, drift)
	collections := map[string]*unmanagedIn{}
	for _, a := range p.Unmanaged {
		glob, name := inCollection(a)
		if collections[glob] == nil {
			collections[glob] = &unmanagedIn{glob: glob}
			v.unmanaged = append(v.unmanaged, collections[glob])
		}
		collections[glob].names = append(collections[glob].names, name)
	}
	return v, nil
}

// mostAlikeNotes is how many identical notes are printed one by one.
const mostAlikeNotes = 3

// together merges identical notes into one, at the position of the first.
func together(notes []plan.Note) []plan.Note {
	alike := map[string][]string{}
	for _, n := range notes {
		alike[n.Text] = append(alike[n.Text], n.Address.String())
	}
	var out []plan.Note
	told := map[string]bool{}
	for _, n := range notes {
		about := alike[n.Text]
		switch {
		case len(about) <= mostAlikeNotes:
			out = append(out, n)
		case !told[n.Text]:
			told[n.Text] = true
			out = append(out, plan.Note{Text: fmt.Sprintf("%d resources (%s): %s", len(about), some(about, mostAlikeNotes), n.Text)})
		}
	}
	return out
}

// groupBy groups the changes by title, in order of their first occurrence.
func groupBy(title func(*resource.Change) string, changes []*resource.Change) []*group {
	var groups []*group
	known := map[string]*group{}
	for _, c := range changes {
		t := title(c)
		if known[t] == nil {
			known[t] = &group{title: t}
			groups = append(groups, known[t])
		}
		known[t].changes = append(known[t].changes, c)
	}
	return groups
}

// The titles for drift. They are printed only with --base.
const (
	driftTitle = "Drift: not asked for by this change of the files"
	askedTitle = "Asked for by this change of the files"
)

// driftMark follows a change or a field that is drift and not in the section about
// drift.
const driftMark = " (drift)"

// checkCounts compares the summary with what is listed.
func checkCounts(p *plan.Plan) error {
	var counted plan.Summary
	for _, c := range p.Changes {
		switch {
		case c.Blocked != "":
			counted.Blocked++
		case c.Waiting:
			counted.Waiting++
		case !slices.Contains(resource.Actions, c.Action):
			return fmt.Errorf("invalid plan: %s has no action", c.Address)
		default:
			*counted.Count(c.Action)++
		}
	}
	counted.Unmanaged, counted.Uncompared = len(p.Unmanaged), len(p.Uncompared)
	if counted != p.Summary {
		return fmt.Errorf("invalid plan: its summary %+v does not match its content %+v", p.Summary, counted)
	}
	return nil
}

func parentOf(c *resource.Change) resource.Address {
	if r := c.Resource(); r != nil {
		return r.Parent
	}
	return resource.Address{}
}

// inCollection splits an address into the pattern for its collection and its name
// there.
func inCollection(a resource.Address) (glob, name string) {
	if a.Parent().IsZero() {
		return a.Kind() + ".*", a.Key()
	}
	return a.Kind() + "." + a.Parent().Path() + "/*", a.Key()
}

// mostNames is how many names of one collection are listed.
const mostNames = 8

func (c *unmanagedIn) summary() string {
	return fmt.Sprintf("%s: %d (%s)", c.glob, len(c.names), some(c.names, mostNames))
}

// someFields names fields, or the first few of many.
func someFields(fields []plan.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Address.String()
		if f.Name != "value" {
			names[i] += " " + f.Name
		}
	}
	return some(names, mostNames)
}

// symbols of the actions, and their colours.
var symbols = map[resource.Action]span{
	resource.Create:   as(green, "+"),
	resource.Update:   as(yellow, "~"),
	resource.Replace:  as(magenta, "-/+"),
	resource.Move:     as(cyan, "->"),
	resource.Transfer: as(cyan, "->"),
	resource.Delete:   as(red, "-"),
}

// aside says where a move goes to and a transfer comes from, or "".
func aside(c *resource.Change) string {
	switch {
	case c.Position != nil && !c.Position.After.IsZero():
		return "after " + c.Position.After.String()
	case c.Position != nil && !c.Position.Before.IsZero():
		return "before " + c.Position.Before.String()
	case c.Before != nil && c.After != nil && c.Before.Parent != c.After.Parent:
		return "from " + c.Before.Parent.String()
	}
	return ""
}

// summaryLine counts the changes of a plan. The common actions are always counted, the
// others if they occur.
func (v *planView) summaryLine() string {
	s, drift := v.plan.Summary, 0
	var parts []string
	for _, a := range resource.Actions {
		n := *s.Count(a)
		if n > 0 || a == resource.Create || a == resource.Update || a == resource.Delete {
			parts = append(parts, fmt.Sprintf("%d to %s", n, a))
		}
	}
	for _, c := range v.plan.Changes {
		if c.Drift {
			drift++
		}
	}
	out := "Plan: " + strings.Join(parts, ", ") + "."
	var rest []string
	if drift > 0 {
		rest = append(rest, fmt.Sprintf("%d of these drift", drift))
	}
	if n := v.plan.Deploys(); n > 0 {
		rest = append(rest, count(n, "deployment", "deployments"))
	}
	if n := len(v.plan.MayWrite); n > 0 {
		rest = append(rest, count(n, "value", "values")+" may be written")
	}
	if s.Blocked > 0 {
		rest = append(rest, fmt.Sprintf("%d blocked", s.Blocked))
	}
	if s.Waiting > 0 {
		rest = append(rest, fmt.Sprintf("%d waiting for a deployment", s.Waiting))
	}
	if s.Unmanaged > 0 {
		rest = append(rest, fmt.Sprintf("%d unmanaged", s.Unmanaged))
	}
	if len(rest) > 0 {
		out += " " + strings.Join(rest, ", ") + "."
	}
	return out
}
