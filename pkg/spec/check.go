package spec

import (
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// check runs the kind's own checks. Their problems in an entry that already has a
// problem are mostly consequences of that one, and are left out.
func (d *decoder) check(k *resource.Kind, siblings []*resource.Resource, entries []*node) {
	if k.Check == nil {
		return
	}
	bad := map[*resource.Resource]bool{}
	for i, r := range siblings {
		bad[r] = d.complained(k, entries[i])
	}
	for _, problem := range k.Check(siblings) {
		r := problem.Resource
		if r == nil || bad[r] || bad[problem.Other] {
			continue
		}
		at := r.At
		if field, ok := r.FieldAt[problem.Field]; ok {
			at = field
		}
		found := d.report.add(d.doc.places[at], problem.Hint, "%s", problem.Message)
		if problem.Other != nil {
			where := problem.Other.At
			if field, ok := problem.Other.FieldAt[problem.Field]; ok {
				where = field
			}
			found.Related = []diag.Related{{At: where, Message: "the other one"}}
		}
	}
}

// complained reports whether a problem was reported within the fields of entry.
func (d *decoder) complained(k *resource.Kind, entry *node) bool {
	if entry.bad {
		return true
	}
	for _, p := range entry.pairs {
		if p.key.bad {
			return true
		}
		below := false
		for _, child := range d.catalog.Children(k.Name) {
			below = below || child.Collection == p.key.text
		}
		if !below && p.value.anyBad() {
			return true
		}
	}
	return false
}

func (n *node) anyBad() bool {
	if n.bad {
		return true
	}
	for _, p := range n.pairs {
		if p.value.anyBad() {
			return true
		}
	}
	for _, item := range n.items {
		if item.anyBad() {
			return true
		}
	}
	return false
}
