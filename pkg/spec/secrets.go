package spec

import "github.com/divioctl/divioctl/pkg/resource"

// Which places may hold a secret is decided by the file alone, before anything
// is checked, and in doubt for yes: an entry is sensitive when its yes/no key is
// there and not plainly false, or when a key looks like a misspelt one. In a
// sensitive entry every value but those of fields that are no secret and of
// value_from is hidden: no message quotes it, and none shows a line that it
// touches.

// hideSecrets marks the secret values below root and hides their lines.
func hideSecrets(c *catalog, root *node) {
	if root == nil {
		return
	}
	var walk func(parent string, entry *node)
	collection := func(k *resource.Kind, value *node) {
		if value == nil {
			return
		}
		entries := value.items
		for _, p := range value.pairs {
			entries = append(entries, p.value)
		}
		for _, entry := range entries {
			hideEntry(k, entry)
			walk(k.Name, entry)
		}
	}
	walk = func(parent string, entry *node) {
		for _, k := range c.children(parent) {
			collection(k, entry.get(k.Collection))
		}
	}
	walk("", root)
	for _, k := range c.grouped() {
		if sets := root.get(k.Sets); sets != nil {
			for _, p := range sets.pairs {
				collection(k, p.value)
			}
		}
	}
}

func hideEntry(k *resource.Kind, entry *node) {
	secret := false
	var names []string
	for i := range k.Fields {
		f := &k.Fields[i]
		names = append(names, f.Name)
		if f.Sensitive {
			if value := entry.get(f.Name); value != nil {
				value.hide()
			}
		}
	}
	for i := range k.Fields {
		flag := k.Fields[i].SensitiveIf
		if flag == "" {
			continue
		}
		for _, p := range entry.pairs {
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
	for _, p := range entry.pairs {
		f := k.Field(p.key.text)
		switch {
		case fromField(k, p.key.text) != nil && p.value.shape == mapping, p.key.text == k.Key:
		case f == nil || f.Sensitive || f.SensitiveIf != "":
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
	for _, p := range n.pairs {
		p.key.hide()
		p.value.hide()
	}
	for _, item := range n.items {
		item.hide()
	}
}
