package plan

import (
	"fmt"

	"github.com/agnivade/levenshtein"

	"github.com/divioctl/divioctl/pkg/resource"
)

// tellingLength is how long a text must be before two equal ones are more than a
// coincidence ("true" and "8000" are everywhere).
const tellingLength = 5

// suggestRenames notes a create whose declared fields an unmanaged sibling has
// already: most likely it was renamed in the file, and a moved entry would keep
// it instead of making a second one. Only a single candidate is named, and no
// value that may not be shown is compared.
func (b *builder) suggestRenames() {
	for _, c := range b.collections {
		if !c.kind.Renames {
			continue
		}
		for _, pair := range c.pairs {
			if pair.Change == nil || pair.Change.Action != resource.Create {
				continue
			}
			var like []*resource.Resource
			for _, other := range c.pairs {
				if other.Desired == nil && telling(pair.Desired, other.Current) {
					like = append(like, other.Current)
				}
			}
			if len(like) == 1 {
				b.note(pair.Desired.Address, fmt.Sprintf(
					"looks like %s under a new name; to rename it, add moved: [{ from: %q, to: %q }]",
					like[0].Address, like[0].Address, pair.Desired.Address))
			}
		}
	}
}

// closeNames is how many letters two names may differ in and be one by mistake.
const closeNames = 2

// suggestNames notes a create at the top whose name is nearly that of something
// undeclared: a typing mistake there makes a whole application.
func (b *builder) suggestNames() {
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			if c.kind.Parent == "" && pair.Change != nil && pair.Change.Action == resource.Create {
				if other := b.nearly(pair.Desired); !other.IsZero() {
					b.note(pair.Desired.Address, fmt.Sprintf("is new; did you mean %s, which exists and is not declared?", other))
				}
			}
		}
	}
}

// nearly gives an undeclared sibling whose key is nearly that of r, or the zero
// address.
func (b *builder) nearly(r *resource.Resource) resource.Address {
	for _, other := range b.Current.Resources {
		if other.Kind.Name == r.Kind.Name && other.Parent == r.Parent && r.Kind.KeyInAPI() && b.wanted[other.Address] == nil &&
			len(r.Key) > closeNames && levenshtein.ComputeDistance(r.Key, other.Key) <= closeNames {
			return other.Address
		}
	}
	return resource.Address{}
}

// telling reports whether have agrees with all that want declares, in at least one
// text that is no coincidence.
func telling(want, have *resource.Resource) bool {
	long := false
	for name, value := range want.Fields {
		before, known := have.Fields[name]
		if !known || want.IsMasked(name) || have.IsMasked(name) || !resource.Equal(value, before) {
			return false
		}
		long = long || len(want.Text(name)) >= tellingLength
	}
	return long
}
