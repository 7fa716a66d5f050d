package spec

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Which places may hold a secret is decided by the file alone, before anything
// is checked, and in doubt for yes: an entry is sensitive when its yes/no key is
// there and not plainly false, or when a key looks like a misspelt one. In a
// sensitive entry every value but those of fields that are no secret and of
// value_from is hidden: no message quotes it, and none shows a line that it
// touches. What a mapping has under the same key once more counts too.

// hideSecrets marks the secret values below root and hides their lines.
func hideSecrets(c catalog, root *node) {
	if root == nil {
		return
	}
	var walk func(parent string, entry *node)
	collection := func(k *resource.Kind, value *node) {
		if value == nil {
			return
		}
		entries := slices.Clone(value.items)
		for _, p := range value.all() {
			entries = append(entries, p.value)
		}
		for _, entry := range entries {
			hideEntry(k, entry)
			walk(k.Name, entry)
		}
	}
	walk = func(parent string, entry *node) {
		for _, p := range entry.all() {
			for _, k := range c.Children(parent) {
				if p.key.text == k.Collection {
					collection(k, p.value)
				}
			}
		}
	}
	walk("", root)
	for _, p := range root.all() {
		for _, k := range c.grouped() {
			if p.key.text == k.Sets {
				for _, set := range p.value.all() {
					collection(k, set.value)
				}
			}
		}
	}
}

// all gives the entries of a mapping, also those that are there once more.
func (n *node) all() []pair { return slices.Concat(n.pairs, n.dropped) }

func hideEntry(k *resource.Kind, entry *node) {
	secret := false
	var names []string
	for i := range k.Fields {
		f := &k.Fields[i]
		names = append(names, f.Name)
		for _, p := range entry.all() {
			if f.Display == resource.Masked && p.key.text == f.Name {
				p.value.hide()
			}
		}
	}
	for i := range k.Fields {
		flag := k.Fields[i].If
		if flag == "" {
			continue
		}
		for _, p := range entry.all() {
			switch {
			case p.key.text == flag:
				secret = secret || p.value.plain() != false
			case k.Field(p.key.text) == nil:
				secret = secret || suggest(p.key.text, names) == flag
			}
		}
	}
	if !secret {
		return
	}
	for _, p := range entry.all() {
		f := k.Field(p.key.text)
		switch {
		case fromField(k, p.key.text) != nil && p.value.shape == mapping, p.key.text == k.Key:
		case f == nil || f.Display != resource.Shown:
			p.value.hide()
		}
	}
}

// hide marks n and everything below as secret, and hides its lines.
func (n *node) hide() {
	if n.secret {
		return
	}
	n.secret = true
	for line := n.line; line <= max(n.line, n.end); line++ {
		n.file.hidden[line] = true
	}
	for _, p := range n.all() {
		p.key.hide()
		p.value.hide()
	}
	for _, item := range n.items {
		item.hide()
	}
}
