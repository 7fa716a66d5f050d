package render

import (
	"github.com/divioctl/divioctl/pkg/resource"
)

// destructive reports whether reverting a change would not restore what it removes.
func destructive(c *resource.Change) bool {
	switch c.Action {
	case resource.Delete, resource.Replace, resource.Transfer:
		return true
	}
	return c.Needs != ""
}

// sign is the first character of a change in a diff block, which selects the colour of
// the line. Blocked changes have none.
func sign(c *resource.Change) rune {
	switch {
	case c.Blocked != "":
		return ' '
	case c.Action == resource.Create:
		return '+'
	case c.Action == resource.Delete:
		return '-'
	}
	return '!'
}

// changeEntry prints a change as lines of a diff: the action and the address, then the
// reason and the fields.
func changeEntry(c *resource.Change) entry {
	head := pad(string(c.Action), 8) + " " + c.Address.String()
	if where := aside(c); where != "" {
		head += "  " + where
	}
	if !c.At.IsZero() {
		place := c.At
		place.Column = 0
		head += "  (" + place.String() + ")"
	}
	if c.Drift && (c.Blocked != "" || destructive(c)) {
		head += " " + driftMark
	}
	e := entry{head: diffText(sign(c), 0, head)}
	if c.Blocked != "" {
		e.head += diffText(' ', 4, c.Blocked)
	}
	e.full = e.head
	if c.Reason != "" {
		e.full += diffText(' ', 4, c.Reason)
	}
	if c.Needs != "" {
		e.full += diffText(' ', 4, "needs "+c.Needs)
	}
	for _, f := range c.Fields {
		e.full += fieldText(c, f)
	}
	return e
}

const (
	// markdownColumns is how wide a field may be to be shown on one line.
	markdownColumns = 120
	// mostLines of one field are shown.
	mostLines = 40
)

func fieldText(c *resource.Change, f resource.FieldChange) string {
	v := viewField(c, f, markdownColumns)
	switch {
	case len(v.lines) > 0:
	case v.from != "":
		return diffText('-', 4, v.name+": "+v.from) + diffText('+', 4, v.name+": "+v.to)
	default:
		return diffText(sign(c), 4, v.name+": "+v.to)
	}
	out := diffText(' ', 4, v.name+":")
	for i, l := range v.lines {
		if i == mostLines {
			return out + diffText(' ', 6, "… "+count(len(v.lines)-i, "more line", "more lines"))
		}
		if l.sign == '…' {
			l = line{' ', "… " + l.text}
		}
		out += diffText(l.sign, 6, l.text)
	}
	return out
}
