package remote

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// declarations finds the declared resources that may match an existing one.
type declarations struct {
	byAddress map[resource.Address]*resource.Resource
	byKey     map[[2]string]*resource.Resource // of Global kinds, by kind and key
	siblings  map[resource.CollectionID][]*resource.Resource
	byKind    map[string][]*resource.Resource
}

// declarationsIn indexes a state, nil for none.
func declarationsIn(state *resource.State) declarations {
	d := declarations{
		byAddress: map[resource.Address]*resource.Resource{},
		byKey:     map[[2]string]*resource.Resource{},
		siblings:  map[resource.CollectionID][]*resource.Resource{},
		byKind:    map[string][]*resource.Resource{},
	}
	if state == nil {
		return d
	}
	for _, r := range state.Resources {
		d.byAddress[r.Address] = r
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		d.siblings[id] = append(d.siblings[id], r)
		d.byKind[r.Kind.Name] = append(d.byKind[r.Kind.Name], r)
		if r.Kind.Global {
			d.byKey[[2]string{r.Kind.Name, r.Key}] = r
		}
	}
	return d
}

// of returns the declared resource with the address of it or, of a Global kind, with
// its key. If only the plan can decide which one it is, it returns all of its siblings,
// or all of its kind.
func (d declarations) of(it *item) []*resource.Resource {
	switch {
	case it.above.unsure():
		return slices.DeleteFunc(slices.Clone(d.byKind[it.Kind.Name]), func(r *resource.Resource) bool {
			return it.Kind.KeyInAPI() && r.Key != it.Key
		})
	case it.unsure():
		return d.siblings[it.collection()]
	}
	for _, r := range []*resource.Resource{d.byAddress[it.Address], d.byKey[[2]string{it.Kind.Name, it.Key}]} {
		if r != nil {
			return []*resource.Resource{r}
		}
	}
	return nil
}
