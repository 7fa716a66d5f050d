package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// movedPairs reads the moved entries: the current resource for each declared
// address that an entry gives one to. Stale entries are notes. What a selection
// does not cover may be out of scope, so that nothing is said of it.
func (b *builder) movedPairs() map[resource.Address]*resource.Resource {
	pairs := map[resource.Address]*resource.Resource{}
	for _, m := range b.Settings.Moved {
		from, to := b.existing[m.From], b.wanted[m.To]
		if to != nil && !to.Kind.Keyed() {
			var ok bool
			if from, ok = b.keyless(m, to.Kind); !ok {
				continue
			}
		}
		switch {
		case to == nil && !b.Select.Covers(m.To):
		case to == nil:
			b.note(m.To, fmt.Sprintf("the moved entry from %s has no effect: this is not declared any more", m.From))
		case b.wanted[m.From] != nil:
			b.problems.Errorf(m.At, "moved from %s, which is still declared", m.From)
		case !to.Kind.Global && m.From.Parent() != to.Parent:
			b.problems.Errorf(m.At, "%s cannot move to another %s", m.From, to.Kind.Parent)
		case from == nil && b.thereAlready(to, nil):
			b.note(m.To, fmt.Sprintf("the moved entry from %s is already applied; remove it", m.From))
		case from == nil:
			b.note(m.To, fmt.Sprintf("the moved entry has no effect: %s does not exist, so that this one is created", m.From))
		case pairs[m.To] != nil:
			b.problems.Errorf(m.At, "two moved entries lead to %s", m.To)
		case b.thereAlready(to, from):
			b.note(m.To, fmt.Sprintf("exists already, so that the moved entry from %s has no effect", m.From))
		default:
			pairs[m.To] = from
		}
	}
	return pairs
}

// thereAlready reports whether what a moved entry leads to exists beside its
// source: then the entry is already applied, and its source is something else that
// was created later.
func (b *builder) thereAlready(to, from *resource.Resource) bool {
	if to.Kind.Keyed() {
		return b.existing[to.Address] != nil
	}
	return slices.ContainsFunc(b.Current.Resources, func(r *resource.Resource) bool {
		return r != from && r.Kind.Name == to.Kind.Name && r.Parent == to.Parent && resource.DisplayKey(r) == resource.DisplayKey(to)
	})
}

// keyless finds the source of a moved entry among resources without a key, by its
// short or its long address. Where several answer to it, that is a problem.
func (b *builder) keyless(m resource.Moved, kind *resource.Kind) (*resource.Resource, bool) {
	var found []*resource.Resource
	var names []string
	for _, r := range b.Current.Resources {
		if r.Kind.Name != kind.Name {
			continue
		}
		if long := resource.NewAddress(kind.Name, r.Parent, resource.LongKey(r)); r.Address == m.From || long == m.From {
			found = append(found, r)
			names = append(names, resource.Show(long.String()))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 1 {
		b.problems = append(b.problems, diag.Diagnostic{
			At: m.At, Message: fmt.Sprintf("moved from %s, which is more than one %s", m.From, kind.Title),
			Hint: "choose from: " + strings.Join(names, ", "),
		})
		return nil, false
	}
	if len(found) == 0 {
		return nil, true
	}
	return slices.MinFunc(found, func(x, y *resource.Resource) int { return cmp.Compare(x.Handle, y.Handle) }), true
}
