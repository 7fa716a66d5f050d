package plan

import (
	"cmp"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// match pairs declared with current resources, level by level: by key within the
// parent, by key across parents for kinds whose key is unique everywhere, or by the
// kind's own matcher. A moved entry takes precedence over these, if its source exists
// and its destination does not.
//
// Children follow their parents: once a level is matched, resources below a current
// resource get the address of the declared one that it is paired with.
//
// Nothing is left out here; policies come later: an undeclared resource is a pair
// without a declared side.
func (b *builder) match() {
	moved := b.movedPairs()
	for _, level := range b.Catalog.Levels() {
		for _, kind := range level {
			b.matchKind(kind, moved)
			b.resolveTo(kind)
		}
		b.follow(level)
	}
}

// matchKind pairs the resources of one kind.
func (b *builder) matchKind(kind *resource.Kind, moved map[resource.Address]*resource.Resource) {
	m := matching{
		kind: kind, moved: moved,
		desired: map[resource.Address][]*resource.Resource{}, current: map[resource.Address][]*resource.Resource{},
	}
	for _, r := range b.desired {
		if r.Kind.Name == kind.Name {
			m.add(m.desired, r)
		}
	}
	declared := len(m.parents)
	for _, r := range b.Current.Resources {
		if r.Kind.Name == kind.Name {
			m.add(m.current, r)
		}
	}
	slices.SortFunc(m.parents[declared:], resource.Address.Compare)
	if kind.Order == nil { // otherwise the order of the answer is the order of the siblings
		for _, siblings := range m.current {
			slices.SortStableFunc(siblings, compareCurrent)
		}
	}
	if kind.Global {
		b.matchEverywhere(&m)
		return
	}
	for _, parent := range m.parents {
		b.matchSiblings(&m, parent)
	}
}

// compareCurrent orders existing resources by address, then by content, then by id.
func compareCurrent(x, y *resource.Resource) int {
	order := x.Address.Compare(y.Address)
	if order == 0 && !x.Kind.Keyed() {
		order = cmp.Compare(resource.LongKey(x), resource.LongKey(y))
	}
	return cmp.Or(order, cmp.Compare(x.Handle, y.Handle))
}

// matching is what has to be paired of one kind, by parent: declared parents in file
// order, then the others by address.
type matching struct {
	kind             *resource.Kind
	moved            map[resource.Address]*resource.Resource
	parents          []resource.Address
	desired, current map[resource.Address][]*resource.Resource
}

func (m *matching) add(side map[resource.Address][]*resource.Resource, r *resource.Resource) {
	if m.desired[r.Parent] == nil && m.current[r.Parent] == nil {
		m.parents = append(m.parents, r.Parent)
	}
	side[r.Parent] = append(side[r.Parent], r)
}

// follow gives the resources below the current resources of a level the addresses of
// the declared ones that these are paired with.
func (b *builder) follow(level []*resource.Kind) {
	paired := map[resource.Address]resource.Address{}
	for _, c := range b.collections {
		if !slices.Contains(level, c.kind) {
			continue
		}
		for _, pair := range c.pairs {
			if pair.Current != nil && pair.Desired != nil && pair.Current.Address != pair.Desired.Address {
				paired[pair.Current.Address] = pair.Desired.Address
			}
		}
		for was, is := range c.readdressed {
			paired[was] = is
		}
	}
	if len(paired) == 0 {
		return
	}
	depth := b.Catalog.Depth(level[0])
	moved := func(a resource.Address) resource.Address {
		above := a
		for above.Depth() > depth {
			above = above.Parent()
		}
		if to, is := paired[above]; is {
			return a.Rebase(above, to)
		}
		return a
	}
	for _, r := range b.Current.Resources {
		if r.Address.Depth() > depth {
			r.Address, r.Parent = moved(r.Address), moved(r.Parent)
		}
	}
	collections := map[resource.CollectionID]resource.Collection{}
	for id, c := range b.Current.Collections {
		id.Parent = moved(id.Parent)
		collections[id] = c
	}
	b.Current.Collections = collections
	b.indexExisting()
}

// matchEverywhere pairs by key, in any parent.
func (b *builder) matchEverywhere(m *matching) {
	byKey := map[string][]*resource.Resource{}
	for _, parent := range m.parents {
		for _, r := range m.current[parent] {
			byKey[r.Key] = append(byKey[r.Key], r)
		}
	}
	paired := map[*resource.Resource]bool{}
	for _, parent := range m.parents {
		collection := b.collectionOf(m.kind, parent)
		for _, d := range m.desired[parent] {
			pair := &resource.Pair{Desired: d}
			collection.pairs = append(collection.pairs, pair)
			candidates := byKey[d.Key]
			for _, c := range candidates {
				paired[c] = true
			}
			b.pairEverywhere(m, pair, candidates)
		}
	}
	for _, parent := range m.parents {
		for _, c := range m.current[parent] {
			if !paired[c] {
				collection := b.collectionOf(m.kind, parent)
				collection.pairs = append(collection.pairs, &resource.Pair{Current: c})
			}
		}
	}
}

// pairEverywhere pairs a declared resource with one of the current ones with its key.
func (b *builder) pairEverywhere(m *matching, pair *resource.Pair, candidates []*resource.Resource) {
	from := m.moved[pair.Desired.Address]
	if len(candidates) == 0 {
		if from != nil {
			pair.Change = b.newChange(pair, resource.Create)
			pair.Change.Block("the %s of an existing %s cannot be changed: remove the moved entry from %s", m.kind.Key, m.kind.Title, from.Address)
		}
		return
	}
	pair.Current = candidates[0]
	for _, c := range candidates {
		if c.Parent == pair.Desired.Parent {
			pair.Current = c
		}
	}
	if len(candidates) > 1 {
		b.duplicate(pair, len(candidates))
	} else if pair.Current.Parent != pair.Desired.Parent {
		b.transferred(m.kind, pair, from == pair.Current)
	}
}

// transferred marks a pair whose current side is under another parent. The transfer
// must be requested: by declaring the collection that it leaves, or by a moved entry.
func (b *builder) transferred(kind *resource.Kind, pair *resource.Pair, moved bool) {
	from := pair.Current.Parent
	b.collectionOf(kind, from).leaving = append(b.collectionOf(kind, from).leaving, pair)
	pair.Change = b.newChange(pair, resource.Transfer)
	pair.Change.Reason = "it is in " + from.String()
	_, declared := b.Desired.Collections[resource.CollectionID{Parent: from, Kind: kind.Name}]
	if !declared && !moved {
		pair.Change.Block("it is in %s, whose %s are not declared in these files: declare them, or add moved: [{ from: %q, to: %q }]",
			from, kind.Collection, pair.Current.Address, pair.Desired.Address)
	}
}

// duplicate blocks a declared resource that exists more than once.
func (b *builder) duplicate(pair *resource.Pair, n int) {
	pair.Change = b.newChange(pair, resource.Update)
	pair.Change.Block("the API has %d resources with this key; delete all but one manually", n)
	b.ambiguous[pair.Desired.Address] = true
}
