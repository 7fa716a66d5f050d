package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// catalog answers questions about the kinds as the files show them.
type catalog struct{ kinds []*resource.Kind }

func newCatalog(kinds []*resource.Kind) *catalog { return &catalog{kinds} }

func (c *catalog) kind(name string) *resource.Kind {
	for _, k := range c.kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

func (c *catalog) names() []string {
	var names []string
	for _, k := range c.kinds {
		names = append(names, k.Name)
	}
	return names
}

// collection gives the key of a collection that is written in any case, "" for
// none.
func (c *catalog) collection(text string) string {
	for _, k := range c.kinds {
		if strings.EqualFold(k.Collection, text) {
			return k.Collection
		}
	}
	return ""
}

// children are the kinds whose collections stand in an entry of the named kind,
// or at the top of a file for "".
func (c *catalog) children(parent string) []*resource.Kind {
	var kinds []*resource.Kind
	for _, k := range c.kinds {
		if k.Parent == parent {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// displays reports whether a field stands for the key of a kind that has none.
func (c *catalog) displays(f *resource.Field) bool {
	return slices.ContainsFunc(c.kinds, func(k *resource.Kind) bool {
		return k.Key == "" && len(k.Fields) > 0 && &k.Fields[0] == f
	})
}

// leaf reports whether nothing stands below k.
func (c *catalog) leaf(k *resource.Kind) bool { return len(c.children(k.Name)) == 0 }

// depth is the number of parts of k's addresses.
func (c *catalog) depth(k *resource.Kind) int {
	depth := 1
	for up := c.kind(k.Parent); up != nil && depth <= len(c.kinds); up = c.kind(up.Parent) {
		depth++
	}
	return depth
}

// grouped are the kinds of which named groups can be drawn in. A kind with
// children may carry the same key, to say that it draws.
func (c *catalog) grouped() []*resource.Kind {
	return slices.DeleteFunc(slices.Clone(c.kinds), func(k *resource.Kind) bool { return k.Sets == "" || !c.leaf(k) })
}

// drawn are the kinds of which an entry of k may draw groups in: its children
// and theirs.
func (c *catalog) drawn(k *resource.Kind) []*resource.Kind {
	return slices.DeleteFunc(c.grouped(), func(g *resource.Kind) bool {
		up := c.kind(g.Parent)
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
