package resource

import (
	"fmt"
	"slices"
	"strings"
)

// Catalog is the set of managed kinds, and the only source of their hierarchy. It never
// changes, and is safe for concurrent use.
type Catalog struct {
	kinds    []*Kind
	byName   map[string]*Kind
	children map[string][]*Kind // by the parent's name, "" for roots
	depth    map[string]int
}

// NewCatalog makes the catalog of kinds. Parents must come before children, and a kind
// that others refer to after these. It panics on a contradictory descriptor, which is a
// bug (see [Kind.Contradictions]).
func NewCatalog(kinds ...*Kind) *Catalog {
	c := &Catalog{kinds: kinds, byName: map[string]*Kind{}, children: map[string][]*Kind{}, depth: map[string]int{}}
	for _, k := range kinds {
		if problems := k.Contradictions(); len(problems) > 0 {
			panic(fmt.Sprintf("resource: the descriptor of %s: %s", k.Name, strings.Join(problems, "; ")))
		}
		if c.byName[k.Name] != nil || c.ByCollection(k.Collection, k.Parent) != nil {
			panic(fmt.Sprintf("resource: duplicate kind %s, or duplicate collection %s", k.Name, k.Collection))
		}
		if k.Parent != "" && c.byName[k.Parent] == nil {
			panic(fmt.Sprintf("resource: %s comes before its parent %s", k.Name, k.Parent))
		}
		c.byName[k.Name] = k
		c.children[k.Parent] = append(c.children[k.Parent], k)
		c.depth[k.Name] = c.depth[k.Parent] + 1
	}
	for _, k := range kinds {
		for i := range k.Fields {
			if to := c.byName[k.Fields[i].Target]; to != nil && to.Parent != "" {
				panic(fmt.Sprintf("resource: the field %s of %s refers to %s, which is not a root kind", k.Fields[i].Name, k.Name, to.Name))
			}
		}
	}
	return c
}

// Kinds are all kinds, parents before children.
func (c *Catalog) Kinds() []*Kind { return c.kinds }

// Names are the names of all kinds.
func (c *Catalog) Names() []string {
	names := make([]string, len(c.kinds))
	for i, k := range c.kinds {
		names[i] = k.Name
	}
	return names
}

// Kind finds a kind by its name, or nil.
func (c *Catalog) Kind(name string) *Kind { return c.byName[name] }

// ByCollection finds the kind whose collection has the given key in an entry of the
// named parent ("" for the top level of a file), or nil.
func (c *Catalog) ByCollection(key, parent string) *Kind {
	for _, k := range c.children[parent] {
		if k.Collection == key {
			return k
		}
	}
	return nil
}

// Roots are the kinds without a parent.
func (c *Catalog) Roots() []*Kind { return c.children[""] }

// Children are the kinds directly below the named one, the roots for "".
func (c *Catalog) Children(name string) []*Kind { return c.children[name] }

// Depth is the number of parts of the kind's addresses: 1 for a root.
func (c *Catalog) Depth(k *Kind) int { return c.depth[k.Name] }

// Levels are the kinds by depth, roots first.
func (c *Catalog) Levels() [][]*Kind {
	var levels [][]*Kind
	for _, k := range c.kinds {
		for len(levels) < c.Depth(k) {
			levels = append(levels, nil)
		}
		levels[c.Depth(k)-1] = append(levels[c.Depth(k)-1], k)
	}
	return levels
}

// Below reports whether resources of a kind are somewhere below those of another.
func (c *Catalog) Below(k, above *Kind) bool {
	for up := c.byName[k.Parent]; up != nil; up = c.byName[up.Parent] {
		if up == above {
			return true
		}
	}
	return false
}

// Descendants are the kinds below the named one, parents before children.
func (c *Catalog) Descendants(name string) []*Kind {
	above := c.byName[name]
	return slices.DeleteFunc(slices.Clone(c.kinds), func(k *Kind) bool { return !c.Below(k, above) })
}

// AddressError is text that is not an address, or not a pattern. Kind is the kind in
// the text and Form its form, nil if there is none; then Unknown is the text in its
// place, "" if there is none. Part is the part that is not a valid key, "" if the number
// of parts is wrong; Reason says why.
type AddressError struct {
	Text, Unknown, Part, Reason, Form string
	Kind                              *Kind
}

// Error describes what is wrong.
func (e *AddressError) Error() string {
	switch {
	case e.Part != "" && e.Kind == nil:
		return fmt.Sprintf("%s is not a pattern: %s: %s", Show(e.Text), Show(e.Part), e.Reason)
	case e.Reason != "" && e.Part == "":
		return fmt.Sprintf("%s is not a pattern: %s", Show(e.Text), e.Reason)
	case e.Kind == nil:
		return fmt.Sprintf("%s does not start with a known kind", Show(e.Text))
	case e.Part != "":
		return fmt.Sprintf("%s is not an address of the form %s: %s: %s", Show(e.Text), e.Form, Show(e.Part), e.Reason)
	}
	return fmt.Sprintf("%s is not an address of the form %s", Show(e.Text), e.Form)
}

// Parse parses an address, with each key in its normal form. The error is an
// [*AddressError].
func (c *Catalog) Parse(text string) (Address, error) {
	name, path, dotted := strings.Cut(text, ".")
	kind := c.byName[name]
	if kind == nil {
		return Address{}, &AddressError{Text: text, Unknown: name}
	}
	wrong := func(part, reason string) error {
		return &AddressError{Text: text, Kind: kind, Form: c.Example(kind), Part: part, Reason: reason}
	}
	chain := make([]*Kind, c.Depth(kind))
	for i, k := len(chain)-1, kind; i >= 0; i, k = i-1, c.byName[k.Parent] {
		chain[i] = k
	}
	parts := strings.SplitN(path, "/", len(chain))
	if !dotted || len(parts) != len(chain) || slices.Contains(parts, "") {
		return Address{}, wrong("", "")
	}
	var at Address
	for i, part := range parts {
		if chain[i].Keyed() && (part == "*" || part == "**") {
			return Address{}, wrong(part, "* is not allowed: use the address of one resource")
		}
		key, err := chain[i].CheckKey(part)
		if err != nil {
			return Address{}, wrong(part, err.Error())
		}
		at = NewAddress(chain[i].Name, at, key)
	}
	return at, nil
}

// ParseCollection parses the address of a collection. The error is an [*AddressError].
func (c *Catalog) ParseCollection(text string) (CollectionID, error) {
	name, path, dotted := strings.Cut(text, ".")
	kind := c.byName[name]
	if kind == nil {
		return CollectionID{}, &AddressError{Text: text, Unknown: name}
	}
	id := CollectionID{Kind: name}
	if kind.Parent != "" {
		id.Parent, _ = c.Parse(kind.Parent + "." + path)
	}
	if dotted != (kind.Parent != "") || dotted && id.Parent.IsZero() {
		form := name
		if parent := c.byName[kind.Parent]; parent != nil {
			_, path, _ := strings.Cut(c.Example(parent), ".")
			form += "." + path
		}
		return CollectionID{}, &AddressError{Text: text, Kind: kind, Form: form}
	}
	return id, nil
}

// Example shows the form of a kind's addresses:
// "variable.APPLICATION/ENVIRONMENT/NAME".
func (c *Catalog) Example(k *Kind) string {
	var parts []string
	for up := k; up != nil; up = c.byName[up.Parent] {
		if len(up.KeyFields) > 0 {
			parts = slices.Insert(parts, 0, strings.ToUpper(strings.Join(up.KeyFields, "/")))
			continue
		}
		parts = slices.Insert(parts, 0, strings.ToUpper(up.Name))
	}
	return k.Name + "." + strings.Join(parts, "/")
}
