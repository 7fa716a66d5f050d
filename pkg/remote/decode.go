package remote

import (
	"fmt"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Decoding is lenient: what an answer holds beyond the descriptor is ignored, a
// field that it leaves out is left out, an id may be text or an object, and a
// null where the API's documents allow none means empty. Whatever stands in the
// place of a sensitive value (a mask, null, the text) is dropped.

// newItem makes a resource of an object in an answer.
func newItem(kind *resource.Kind, parent resource.Address, object map[string]any) (*item, error) {
	r := &resource.Resource{
		Kind: kind, Parent: parent, Handle: api.IDOf(object),
		Fields: map[string]resource.Value{}, Facts: map[string]any{},
	}
	if r.Handle == "" {
		return nil, fmt.Errorf("the answer contains an object without an id")
	}
	decodeFields(r, object)
	for _, name := range kind.Facts {
		if value, said := object[name]; said {
			r.Facts[name] = value
		}
	}
	it := &item{Resource: r, raw: object}
	if kind.KeyField == "" {
		r.Key = resource.DisplayKey(r)
		if r.Key == "" {
			r.Key = r.Handle
		}
	} else {
		key, ok := object[kind.KeyField].(string)
		if !ok || key == "" {
			return nil, fmt.Errorf("the answer contains an object (id %s) without a %s", r.Handle, kind.KeyField)
		}
		r.Key = key
		if kind.Normal != nil {
			if normal, err := kind.Normal(key); err == nil {
				r.Key = normal
			}
		}
	}
	it.place(parent)
	return it, nil
}

// place puts a resource under a parent.
func (it *item) place(parent resource.Address) {
	it.Parent = parent
	it.Address = resource.NewAddress(it.Kind.Name, parent, it.Key)
}

// decodeFields fills in the fields that the object shows.
func decodeFields(r *resource.Resource, object map[string]any) {
	for i := range r.Kind.Fields {
		f := &r.Kind.Fields[i]
		value, said := object[f.APIName()]
		if !said || hidden(r.Kind, f, object) {
			continue
		}
		if value, ok := decodeValue(f, value); ok {
			r.Fields[f.Name] = value
		}
	}
}

// hidden reports whether a field's value must not be taken over: the API never
// gives it back, or the answer does not say that it does.
func hidden(kind *resource.Kind, f *resource.Field, object map[string]any) bool {
	if f.WriteOnly {
		return true
	}
	condition := kind.Field(f.If)
	return condition != nil && object[condition.APIName()] != false
}

func decodeValue(f *resource.Field, value any) (resource.Value, bool) {
	if value == nil && !f.Nullable {
		switch f.Type {
		case resource.Text, resource.TypedText:
			value = ""
		case resource.Bool:
			value = false
		case resource.List, resource.Tags:
			value = []any{}
		case resource.FreeObject:
			value = map[string]any{}
		}
	}
	if f.Type == resource.Reference && value != nil {
		id := idOf(value)
		return resource.Ref{Handle: id}, id != ""
	}
	return f.Normal(value), true
}
