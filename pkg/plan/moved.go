package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// movedPairs reads the moved entries: the current resource for each declared address
// that is the destination of an entry. Entries without effect are notes. For resources
// outside of a selection there are no notes, since they may not have been read.
//
// An entry that is history is never a problem, also beside another one with the same
// source or destination. It is one if both could be applied now.
func (b *builder) movedPairs() map[resource.Address]*resource.Resource {
	pairs, taken := map[resource.Address]*resource.Resource{}, map[*resource.Resource]resource.Address{}
	for _, m := range b.Settings.Moved {
		from, to := b.existing[m.From], b.wanted[m.To]
		if to != nil && !to.Kind.Keyed() {
			var ok bool
			if from, ok = b.keyless(m, to); !ok {
				continue
			}
		}
		switch {
		case to == nil && !b.Select.Covers(m.To):
		case to == nil:
			b.note(m.To, fmt.Sprintf("the moved entry from %s has no effect: the destination is not declared", m.From))
		case b.wanted[m.From] != nil:
			b.problems.Errorf(m.At, "moved from %s, which is still declared", m.From)
		case !to.Kind.Global && m.From.Parent() != to.Parent:
			b.problems.Errorf(m.At, "%s cannot move to another %s", m.From, to.Kind.Parent)
		case from == nil && b.destinationExists(to, nil):
			b.note(m.To, fmt.Sprintf("the moved entry from %s is already applied; delete the entry", m.From))
		case from == nil:
			b.note(m.To, fmt.Sprintf("the moved entry has no effect: %s does not exist", m.From))
		case b.destinationExists(to, from):
			b.note(m.To, fmt.Sprintf("already exists, so the moved entry from %s has no effect", m.From))
		case pairs[m.To] == from: // the same entry again
		case pairs[m.To] != nil:
			b.problems.Errorf(m.At, "two moved entries have the destination %s, and both sources exist", m.To)
		case !taken[from].IsZero():
			b.problems.Errorf(m.At, "%s is moved twice, and neither %s nor %s exists", m.From, taken[from], m.To)
		default:
			pairs[m.To], taken[from] = from, m.To
		}
	}
	return pairs
}

// destinationExists reports whether the destination of a moved entry exists beside its
// source: then the entry is already applied, and its source is another resource that
// was created later.
func (b *builder) destinationExists(to, from *resource.Resource) bool {
	if to.Kind.Keyed() {
		return b.existing[to.Address] != nil
	}
	return slices.ContainsFunc(b.labels[to.Address], func(r *resource.Resource) bool { return r != from })
}

// keyless finds the source of a moved entry among resources without a key, by any of
// their labels. If several match that are not equal, that is a problem, unless the entry
// is already applied.
func (b *builder) keyless(m resource.Moved, to *resource.Resource) (*resource.Resource, bool) {
	found := b.labels[m.From]
	if len(found) == 0 {
		return nil, true
	}
	first := slices.MinFunc(found, func(x, y *resource.Resource) int { return cmp.Compare(x.Handle, y.Handle) })
	same := func(r *resource.Resource) bool { return reflect.DeepEqual(r.Fields, first.Fields) }
	switch {
	case !slices.ContainsFunc(found, func(r *resource.Resource) bool { return !same(r) }):
		return first, true
	case b.destinationExists(to, nil):
		return nil, true
	}
	b.problems = append(b.problems, diag.Diagnostic{
		At: m.At, Message: fmt.Sprintf("moved from %s, which matches more than one %s", m.From, to.Kind.Title),
		Hint: "choose from: " + strings.Join(exactNames(found), ", "),
	})
	return nil, false
}

// exactNames are the shortest addresses of resources without a key that distinguish
// those whose short label is the same.
func exactNames(found []*resource.Resource) []string {
	uses := map[string]int{}
	for _, r := range found {
		uses[resource.LongKey(r)]++
	}
	var names []string
	for _, r := range found {
		key := resource.LongKey(r)
		if uses[key] > 1 {
			key = resource.ExactKey(r)
		}
		names = append(names, resource.Show(resource.NewAddress(r.Kind.Name, r.Parent, key).String()))
	}
	slices.Sort(names)
	return names
}
