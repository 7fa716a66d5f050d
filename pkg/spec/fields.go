package spec

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// fields decodes what an entry declares into r.Fields.
func (d *decoder) fields(r *resource.Resource, entry *node) {
	if entry.shape == scalar {
		d.field(r, r.Kind.Field(r.Kind.Shorthand), entry)
		return
	}
	for _, p := range entry.pairs {
		f, beside := fieldOf(r.Kind, p.key.text), sourceBeside(r.Kind)
		switch {
		case p.key.text == r.Kind.Key:
		case f != nil && sourceWithin(r.Kind, f) && p.value.shape == mapping:
			d.sourced(r, f, p.value.get(valueFrom), p.value)
		case f != nil:
			d.field(r, f, p.value)
		case beside != nil && p.key.text == valueFrom:
			if value, _ := entry.entry(beside.Name); value != nil {
				d.report.both(p.key.place, value.place, beside.Name+" is given here", "remove one of them", "%s and %s cannot be used together", beside.Name, valueFrom)
				p.key.bad = true
				continue
			}
			d.sourced(r, beside, p.value, p.value)
		} // else it is a collection, a list of groups, or an unknown key
	}
}

// guard turns secret values into Secrets, and refuses an empty write-only value: it
// cannot be distinguished from one that was left out, and the value that it would
// replace could not be restored.
func (d *decoder) guard(r *resource.Resource) {
	for _, f := range fieldsOf(r.Kind) {
		value, given := r.Fields[f.Name]
		if value == "" && r.IsWriteOnly(f) {
			fact, rule := neverBlanked(r, f)
			d.report.add(d.doc.places[r.FieldAt[f.Name]], "leave "+f.Name+" out to keep the current value", "%s is empty, and %s: %s", f.Name, fact, rule)
		}
		if given && r.IsSecret(f) {
			r.Fields[f.Name] = resource.Conceal(value)
		}
	}
}

// neverBlanked says why an empty value of a write-only field is refused: the reason and
// the rule.
func neverBlanked(r *resource.Resource, f *resource.Field) (fact, rule string) {
	if r.IsSecret(f) {
		return "it is sensitive", "a secret is never replaced by an empty value"
	}
	return "the API does not return it", "a value that the API does not return is never replaced by an empty one"
}

func (d *decoder) field(r *resource.Resource, f *resource.Field, n *node) {
	value, ok := d.value(f, n)
	if !ok {
		d.skip(n)
		return
	}
	r.Fields[f.Name] = f.Normal(value)
	r.FieldAt[f.Name] = d.remember(n.place)
	for i, item := range n.items {
		for _, p := range item.pairs {
			r.FieldAt[fmt.Sprintf("%s[%d].%s", f.Name, i, p.key.text)] = d.remember(p.value.place)
		}
	}
}

// value decodes a field's value in the form of the API. False: it is invalid, which the
// schema or this function has reported.
func (d *decoder) value(f *resource.Field, n *node) (resource.Value, bool) {
	if n.bad {
		return nil, false
	}
	if n.null() {
		return nil, f.Nullable
	}
	switch f.Type {
	case resource.TypedText:
		text, ok := d.typedText(f, n)
		return text, ok
	case resource.Text, resource.Enum:
		if n.shape != scalar || n.tag != "!!str" {
			return nil, false
		}
		return d.plainText(f, n)
	case resource.Reference:
		text, ok := d.filled(n, f.Name, f.Doc)
		return resource.Ref{Name: text}, ok
	case resource.Bool:
		b, ok := n.plain().(bool)
		return b, ok && n.shape == scalar
	case resource.Int:
		return d.whole64(f.Name, n)
	case resource.List:
		return d.listValue(f, n)
	case resource.Tags:
		return d.tags(f, n)
	case resource.FreeObject:
		if n.shape != mapping {
			return nil, false
		}
		return d.free(f, n)
	}
	return nil, false
}

// text returns a scalar as typed.
func (d *decoder) text(n *node) (string, bool) {
	return n.text, n.shape == scalar && !n.null() && !n.bad
}

// filled returns a scalar without its outer white space, which the API drops, and
// reports one that is only white space. The schema reports an empty one.
func (d *decoder) filled(n *node, name, doc string) (string, bool) {
	typed, ok := d.text(n)
	text := resource.Trim(typed)
	if ok && text == "" && typed != "" {
		n.bad = true
		d.report.add(n.place, cmp.Or(purpose(name, doc), "enter a text, or remove the key"), "%s is empty", name)
		return "", false
	}
	return text, ok
}

// plainText returns a text without its outer white space. A part of a key must not
// contain control characters.
func (d *decoder) plainText(f *resource.Field, n *node) (resource.Value, bool) {
	text, ok := resource.Trim(n.text), true
	if f.Need == resource.Always {
		text, ok = d.filled(n, f.Name, f.Doc)
	}
	if ok && d.catalog.inKey(f) && strings.ContainsFunc(text, unicode.IsControl) {
		n.bad, ok = true, false
		d.report.add(n.place, "write it on one line", "%s contains a line break or another control character", f.Name)
	}
	return text, ok
}

// typedText returns a scalar as typed. The text of a number may be too long, which the
// schema cannot check.
func (d *decoder) typedText(f *resource.Field, n *node) (string, bool) {
	text, ok := d.text(n)
	if length := utf8.RuneCountInString(text); ok && f.MaxLength > 0 && length > f.MaxLength && n.tag != "!!str" {
		n.bad = true
		d.report.add(n.place, "shorten it", "%s is %d characters long; at most %d are allowed", f.Name, length, f.MaxLength)
	}
	return text, ok
}

var plainNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)

// whole64 parses a whole number in plain decimal notation. YAML has others (0x50, 0o17,
// 1_000, and 017 is 15 for some parsers), which are refused as ambiguous.
func (d *decoder) whole64(name string, n *node) (resource.Value, bool) {
	if n.shape != scalar || n.bad || (n.tag != "!!int" && n.tag != "!!float") {
		return nil, false
	}
	number, err := strconv.ParseInt(n.text, 10, 64)
	switch {
	case !plainNumber.MatchString(n.text):
		n.bad = true
		d.report.add(n.place, "write only digits, without leading zeros", "%s must be a plain whole number, not %s", name, n.quote())
	case err != nil:
		n.bad = true
		d.report.add(n.place, "use a smaller number", "%s is out of range: %s", name, n.quote())
	}
	return number, true
}

// listValue decodes a list of objects, keyed by the API's names. Without a description
// of its items, a list is not converted.
func (d *decoder) listValue(f *resource.Field, n *node) (resource.Value, bool) {
	if n.shape != sequence {
		return nil, false
	}
	if len(f.Items) == 0 {
		return d.free(f, n)
	}
	out := make([]any, 0, len(n.items))
	for _, item := range n.items {
		if item.shape != mapping {
			d.skip(item)
			continue
		}
		object := map[string]any{}
		for i := range f.Items {
			part := &f.Items[i]
			value := item.get(part.Name)
			if value == nil {
				continue
			}
			if decoded, ok := d.part(f, part, value); ok {
				object[part.APIName()] = decoded
			} else {
				d.skip(value)
			}
		}
		out = append(out, object)
	}
	return out, true
}

// part decodes a field of a list's item. Names and values of tags may be written
// without quotes: any scalar is accepted.
func (d *decoder) part(f, part *resource.Field, n *node) (resource.Value, bool) {
	if f.Type == resource.Tags {
		text, ok := d.typedText(part, n)
		return resource.Trim(text), ok
	}
	value, ok := d.value(part, n)
	return part.Normal(value), ok
}

// tags decodes a mapping of name to value, or a list of both. The first two parts
// of an item are its name and its value.
func (d *decoder) tags(f *resource.Field, n *node) (resource.Value, bool) {
	if n.shape == sequence {
		return d.listValue(f, n)
	}
	if n.shape != mapping || len(f.Items) < 2 {
		return nil, false
	}
	out := make([]any, 0, len(n.pairs))
	for _, p := range n.pairs {
		value, ok := d.part(f, &f.Items[1], p.value)
		if !ok || !d.plainName(p.key) {
			d.skip(p.value)
			continue
		}
		out = append(out, map[string]any{f.Items[0].APIName(): p.key.text, f.Items[1].APIName(): value})
	}
	return out, true
}
