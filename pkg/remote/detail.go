package remote

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// readDetails fetches what a list did not show of the fields that must be known:
// only for resources that need it, and never a sensitive value.
//
// Where everything is read, the first detail tells whether details of that kind
// show more than its lists; if not, no further ones are requested.
func (r *reader) readDetails(ctx context.Context, kind *resource.Kind, items []*item) error {
	if kind.Ops.Get == "" {
		return nil
	}
	var lacking []*item
	for _, it := range items {
		if len(r.lacks(it)) > 0 {
			lacking = append(lacking, it)
		}
	}
	if r.scope.desired == nil && len(lacking) > 0 {
		first, before := lacking[0], len(lacking[0].Fields)
		if err := r.readDetail(ctx, first); err != nil {
			return err
		}
		if lacking = lacking[1:]; len(first.Fields) == before {
			return nil
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.Parallelism())
	for _, it := range lacking {
		group.Go(api.Safely(func() error { return r.readDetail(ctx, it) }))
	}
	return group.Wait()
}

// lacks names the fields of it that must be known, can be read, and are not
// there.
func (r *reader) lacks(it *item) []string {
	var names []string
	for _, name := range r.scope.fields(it) {
		f := it.Kind.Field(name)
		if it.Has(name) || f.WriteOnly || f.Changes == resource.CreateOnly || f.Need == resource.Derived || name == it.Kind.TransferFrom {
			continue
		}
		if _, said := it.raw[f.APIName()]; said {
			continue // dropped, or of no use
		}
		if condition := it.Kind.Field(f.If); condition != nil && it.raw[condition.APIName()] == true {
			continue
		}
		names = append(names, name)
	}
	return names
}

func (r *reader) readDetail(ctx context.Context, it *item) error {
	object, err := r.client.Get(ctx, it.Kind.Ops.Get, map[string]string{"uuid": it.Handle}, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", it.Address, err)
	}
	detail := &resource.Resource{Kind: it.Kind, Fields: map[string]resource.Value{}}
	decodeFields(detail, object)
	for _, name := range r.lacks(it) {
		if value, shown := detail.Fields[name]; shown {
			it.Fields[name] = value
		}
	}
	return nil
}

// placeUnderParents gives addresses to resources of a Global kind whose parents were
// not read: the parents are fetched, so that a message can say where the
// resource is. A parent that cannot be seen is named by its id.
func (r *reader) placeUnderParents(ctx context.Context, kind *resource.Kind, unplaced []*item) error {
	known := map[string]resource.Address{}
	for _, child := range unplaced {
		address, err := r.addressOf(ctx, r.catalog.Kind(kind.Parent), child.parent, known)
		if err != nil {
			return err
		}
		child.place(address)
	}
	return nil
}

func (r *reader) addressOf(ctx context.Context, kind *resource.Kind, id string, known map[string]resource.Address) (resource.Address, error) {
	for _, it := range r.items[kind.Name] {
		if it.Handle == id {
			return it.Address, nil
		}
	}
	if address, ok := known[id]; ok {
		return address, nil
	}
	unseen := resource.NewAddress(kind.Name, resource.Address{}, id)
	object, err := r.client.Get(ctx, kind.Ops.Get, map[string]string{"uuid": id}, nil)
	if api.IsNotFound(err) || api.IsForbidden(err) {
		known[id] = unseen
		return unseen, nil
	}
	if err != nil {
		return resource.Address{}, fmt.Errorf("%s: %w", unseen, err)
	}
	var parent resource.Address
	if above := r.catalog.Kind(kind.Parent); above != nil {
		if parent, err = r.addressOf(ctx, above, idOf(object[kind.ParentField]), known); err != nil {
			return resource.Address{}, err
		}
	}
	it, err := newItem(kind, parent, object)
	if err != nil {
		return resource.Address{}, fmt.Errorf("%s: %w", unseen, err)
	}
	known[id] = it.Address
	return it.Address, nil
}
