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
	if err != nil {
		d.wrongAddress(n, text, err)
	}
	return address
}

// pattern parses an address pattern. False means that it is malformed (reported).
func (d *decoder) pattern(n *node) (resource.Pattern, bool) {
	text, ok := d.text(n)
	if !ok {
		d.skip(n)
		return resource.Pattern{}, false
	}
	pattern, err := d.catalog.ParsePattern(text)
	if err != nil {
		d.wrongAddress(n, resource.Trim(text), err)
	}
	return pattern, err == nil
}

// wrongAddress reports text that is not an address, or not a pattern.
func (d *decoder) wrongAddress(n *node, text string, err error) {
	var wrong *resource.AddressError
	switch {
	case !errors.As(err, &wrong):
		n.bad = true
		d.report.add(n.place, "", "%v", err)
		return
	case wrong.Kind == nil && wrong.Reason == "":
		d.unknownKind(n, text)
		return
	}
	n.bad = true
	if wrong.Kind == nil {
		hint := wrong.Reason
		if wrong.Part != "" {
			hint = quote(wrong.Part) + ": " + hint
		}
		d.report.add(n.place, hint, "%s is not a pattern", quote(text))
		return
	}
	hint := "it looks like " + wrong.Form
	switch {
	case wrong.Part == "*" || wrong.Part == "**":
		hint = wrong.Reason
	case wrong.Part != "" && (wrong.Kind.Normal != nil || len(wrong.Kind.KeyFields) > 0 || !strings.Contains(wrong.Part, "/")):
		hint = quote(wrong.Part) + ": " + wrong.Reason
	}
	d.report.add(n.place, hint, "%s is not an address of %s", quote(text), article(wrong.Kind.Title))
}

func (d *decoder) unknownKind(n *node, text string) {
	n.bad = true
	name, _, _ := strings.Cut(text, ".")
	hint := choose(name, d.catalog.Names(), "an address starts with one of")
	d.report.add(n.place, hint, "%s does not start with a known kind", quote(text))
}
