package spec

import (
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
		if p.key.text == r.Kind.Key {
			continue
		}
		if f := r.Kind.Field(p.key.text); f != nil {
			d.field(r, f, p.value)
			continue
		}
		f := fromField(r.Kind, p.key.text)
		if f == nil {
			continue // a collection, groups, or an unknown key
		}
		if other, _ := entry.entry(f.Name); other != nil {
			d.report.both(p.key.place, other.place, f.Name+" is here", "remove one of them", "both %s and %s are given", f.Name, p.key.text)
			p.key.bad = true
			continue
		}
		if source, at, ok := d.source(p.value); ok {
			r.Fields[f.Name] = source
			r.FieldAt[f.Name] = d.remember(at.place)
		}
	}
}

// guard makes sensitive values secrets, and refuses an empty one: nobody could
// tell it from a secret that was left out, and the one that it would replace could
// not be got back.
func (d *decoder) guard(r *resource.Resource) {
	for i := range r.Kind.Fields {
		f := &r.Kind.Fields[i]
		value, given := r.Fields[f.Name]
		if !given || !sensitive(r, f) {
			continue
		}
		if value == "" {
			d.report.add(d.doc.places[r.FieldAt[f.Name]], "leave "+f.Name+" out to keep what is there", "%s is empty, and it is sensitive: a secret is never blanked", f.Name)
		}
		r.Fields[f.Name] = resource.Conceal(value)
	}
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

// value decodes a field's value as the API would give it. False: it does not fit,
// which the schema or this function has reported.
func (d *decoder) value(f *resource.Field, n *node) (resource.Value, bool) {
	if n.bad {
		return nil, false
	}
	if n.null() {
		return nil, f.Nullable
	}
	switch f.Type {
	case resource.TypedText:
		return d.typedText(f, n)
	case resource.Text, resource.Enum:
		if n.shape != scalar || n.tag != "!!str" {
			return nil, false
		}
		return n.text, d.visible(f, n)
	case resource.Reference:
		text, ok := d.text(n)
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
		return n.instance(), true
	}
	return nil, false
}

// text gives a scalar as typed.
func (d *decoder) text(n *node) (string, bool) {
	return n.text, n.shape == scalar && !n.null() && !n.bad
}

// typedText gives a scalar as typed. A number's text may be too long although the
// schema, which sees a number, has nothing to say.
func (d *decoder) typedText(f *resource.Field, n *node) (resource.Value, bool) {
	text, ok := d.text(n)
	if length := utf8.RuneCountInString(text); ok && f.MaxLength > 0 && length > f.MaxLength && n.tag != "!!str" {
		n.bad = true
		d.report.add(n.place, "shorten it", "%s is %d characters long; at most %d are allowed", f.Name, length, f.MaxLength)
	}
	return text, ok
}

// visible refuses control characters in a text that stands for a missing key: it
// would be part of addresses.
func (d *decoder) visible(f *resource.Field, n *node) bool {
	if !d.catalog.displays(f) || !strings.ContainsFunc(n.text, unicode.IsControl) {
		return true
	}
	n.bad = true
	d.report.add(n.place, "write it on one line", "%s holds a line break or another control character", f.Name)
	return true
}

var plainNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)

// whole64 gives a whole number in plain decimal notation. YAML has others (0x50,
// 0o17, 1_000, and 017 is 15 to some): what is typed must be what is meant.
func (d *decoder) whole64(name string, n *node) (resource.Value, bool) {
	if n.shape != scalar || n.bad || (n.tag != "!!int" && n.tag != "!!float") {
		return nil, false
	}
	number, err := strconv.ParseInt(n.text, 10, 64)
	switch {
	case !plainNumber.MatchString(n.text):
		n.bad = true
		d.report.add(n.place, "write digits alone, without leading zeros", "%s must be a plain whole number, not %s", name, n.quote())
	case err != nil:
		n.bad = true
		d.report.add(n.place, "write a smaller number", "%s is out of range: %s", name, n.quote())
	}
	return number, true
}

// listValue decodes a list of objects, keyed by the API's names. Without a
// description of its items, a list is passed on as it is.
func (d *decoder) listValue(f *resource.Field, n *node) (resource.Value, bool) {
	if n.shape != sequence {
		return nil, false
	}
	if len(f.Items) == 0 {
		return n.instance(), true
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

// part decodes a field of a list's item. Tags are names and values that people
// write without quotes: they are taken as typed.
func (d *decoder) part(f, part *resource.Field, n *node) (resource.Value, bool) {
	if f.Type == resource.Tags {
		return d.typedText(part, n)
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
		value, ok := d.typedText(&f.Items[1], p.value)
		if !ok || !d.plainName(p.key) {
			d.skip(p.value)
			continue
		}
		out = append(out, map[string]any{f.Items[0].APIName(): p.key.text, f.Items[1].APIName(): value})
	}
	return out, true
}

// source decodes value_from. at is where the source is named.
func (d *decoder) source(n *node) (source resource.Source, at *node, ok bool) {
	if n.shape != mapping || n.bad || len(n.pairs) != 1 {
		d.skip(n)
		return source, nil, false
	}
	value := n.pairs[0].value
	dir := "."
	if value.file != nil {
		dir = value.file.dir
	}
	switch n.pairs[0].key.text {
	case "env":
		source.Env, ok = d.text(value)
		ok = ok && source.Env != ""
	case "file":
		source.File, ok = d.text(value)
		source.Dir, ok = dir, ok && source.File != ""
	case "exec":
		source.Exec, ok = d.command(value)
		source.Dir = dir
	}
	if !ok {
		d.skip(value)
	}
	return source, value, ok
}

// command decodes a program and its arguments.
func (d *decoder) command(n *node) (command []string, ok bool) {
	if n.shape != sequence || n.bad {
		return nil, false
	}
	for _, item := range n.items {
		text, isText := d.text(item)
		if !isText || item.tag != "!!str" {
			return nil, false
		}
		command = append(command, text)
	}
	if len(command) > 0 && command[0] == "" {
		n.bad = true
		d.report.add(n.place, "write [program, argument, ...]", "exec names no program")
	}
	return command, len(command) > 0
}
