package spec

import "github.com/divioctl/divioctl/pkg/resource"

// valueFrom is the key for the source of a value. For the field of a shorthand it is a
// sibling key, since the value may be the whole entry. Any other field has it instead
// of its value:
//
//	SECRET_KEY: { value_from: { env: SECRET_KEY } }
//	registry.example.com: { username: ci, password: { value_from: { env: PASSWORD } } }
const valueFrom = "value_from"

// sourceBeside is the field that value_from in an entry of k sets, or nil.
func sourceBeside(k *resource.Kind) *resource.Field {
	if f := k.Field(k.Shorthand); f != nil && f.From {
		return f
	}
	return nil
}

// sourceWithin reports whether value_from may be used instead of the value of f.
func sourceWithin(k *resource.Kind, f *resource.Field) bool { return f.From && f.Name != k.Shorthand }

// sourced decodes from, the value of value_from at n, as the source of the field f.
func (d *decoder) sourced(r *resource.Resource, f *resource.Field, from, n *node) {
	if from == nil {
		d.skip(n)
		return
	}
	if source, at, ok := d.source(from); ok {
		r.Fields[f.Name] = source
		r.FieldAt[f.Name] = d.remember(at.place)
	}
}

// source decodes the value of value_from. at is where the source is named.
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
		d.report.add(n.place, "write [program, argument, ...]", "exec contains no program")
	}
	return command, len(command) > 0
}
