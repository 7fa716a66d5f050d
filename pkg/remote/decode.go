package remote

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Decoding is lenient: keys that are not in the descriptor are ignored, a missing field
// is left out, an id may be a string or an object, and a null where the API's documents
// allow none means empty. The content of a sensitive value (a mask, null, the text) is
// dropped.

// newItem makes a resource of an object in an answer.
func newItem(kind *resource.Kind, parent resource.Address, object map[string]any) (*item, error) {
	r := &resource.Resource{
		Kind: kind, Handle: api.IDOf(object),
		Fields: map[string]resource.Value{}, Facts: map[string]any{},
	}
	if r.Handle == "" {
		return nil, fmt.Errorf("the answer contains an object without an id")
	}
	decodeFields(r, object)
	addFacts(r, object)
	var err error
	if r.Key, err = keyOf(r, object); err != nil {
		return nil, err
	}
	it := &item{Resource: r, raw: object}
	it.place(parent)
	return it, nil
}

// keyOf returns the key of r. If the API has none, it is the label of r, as far as the
// fields are known.
func keyOf(r *resource.Resource, object map[string]any) (string, error) {
	kind := r.Kind
	lacks := func(name string) (string, error) {
		return "", fmt.Errorf("the answer contains an object (id %s) without a %s", r.Handle, name)
	}
	switch {
	case !kind.KeyInAPI():
		return cmp.Or(resource.DisplayKey(r), r.Handle), nil
	case kind.KeyField == "":
		for _, name := range kind.KeyFields {
			if r.Text(name) == "" {
				return lacks(kind.Field(name).AnswerName())
			}
		}
		return resource.ComposeKey(r), nil
	}
	key, _ := object[kind.KeyField].(string)
	if key = resource.Trim(key); key == "" {
		return lacks(kind.KeyField)
	}
	if kind.Normal != nil {
		if normal, err := kind.Normal(key); err == nil {
			key = normal
		}
	}
	return key, nil
}

// decodeFields fills in the fields of the object.
func decodeFields(r *resource.Resource, object map[string]any) {
	for i := range r.Kind.Fields {
		f := &r.Kind.Fields[i]
		value, said := object[f.AnswerName()]
		if !said || hidden(r.Kind, f, object) {
			continue
		}
		if value, ok := decodeValue(f, value); ok {
			r.Fields[f.Name] = value
		}
	}
}

// addFacts adds the facts of the object that are not known yet, and the fields that are
// derived from all of them.
func addFacts(r *resource.Resource, object map[string]any) {
	for _, name := range r.Kind.Facts {
		if value, said := object[name]; said && r.Facts[name] == nil {
			r.Facts[name] = value
		}
	}
	if r.Kind.Derive != nil {
		maps.Copy(r.Fields, r.Kind.Derive(r))
	}
}

// hidden reports whether a field's value must be ignored: the API never returns it,
// another operation returns it, or the answer does not say that it contains it.
func hidden(kind *resource.Kind, f *resource.Field, object map[string]any) bool {
	if f.WriteOnly || f.ReadOp != "" && object[f.AnswerName()] == nil {
		return true
	}
	condition := kind.Field(f.If)
	return condition != nil && object[condition.AnswerName()] != false
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
		id := resource.IDIn(value)
		return resource.Ref{Handle: id}, id != ""
	}
	return f.Normal(value), true
}
