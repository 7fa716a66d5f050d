package resource

import (
	"cmp"
	"maps"
	"slices"
	"unique"
)

// Address identifies a resource in messages, in flags, in JSON and in the plan. Its
// text is "kind.part/part/...", for example "variable.shop/live/DEBUG": the natural
// keys from the root down. The last part may itself contain slashes (a cron job's
// command, a service's type and prefix).
//
// An address contains its parent's address with its kind, so two kinds with equal keys
// are never confused. Addresses are interned: they compare with ==, can be keys of
// maps, and cost one pointer. The zero Address is no resource; it is the parent of a
// root.
//
// Only [Catalog.Parse] turns text into an address, since only the catalog knows where
// the last part begins.
type Address struct{ node unique.Handle[addressNode] }

type addressNode struct {
	kind, key, text string
	parent          Address
	depth           int
}

// TheOrganisation represents the organisation of the plan in calls.
var TheOrganisation = Address{unique.Make(addressNode{kind: "organisation", text: "organisation", depth: 1})}

// NewAddress returns the address of a resource of the given kind with the given key
// below parent; parent is the zero Address for a root.
func NewAddress(kind string, parent Address, key string) Address {
	n := addressNode{kind: kind, key: key, parent: parent, depth: parent.Depth() + 1}
	if parent.IsZero() {
		n.text = kind + "." + key
	} else {
		n.text = kind + "." + parent.Path() + "/" + key
	}
	return Address{unique.Make(n)}
}

// IsZero reports whether a is the zero Address.
func (a Address) IsZero() bool { return a == Address{} }

func (a Address) value() addressNode {
	if a.IsZero() {
		return addressNode{}
	}
	return a.node.Value()
}

// String returns the text.
func (a Address) String() string { return a.value().text }

// MarshalText returns the text, for JSON.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Kind is the name of the resource's kind.
func (a Address) Kind() string { return a.value().kind }

// Key is the last part.
func (a Address) Key() string { return a.value().key }

// Path is the text after the kind: all keys from the root down.
func (a Address) Path() string {
	n := a.value()
	return n.text[min(len(n.kind)+1, len(n.text)):]
}

// Parent is the address of the parent, the zero Address for a root.
func (a Address) Parent() Address { return a.value().parent }

// Depth is the number of parts: 1 for a root, 0 for the zero Address.
func (a Address) Depth() int { return a.value().depth }

// Root is the address of the root above a, a itself for a root.
func (a Address) Root() Address {
	for !a.Parent().IsZero() {
		a = a.Parent()
	}
	return a
}

// Contains reports whether other is somewhere below a. An address does not contain
// itself.
func (a Address) Contains(other Address) bool {
	if a.IsZero() {
		return false
	}
	for up := other.Parent(); !up.IsZero(); up = up.Parent() {
		if up == a {
			return true
		}
	}
	return false
}

// Rebase returns the address with the same keys below to, for one below from; any other
// address is returned unchanged.
func (a Address) Rebase(from, to Address) Address {
	if a == from {
		return to
	}
	if !from.Contains(a) {
		return a
	}
	return NewAddress(a.Kind(), a.Parent().Rebase(from, to), a.Key())
}

// Compare orders addresses by their text.
func (a Address) Compare(other Address) int { return cmp.Compare(a.String(), other.String()) }

// Equal is ==, for go-cmp.
func (a Address) Equal(other Address) bool { return a == other }

// SortedAddresses returns the keys of m in order.
func SortedAddresses[V any](m map[Address]V) []Address {
	return slices.SortedFunc(maps.Keys(m), Address.Compare)
}
