package spec

import (
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// An entry of moved or removed may stay in the files after it was applied; the plan
// decides whether it still has an effect. Entries that are invalid in any case are
// reported here:
//
//   - a malformed address;
//   - a move that can never be made: between two kinds, to the same address, to another
//     parent if the parent is fixed, or to another key if the key is fixed;
//   - a resource that is moved away or removed, and is still declared;
//   - two entries under removed for the same resource.
//
// An entry that is only history is never an error: its destination may have been renamed
// again, perhaps back to the first name, or deleted; its source or destination may be that
// of another entry, of which the plan finds out which one is left to do. Nor are several
// entries under removed for one address with different ids: they are different resources.

// history decodes moved and removed.
func (d *decoder) history(top *node) {
	declared := d.declarations()
	d.moved(top.get("moved"), declared)
	d.removed(top.get("removed"), declared)
}

func (d *decoder) moved(n *node, declared map[resource.Address]*resource.Resource) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		fromNode, toNode := item.get("from"), item.get("to")
		if fromNode == nil || toNode == nil || fromNode.bad || toNode.bad {
			d.skip(item)
			continue
		}
		move := resource.Moved{From: d.address(fromNode), To: d.address(toNode), At: d.remember(item.place)}
		if move.From.IsZero() || move.To.IsZero() {
			continue
		}
		kind := d.catalog.Kind(move.To.Kind())
		switch {
		case move.From.Kind() != move.To.Kind():
			d.report.add(toNode.place, "from and to must have the same kind",
				"%s cannot become %s", article(d.catalog.Kind(move.From.Kind()).Title), article(kind.Title))
			continue
		case move.From == move.To:
			d.report.add(toNode.place, "remove the entry", "from and to are the same")
			continue
		case move.From.Parent() != move.To.Parent() && !kind.Global:
			d.report.add(toNode.place, "from and to must be in the same "+kind.Parent,
				"%s cannot move to another %s", article(kind.Title), kind.Parent)
			continue
		case kind.FixedPart(move.From.Key(), move.To.Key()) != "":
			part := kind.FixedPart(move.From.Key(), move.To.Key())
			d.report.add(toNode.place, fmt.Sprintf("remove the entry: with another %s it is another %s", part, kind.Title),
				"the %s of %s cannot be changed", part, article(kind.Title))
			continue
		case declared[move.To] == nil: // history: the plan has a note
		case declared[move.From] != nil:
			d.report.both(fromNode.place, d.doc.places[declared[move.From].At], "declared here",
				"declare it only under the new address, or remove the entry", "%s is moved, but still declared", quote(fromNode.text))
			continue
		}
		d.doc.Settings.Moved = append(d.doc.Settings.Moved, move)
	}
}

func (d *decoder) removed(n *node, declared map[resource.Address]*resource.Resource) {
	if n == nil {
		return
	}
	type entry struct {
		id   string
		node *node
	}
	entries := map[resource.Address][]entry{}
	for _, item := range n.items {
		at := item
		if item.shape == mapping {
			at = item.get("address")
		}
		if at == nil || at.bad {
			d.skip(item)
			continue
		}
		removed := resource.Removed{Address: d.address(at), At: d.remember(item.place)}
		if id := item.get("id"); id != nil {
			var ok bool
			if removed.ID, ok = d.filled(id, "id", ""); !ok {
				d.skip(id)
				continue
			}
		}
		before := entries[removed.Address]
		same := slices.IndexFunc(before, func(e entry) bool {
			return e.id == "" || removed.ID == "" || resource.SameID(e.id, removed.ID)
		})
		switch {
		case removed.Address.IsZero():
			continue
		case same >= 0:
			d.report.both(at.place, before[same].node.place, "first here", "remove one of them", "%s is removed twice", quote(at.text))
			continue
		case declared[removed.Address] != nil:
			d.report.both(at.place, d.doc.places[declared[removed.Address].At], "declared here",
				"remove the declaration, or this entry", "%s is both declared and removed", quote(at.text))
			continue
		}
		entries[removed.Address] = append(before, entry{removed.ID, at})
		d.doc.Settings.Removed = append(d.doc.Settings.Removed, removed)
	}
}

// declarations are the declared resources by all addresses that identify them.
func (d *decoder) declarations() map[resource.Address]*resource.Resource {
	found := map[resource.Address]*resource.Resource{}
	for _, r := range d.doc.State.Resources {
		for _, a := range r.Addresses() {
			if found[a] == nil {
				found[a] = r
			}
		}
	}
	return found
}
