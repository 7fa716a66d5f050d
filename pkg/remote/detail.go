package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// readDetails fetches what a list did not contain and must be known: fields, and
// whether a resource waits for a deployment. It does so only for resources that need
// it, and never for a sensitive value.
//
// If everything is read, the first detail shows whether details of that kind contain
// more than its lists; if not, no further ones are requested.
func (r *reader) readDetails(ctx context.Context, kind *resource.Kind, items []*item) error {
	if kind.Ops.Get == "" {
		return nil
	}
	var lacking []*item
	for _, it := range items {
		if len(r.lacks(it)) > 0 || r.extent.pending(it) {
			lacking = append(lacking, it)
		}
	}
	if r.extent.Desired == nil && len(lacking) > 0 {
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

// lacks returns the fields of it that must be known, may be in a detail, and are
// missing.
func (r *reader) lacks(it *item) []string {
	var names []string
	for _, name := range r.extent.fields(it) {
		f := it.Kind.Field(name)
		if it.Has(name) || f.WriteOnly || f.ReadOp != "" || f.Need == resource.Derived ||
			f.Changes == resource.CreateOnly || f.Changes == resource.Identity || name == it.Kind.TransferFrom {
			continue
		}
		if _, said := it.raw[f.AnswerName()]; said {
			continue // dropped, or not needed
		}
		if condition := it.Kind.Field(f.If); condition != nil && it.raw[condition.AnswerName()] == true {
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
	lacking := r.lacks(it)
	for i := range it.Kind.Fields {
		f := &it.Kind.Fields[i]
		value, shown := detail.Fields[f.Name]
		if shown && (slices.Contains(lacking, f.Name) || f.Need == resource.Derived && !it.Has(f.Name)) {
			it.Fields[f.Name] = value
		}
	}
	addFacts(it.Resource, object)
	return nil
}

// readApart reads the fields that must be known and that only a separate operation
// returns ([resource.Field.ReadOp]).
func (r *reader) readApart(ctx context.Context, kind *resource.Kind) error {
	l := r.listings[kind.Name]
	if l.failed {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.client.Parallelism())
	for _, it := range l.items {
		var ops []string
		for _, name := range r.extent.fields(it) {
			if op := kind.Field(name).ReadOp; op != "" && !it.Has(name) && !slices.Contains(ops, op) {
				ops = append(ops, op)
			}
		}
		if len(ops) == 0 {
			continue
		}
		group.Go(api.Safely(func() error {
			for _, op := range ops {
				if err := r.readFrom(ctx, it, op); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return group.Wait()
}

// readFrom adds the fields that an operation returns. They remain unknown if the API
// refuses it, or does not have it for this resource.
func (r *reader) readFrom(ctx context.Context, it *item, op string) error {
	object, err := r.client.Get(ctx, op, map[string]string{"uuid": it.Handle}, nil)
	if refused(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", it.Address, err)
	}
	for i := range it.Kind.Fields {
		f := &it.Kind.Fields[i]
		if f.ReadOp != op || it.Has(f.Name) {
			continue
		}
		shown := shownIn(object, f.AnswerName())
		if shown == nil {
			continue
		}
		if value, ok := decodeValue(f, shown); ok {
			it.Fields[f.Name] = value
		}
	}
	return nil
}

// refused reports whether the API does not allow an operation for this token or this
// resource. A token that is rejected (401) is an error.
func refused(err error) bool {
	var status *api.StatusError
	return errors.As(err, &status) && (status.Status == 403 || status.Status == 404 || status.Status == 405)
}

// shownIn finds the value of a key in an answer: at the top or, since the shape is not
// documented, in one of the objects there. It is nil if there is none.
func shownIn(object map[string]any, name string) any {
	if object[name] != nil {
		return object[name]
	}
	for _, key := range resource.SortedKeys(object) {
		if inner, ok := object[key].(map[string]any); ok && inner[name] != nil {
			return inner[name]
		}
	}
	return nil
}
