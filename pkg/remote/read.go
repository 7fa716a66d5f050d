package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Reading the current state. Policy:
//
//   - Only what the files need is requested. A root kind is read when it is
//     declared, a collection when it is declared for a parent that exists.
//   - By the cheapest list (cost.go). Kinds of one depth are read side by
//     side; the parents' ids are needed before the children.
//   - What was read wholly is marked complete; nothing may be deleted from a
//     collection that is not. A read that fails does not stop the others, so
//     that a plan can show what is known, but the error is always given, and the
//     state names the kinds that it is about.
//   - Decoding is lenient (decode.go), and a sensitive value is dropped.
//   - The same answers give the same state, in whatever order they arrive.

// item is a resource while it is being read.
type item struct {
	*resource.Resource
	raw          map[string]any
	parent       string // the parent's id
	organisation string // the id of the organisation that it belongs to
}

type reader struct {
	client  *api.Client
	catalog *resource.Catalog
	scope   scope

	organisation resource.Ref
	choices      resource.Choices
	items        map[string][]*item // by kind, in the state's order
	complete     []resource.CollectionID
	unread       []string
}

func newReader(client *api.Client, catalog *resource.Catalog, s scope) *reader {
	return &reader{
		client: client, catalog: catalog, scope: s,
		choices: resource.Choices{}, items: map[string][]*item{},
	}
}

func (r *reader) run(ctx context.Context, organisation resource.Ref) (*resource.State, error) {
	if err := r.readOrganisation(ctx, organisation); err != nil {
		return r.state(), err
	}
	var errs []error
	for depth, level := range r.catalog.Levels() {
		errs = append(errs, r.readLevel(ctx, level)...)
		if ctx.Err() != nil {
			break
		}
		if depth == 0 {
			if err := r.narrow(); err != nil {
				return r.state(), err
			}
		}
	}
	if ctx.Err() == nil {
		errs = append(errs, r.readChoices(ctx)...)
	}
	r.nameReferences()
	return r.state(), errors.Join(errs...)
}

// readLevel reads kinds side by side. The errors stand in the order of kinds.
func (r *reader) readLevel(ctx context.Context, level []*resource.Kind) []error {
	type result struct {
		items    []*item
		complete []resource.CollectionID
		err      error
	}
	results := make([]result, len(level))
	var all sync.WaitGroup
	for i, kind := range level {
		into := &results[i]
		read := api.Safely(func() (err error) {
			if kind.Parent == "" {
				into.items, into.complete, err = r.readRoots(ctx, kind)
			} else {
				into.items, into.complete, err = r.readChildren(ctx, kind)
			}
			if err != nil {
				return err
			}
			return r.readDetails(ctx, kind, into.items)
		})
		all.Go(func() { into.err = read() })
	}
	all.Wait()
	var errs []error
	for i, kind := range level {
		r.items[kind.Name] = results[i].items
		if err := results[i].err; err != nil {
			errs = append(errs, fmt.Errorf("read %s: %w", kind.Plural, err))
			r.unread = append(r.unread, kind.Name)
			continue
		}
		r.complete = append(r.complete, results[i].complete...)
	}
	return errs
}

// state puts together what was read.
func (r *reader) state() *resource.State {
	state := &resource.State{
		Organisation: r.organisation,
		Choices:      r.choices,
		Collections:  map[resource.CollectionID]resource.Collection{},
		Unread:       r.unread,
	}
	for _, kind := range r.catalog.Kinds() {
		for _, it := range r.items[kind.Name] {
			state.Resources = append(state.Resources, it.Resource)
		}
	}
	for _, id := range r.complete {
		state.Collections[id] = resource.Collection{Complete: true}
	}
	return state
}
