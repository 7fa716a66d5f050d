package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// A resource listed under removed is deleted although its kind is not pruned: exactly
// that resource, if it exists.
//
//   - An entry with an id means the resource with that id. A resource with the same
//     address and another id is never deleted: a note.
//   - An entry with an id is also the permission to delete a precious resource: it was
//     reviewed.
//   - Listed resources are excluded from the count and the total of the limits.
//   - protect takes precedence: blocked.
//   - An entry that is already applied is a note.
func (b *builder) deleteRemoved() {
	for _, entry := range b.Settings.Removed {
		if !b.Select.Covers(entry.Address) && b.Select.Exactly == nil {
			continue
		}
		pairs := b.existingAt(entry.Address)
		if entry.ID == "" {
			pairs = displayedAt(pairs, entry.Address)
		}
		switch {
		case b.wanted[entry.Address] != nil: // an error of validate
		case len(pairs) == 0:
			b.noteAbsent(entry)
		case len(pairs) > 1 && entry.ID == "":
			b.note(entry.Address, "not removed: ambiguous; add the id of the resource")
		default:
			b.deleteEntry(entry, pairs)
		}
	}
}

// noteAbsent says why there is no resource at the address of an entry. Where its
// collection was not read, nothing is known.
func (b *builder) noteAbsent(entry resource.Removed) {
	if entry.ID != "" {
		if other := b.byHandle(b.Catalog.Kind(entry.Address.Kind()), entry.ID); other != nil {
			b.note(entry.Address, fmt.Sprintf("not removed: the resource with the id %s is %s now", entry.ID, other.Address))
			return
		}
	}
	id := resource.CollectionID{Parent: entry.Address.Parent(), Kind: entry.Address.Kind()}
	if !b.Current.Collections[id].Complete && !b.parentMissing(id) {
		return
	}
	text := "the removed entry is already applied; delete the entry"
	if other := b.nearly(entry.Address); !other.IsZero() {
		text = fmt.Sprintf("the removed entry matches nothing: it is already applied, or did you mean %s?", other)
	}
	b.note(entry.Address, text)
}

// parentMissing reports whether the parent of the collection does not exist.
func (b *builder) parentMissing(id resource.CollectionID) bool {
	parent := id.Parent
	if parent.IsZero() || b.existing[parent] != nil {
		return false
	}
	above := resource.CollectionID{Parent: parent.Parent(), Kind: parent.Kind()}
	return b.Current.Collections[above].Complete || b.parentMissing(above)
}

// existingAt returns the undeclared resources with an address. One without a natural
// key has a short and a long address.
func (b *builder) existingAt(a resource.Address) []*resource.Pair {
	c := b.byID[resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}]
	if c == nil {
		return nil
	}
	var found []*resource.Pair
	for _, pair := range c.pairs {
		if pair.Desired == nil && (pair.Current.Address == a || slices.Contains(b.labels[a], pair.Current)) {
			found = append(found, pair)
		}
	}
	return found
}

// displayedAt returns the one of several resources whose address is displayed as a, if
// there is one: another label of a sibling may read the same.
func displayedAt(pairs []*resource.Pair, a resource.Address) []*resource.Pair {
	for _, pair := range pairs {
		if pair.Current.Address == a {
			return []*resource.Pair{pair}
		}
	}
	return pairs
}

// deleteEntry deletes the resource of an entry, of those with its address.
func (b *builder) deleteEntry(entry resource.Removed, pairs []*resource.Pair) {
	if entry.ID != "" {
		i := slices.IndexFunc(pairs, func(p *resource.Pair) bool { return resource.SameID(p.Current.Handle, entry.ID) })
		if i < 0 {
			b.note(entry.Address, fmt.Sprintf("not removed: another resource has this address now, with the id %s", pairs[0].Current.Handle))
			return
		}
		pairs = pairs[i : i+1]
	}
	pair := pairs[0]
	if pair.Change == nil {
		pair.Change = b.newChange(pair, resource.Delete)
		pair.Change.At = entry.At
		pair.Change.Reason = "listed under removed" + b.alsoDeletes(pair.Current)
		b.changes = append(b.changes, pair.Change)
		b.unmanaged = slices.DeleteFunc(b.unmanaged, func(a resource.Address) bool { return a == pair.Current.Address })
	}
	if pattern := b.protectedMember(pair.Current); pattern != "" {
		pair.Change.Block("protected by %s", pattern)
	}
	if b.deletesAnother(pair) {
		pair.Change.Block("another resource with this address is deleted too: re-run to delete this one")
	}
	b.listed[pair.Change] = true
	b.permitted[pair.Change] = entry.ID != ""
}

// deletesAnother reports whether another resource with the address of a pair is deleted.
// A step finds its resource by the address, so that one plan deletes one of them.
func (b *builder) deletesAnother(pair *resource.Pair) bool {
	return slices.ContainsFunc(b.changes, func(c *resource.Change) bool {
		return c != pair.Change && c.Address == pair.Change.Address && c.Action == resource.Delete && c.Blocked == ""
	})
}

// dropDeletedAlong drops what is listed and is in something that is deleted too: it goes
// with that.
func (b *builder) dropDeletedAlong() {
	gone := map[resource.Address]bool{}
	for _, c := range b.changes {
		gone[c.Address] = gone[c.Address] || c.Action == resource.Delete && c.Blocked == ""
	}
	b.changes = slices.DeleteFunc(b.changes, func(c *resource.Change) bool {
		if !b.listed[c] || c.Blocked != "" {
			return false
		}
		above := c.Address.Parent()
		for !above.IsZero() && !gone[above] {
			above = above.Parent()
		}
		if above.IsZero() {
			return false
		}
		b.note(c.Address, "also deleted with "+above.String())
		return true
	})
}

// indexRemoved finds the existing resources that are listed under removed: only those
// that an entry deletes. One that is ambiguous or not selected deletes nothing, so it
// also permits nothing else.
func (b *builder) indexRemoved() {
	b.removing = map[*resource.Resource]bool{}
	for _, entry := range b.Settings.Removed {
		if !b.Select.Covers(entry.Address) && b.Select.Exactly == nil {
			continue
		}
		found := b.labels[entry.Address]
		for _, r := range found {
			if entry.ID == "" && len(found) == 1 || entry.ID != "" && resource.SameID(entry.ID, r.Handle) {
				b.removing[r] = true
			}
		}
	}
}

// removes reports whether an existing resource is deleted because it is listed.
func (b *builder) removes(r *resource.Resource) bool { return b.removing[r] }

// alsoDeletes says what is also deleted with r, precious resources first, and by name.
// Kinds that could not be counted are listed without a number. What is transferred
// elsewhere is not deleted.
func (b *builder) alsoDeletes(r *resource.Resource) string {
	var precious, others []string
	leaves := b.leaving()
	for _, kind := range b.Catalog.Descendants(r.Kind.Name) {
		var below []*resource.Resource
		for _, other := range b.Current.Resources {
			if other.Kind.Name == kind.Name && r.Address.Contains(other.Address) && !leaves[other] {
				below = append(below, other)
			}
		}
		text := counted(len(below), kind)
		switch known := b.readBelow(r, kind); {
		case known && len(below) == 0:
			continue
		case !known:
			text = kind.Plural
		}
		if !kind.Precious {
			others = append(others, text)
			continue
		}
		if len(below) > 0 {
			text += " (" + namesOf(below) + ")"
		}
		precious = append(precious, text)
	}
	all := append(precious, others...)
	if len(all) == 0 {
		return ""
	}
	return "; also deletes its " + strings.Join(all, ", ")
}

// leaving are the existing resources that move to another parent.
func (b *builder) leaving() map[*resource.Resource]bool {
	found := map[*resource.Resource]bool{}
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			if pair.Change != nil && pair.Change.Action == resource.Transfer && pair.Change.Blocked == "" {
				found[pair.Current] = true
			}
		}
	}
	return found
}

// mostNamed is how many of the resources that are also deleted are named.
const mostNamed = 8

func namesOf(resources []*resource.Resource) string {
	var names []string
	for _, r := range resources {
		names = append(names, strings.ReplaceAll(r.Key, "/", " "))
	}
	slices.Sort(names) // the API's order is none
	if len(names) > mostNamed {
		names = append(names[:mostNamed], fmt.Sprintf("and %d more", len(resources)-mostNamed))
	}
	return strings.Join(names, ", ")
}

// readBelow reports whether a kind was read completely below r.
func (b *builder) readBelow(r *resource.Resource, kind *resource.Kind) bool {
	for _, parent := range b.Current.Resources {
		if parent.Kind.Name != kind.Parent || parent != r && !r.Address.Contains(parent.Address) {
			continue
		}
		if !b.Current.Collections[resource.CollectionID{Parent: parent.Address, Kind: kind.Name}].Complete {
			return false
		}
	}
	return kind.Parent == r.Kind.Name || b.readBelow(r, b.Catalog.Kind(kind.Parent))
}
