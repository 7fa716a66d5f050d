package plan

import (
	"maps"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The plan after a failed read. Policy:
//
//   - A kind that was not read completely is left out on both sides, and so is every
//     kind below it: none of its resources is created, changed, deleted or reported as
//     unmanaged.
//   - The rest is planned as usual, for display. It has no digest, since it must not be
//     applied.

// Partial makes the plan of what was read. It is nil if the plan would contain nothing
// that the files declare, or cannot be made.
func Partial(in Input) *Plan {
	unread := map[string]bool{}
	var names []string
	for _, kind := range in.Catalog.Kinds() { // parents before children
		if unread[kind.Parent] || slices.Contains(in.Current.Unread, kind.Name) {
			unread[kind.Name] = true
			names = append(names, kind.Plural)
		}
	}
	in.Desired, in.Current = less(in.Desired, unread), less(in.Current, unread)
	if len(names) == 0 || len(in.Desired.Resources) == 0 {
		return nil
	}
	in.Settings.Moved = slices.DeleteFunc(slices.Clone(in.Settings.Moved), func(m resource.Moved) bool { return unread[m.To.Kind()] })
	if in.Base != nil && in.Base.Desired != nil {
		base := *in.Base
		base.Desired = less(base.Desired, unread)
		in.Base = &base
	}
	p, err := Make(in)
	if err != nil {
		return nil
	}
	p.Unread, p.Digest = names, ""
	return p
}

// less returns a state without some kinds.
func less(state *resource.State, kinds map[string]bool) *resource.State {
	out := *state
	out.Resources = slices.DeleteFunc(slices.Clone(state.Resources), func(r *resource.Resource) bool { return kinds[r.Kind.Name] })
	out.Collections = maps.Clone(state.Collections)
	maps.DeleteFunc(out.Collections, func(id resource.CollectionID, _ resource.Collection) bool { return kinds[id.Kind] })
	return &out
}
