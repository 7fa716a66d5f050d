package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// readRoots reads a root kind.
func (r *reader) readRoots(ctx context.Context, kind *resource.Kind) ([]*item, []resource.CollectionID, error) {
	if !r.extent.root(kind) {
		return nil, nil, nil
	}
	items, err := r.rootsOf(ctx, kind, r.organisation.Handle)
	if err != nil {
		return nil, nil, err
	}
	// Resources that may be transferred are read from their organisations.
	missing := r.extent.transferSources(kind, items)
	lists := map[string][]*item{}
	for _, key := range resource.SortedKeys(missing) {
		from, err := r.findOrganisation(missing[key])
		if choice := (*ChoiceError)(nil); errors.As(err, &choice) {
			choice.Address, choice.Field = resource.NewAddress(kind.Name, resource.Address{}, key), kind.TransferFrom
		}
		if err != nil {
			return nil, nil, err
		}
		if resource.SameID(from.Handle, r.organisation.Handle) {
			continue
		}
		if _, read := lists[from.Handle]; !read {
			if lists[from.Handle], err = r.rootsOf(ctx, kind, from.Handle); err != nil {
				return nil, nil, err
			}
		}
		for _, it := range lists[from.Handle] {
			if it.Key == key {
				it.Fields[kind.TransferFrom] = from
				items = append(items, it)
			}
		}
	}
	return items, []resource.CollectionID{{Kind: kind.Name}}, nil
}

func (r *reader) rootsOf(ctx context.Context, kind *resource.Kind, organisation string) ([]*item, error) {
	rows, err := r.rows(ctx, kind, nil, []string{organisation})
	if err != nil {
		return nil, err
	}
	var items []*item
	known := r.formsOfOrganisations()
	for _, row := range rows {
		if kind.ParentField != "" {
			owner, err := parentOf(kind, row, known)
			if err != nil {
				return nil, err
			}
			if !resource.SameID(owner, organisation) {
				continue
			}
		}
		it, err := newItem(kind, resource.Address{}, row.object)
		if err != nil {
			return nil, err
		}
		it.organisation = organisation
		items = append(items, it)
	}
	sortSiblings(items)
	return items, nil
}

// readChildren reads a kind under all parents for which it is wanted, and the declared
// resources of a Global kind under any parent.
func (r *reader) readChildren(ctx context.Context, kind *resource.Kind) ([]*item, []resource.CollectionID, error) {
	var parents []*item
	var collections []resource.CollectionID
	byID := map[string]*item{} // by canonical id
	organisations := []string{r.organisation.Handle}
	for _, parent := range r.listings[kind.Parent].items {
		if !r.extent.below(parent, kind) {
			continue
		}
		parents = append(parents, parent)
		byID[resource.CanonicalID(parent.Handle)] = parent
		collections = append(collections, resource.CollectionID{Parent: parent.Address, Kind: kind.Name})
		if !slices.Contains(organisations, parent.organisation) {
			organisations = append(organisations, parent.organisation)
		}
	}
	if len(parents) == 0 && !(kind.Global && r.extent.anyOf(kind)) {
		return nil, nil, nil
	}
	rows, err := r.rows(ctx, kind, parents, organisations)
	if err != nil {
		return nil, nil, err
	}
	children := map[*item][]*item{}
	seen := map[string]*item{} // parents by the canonical ids of their children
	known := formsOf(r.listings[kind.Parent].items)
	var unplaced []*item
	for _, row := range rows {
		parent, err := parentOf(kind, row, known)
		if err != nil {
			return nil, nil, err
		}
		if above := byID[resource.CanonicalID(parent)]; above != nil {
			child, err := newItem(kind, above.Address, row.object)
			if err != nil {
				return nil, nil, err
			}
			child.above, child.parent, child.organisation = above, parent, above.organisation
			switch id := resource.CanonicalID(child.Handle); seen[id] {
			case nil:
				seen[id] = above
				children[above] = append(children[above], child)
			case above: // lists may overlap
			default:
				return nil, nil, &AnswerError{Op: row.op, Problem: fmt.Sprintf("the %s with id %s is in the lists of two parents, %s and %s",
					kind.Title, child.Handle, seen[id].Address, above.Address)}
			}
			continue
		}
		if !kind.Global {
			continue
		}
		child, err := newItem(kind, resource.Address{}, row.object)
		if err != nil {
			return nil, nil, err
		}
		child.parent, child.organisation = parent, row.organisation
		if r.extent.declaresKey(kind, child.Key) {
			unplaced = append(unplaced, child)
		}
	}
	var items []*item
	for _, parent := range parents {
		sortSiblings(children[parent])
		items = append(items, children[parent]...)
	}
	if err := r.placeUnderParents(ctx, kind, unplaced); err != nil {
		return nil, nil, err
	}
	return append(items, unplaced...), collections, nil
}

// sortSiblings sorts siblings by the API's order number, if all have one; otherwise
// they keep the order of the list.
func sortSiblings(items []*item) {
	for _, it := range items {
		if _, ok := it.raw["order"].(int64); !ok {
			return
		}
	}
	slices.SortStableFunc(items, func(a, b *item) int {
		return cmp.Compare(a.raw["order"].(int64), b.raw["order"].(int64))
	})
}
