package spec

import (
	"path/filepath"

	"github.com/divioctl/divioctl/pkg/resource"
)

// settings decodes everything in the files except resources.
func (d *decoder) settings(top *node) {
	settings := &d.doc.Settings
	n := top.get("settings")
	if prune := n.get("prune"); prune != nil {
		seen := map[string]*node{}
		for _, item := range prune.items {
			text, ok := d.text(item)
			text = d.catalog.collection(resource.Trim(text))
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
	d.deploy(n.get("deploy"))
	d.protect(top.get("protect"))
	d.history(top)
}

// ledger requires the ledger to be with the files: it is committed with them, and apply
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
		d.report.add(n.place, "use a file at or below the directory of this file, such as divioctl.ledger", "the ledger %s is outside of the directory of this file", quote(text))
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

// deploy distinguishes an empty list from none: an empty one means that nothing is
// deployed.
func (d *decoder) deploy(n *node) {
	switch {
	case n == nil:
		return
	case n.shape != sequence:
		d.skip(n)
		return
	}
	d.doc.Settings.Deploy = []resource.Pattern{}
	for _, item := range n.items {
		if pattern, ok := d.pattern(item); ok && d.deployable(item, pattern) {
			d.doc.Settings.Deploy = append(d.doc.Settings.Deploy, pattern)
		}
	}
}

// deployable reports whether a pattern can match an environment that can be deployed.
func (d *decoder) deployable(n *node, pattern resource.Pattern) bool {
	hint := ""
	for _, k := range d.catalog.Kinds() {
		if k.Deploy == nil {
			continue
		}
		if pattern.Names(k) {
			return true
		}
		hint = "name " + k.Plural + ": " + d.catalog.Example(k)
	}
	n.bad = true
	d.report.add(n.place, hint, "%s matches nothing that can be deployed", quote(n.text))
	return false
}

func (d *decoder) protect(n *node) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		if pattern, ok := d.pattern(item); ok {
			d.doc.Settings.Protect = append(d.doc.Settings.Protect, resource.Protect{Pattern: pattern, At: d.remember(item.place)})
		}
	}
}
