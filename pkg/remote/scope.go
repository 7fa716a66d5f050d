package remote

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// scope says what is to be read: what a desired state declares or, without one,
// everything.
type scope struct {
	desired *resource.State // nil: everything
	only    []string        // keys of root resources; empty: all of them

	byAddress map[resource.Address]*resource.Resource
	// byKey finds the declared resources of Global kinds, by kind and key.
	byKey map[[2]string]*resource.Resource
	// siblings are the declared resources of one collection.
	siblings map[resource.CollectionID][]*resource.Resource
}

func everything(only []string) scope { return scope{only: only} }

func declared(desired *resource.State) scope {
	s := scope{
		desired:   desired,
		byAddress: map[resource.Address]*resource.Resource{},
		byKey:     map[[2]string]*resource.Resource{},
		siblings:  map[resource.CollectionID][]*resource.Resource{},
	}
	for _, d := range desired.Resources {
		s.byAddress[d.Address] = d
		id := resource.CollectionID{Parent: d.Parent, Kind: d.Kind.Name}
		s.siblings[id] = append(s.siblings[id], d)
		if d.Kind.Global {
			s.byKey[[2]string{d.Kind.Name, d.Key}] = d
		}
	}
	return s
}

// root reports whether a root kind is to be read.
func (s scope) root(kind *resource.Kind) bool {
	return s.desired == nil || s.declares(resource.CollectionID{Kind: kind.Name})
}

func (s scope) declares(id resource.CollectionID) bool {
	_, declared := s.desired.Collections[id]
	return declared || len(s.siblings[id]) > 0
}

// below reports whether the children of parent are to be read. Which declared
// resource a parent without a natural key is, is for the plan to say; its
// children are read when any are declared.
func (s scope) below(parent *item, kind *resource.Kind) bool {
	switch {
	case s.desired == nil:
		return true
	case parent.Kind.KeyField == "":
		return s.declaresAny(kind)
	}
	return s.declares(resource.CollectionID{Parent: parent.Address, Kind: kind.Name})
}

// declaresAny reports whether any collection of the kind is declared.
func (s scope) declaresAny(kind *resource.Kind) bool {
	if s.desired == nil {
		return true
	}
	for id := range s.desired.Collections {
		if id.Kind == kind.Name {
			return true
		}
	}
	return slices.ContainsFunc(s.desired.Resources, func(d *resource.Resource) bool { return d.Kind.Name == kind.Name })
}

// declaresKey reports whether a resource of a Global kind is declared, under
// whatever parent.
func (s scope) declaresKey(kind *resource.Kind, key string) bool {
	return s.byKey[[2]string{kind.Name, key}] != nil
}

// fields names the fields that must be known of a resource: those that its
// declaration has. Where it is not known which declaration that is, it is the
// fields of all its declared siblings.
func (s scope) fields(it *item) []string {
	var names []string
	if s.desired == nil {
		for _, f := range it.Kind.Fields {
			names = append(names, f.Name)
		}
		return names
	}
	candidates := []*resource.Resource{s.byAddress[it.Address]}
	switch {
	case it.Kind.KeyField == "":
		candidates = s.siblings[resource.CollectionID{Parent: it.Parent, Kind: it.Kind.Name}]
	case candidates[0] == nil:
		candidates[0] = s.byKey[[2]string{it.Kind.Name, it.Key}]
	}
	for _, f := range it.Kind.Fields {
		if slices.ContainsFunc(candidates, func(d *resource.Resource) bool {
			return d != nil && d.Has(f.Name) && !d.IsMasked(f.Name)
		}) {
			names = append(names, f.Name)
		}
	}
	return names
}

// transferSources names the organisation from which a declared root resource that is
// not in ours may be taken over.
func (s scope) transferSources(kind *resource.Kind, found []*item) map[string]resource.Ref {
	missing := map[string]resource.Ref{}
	if s.desired == nil || kind.TransferFrom == "" {
		return missing
	}
	for _, d := range s.siblings[resource.CollectionID{Kind: kind.Name}] {
		here := slices.ContainsFunc(found, func(it *item) bool { return it.Key == d.Key })
		if from, ok := d.Fields[kind.TransferFrom].(resource.Ref); ok && !here {
			missing[d.Key] = from
		}
	}
	return missing
}

// narrow keeps the root resources that were asked for, and what they refer to.
func (r *reader) narrow() error {
	if len(r.scope.only) == 0 {
		return nil
	}
	roots := r.catalog.Roots()
	kept, met := map[string]bool{}, map[string]bool{} // ids and keys
	for _, kind := range roots {
		for _, it := range r.items[kind.Name] {
			if kind.KeyField != "" && slices.Contains(r.scope.only, it.Key) {
				kept[it.Handle], met[it.Key] = true, true
				for _, f := range kind.Fields {
					if ref, ok := it.Fields[f.Name].(resource.Ref); ok && r.catalog.Kind(f.Target) != nil {
						kept[ref.Handle] = true
					}
				}
			}
		}
	}
	for _, key := range r.scope.only {
		if !met[key] {
			choice := &ChoiceError{What: roots[0].Title, Name: key}
			for _, it := range r.items[roots[0].Name] {
				choice.Choices = append(choice.Choices, it.Key)
			}
			return choice
		}
	}
	for _, kind := range roots {
		r.items[kind.Name] = slices.DeleteFunc(r.items[kind.Name], func(it *item) bool { return !kept[it.Handle] })
	}
	r.complete = nil // so far only root collections, and these were narrowed
	return nil
}
