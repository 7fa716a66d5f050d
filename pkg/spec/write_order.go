package spec

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The order and the names of what is written do not depend on the order in which the
// API lists resources:
//
//   - Siblings are sorted by key; those without a key, and those that share one, by
//     their fields, then by id. Only where the order on the server is managed
//     (variables) is the order of the state kept.
//   - A resource whose key is only in the files is called by its label, such as the end
//     of a repository's url. If several have the same label, the second is called
//     label-2. Without a label it is called as the first resource that refers to it, and
//     without one by its id.

// inOrder returns copies of the resources of a state in the order in which they are
// written, parents before children, with their keys in the files.
func inOrder(state *resource.State, kinds catalog) []*resource.Resource {
	siblings := map[resource.CollectionID][]*resource.Resource{}
	for _, r := range state.Resources {
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		c := *r
		siblings[id] = append(siblings[id], &c)
	}
	users := usersOf(state)
	var sorted []*resource.Resource
	var below func(from, to resource.Address, kind string)
	below = func(from, to resource.Address, kind string) {
		for _, k := range kinds.Children(kind) {
			id := resource.CollectionID{Parent: from, Kind: k.Name}
			members := siblings[id]
			delete(siblings, id) // siblings that share a key share their children
			if k.Order == nil {
				slices.SortFunc(members, compareFields)
				nameUnnamed(k, members, users)
			}
			if k.Order == nil && k.Keyed() {
				slices.SortStableFunc(members, func(a, b *resource.Resource) int { return cmp.Compare(a.Key, b.Key) })
			}
			for _, r := range members {
				was := r.Address
				r.Parent, r.Address = to, resource.NewAddress(k.Name, to, r.Key)
				sorted = append(sorted, r)
				below(was, r.Address, k.Name)
			}
		}
	}
	below(resource.Address{}, resource.Address{}, "")
	return sorted
}

// compareFields orders siblings by their fields, and by id.
func compareFields(a, b *resource.Resource) int {
	for i := range a.Kind.Fields {
		name := a.Kind.Fields[i].Name
		if order := cmp.Compare(shownField(a, name), shownField(b, name)); order != 0 {
			return order
		}
	}
	return cmp.Compare(a.Handle, b.Handle)
}

// shownField returns a field as text, "" if it is absent: a text itself, so that it
// sorts as one, and anything else as it is shown.
func shownField(r *resource.Resource, name string) string {
	switch v, there := r.Fields[name]; v := v.(type) {
	case string:
		return v
	default:
		if !there {
			return ""
		}
		return resource.Show(v)
	}
}

// nameUnnamed gives keys to sorted siblings that have none in the API and no label, or
// one that is not unique. Their keys are their ids until then.
func nameUnnamed(k *resource.Kind, members []*resource.Resource, users map[string]string) {
	if k.Label == nil {
		return
	}
	taken := map[string]bool{}
	for _, r := range members {
		taken[r.Key] = true
	}
	for _, r := range members {
		label := cmp.Or(k.Label(r), users[resource.CanonicalID(r.Handle)])
		if _, err := k.CheckKey(label); r.Key != r.Handle || label == "" || err != nil {
			continue
		}
		r.Key = label
		for n := 2; taken[r.Key]; n++ {
			r.Key = fmt.Sprintf("%s-%d", label, n)
		}
		taken[r.Key] = true
	}
}

// usersOf returns, by the ids that references mean, the first key of those that refer.
func usersOf(state *resource.State) map[string]string {
	users := map[string]string{}
	for _, r := range state.Resources {
		for _, value := range r.Fields {
			if ref, refers := value.(resource.Ref); refers && ref.Handle != "" {
				id := resource.CanonicalID(ref.Handle)
				if other, known := users[id]; !known || r.Key < other {
					users[id] = r.Key
				}
			}
		}
	}
	return users
}

// unclear returns the resources of which a file must contain the id, because nothing
// else in it tells them from their siblings: only the files know their keys, and what
// identifies them (the fields that can never be changed) is unknown or not unique.
func unclear(siblings []*resource.Resource) map[*resource.Resource]bool {
	found := map[*resource.Resource]bool{}
	first := map[string]*resource.Resource{}
	for _, r := range siblings {
		if !r.Kind.Keyed() || r.Kind.KeyInAPI() || r.Handle == "" {
			continue
		}
		identity := ""
		for i := range r.Kind.Fields {
			if f := &r.Kind.Fields[i]; f.Changes == resource.Fixed && r.Has(f.Name) {
				identity += f.Name + "=" + resource.Show(r.Fields[f.Name]) + "\n"
			}
		}
		other := first[identity]
		if identity == "" || other != nil {
			found[r] = true
		}
		if other != nil {
			found[other] = true
		}
		first[identity] = r
	}
	return found
}

// shared returns the keys that several resources of a kind have, where that kind's keys
// are unique under one parent, or everywhere. Nothing in a file can mean one of them.
func shared(resources []*resource.Resource) map[resource.Address]bool {
	seen := map[resource.Address]resource.Address{}
	found := map[resource.Address]bool{}
	for _, r := range resources {
		if !r.Kind.Keyed() {
			continue
		}
		id := r.Address
		if r.Kind.Global {
			id = resource.NewAddress(r.Kind.Name, resource.Address{}, r.Key)
		}
		if other, twice := seen[id]; twice {
			found[r.Address], found[other] = true, true
		}
		seen[id] = r.Address
	}
	return found
}
