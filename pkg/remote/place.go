package remote

import (
	"cmp"
	"context"
	"fmt"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The parent and the name of a resource.

// place puts a resource under a parent.
func (it *item) place(parent resource.Address) {
	it.Parent = parent
	it.Address = resource.NewAddress(it.Kind.Name, parent, it.Key)
}

// label names resources whose keys are only in the files, once all their fields are
// read: by their labels, or by their ids if the label is unknown or not unique among
// siblings. So each has a unique address.
func label(kind *resource.Kind, items []*item) {
	if !kind.Keyed() || kind.KeyInAPI() {
		return
	}
	labels := make([]string, len(items))
	uses := map[resource.Address]int{}
	for i, it := range items {
		if kind.Label != nil {
			labels[i] = kind.Label(it.Resource)
		}
		labels[i] = cmp.Or(labels[i], resource.DisplayKey(it.Resource), it.Handle)
		uses[resource.NewAddress(kind.Name, it.Parent, labels[i])]++
		if labels[i] != it.Handle {
			uses[resource.NewAddress(kind.Name, it.Parent, it.Handle)]++
		}
	}
	for i, it := range items {
		it.Key = labels[i]
		if uses[resource.NewAddress(kind.Name, it.Parent, it.Key)] > 1 {
			it.Key = it.Handle
		}
		it.place(it.Parent)
	}
}

// placeUnderParents sets the addresses of resources of a Global kind whose parents were
// not read: the parents are fetched, so that a message can say where the resource is. A
// parent that is not accessible is named by its id.
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
	for _, it := range r.listings[kind.Name].items {
		if resource.SameID(it.Handle, id) {
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
		if parent, err = r.addressOf(ctx, above, resource.IDIn(object[kind.ParentField]), known); err != nil {
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
