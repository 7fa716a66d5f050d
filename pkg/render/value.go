package render

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// How a field's change is shown:
//
//   - A secret value is shown as "(sensitive)" on both sides: the value before a change
//     is as secret as the one after it.
//   - Short values are on one line: before → after, or only the value if there was none
//     before.
//   - Text of several lines, text too long for one line and structured values are
//     compared line by line; lists and sets item by item, where a set shows only
//     what differs.

// unread is shown for a value before a change that the API does not return.
const unread = "(unknown)"

// field is a field's change, ready to be printed: after its name on one line, from the
// old value (if there was one) to the new one, or as lines below it.
type field struct {
	name     string
	from, to string
	lines    []line
}

func (f field) inline() string {
	if f.from == "" {
		return f.to
	}
	return f.from + " → " + f.to
}

// hidden reports whether the values of a field are secret.
func hidden(c *resource.Change, f resource.FieldChange) bool {
	if f.Masked || isSecret(f.Before) || isSecret(f.After) {
		return true
	}
	for _, r := range []*resource.Resource{c.Before, c.After} {
		if r != nil && r.IsMasked(f.Name) {
			return true
		}
	}
	return false
}

// sourceOf returns the source of a hidden value, which is not secret and has to be
// reviewed.
func sourceOf(c *resource.Change, f resource.FieldChange) (resource.Source, bool) {
	if c.After == nil {
		return resource.Source{}, false
	}
	return c.After.SourceOf(f.Name)
}

func isSecret(v resource.Value) bool {
	_, secret := v.(resource.Secret)
	return secret
}

// viewField prepares one field of a change for printing in the given width.
func viewField(c *resource.Change, f resource.FieldChange, columns int) field {
	out := field{name: f.Name}
	if f.Drift && !c.Drift {
		out.name += driftMark
	}
	if hidden(c, f) {
		out.to = resource.Hidden
		if source, ok := sourceOf(c, f); ok {
			out.to += ", " + resource.Show(source)
		}
		return out
	}
	about := c.Kind.Field(f.Name)
	if about == nil {
		about = &resource.Field{}
	}
	alone := c.Before == nil && !f.HasBefore
	out.to = show(f.After)
	switch {
	case f.HasBefore:
		out.from = show(f.Before)
	case !alone:
		out.from = unread
	}
	fits := displayWidth(out.name)+len(": ")+displayWidth(out.inline()) <= columns
	context := 2
	switch {
	case isList(f.Before) || isList(f.After):
		if about.Type == resource.Tags {
			context = -1
		}
	case hasLines(f.Before) || hasLines(f.After):
	case fits:
		return out
	}
	var before []string
	if f.HasBefore {
		before = linesOf(about, f.Before, f.After)
	}
	out.lines = diffLines(before, linesOf(about, f.After, f.Before), context)
	return out
}

func isList(v resource.Value) bool {
	list, ok := v.([]any)
	return ok && len(list) > 0
}

func hasLines(v resource.Value) bool {
	s, ok := v.(string)
	return ok && strings.Contains(s, "\n")
}

// linesOf splits a value into lines that can be compared with those of the other side.
func linesOf(about *resource.Field, v, other resource.Value) []string {
	switch x := v.(type) {
	case nil:
		return nil
	case string:
		if hasLines(v) || hasLines(other) {
			return split(x)
		}
	case []any:
		lines := make([]string, len(x))
		for i, item := range x {
			lines[i] = showItem(about, item)
		}
		return lines
	case map[string]any:
		return strings.Split(encode(x, "  "), "\n")
	}
	return []string{show(v)}
}

// showItem returns an item of a list on one line: its parts in the order of the
// descriptor. Two parts are a name and a value.
func showItem(about *resource.Field, item any) string {
	object, ok := item.(map[string]any)
	if !ok {
		return show(item)
	}
	if len(about.Items) == 2 && len(object) == 2 {
		name, text := object[about.Items[0].Name].(string)
		if value, has := object[about.Items[1].Name]; text && has {
			return name + ": " + show(value)
		}
	}
	return show(item)
}

// show returns a value on one line.
func show(v resource.Value) string {
	switch v.(type) {
	case []any, map[string]any:
		return encode(v, "")
	}
	return resource.Show(v)
}
