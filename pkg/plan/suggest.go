package plan

import (
	"fmt"

	"github.com/agnivade/levenshtein"

	"github.com/divioctl/divioctl/pkg/resource"
)

// tellingLength is the minimum length of a text for equality to be significant ("true"
// and "8000" are common).
const tellingLength = 5

// suggestRenames notes a create whose declared fields are equal to those of an
// unmanaged sibling: most likely it was renamed in the file, and a moved entry would
// keep it instead of creating a second one. Only a single candidate is named, and no
// secret value is compared.
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

// closeNames is the maximum edit distance of two names that are considered similar.
const closeNames = 2

// suggestNames notes a create of a root resource whose name is similar to that of an
// undeclared one: a typing error there would create a whole application.
func (b *builder) suggestNames() {
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			if c.kind.Parent == "" && pair.Change != nil && pair.Change.Action == resource.Create {
				if other := b.nearly(pair.Desired.Address); !other.IsZero() {
					b.note(pair.Desired.Address, fmt.Sprintf("is new; did you mean %s, which exists and is not declared?", other))
				}
			}
		}
	}
}

// nearly returns an undeclared sibling with a key similar to that of a, or the zero
// address.
func (b *builder) nearly(a resource.Address) resource.Address {
	kind := b.Catalog.Kind(a.Kind())
	for _, other := range b.Current.Resources {
		if other.Kind.Name == kind.Name && other.Parent == a.Parent() && kind.KeyInAPI() && b.wanted[other.Address] == nil &&
			len(a.Key()) > closeNames && levenshtein.ComputeDistance(a.Key(), other.Key) <= closeNames {
			return other.Address
		}
	}
	return resource.Address{}
}

// telling reports whether have is equal to want in all declared fields, including at
// least one significant text.
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
