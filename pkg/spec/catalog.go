package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// catalog adds to the kinds what only the files need.
type catalog struct{ *resource.Catalog }

// collection returns the key of a collection, given in any case; "" for none.
func (c catalog) collection(text string) string {
	for _, k := range c.Kinds() {
		if strings.EqualFold(k.Collection, text) {
			return k.Collection
		}
	}
	return ""
}

// inKey reports whether the text of a field is part of a key.
func (c catalog) inKey(f *resource.Field) bool {
	return slices.ContainsFunc(c.Kinds(), func(k *resource.Kind) bool {
		return slices.ContainsFunc(k.KeyFields, func(name string) bool { return k.Field(name) == f })
	})
}

// leaf reports whether k has no child kinds.
func (c catalog) leaf(k *resource.Kind) bool { return len(c.Children(k.Name)) == 0 }

// grouped are the kinds of which named groups can be included. A kind with children may
// have the same key, to include them.
func (c catalog) grouped() []*resource.Kind {
	return slices.DeleteFunc(slices.Clone(c.Kinds()), func(k *resource.Kind) bool { return k.Sets == "" || !c.leaf(k) })
}

// included are the kinds of which an entry of k may include groups: its children
// and theirs.
func (c catalog) included(k *resource.Kind) []*resource.Kind {
	return slices.DeleteFunc(c.grouped(), func(g *resource.Kind) bool {
		up := c.Kind(g.Parent)
		return up == nil || (up != k && up.Parent != k.Name)
	})
}

// fieldsOf are the fields of k that a file may declare.
func fieldsOf(k *resource.Kind) []*resource.Field {
	var fields []*resource.Field
	for i := range k.Fields {
		if f := &k.Fields[i]; f.Need != resource.Derived {
			fields = append(fields, f)
		}
	}
	return fields
}

// fieldOf finds a field of k that a file may declare, or nil.
func fieldOf(k *resource.Kind, name string) *resource.Field {
	if f := k.Field(name); f != nil && f.Need != resource.Derived {
		return f
	}
	return nil
}
