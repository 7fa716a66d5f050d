package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Only the file decides which places may contain a secret, before anything is checked;
// in doubt, a place does. No message quotes a hidden value, and none shows a line that
// contains part of one.
//
//   - The value of a masked field is hidden always.
//   - An entry is sensitive if its yes/no key is present and not clearly false, or if a
//     key is similar to it. In a sensitive entry, and in one of a kind with masked
//     fields, every value is hidden except those of fields that may be shown.
//   - The content of value_from is not secret.
//   - In other places a value is hidden if a key within it is a word for secrets: the
//     key above it may be misspelt, or the indentation wrong.
//
// Duplicate keys are also checked.

// hideSecrets marks the secret values below root and hides their lines.
func hideSecrets(c catalog, root *node) {
	if root == nil {
		return
	}
	h := hider{c}
	for _, p := range root.all() {
		k := c.ByCollection(p.key.text, "")
		group := slices.IndexFunc(c.grouped(), func(g *resource.Kind) bool { return g.Sets == p.key.text })
		switch {
		case k != nil:
			h.collection(k, p.value)
		case group >= 0:
			for _, set := range p.value.all() {
				h.collection(c.grouped()[group], set.value)
			}
		case !strings.HasPrefix(p.key.text, "x-") && p.value.hintsAtSecret():
			p.value.hide()
		}
	}
}

// hider walks through the trees of files along the kinds.
type hider struct{ catalog catalog }

func (h hider) collection(k *resource.Kind, value *node) {
	entries := slices.Clone(value.items)
	for _, p := range value.all() {
		entries = append(entries, p.value)
	}
	for _, entry := range entries {
		h.entry(k, entry)
	}
}

func (h hider) entry(k *resource.Kind, entry *node) {
	masks := slices.ContainsFunc(fieldsOf(k), func(f *resource.Field) bool { return f.Display == resource.Masked })
	sensitive := masks || isSensitive(k, entry)
	if entry.shape != mapping && masks {
		if f := k.Field(k.Shorthand); f == nil || f.Display == resource.Masked {
			entry.hide()
		}
	}
	for _, p := range entry.all() {
		f := fieldOf(k, p.key.text)
		switch child := h.catalog.ByCollection(p.key.text, k.Name); {
		case k.Key != "" && p.key.text == k.Key:
		case child != nil:
			h.collection(child, p.value)
		case f == nil && sourceBeside(k) != nil && p.key.text == valueFrom && p.value.shape == mapping:
		case f != nil && f.Display != resource.Shown && (sensitive || f.Display == resource.Masked):
			p.value.hideValue()
		case f == nil && sensitive:
			p.value.hide()
			if p.value.null() || !plainKey.MatchString(p.key.text) {
				p.key.hide() // "password:secret", or text after a comma within a secret
			}
		case p.value.hintsAtSecret():
			p.value.hide()
		}
	}
}

// plainKey matches a key that contains no part of a value.
var plainKey = regexp.MustCompile(`^[A-Za-z_-]*$`)

// isSensitive reports whether an entry is or may be declared as sensitive.
func isSensitive(k *resource.Kind, entry *node) bool {
	var names, flags []string
	for _, f := range fieldsOf(k) {
		names = append(names, f.Name)
		if f.If != "" {
			flags = append(flags, f.If)
		}
	}
	return slices.ContainsFunc(entry.all(), func(p pair) bool {
		if slices.Contains(flags, p.key.text) {
			return p.value.plain() != false
		}
		return !slices.Contains(names, p.key.text) && slices.Contains(flags, suggest(p.key.text, names))
	})
}

// hintsAtSecret reports whether a key in n or below it is a word for secrets, or
// similar to one.
func (n *node) hintsAtSecret() bool {
	return slices.ContainsFunc(n.items, (*node).hintsAtSecret) || slices.ContainsFunc(n.all(), func(p pair) bool {
		return lineHintsAtSecret(p.key.text) || suggest(p.key.text, secretWords) != "" || p.value.hintsAtSecret()
	})
}

// all returns the entries of a mapping, including duplicates.
func (n *node) all() []pair { return slices.Concat(n.pairs, n.dropped) }

// hideValue hides the value of a field, but not its source.
func (n *node) hideValue() {
	if n.shape != mapping {
		n.hide()
		return
	}
	for _, p := range n.all() {
		if p.key.text != valueFrom || p.value.shape != mapping {
			p.key.hide()
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
