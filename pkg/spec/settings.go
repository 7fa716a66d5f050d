package spec

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// settings decodes what the files say besides resources.
func (d *decoder) settings(top *node) {
	settings := &d.doc.Settings
	n := top.get("settings")
	if prune := n.get("prune"); prune != nil {
		seen := map[string]*node{}
		for _, item := range prune.items {
			text, ok := d.text(item)
			text = d.catalog.collection(text)
			switch first := seen[text]; {
			case !ok || text == "":
				d.skip(item)
			case first != nil:
				d.report.both(item.place, first.place, "first here", "remove one of them", "%s is listed twice", quote(text))
			default:
				seen[text] = item
				settings.Prune = append(settings.Prune, text)
			}
		}
	}
	d.ledger(n.get("ledger"))
	limits := n.get("limits")
	settings.DeletePercent = d.limit(limits, "delete_percent")
	settings.DeleteCount = d.limit(limits, "delete_count")
	d.protect(top.get("protect"))
	d.moved(top.get("moved"))
}

// ledger keeps the ledger with the files: it is committed with them, and apply
// writes it.
func (d *decoder) ledger(n *node) {
	if n == nil {
		return
	}
	text, ok := d.text(n)
	switch path := filepath.FromSlash(text); {
	case !ok || text == "":
		d.skip(n)
	case !filepath.IsLocal(path) || filepath.Clean(path) == ".":
		n.bad = true
		d.report.add(n.place, "name a file at or below the directory of this one, such as divioctl.ledger", "the ledger %s is not beside the file that names it", quote(text))
	default:
		dir := "."
		if n.file != nil {
			dir = n.file.dir
		}
		d.doc.Settings.Ledger = filepath.Join(dir, path)
	}
}

func (d *decoder) limit(limits *node, name string) *int {
	n := limits.get(name)
	if n == nil {
		return nil
	}
	value, ok := d.whole64(name, n)
	if !ok {
		d.skip(n)
		return nil
	}
	number := int(value.(int64))
	return &number
}

func (d *decoder) protect(n *node) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		text, ok := d.text(item)
		if !ok {
			d.skip(item)
			continue
		}
		if !strings.Contains(text, "*") {
			if address := d.address(item); !address.IsZero() {
				text = address.String()
			}
		} else if kind, _, _ := strings.Cut(text, "."); !d.matchesKind(kind, text) {
			d.unknownKind(item, kind)
		}
		d.doc.Settings.Protect = append(d.doc.Settings.Protect, resource.Protect{Pattern: text, At: d.remember(item.place)})
	}
}

// matchesKind reports whether the part of a pattern before the dot names a kind.
// "**" alone reaches across the dot.
func (d *decoder) matchesKind(kind, pattern string) bool {
	for _, name := range d.catalog.Names() {
		if resource.MatchesKind(kind, name) && (strings.Contains(pattern, ".") || strings.Contains(pattern, "**")) {
			return true
		}
	}
	return false
}

func (d *decoder) moved(n *node) {
	if n == nil {
		return
	}
	from := map[resource.Address]*node{}
	to := map[resource.Address]*node{}
	for _, item := range n.items {
		fromNode, toNode := item.get("from"), item.get("to")
		if fromNode == nil || toNode == nil || fromNode.bad || toNode.bad {
			d.skip(item)
			continue
		}
		move := resource.Moved{From: d.address(fromNode), To: d.address(toNode), At: d.remember(item.place)}
		switch {
		case move.From.IsZero() || move.To.IsZero():
			continue
		case move.From.Kind() != move.To.Kind():
			d.report.add(toNode.place, "both ends of a move are of one kind",
				"%s cannot become %s", article(move.From.Kind()), article(move.To.Kind()))
			continue
		case move.From == move.To:
			d.report.add(toNode.place, "remove the entry", "from and to are the same")
			continue
		case from[move.From] != nil:
			d.report.both(fromNode.place, from[move.From].place, "first here", "remove one of them", "%s is moved twice", quote(fromNode.text))
			continue
		case to[move.To] != nil:
			d.report.both(toNode.place, to[move.To].place, "first here", "remove one of them", "two resources are moved to %s", quote(toNode.text))
			continue
		}
		from[move.From], to[move.To] = fromNode, toNode
		d.doc.Settings.Moved = append(d.doc.Settings.Moved, move)
	}
}

// address reads an address: of a known kind, with the right number of parts, in
// the normal form. The zero address is one that is not well-formed (reported).
func (d *decoder) address(n *node) resource.Address {
	text, ok := d.text(n)
	if !ok {
		d.skip(n)
		return resource.Address{}
	}
	address, err := d.catalog.Parse(text)
	var wrong *resource.AddressError
	switch {
	case !errors.As(err, &wrong):
		return address
	case wrong.Kind == nil:
		name, _, _ := strings.Cut(text, ".")
		d.unknownKind(n, name)
		return resource.Address{}
	}
	hint := "it looks like " + d.catalog.Example(wrong.Kind)
	if wrong.Part == "*" || wrong.Part == "**" {
		hint = wrong.Reason
	} else if wrong.Part != "" && (wrong.Kind.Normal != nil || !strings.Contains(wrong.Part, "/")) {
		hint = quote(wrong.Part) + ": " + wrong.Reason
	}
	n.bad = true
	d.report.add(n.place, hint, "%s is not an address of %s", quote(text), article(wrong.Kind.Title))
	return resource.Address{}
}

func (d *decoder) unknownKind(n *node, name string) {
	n.bad = true
	if slices.Contains(laterKinds, name) {
		unsupported(d.report, n.place, name)
		return
	}
	hint := choose(name, d.catalog.Names(), "an address begins with one of")
	if n.text == "*" {
		hint = `write "**" for everything`
	}
	d.report.add(n.place, hint, "%s does not begin with a known kind", quote(n.text))
}
