package remote

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The extent of a read: everything, or what the files declare, and
//
//   - what they remove, with the collections of its ancestors;
//   - the kinds that declared fields refer to: only the plan can decide whether a
//     reference is a key or an id;
//   - what refers to a declared kind whose key only the files know, if it has a field
//     that may be unreadable: which resources are used decides what may be created;
//   - below resources that the plan would delete, everything, but only by lists: a plan
//     names what is also deleted. Below resources that remain, only declared
//     collections are read.
//
// If the API does not know the key, only the plan can decide which existing resource
// matches which declared one. Then more is read rather than less.

// extent says what is to be read.
type extent struct {
	Wanted          // the zero value: everything
	only   []string // keys of root resources; empty: all of them

	// collections are those to be read, and kinds the names of theirs.
	collections map[resource.CollectionID]bool
	kinds       map[string]bool
	// referred are the kinds that declared fields refer to.
	referred map[string]bool
	// labelled are the collections of which something may be deleted, by the address
	// that Kind.Label gives it.
	labelled map[resource.CollectionID]bool
	// now and before are the declarations in Desired and in Base.
	now, before declarations
}

func everything(only []string) extent { return extent{only: only} }

func extentOf(w Wanted, catalog *resource.Catalog) extent {
	e := extent{
		Wanted:      w,
		collections: map[resource.CollectionID]bool{}, kinds: map[string]bool{},
		referred: map[string]bool{}, labelled: map[resource.CollectionID]bool{},
		now: declarationsIn(w.Desired), before: declarationsIn(w.Base),
	}
	for _, state := range e.states() {
		for id := range state.Collections {
			e.add(id)
		}
		for _, d := range state.Resources {
			e.add(resource.CollectionID{Parent: d.Parent, Kind: d.Kind.Name})
			for _, f := range d.Kind.Fields {
				if _, refers := d.Fields[f.Name].(resource.Ref); refers && catalog.Kind(f.Target) != nil {
					e.add(resource.CollectionID{Kind: f.Target})
					e.referred[f.Target] = true
				}
			}
		}
	}
	for _, r := range w.Removed {
		for a := r.Address; !a.IsZero(); a = a.Parent() {
			id := resource.CollectionID{Parent: a.Parent(), Kind: a.Kind()}
			e.add(id)
			e.labelled[id] = e.labelled[id] || catalog.Kind(a.Kind()).Label != nil
		}
	}
	for id := range e.collections {
		if kind := catalog.Kind(id.Kind); slices.Contains(w.Prune, kind.Collection) {
			e.labelled[id] = e.labelled[id] || kind.Label != nil
		}
	}
	for _, kind := range catalog.Roots() {
		if slices.ContainsFunc(kind.Fields, func(f resource.Field) bool { return e.mayBeUnreadable(catalog.Kind(f.Target)) }) {
			e.add(resource.CollectionID{Kind: kind.Name})
		}
	}
	return e
}

// mayBeUnreadable reports whether resources of a kind are declared whose key the API
// does not have, with a field that only a separate operation returns.
func (e extent) mayBeUnreadable(kind *resource.Kind) bool {
	if kind == nil || kind.KeyInAPI() {
		return false
	}
	return slices.ContainsFunc(e.Desired.Resources, func(d *resource.Resource) bool {
		return d.Kind == kind && slices.ContainsFunc(kind.Fields, func(f resource.Field) bool { return f.ReadOp != "" && d.Has(f.Name) })
	})
}

// states are the declared states.
func (e extent) states() []*resource.State {
	if e.Base == nil {
		return []*resource.State{e.Desired}
	}
	return []*resource.State{e.Desired, e.Base}
}

func (e extent) add(id resource.CollectionID) {
	e.collections[id], e.kinds[id.Kind] = true, true
}

// root reports whether a root kind is to be read.
func (e extent) root(kind *resource.Kind) bool {
	return e.Desired == nil || e.collections[resource.CollectionID{Kind: kind.Name}]
}

// below reports whether the children of parent are to be read: if it is unknown which
// declared resource the parent is, when any are declared.
func (e extent) below(parent *item, kind *resource.Kind) bool {
	switch {
	case e.Desired == nil, parent.deleted:
		return true
	case parent.unsure():
		return e.anyOf(kind)
	}
	return e.collections[resource.CollectionID{Parent: parent.Address, Kind: kind.Name}]
}

// anyOf reports whether any collection of the kind is to be read.
func (e extent) anyOf(kind *resource.Kind) bool { return e.Desired == nil || e.kinds[kind.Name] }

// declaresKey reports whether a resource of a Global kind is declared, under any
// parent.
func (e extent) declaresKey(kind *resource.Kind, key string) bool {
	id := [2]string{kind.Name, key}
	return e.now.byKey[id] != nil || e.before.byKey[id] != nil
}

// fields returns the fields that must be known of a resource: those of its declaration.
// If it is unknown which declaration that is, the fields of all candidates, and those
// of its label if an address with the label is removed.
func (e extent) fields(it *item) []string {
	var names []string
	declared := slices.Concat(e.now.of(it), e.before.of(it))
	for i := range it.Kind.Fields {
		f := &it.Kind.Fields[i]
		if e.Desired == nil || f.ReadOp != "" && e.labelled[it.collection()] || slices.ContainsFunc(declared, func(d *resource.Resource) bool {
			return d.Has(f.Name) && !d.IsMasked(f.Name)
		}) {
			names = append(names, f.Name)
		}
	}
	return names
}

// pending reports whether it must be known if a declared resource waits for a
// deployment, and the list did not contain it.
func (e extent) pending(it *item) bool {
	if !e.Pending || it.Kind.Deploy == nil || len(e.now.of(it)) == 0 {
		return false
	}
	_, told := it.Facts[it.Kind.Deploy.HasChanges].(bool)
	return !told
}

// deletes reports whether the plan would or may delete it: removed names it, or it is
// not declared in a pruned collection.
func (e extent) deletes(it *item) bool {
	switch {
	case e.Desired == nil:
		return false
	case slices.ContainsFunc(e.Removed, it.isRemoved):
		return true
	case !slices.Contains(e.Prune, it.Kind.Collection), it.Kind.Foreign != nil && it.Kind.Foreign(it.Resource):
		return false
	}
	_, declared := e.Desired.Collections[it.collection()]
	return declared && (it.unsure() || len(e.now.of(it)) == 0)
}

// transferSources names the organisation from which a declared root resource that is
// not in ours may be transferred.
func (e extent) transferSources(kind *resource.Kind, found []*item) map[string]resource.Ref {
	missing := map[string]resource.Ref{}
	if e.Desired == nil || kind.TransferFrom == "" {
		return missing
	}
	id := resource.CollectionID{Kind: kind.Name}
	for _, d := range slices.Concat(e.before.siblings[id], e.now.siblings[id]) {
		here := slices.ContainsFunc(found, func(it *item) bool { return it.Key == d.Key })
		if from, ok := d.Fields[kind.TransferFrom].(resource.Ref); ok && !here {
			missing[d.Key] = from
		}
	}
	return missing
}

// narrow keeps the requested root resources, and those that they refer to.
func (r *reader) narrow() error {
	if len(r.extent.only) == 0 {
		return nil
	}
	roots := r.catalog.Roots()
	kept, met := map[string]bool{}, map[string]bool{} // canonical ids, and keys
	for _, kind := range roots {
		for _, it := range r.listings[kind.Name].items {
			if kind.KeyInAPI() && slices.Contains(r.extent.only, it.Key) {
				kept[resource.CanonicalID(it.Handle)], met[it.Key] = true, true
				for _, f := range kind.Fields {
					if ref, ok := it.Fields[f.Name].(resource.Ref); ok && r.catalog.Kind(f.Target) != nil {
						kept[resource.CanonicalID(ref.Handle)] = true
					}
				}
			}
		}
	}
	for _, key := range r.extent.only {
		if !met[key] && len(r.unread) == 0 {
			choice := &ChoiceError{What: roots[0].Title, Name: key}
			for _, it := range r.listings[roots[0].Name].items {
				choice.Candidates = append(choice.Candidates, it.Key)
			}
			return choice
		}
	}
	for _, kind := range roots {
		l := r.listings[kind.Name]
		l.items = slices.DeleteFunc(l.items, func(it *item) bool { return !kept[resource.CanonicalID(it.Handle)] })
		l.collections = nil // no longer complete
	}
	return nil
}
