package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Reading the current state. Policy:
//
//   - Only what the files need is requested (extent.go). A root kind is read when it is
//     declared, a collection when it is declared for a parent that exists.
//   - It uses the cheapest list (cost.go). Kinds of the same depth are read in
//     parallel; the parents' ids are needed before the children.
//   - A collection that was read completely is marked complete; nothing may be deleted
//     from one that is not. A failed read does not stop the others, so that a plan can
//     show what is known, but the error is always returned, and the state names its
//     kinds.
//   - Decoding is lenient (decode.go), and a sensitive value is dropped.
//   - The same answers give the same state, in any order of arrival.

// item is a resource while it is being read.
type item struct {
	*resource.Resource
	raw          map[string]any
	above        *item  // the parent, nil for a root and if the parent was not read
	parent       string // the parent's id
	organisation string // the id of the organisation that it belongs to
	deleted      bool   // the plan would delete it, or an ancestor
}

// unsure reports whether only the plan can decide which declared resource it is: the
// API does not know its key, or that of an ancestor.
func (it *item) unsure() bool {
	for ; it != nil; it = it.above {
		if !it.Kind.KeyInAPI() {
			return true
		}
	}
	return false
}

// collection is its collection.
func (it *item) collection() resource.CollectionID {
	return resource.CollectionID{Parent: it.Parent, Kind: it.Kind.Name}
}

// isRemoved reports whether an entry of removed matches it: if the entry has an id,
// exactly the resource with that id.
func (it *item) isRemoved(entry resource.Removed) bool {
	if entry.ID != "" {
		return entry.Address.Kind() == it.Kind.Name && resource.SameID(entry.ID, it.Handle)
	}
	return entry.Address == it.Address
}

// listing is what was read of one kind.
type listing struct {
	items       []*item                 // in the state's order
	collections []resource.CollectionID // that were read
	failed      bool                    // not completely
}

type reader struct {
	client  *api.Client
	catalog *resource.Catalog
	extent  extent

	organisation resource.Ref
	choices      resource.Choices
	listings     map[string]*listing // by kind
	unread       []string
	taken        map[resource.Address]string
	takenLock    sync.Mutex
}

func newReader(client *api.Client, catalog *resource.Catalog, e extent) *reader {
	r := &reader{client: client, catalog: catalog, extent: e, choices: resource.Choices{}, listings: map[string]*listing{}, taken: map[resource.Address]string{}}
	for _, kind := range catalog.Kinds() {
		r.listings[kind.Name] = &listing{}
	}
	return r
}

func (r *reader) run(ctx context.Context, organisation resource.Ref) (*resource.State, error) {
	if err := r.readOrganisation(ctx, organisation); err != nil {
		return r.state(), err
	}
	var errs []error
	for depth, level := range r.catalog.Levels() {
		if ctx.Err() != nil {
			break
		}
		errs = append(errs, r.each(level, func(kind *resource.Kind) error { return r.readKind(ctx, kind) })...)
		if depth == 0 {
			if err := r.narrow(); err != nil {
				return r.state(), err
			}
		}
		errs = append(errs, r.each(level, func(kind *resource.Kind) error { return r.readApart(ctx, kind) })...)
		r.settle(level)
	}
	if ctx.Err() == nil {
		errs = append(errs, r.readChoices(ctx)...)
		errs = append(errs, r.each(r.catalog.Kinds(), func(kind *resource.Kind) error { return r.readTaken(ctx, kind) })...)
	}
	if ctx.Err() != nil { // between two requests, no other error says so
		errs = append(errs, context.Cause(ctx))
	}
	r.nameReferences()
	return r.state(), errors.Join(errs...)
}

// each runs a read for all kinds of a level, in parallel. The errors are in the order
// of the kinds.
func (r *reader) each(level []*resource.Kind, read func(*resource.Kind) error) []error {
	failures := make([]error, len(level))
	var all sync.WaitGroup
	for i, kind := range level {
		safe := api.Safely(func() error { return read(kind) })
		all.Go(func() { failures[i] = safe() })
	}
	all.Wait()
	var errs []error
	for i, kind := range level {
		if err := failures[i]; err != nil {
			errs = append(errs, fmt.Errorf("read %s: %w", kind.Plural, err))
			r.listings[kind.Name].failed = true
			r.miss(kind.Name)
			if r.extent.referred[kind.Name] {
				r.miss(r.refersTo(kind.Name)...)
			}
		}
	}
	return errs
}

// miss records kinds that were not read completely.
func (r *reader) miss(kinds ...string) {
	for _, name := range kinds {
		if !slices.Contains(r.unread, name) {
			r.unread = append(r.unread, name)
		}
	}
}

// readKind reads the resources of a kind, and the details that its lists do not
// contain.
func (r *reader) readKind(ctx context.Context, kind *resource.Kind) (err error) {
	l := r.listings[kind.Name]
	if kind.Parent == "" {
		l.items, l.collections, err = r.readRoots(ctx, kind)
	} else {
		l.items, l.collections, err = r.readChildren(ctx, kind)
	}
	if err != nil {
		return err
	}
	return r.readDetails(ctx, kind, l.items)
}

// settle sets the final addresses of the resources of a level, and finds those that
// would be deleted.
func (r *reader) settle(level []*resource.Kind) {
	for _, kind := range level {
		items := r.listings[kind.Name].items
		label(kind, items)
		for _, it := range items {
			it.deleted = it.above != nil && it.above.deleted || r.extent.deletes(it)
		}
	}
}

// state assembles the state from what was read.
func (r *reader) state() *resource.State {
	state := &resource.State{
		Organisation: r.organisation,
		Choices:      r.choices,
		Taken:        r.taken,
		Collections:  map[resource.CollectionID]resource.Collection{},
		Unread:       r.unread,
	}
	for _, kind := range r.catalog.Kinds() {
		l := r.listings[kind.Name]
		for _, it := range l.items {
			state.Resources = append(state.Resources, it.Resource)
		}
		if l.failed {
			continue
		}
		for _, id := range l.collections {
			state.Collections[id] = resource.Collection{Complete: true}
		}
	}
	return state
}
