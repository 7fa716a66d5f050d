package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What a plan was made for: how the resources that it touches were, and which siblings
// they had where siblings matter. A plan that is applied later is compared with it.

// Fingerprint describes a resource that the plan touches: its id, its parent and its
// managed fields (all of them if it is to be deleted, replaced or transferred), its
// absence for a create, the ids of its siblings in order if the plan moves, prunes or
// pairs by assignment. No dates, states, order numbers or secrets. Two reads of an
// unchanged resource give the same Hash.
type Fingerprint struct {
	Address resource.Address `json:"address"`
	Exists  bool             `json:"exists"`
	Hash    string           `json:"hash"` // hexadecimal SHA-256
}

func (b *builder) fingerprints() []Fingerprint {
	type look struct {
		Handle   string           `json:"id"`
		Parent   resource.Address `json:"parent,omitzero"`
		Fields   map[string]any   `json:"fields"`
		Siblings string           `json:"siblings,omitempty"` // their hash, made once
		Leftover string           `json:"leftover,omitempty"`
	}
	looks := map[resource.Address]*look{}
	siblings := map[resource.CollectionID]string{}
	for _, c := range b.changes {
		if c.Blocked != "" {
			continue
		}
		l := looks[c.Address]
		if l == nil {
			l = &look{}
			looks[c.Address] = l
		}
		if c.Before != nil && l.Handle == "" {
			l.Handle, l.Parent, l.Fields = c.Before.Handle, c.Before.Parent, managed(c)
		}
		if c.Leftover != nil {
			l.Leftover = c.Leftover.Handle
		}
		if dependsOnSiblings(c) {
			id := c.Collection()
			if _, known := siblings[id]; !known {
				siblings[id] = hash(b.siblings(id))
			}
			l.Siblings = siblings[id]
		}
	}
	var out []Fingerprint
	for _, address := range resource.SortedAddresses(looks) {
		out = append(out, Fingerprint{Address: address, Exists: looks[address].Handle != "", Hash: hash(looks[address])})
	}
	return out
}

// managed are the current fields that are part of the fingerprint: the declared ones,
// or all if the resource is deleted. A read for --base may contain more.
func managed(c *resource.Change) map[string]any {
	if c.Action != resource.Update && c.Action != resource.Move {
		return c.Before.Fields
	}
	fields := map[string]any{}
	for name, value := range c.Before.Fields {
		if c.After.Has(name) {
			fields[name] = value
		}
	}
	return fields
}

// siblings are the ids of a collection: in server order if order is managed, else
// sorted.
func (b *builder) siblings(id resource.CollectionID) []string {
	var handles []string
	for _, r := range b.Current.Resources {
		if r.Parent == id.Parent && r.Kind.Name == id.Kind {
			handles = append(handles, r.Handle)
		}
	}
	if b.Catalog.Kind(id.Kind).Order == nil {
		slices.Sort(handles)
	}
	return handles
}

// Sibling is an existing member of a collection. Address is the declared one if it is
// paired. LeftoverOf is the declared resource that an interrupted replacement left it
// behind for, usually zero.
type Sibling struct {
	Address    resource.Address
	Handle     string
	LeftoverOf resource.Address
}

// siblingsOfChanges describes the existing members of the collections in which a change depends
// on its siblings: it deletes or moves one, or the API does not know their keys.
func (b *builder) siblingsOfChanges() map[resource.CollectionID][]Sibling {
	found := map[resource.CollectionID][]Sibling{}
	var known map[*resource.Resource]Sibling
	for _, c := range b.changes {
		id := c.Collection()
		if _, done := found[id]; done || c.Blocked != "" || !dependsOnSiblings(c) {
			continue
		}
		if known == nil {
			known = b.pairedSiblings()
		}
		found[id] = []Sibling{}
		for _, r := range b.Current.Resources {
			if r.Parent == id.Parent && r.Kind.Name == id.Kind {
				found[id] = append(found[id], known[r])
			}
		}
	}
	return found
}

// dependsOnSiblings reports whether the siblings of a resource decide what its change
// does.
func dependsOnSiblings(c *resource.Change) bool {
	return !c.Kind.KeyInAPI() || c.Action == resource.Move || c.Action == resource.Delete
}

func (b *builder) pairedSiblings() map[*resource.Resource]Sibling {
	known := map[*resource.Resource]Sibling{}
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			switch {
			case pair.Current == nil:
			case pair.Desired != nil:
				known[pair.Current] = Sibling{Address: pair.Desired.Address, Handle: pair.Current.Handle}
			default:
				known[pair.Current] = Sibling{Address: pair.Current.Address, Handle: pair.Current.Handle}
			}
		}
		for key, r := range c.leftovers {
			known[r] = Sibling{Address: r.Address, Handle: r.Handle, LeftoverOf: resource.NewAddress(c.kind.Name, c.id.Parent, key)}
		}
	}
	return known
}
