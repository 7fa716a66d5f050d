package spec

import (
	"github.com/divioctl/divioctl/pkg/resource"
)

// Named groups ("variable_sets"). A group is included by the entry that contains the
// collection, and by the one above it, whose groups come first. A later group's entry
// replaces an earlier one's with the same key, and the collection's own entry replaces
// any: as a whole, at the position of the first one. Including a group declares the
// collection.

// include returns the entries of kind k that r (whose entry in the files is given) and
// the resource above it include, whether any groups are included at all, and the
// position of the include.
func (d *decoder) include(k *resource.Kind, r *resource.Resource, entry *node) (included []declared, at place, includes bool) {
	if k.Sets == "" || !d.catalog.leaf(k) {
		return nil, place{}, false
	}
	for _, holder := range []*node{d.entries[r.Parent], entry} {
		key, names := holder.entry(k.Sets)
		if names == nil {
			continue
		}
		includes, at = true, key.place
		if names.shape != sequence {
			d.skip(names)
			continue
		}
		seen := map[string]*node{}
		for _, name := range names.items {
			if name.shape != scalar || name.bad {
				d.skip(name)
				continue
			}
			text := resource.Trim(name.text)
			if first := seen[text]; first != nil {
				d.report.both(name.place, first.place, "first here", "remove one of them", "%s is listed twice", quote(text))
				continue
			}
			seen[text] = name
			group := d.groups[k].get(text)
			if group == nil {
				d.unknownGroup(k, name)
				continue
			}
			included = replace(k, included, d.list(k, group))
		}
	}
	return included, at, includes
}

func (d *decoder) unknownGroup(k *resource.Kind, name *node) {
	if !d.whole || d.groups[k] != nil && d.groups[k].shape != mapping {
		return // it may be in a file that could not be read
	}
	var known []string
	if d.groups[k] != nil {
		for _, p := range d.groups[k].pairs {
			known = append(known, p.key.text)
		}
	}
	hint := choose(name.text, known, "existing:")
	if len(known) == 0 {
		hint = "define it under " + k.Sets + " at the top of a file"
	}
	d.report.add(name.place, hint, "%s not found under %s", quote(name.text), k.Sets)
}

// replace adds the entries of more to those of first; an entry with the same key
// replaces the other one.
func replace(k *resource.Kind, first, more []declared) []declared {
	if len(first) == 0 || !k.Keyed() {
		return append(first, more...)
	}
	index := map[string]int{}
	for i, e := range first {
		index[e.key] = i
	}
	for _, e := range more {
		if i, ok := index[e.key]; ok {
			first[i] = e
			continue
		}
		index[e.key] = len(first)
		first = append(first, e)
	}
	return first
}

// checkGroups checks every group by itself, whether it is included or not. If the same
// problem is found again where the group is included, it is reported once.
func (d *decoder) checkGroups(k *resource.Kind) {
	groups := d.groups[k]
	if groups == nil {
		return
	}
	if groups.shape != mapping {
		d.skip(groups)
		return
	}
	for _, p := range groups.pairs {
		d.plainName(p.key)
		var siblings []*resource.Resource
		var entries []*node
		for _, e := range d.list(k, p.value) {
			if r := d.resource(k, resource.Address{}, e); r != nil {
				siblings = append(siblings, r)
				entries = append(entries, e.entry)
			}
		}
		d.check(k, siblings, entries)
	}
}
