package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// A selection narrows what is done, not what is compared: everything that was read is
// paired and compared before the changes that are not selected are dropped, so a
// selection can neither create a duplicate nor break an order.
//
//   - An address is selected if some pattern of Only matches it (or there is none) and
//     none of Exclude does.
//   - A pattern that matches nothing is an error (unmatched.go), and so is an empty
//     selection: a typing error must not look like "nothing to do".
//   - A change whose prerequisite is not selected is an error that names it, or adds it
//     (WithDependencies). Prerequisites are: a parent that is created or transferred; a
//     resource that it refers to, if that is created; what a review made it depend on;
//     for a move, all declared siblings; for a transfer, the address at the other end;
//     for a deletion, transfers out of the deleted resource.
//   - No more than necessary is read: [Narrow] leaves out collections in which nothing
//     can be selected. All collections of a kind with a globally unique key are kept,
//     since a declared resource may be in any of them; also if one may be in a resource
//     that may be pruned. A reference is resolved only with both its ends: a kind is
//     read with the kinds that it refers to, and with those that refer to it, since
//     their references may identify its resources.

// Selection says which addresses a plan covers. The zero value is all of them.
type Selection struct {
	Only, Exclude []resource.Pattern
	// Exactly, if not nil, are the addresses of a saved plan. It also covers moves in the
	// collections Ordered, deletions of the ids in Deleted, and deployments of Deployed, and excludes those of NotDeployed. Changed are those of
	// Deployed that the plan changes themselves.
	Exactly                        []resource.Address
	Ordered                        []resource.CollectionID
	Deleted                        []string
	Deployed, NotDeployed, Changed []resource.Address
	// WithDependencies adds prerequisites instead of failing.
	WithDependencies bool
}

// SelectionError is a selection that matches nothing or, if Lacks, lacks prerequisites.
type SelectionError struct {
	Problems []string
	Lacks    bool
}

// Error returns the problems, one per line.
func (e *SelectionError) Error() string { return strings.Join(e.Problems, "\n") }

// Unwrap returns each problem as a separate error.
func (e *SelectionError) Unwrap() []error {
	var problems []error
	for _, problem := range e.Problems {
		problems = append(problems, errors.New(problem))
	}
	return problems
}

// everything reports whether nothing is left out.
func (s *Selection) everything() bool {
	return len(s.Only) == 0 && len(s.Exclude) == 0 && s.Exactly == nil
}

// Covers reports whether a is selected.
func (s *Selection) Covers(a resource.Address) bool {
	if s.Exactly != nil {
		return slices.Contains(s.Exactly, a)
	}
	names := func(patterns []resource.Pattern) bool { return slices.ContainsFunc(patterns, a.Match) }
	return (len(s.Only) == 0 || names(s.Only)) && !names(s.Exclude)
}

// coversChange reports whether c is selected.
func (s *Selection) coversChange(c *resource.Change) bool {
	return s.Covers(c.Address) ||
		c.Action == resource.Move && slices.Contains(s.Ordered, c.Collection()) ||
		c.Action == resource.Delete && slices.ContainsFunc(s.Deleted, func(id string) bool { return resource.SameID(id, c.Before.Handle) })
}

// deploys reports whether a resource that only waits for a deployment is selected.
func (s *Selection) deploys(a resource.Address) bool {
	return s.Covers(a) || slices.Contains(s.Deployed, a)
}

// mayCover reports whether a resource of the kind directly under parent can be
// selected.
func (s *Selection) mayCover(kind *resource.Kind, parent resource.Address) bool {
	if s.Exactly != nil {
		in := func(a resource.Address) bool { return a.Kind() == kind.Name && a.Parent() == parent }
		return slices.ContainsFunc(s.Exactly, in) || slices.ContainsFunc(s.Deployed, func(a resource.Address) bool {
			return in(a) || kind.Waiting != nil && (parent == a || a.Contains(parent))
		})
	}
	if s.excludesAll(resource.CollectionID{Kind: kind.Name, Parent: parent}) {
		return false
	}
	return len(s.Only) == 0 || slices.ContainsFunc(s.Only, func(p resource.Pattern) bool { return p.MayMatch(kind, parent) })
}

// excludesAll reports whether every resource of a collection is excluded.
func (s *Selection) excludesAll(id resource.CollectionID) bool {
	// No name contains a NUL, so only a pattern that matches any name matches this one.
	anything := resource.NewAddress(id.Kind, id.Parent, "\x00")
	return slices.ContainsFunc(s.Exclude, anything.Match)
}

// mayCoverSome reports whether a resource of a kind can be selected that is or will be
// under parent: the selected address may be the other end of a transfer.
func (s *Selection) mayCoverSome(kind *resource.Kind, parent resource.Address) bool {
	everywhere := *s
	everywhere.Only = nil
	return everywhere.mayCover(kind, parent) && (len(s.Only) == 0 || slices.ContainsFunc(s.Only, func(p resource.Pattern) bool {
		return p.Names(kind)
	}))
}

// Narrow returns the part of a desired state that a selection can cover, with all
// ancestors: what has to be read, and what a plan is made of. prune are the collections
// whose undeclared members are deleted.
func Narrow(desired *resource.State, catalog *resource.Catalog, s Selection, prune []string) *resource.State {
	if s.everything() {
		return desired
	}
	n := &narrowing{desired: desired, catalog: catalog, selection: s, whole: map[string]bool{}, kinds: map[string]bool{}}
	n.addGlobal(prune)
	for id := range desired.Collections {
		kind := catalog.Kind(id.Kind)
		if kind != nil && (n.whole[id.Kind] || s.mayCover(kind, id.Parent)) {
			n.addKind(kind)
		}
	}
	return n.state()
}

// narrowing finds out which part of a desired state is needed.
type narrowing struct {
	desired   *resource.State
	catalog   *resource.Catalog
	selection Selection
	whole     map[string]bool // kinds of which all collections are needed
	kinds     map[string]bool // kinds of which some collections are needed
}

// addGlobal adds the kinds with globally unique keys of which a resource may be
// selected.
func (n *narrowing) addGlobal(prune []string) {
	for id := range n.desired.Collections {
		kind := n.catalog.Kind(id.Kind)
		if kind == nil {
			continue
		}
		if kind.Global && n.selection.mayCoverSome(kind, id.Parent) {
			n.whole[kind.Name] = true
		}
		if !slices.Contains(prune, kind.Collection) || !n.selection.mayCover(kind, id.Parent) {
			continue
		}
		for _, below := range n.catalog.Descendants(kind.Name) {
			if below.Global {
				n.whole[below.Name] = true
			}
		}
	}
}

// addKind adds a kind that is needed, with the kinds above it and those at the other
// ends of references.
func (n *narrowing) addKind(kind *resource.Kind) {
	if kind == nil || n.kinds[kind.Name] {
		return
	}
	n.kinds[kind.Name] = true
	n.addKind(n.catalog.Kind(kind.Parent))
	for _, other := range n.catalog.Kinds() {
		if refersTo(kind, other) || refersTo(other, kind) {
			n.whole[other.Name] = true
			n.addKind(other)
		}
	}
}

// refersTo reports whether a resource of the first kind may refer to one of the other.
func refersTo(kind, other *resource.Kind) bool {
	return slices.ContainsFunc(kind.Fields, func(f resource.Field) bool {
		return f.Type == resource.Reference && f.Target == other.Name
	})
}

// state is the part that is needed: the collections, the resources above them, and the
// siblings of these, since what is declared must never look undeclared.
func (n *narrowing) state() *resource.State {
	part := *n.desired
	part.Resources, part.Collections = nil, map[resource.CollectionID]resource.Collection{}
	above := map[resource.Address]bool{}
	keep := func(id resource.CollectionID) {
		if collection, declared := n.desired.Collections[id]; declared {
			part.Collections[id] = collection
		}
	}
	for id := range n.desired.Collections {
		kind := n.catalog.Kind(id.Kind)
		if kind == nil || !n.whole[id.Kind] && !n.selection.mayCover(kind, id.Parent) {
			continue
		}
		keep(id)
		for up := id.Parent; !up.IsZero(); up = up.Parent() {
			above[up] = true
			keep(resource.CollectionID{Parent: up.Parent(), Kind: up.Kind()})
		}
	}
	for _, r := range n.desired.Resources {
		if _, in := part.Collections[resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}]; in || above[r.Address] {
			part.Resources = append(part.Resources, r)
		}
	}
	return &part
}

// applySelection drops the changes that are not selected.
func (b *builder) applySelection() error {
	s := &b.Select
	if problems := b.unmatched(); len(problems) > 0 {
		return &SelectionError{Problems: problems}
	}
	if s.everything() {
		return nil
	}
	selected := map[*resource.Change]bool{}
	for _, c := range b.changes {
		selected[c] = s.coversChange(c)
	}
	var problems []string
	for again := true; again; {
		again = false
		for _, c := range b.changes {
			if !selected[c] {
				continue
			}
			for _, missing := range b.prerequisites(c, selected) {
				switch {
				case s.Exactly != nil:
					problems = append(problems, fmt.Sprintf("%s: no longer exists or has changed, and %s of %s needs it", missing, c.Action, c.Address))
					continue
				case !s.WithDependencies:
					problems = append(problems, fmt.Sprintf("%s of %s needs %s, which is not selected", c.Action, c.Address, missing))
					continue
				}
				for _, other := range b.changes {
					if other.Address == missing && !selected[other] {
						selected[other], again = true, true
					}
				}
			}
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return &SelectionError{Problems: slices.Compact(problems), Lacks: true}
	}
	b.changes = slices.DeleteFunc(b.changes, func(c *resource.Change) bool { return !selected[c] })
	b.unmanaged = slices.DeleteFunc(b.unmanaged, func(a resource.Address) bool { return !s.Covers(a) })
	b.uncompared = slices.DeleteFunc(b.uncompared, func(f Field) bool { return !s.Covers(f.Address) })
	b.mayWrite = slices.DeleteFunc(b.mayWrite, func(f Field) bool { return !s.Covers(f.Address) })
	// Notes about the plan as a whole are kept, and warnings about ancestors of
	// selected resources.
	b.notes = slices.DeleteFunc(b.notes, func(n Note) bool { return !n.Address.IsZero() && !s.Covers(n.Address) })
	b.warnings = slices.DeleteFunc(b.warnings, func(n Note) bool {
		return !n.Address.IsZero() && !s.Covers(n.Address) && !slices.ContainsFunc(b.changes, func(c *resource.Change) bool {
			return n.Address.Contains(c.Resource().Address)
		})
	})
	return nil
}

// prerequisites lists the addresses that c needs and that are not selected.
func (b *builder) prerequisites(c *resource.Change, selected map[*resource.Change]bool) []resource.Address {
	var missing []resource.Address
	need := func(a resource.Address, actions ...resource.Action) {
		for _, other := range b.changes {
			if other.Address == a && !selected[other] && (len(actions) == 0 || slices.Contains(actions, other.Action)) {
				missing = append(missing, a)
			}
		}
	}
	need(c.Resource().Parent, resource.Create, resource.Transfer)
	for _, a := range referred(c.After) {
		need(a, resource.Create)
	}
	for _, a := range c.DependsOn {
		need(a)
	}
	if c.Action == resource.Delete {
		for _, other := range b.changes {
			if other.Action == resource.Transfer && c.Address.Contains(other.Before.Address) {
				need(other.Address, resource.Transfer)
			}
		}
	}
	if b.Select.WithDependencies || b.Select.Exactly != nil {
		for _, a := range b.orderedWith(c) {
			need(a)
		}
		return missing
	}
	missing = append(missing, slices.DeleteFunc(b.orderedWith(c), b.Select.Covers)...)
	if c.Action == resource.Transfer && !b.Select.Covers(c.Before.Address) {
		missing = append(missing, c.Before.Address)
	}
	return missing
}

// referred lists the declared resources that a declared one refers to.
func referred(r *resource.Resource) []resource.Address {
	var addresses []resource.Address
	if r != nil {
		for _, name := range resource.SortedKeys(r.Fields) {
			if ref, ok := r.Fields[name].(resource.Ref); ok && !ref.Address.IsZero() {
				addresses = append(addresses, ref.Address)
			}
		}
	}
	return addresses
}

// orderedWith lists the declared resources among which a move puts one.
func (b *builder) orderedWith(c *resource.Change) []resource.Address {
	var addresses []resource.Address
	if c.Action == resource.Move {
		for _, pair := range b.byID[c.Collection()].pairs {
			if pair.Desired != nil {
				addresses = append(addresses, pair.Desired.Address)
			}
		}
	}
	return addresses
}
