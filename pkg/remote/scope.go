package remote

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What is to be read: everything, or what the files declare, and
//
//   - what they remove, with the collections on the way to it;
//   - the kinds that declared fields refer to: only the plan can tell whether a key is
//     meant or an id;
//   - what refers to a declared kind whose key only the files know, where it is known by
//     a field that may be unreadable: which ones are in use says what may be created;
//   - below what the plan would delete, everything, by lists alone: a plan names what is
//     deleted along. Nothing is read below what stays, unless it is declared.
//
// Which existing resource is which declared one is for the plan to say where the API
// does not know the key. Then more is read rather than less.

// scope says what is to be read.
type scope struct {
	Wanted          // the zero value: everything
	only   []string // keys of root resources; empty: all of them

	// collections are those to be read, and kinds the names of theirs.
	collections map[resource.CollectionID]bool
	kinds       map[string]bool
	// referred are the kinds that declared fields refer to.
	referred map[string]bool
	// labelled are those of which something may be deleted, by the address that
	// Kind.Label gives it.
	labelled map[resource.CollectionID]bool
	// now and before are the declarations in Desired and in Base.
	now, before declarations
}

func everything(only []string) scope { return scope{only: only} }

func scopeOf(w Wanted, catalog *resource.Catalog) scope {
	s := scope{
		Wanted:      w,
		collections: map[resource.CollectionID]bool{}, kinds: map[string]bool{},
		referred: map[string]bool{}, labelled: map[resource.CollectionID]bool{},
		now: declarationsIn(w.Desired), before: declarationsIn(w.Base),
	}
	for _, state := range s.states() {
		for id := range state.Collections {
			s.add(id)
		}
		for _, d := range state.Resources {
			s.add(resource.CollectionID{Parent: d.Parent, Kind: d.Kind.Name})
			for _, f := range d.Kind.Fields {
				if _, refers := d.Fields[f.Name].(resource.Ref); refers && catalog.Kind(f.Target) != nil {
					s.add(resource.CollectionID{Kind: f.Target})
					s.referred[f.Target] = true
				}
			}
		}
	}
	for _, r := range w.Removed {
		for a := r.Address; !a.IsZero(); a = a.Parent() {
			id := resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}
			s.add(id)
			s.labelled[id] = s.labelled[id] || catalog.Kind(a.Kind()).Label != nil
		}
	}
	for id := range s.collections {
		if kind := catalog.Kind(id.Kind); slices.Contains(w.Prune, kind.Collection) {
			s.labelled[id] = s.labelled[id] || kind.Label != nil
		}
	}
	for _, kind := range catalog.Roots() {
		if slices.ContainsFunc(kind.Fields, func(f resource.Field) bool { return s.mayBeUnreadable(catalog.Kind(f.Target)) }) {
			s.add(resource.CollectionID{Kind: kind.Name})
		}
	}
	return s
}

// mayBeUnreadable reports whether resources of a kind are declared whose key the API
// does not have, with a field that only an operation of its own shows.
func (s scope) mayBeUnreadable(kind *resource.Kind) bool {
	if kind == nil || kind.KeyInAPI() {
		return false
	}
	return slices.ContainsFunc(s.Desired.Resources, func(d *resource.Resource) bool {
		return d.Kind == kind && slices.ContainsFunc(kind.Fields, func(f resource.Field) bool { return f.ReadOp != "" && d.Has(f.Name) })
	})
}

// states are the declared states.
func (s scope) states() []*resource.State {
	if s.Base == nil {
		return []*resource.State{s.Desired}
	}
	return []*resource.State{s.Desired, s.Base}
}

func (s scope) add(id resource.CollectionID) {
	s.collections[id], s.kinds[id.Kind] = true, true
}

// root reports whether a root kind is to be read.
func (s scope) root(kind *resource.Kind) bool {
	return s.Desired == nil || s.collections[resource.CollectionID{Kind: kind.Name}]
}

// below reports whether the children of parent are to be read: where it is not known
// which declared resource that is, when any are declared.
func (s scope) below(parent *item, kind *resource.Kind) bool {
	switch {
	case s.Desired == nil, parent.deleted:
		return true
	case parent.unsure():
		return s.anyOf(kind)
	}
	return s.collections[resource.CollectionID{Parent: parent.Address, Kind: kind.Name}]
}

// anyOf reports whether some collection of the kind is to be read.
func (s scope) anyOf(kind *resource.Kind) bool { return s.Desired == nil || s.kinds[kind.Name] }

// declaresKey reports whether a resource of a Global kind is declared, under
// whatever parent.
func (s scope) declaresKey(kind *resource.Kind, key string) bool {
	id := [2]string{kind.Name, key}
	return s.now.byKey[id] != nil || s.before.byKey[id] != nil
}

// fields names the fields that must be known of a resource: those that its
// declaration has. Where it is not known which declaration that is, it is the
// fields of all that it may be, and what its label is made of if that is removed.
func (s scope) fields(it *item) []string {
	var names []string
	declared := slices.Concat(s.now.of(it), s.before.of(it))
	for i := range it.Kind.Fields {
		f := &it.Kind.Fields[i]
		if s.Desired == nil || f.ReadOp != "" && s.labelled[it.collection()] || slices.ContainsFunc(declared, func(d *resource.Resource) bool {
			return d.Has(f.Name) && !d.IsMasked(f.Name)
		}) {
			names = append(names, f.Name)
		}
	}
	return names
}

// pending reports whether the list left out if a declared resource waits for a
// deployment, where that must be known.
func (s scope) pending(it *item) bool {
	if !s.Pending || it.Kind.Deploy == nil || len(s.now.of(it)) == 0 {
		return false
	}
	_, told := it.Facts[it.Kind.Deploy.HasChanges].(bool)
	return !told
}

// deletes reports whether the plan would delete it, or may: removed names it, or it is
// not declared where undeclared resources are pruned.
func (s scope) deletes(it *item) bool {
	switch {
	case s.Desired == nil:
		return false
	case slices.ContainsFunc(s.Removed, it.isRemoved):
		return true
	case !slices.Contains(s.Prune, it.Kind.Collection), it.Kind.Foreign != nil && it.Kind.Foreign(it.Resource):
		return false
	}
	_, declared := s.Desired.Collections[it.collection()]
	return declared && (it.unsure() || len(s.now.of(it)) == 0)
}

// transferSources names the organisation from which a declared root resource that is
// not in ours may be taken over.
func (s scope) transferSources(kind *resource.Kind, found []*item) map[string]resource.Ref {
	missing := map[string]resource.Ref{}
	if s.Desired == nil || kind.TransferFrom == "" {
		return missing
	}
	id := resource.CollectionID{Kind: kind.Name}
	for _, d := range slices.Concat(s.before.siblings[id], s.now.siblings[id]) {
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
	kept, met := map[string]bool{}, map[string]bool{} // canonical ids, and keys
	for _, kind := range roots {
		for _, it := range r.listings[kind.Name].items {
			if kind.KeyInAPI() && slices.Contains(r.scope.only, it.Key) {
				kept[resource.CanonicalID(it.Handle)], met[it.Key] = true, true
				for _, f := range kind.Fields {
					if ref, ok := it.Fields[f.Name].(resource.Ref); ok && r.catalog.Kind(f.Target) != nil {
						kept[resource.CanonicalID(ref.Handle)] = true
					}
				}
			}
		}
	}
	for _, key := range r.scope.only {
		if !met[key] && len(r.unread) == 0 {
			choice := &ChoiceError{What: roots[0].Title, Name: key}
			for _, it := range r.listings[roots[0].Name].items {
				choice.Choices = append(choice.Choices, it.Key)
			}
			return choice
		}
	}
	for _, kind := range roots {
		l := r.listings[kind.Name]
		l.items = slices.DeleteFunc(l.items, func(it *item) bool { return !kept[resource.CanonicalID(it.Handle)] })
		l.collections = nil // not whole any more
	}
	return nil
}
