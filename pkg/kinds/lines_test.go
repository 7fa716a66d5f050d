package kinds

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What the tests of the kinds share: resources and changes in few words, and calls in a
// line each.

var catalog = Catalog()

// fields are the fields of a resource in a test, facts what the API says besides.
type (
	fields = map[string]resource.Value
	facts  = map[string]any
)

// at reads an address.
func at(text string) resource.Address {
	a, err := catalog.Parse(text)
	if err != nil {
		panic(err)
	}
	return a
}

// declare gives a declared resource, with the fields that its kind completes.
func declare(address string, f fields) *resource.Resource {
	r := newResource(address, f)
	if r.Kind.Complete != nil {
		for name, value := range r.Kind.Complete(r) {
			r.Fields[name] = value
		}
	}
	return r
}

// exists gives an existing resource, with the fields that its kind derives. Its id is
// its address.
func exists(address string, f fields, told facts) *resource.Resource {
	r := newResource(address, f)
	r.Handle, r.Facts = address, told
	if r.Kind.Derive != nil {
		for name, value := range r.Kind.Derive(r) {
			r.Fields[name] = value
		}
	}
	return r
}

// newResource gives a resource with the fields and, for a composite key, its parts.
func newResource(address string, f fields) *resource.Resource {
	a := at(address)
	r := &resource.Resource{
		Kind: catalog.Kind(a.Kind()), Address: a, Key: a.Key(), Parent: a.Parent(), Fields: fields{}, Facts: facts{},
	}
	parts := strings.Split(a.Key(), "/")
	for i, name := range r.Kind.KeyFields {
		r.Fields[name] = r.Kind.Field(name).Normal(parts[i])
	}
	for name, value := range f {
		r.Fields[name] = value
	}
	return r
}

// change gives a change with the fields that differ: those that are declared, and are
// not so already.
func change(action resource.Action, before, after *resource.Resource) *resource.Change {
	c := &resource.Change{Action: action, Before: before, After: after}
	c.Kind, c.Address = c.Resource().Kind, c.Resource().Address
	if after == nil {
		return c
	}
	for _, f := range c.Kind.Fields {
		value, declared := after.Fields[f.Name]
		if !declared {
			continue
		}
		field := resource.FieldChange{Name: f.Name, After: value}
		if before != nil {
			field.Before, field.HasBefore = before.Fields[f.Name]
			if field.HasBefore && resource.Equal(field.Before, value) || !field.HasBefore && f.Need == resource.Derived {
				continue
			}
		}
		c.Fields = append(c.Fields, field)
	}
	return c
}

// compiled gives the calls of a change, in a line each.
func compiled(c *resource.Change) []string { return lines(c.Kind.Compile(c)) }

func lines(calls []resource.Call) []string {
	var out []string
	for _, call := range calls {
		out = append(out, line(call))
	}
	return out
}

// line says all that a call says but its deadline:
//
//	DOES: OPERATION <id> {body} · what else is so, in a fixed order
func line(c resource.Call) string {
	text := c.Does + ":"
	if c.Op != "" {
		text += " " + c.Op
	}
	if id, ok := c.Params["uuid"]; ok {
		text += " " + valueText(id)
	}
	if c.Body != nil {
		text += " " + valueText(c.Body)
	}
	mark := func(holds bool, format string, args ...any) {
		if holds {
			text += " · " + fmt.Sprintf(format, args...)
		}
	}
	retries := map[resource.Retry]string{resource.ReadBack: "read back", resource.LookUp: "look up", resource.Once: "once"}
	mark(c.Retry != resource.Repeat, "%s", retries[c.Retry])
	if c.Probe != nil {
		text += " " + probeText(*c.Probe)
	}
	mark(c.IfAppeared == resource.Adopt, "adopts")
	mark(c.IfAppeared == resource.Refuse, "refuses")
	if c.Until != nil {
		mark(true, "until %s", probeText(c.Until.Probe))
		mark(c.Until.For != "", "for %s", c.Until.For)
		mark(c.Until.Failed != nil, "fails at %s", valueText(c.Until.Failed))
		mark(c.Until.Why != "", "why %s", c.Until.Why)
	}
	mark(c.Phase != 0, "phase %d", c.Phase)
	mark(c.Serial, "serial")
	mark(c.Gate, "gate")
	mark(c.AfterDeployment, "after a deployment")
	mark(!c.Gives.IsZero(), "gives %s", c.Gives)
	mark(len(c.Needs) > 0, "needs %v", c.Needs)
	for _, tell := range c.Tells {
		mark(true, "tells %s", tell.Field)
	}
	return text
}

func probeText(p resource.Probe) string {
	text := p.Op
	if id, ok := p.Params["uuid"]; ok {
		text += " " + valueText(id)
	}
	if p.Query != nil {
		text += "?" + valueText(p.Query)
	}
	if p.Gone {
		text += " not"
	}
	text += " " + valueText(p.Where)
	if len(p.Known) > 0 {
		text += " new beside " + strings.Join(p.Known, ", ")
	}
	if p.Detail != "" {
		text += " with " + p.Detail + " " + valueText(p.DetailWhere)
	}
	return text
}

// valueText shows a value of a call: ids of resources as <address>.
func valueText(v any) string {
	switch x := v.(type) {
	case resource.HandleOf:
		return "<" + x.Address.String() + ">"
	case map[string]any:
		var parts []string
		for _, name := range resource.SortedKeys(x) {
			parts = append(parts, name+": "+valueText(x[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []map[string]any:
		var parts []string
		for _, item := range x {
			parts = append(parts, valueText(item))
		}
		return strings.Join(parts, " or ")
	}
	return resource.Show(v)
}

// verdictLines shows verdicts, a line for each thing that one says.
func verdictLines(verdicts []resource.Verdict) []string {
	var out []string
	for _, v := range verdicts {
		say := func(holds bool, what string, value any) {
			if holds {
				out = append(out, fmt.Sprintf("%s: %s %v", v.Change.Address.Key(), what, value))
			}
		}
		say(v.Block != "", "block", v.Block)
		say(v.Reason != "", "reason", v.Reason)
		say(v.Keeps, "keeps", v.Keeps)
		for _, f := range v.Fields {
			say(true, "field", f.Name+" "+valueText(f.Before)+" → "+valueText(f.After))
		}
		for _, a := range v.After {
			say(true, "after", a.Key())
		}
	}
	return out
}

// problemLines shows what is wrong among siblings, a line each.
func problemLines(problems []resource.Problem) []string {
	var out []string
	for _, p := range problems {
		text := strings.TrimSpace(p.Resource.Address.Key()+" "+p.Field) + ": " + p.Message
		if p.Other != nil {
			text += ", " + p.Other.Address.Key() + " too"
		}
		out = append(out, text+" ("+p.Hint+")")
	}
	return out
}
