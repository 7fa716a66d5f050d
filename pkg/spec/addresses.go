package spec

import (
	"errors"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// address parses an address: of a known kind, with the right number of parts, in the
// normal form. The zero address means that it is malformed (reported).
func (d *decoder) address(n *node) resource.Address {
	text, ok := d.text(n)
	if !ok {
		d.skip(n)
		return resource.Address{}
	}
	text = resource.Trim(text)
	address, err := d.catalog.Parse(text)
	var wrong *resource.AddressError
	switch {
	case !errors.As(err, &wrong):
		return address
	case wrong.Kind == nil:
		d.unknownKind(n, text)
		return resource.Address{}
	}
	hint := "it looks like " + d.catalog.Example(wrong.Kind)
	switch {
	case wrong.Part == "*" || wrong.Part == "**":
		hint = wrong.Reason
	case wrong.Part != "" && (wrong.Kind.Normal != nil || len(wrong.Kind.KeyFields) > 0 || !strings.Contains(wrong.Part, "/")):
		hint = quote(wrong.Part) + ": " + wrong.Reason
	}
	n.bad = true
	d.report.add(n.place, hint, "%s is not an address of %s", quote(text), article(wrong.Kind.Title))
	return resource.Address{}
}

// pattern parses an address pattern; an address is also a pattern, in its normal form.
func (d *decoder) pattern(n *node) (string, bool) {
	text, ok := d.text(n)
	if !ok {
		d.skip(n)
		return "", false
	}
	text = resource.Trim(text)
	if !strings.Contains(text, "*") {
		address := d.address(n)
		return address.String(), !address.IsZero()
	}
	if !d.matchesKind(text) {
		d.unknownKind(n, text)
		return "", false
	}
	return text, true
}

// matchesKind reports whether the part of a pattern before the dot names a kind. Only
// "**" matches across the dot.
func (d *decoder) matchesKind(pattern string) bool {
	for _, name := range d.catalog.Names() {
		if resource.MatchesKind(pattern, name) && (strings.Contains(pattern, ".") || strings.Contains(pattern, "**")) {
			return true
		}
	}
	return false
}

func (d *decoder) unknownKind(n *node, text string) {
	n.bad = true
	name, _, _ := strings.Cut(text, ".")
	hint := choose(name, d.catalog.Names(), "an address starts with one of")
	if text == "*" {
		hint = `write "**" for everything`
	}
	d.report.add(n.place, hint, "%s does not start with a known kind", quote(text))
}
