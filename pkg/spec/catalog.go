package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// catalog adds to the kinds what only their files ask for.
type catalog struct{ *resource.Catalog }

// collection gives the key of a collection that is written in any case, "" for
// none.
func (c catalog) collection(text string) string {
	for _, k := range c.Kinds() {
		if strings.EqualFold(k.Collection, text) {
			return k.Collection
		}
	}
	return ""
}

// displays reports whether a field stands for the key of a kind that has none.
func (c catalog) displays(f *resource.Field) bool {
	return slices.ContainsFunc(c.Kinds(), func(k *resource.Kind) bool {
		return !k.Keyed() && len(k.Fields) > 0 && &k.Fields[0] == f
	})
}

// leaf reports whether nothing stands below k.
func (c catalog) leaf(k *resource.Kind) bool { return len(c.Children(k.Name)) == 0 }

// grouped are the kinds of which named groups can be included. A kind with
// children may carry the same key, to say that it includes them.
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

// fromKey is the key that gives f by value_from.
func fromKey(f *resource.Field) string { return f.Name + "_from" }

// fromField is the field that a key such as value_from gives, or nil.
func fromField(k *resource.Kind, key string) *resource.Field {
	for i := range k.Fields {
		if f := &k.Fields[i]; f.From && fromKey(f) == key {
			return f
		}
	}
	return nil
}
