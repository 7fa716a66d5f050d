package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// match pairs declared with current resources, parents first: by key within the
// parent, by key across parents for kinds whose key is unique everywhere, or by
// the kind's own matcher. A moved entry comes before all of these, where its
// source exists and its destination does not.
//
// Nothing is left out here, whatever policies say later: an undeclared resource
// is a pair without a declared side.
func (b *builder) match() {
	moved := b.movedPairs()
	for _, kind := range b.Kinds {
		desired := map[resource.Address][]*resource.Resource{}
		current := map[resource.Address][]*resource.Resource{}
		var parents []resource.Address
		seen := map[resource.Address]bool{}
		add := func(parent resource.Address) {
			if !seen[parent] {
				seen[parent] = true
				parents = append(parents, parent)
			}
		}
		for _, r := range b.desired {
			if r.Kind.Name == kind.Name {
				desired[r.Parent] = append(desired[r.Parent], r)
				add(r.Parent)
			}
		}
		var undeclared []resource.Address
		for _, r := range b.Current.Resources {
			if r.Kind.Name == kind.Name {
				current[r.Parent] = append(current[r.Parent], r)
				undeclared = append(undeclared, r.Parent)
			}
		}
		slices.Sort(undeclared)
		for _, parent := range undeclared {
			add(parent)
		}
		for _, parent := range parents {
			slices.SortStableFunc(current[parent], func(x, y *resource.Resource) int {
				if kind.Order != nil {
					return 0 // the order of answers is the order of the siblings
				}
				return cmp.Or(
					cmp.Compare(x.Address, y.Address),
					cmp.Compare(resource.LongKey(x), resource.LongKey(y)), // content before ids
					cmp.Compare(x.Handle, y.Handle),
				)
			})
		}
		if kind.Global {
			b.matchEverywhere(kind, parents, desired, current, moved)
			continue
		}
		for _, parent := range parents {
			b.matchSiblings(kind, parent, desired[parent], current[parent], moved)
		}
	}
}

// movedPairs reads the moved entries: the current resource for each declared
// address that an entry gives one to. Stale entries are notes. What a selection
// does not cover may be out of scope, so that nothing is said of it.
func (b *builder) movedPairs() map[resource.Address]*resource.Resource {
	pairs := map[resource.Address]*resource.Resource{}
	for _, m := range b.Settings.Moved {
		from, to := b.existing[m.From], b.wanted[m.To]
		if to != nil && to.Kind.Key == "" {
			var ok bool
			if from, ok = b.keyless(m, to.Kind); !ok {
				continue
			}
		}
		switch {
		case to == nil && !b.Select.Covers(m.To):
		case to == nil:
			b.problems.Errorf(m.At, "moved to %s, which is not declared", m.To)
		case b.wanted[m.From] != nil:
			b.problems.Errorf(m.At, "moved from %s, which is still declared", m.From)
		case !to.Kind.Global && to.Kind.Key != "" && parentPath(m.From) != to.Parent.Path(),
			!to.Kind.Global && from != nil && from.Parent != to.Parent:
			b.problems.Errorf(m.At, "%s cannot move to another %s", m.From, to.Kind.Parent)
		case from == nil && b.thereAlready(to, nil):
			b.note(m.To, fmt.Sprintf("the moved entry from %s has done its work and can be removed", m.From))
		case from == nil:
			b.note(m.To, fmt.Sprintf("the moved entry does nothing: there is no %s, so that this one is created", m.From))
		case pairs[m.To] != nil:
			b.problems.Errorf(m.At, "two moved entries lead to %s", m.To)
		case b.thereAlready(to, from):
			b.note(m.To, fmt.Sprintf("it is there already, so that the moved entry from %s does nothing", m.From))
		default:
			pairs[m.To] = from
		}
	}
	return pairs
}

// parentPath is the path of what holds a, for a key without slashes.
func parentPath(a resource.Address) string {
	path := a.Path()
	return path[:max(0, strings.LastIndexByte(path, '/'))]
}

// thereAlready reports whether what a moved entry leads to exists beside its
// source: then the entry has done its work, and its source is something else that
// came later.
func (b *builder) thereAlready(to, from *resource.Resource) bool {
	if to.Kind.Key != "" {
		return b.existing[to.Address] != nil
	}
	return slices.ContainsFunc(b.Current.Resources, func(r *resource.Resource) bool {
		return r != from && r.Kind.Name == to.Kind.Name && r.Parent == to.Parent && resource.DisplayKey(r) == resource.DisplayKey(to)
	})
}

// keyless finds the source of a moved entry among resources without a key, by its
// short or its long address. Where several answer to it, that is a problem.
func (b *builder) keyless(m resource.Moved, kind *resource.Kind) (*resource.Resource, bool) {
	var found []*resource.Resource
	var names []string
	for _, r := range b.Current.Resources {
		if r.Kind.Name != kind.Name {
			continue
		}
		if long := resource.NewAddress(kind.Name, r.Parent, resource.LongKey(r)); r.Address == m.From || long == m.From {
			found = append(found, r)
			names = append(names, resource.Show(string(long)))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 1 {
		b.problems = append(b.problems, diag.Diagnostic{
			At: m.At, Message: fmt.Sprintf("moved from %s, which is more than one %s", m.From, kind.Title),
			Hint: "choose from: " + strings.Join(names, ", "),
		})
		return nil, false
	}
	if len(found) == 0 {
		return nil, true
	}
	return slices.MinFunc(found, func(x, y *resource.Resource) int { return cmp.Compare(x.Handle, y.Handle) }), true
}

// matchEverywhere pairs by key regardless of the parent.
func (b *builder) matchEverywhere(kind *resource.Kind, parents []resource.Address, desired, current map[resource.Address][]*resource.Resource, moved map[resource.Address]*resource.Resource) {
	byKey := map[string][]*resource.Resource{}
	for _, parent := range parents {
		for _, r := range current[parent] {
			byKey[r.Key] = append(byKey[r.Key], r)
		}
	}
	paired := map[*resource.Resource]bool{}
	for _, parent := range parents {
		for _, d := range desired[parent] {
			pair := &resource.Pair{Desired: d}
			b.collectionOf(kind, parent).pairs = append(b.collectionOf(kind, parent).pairs, pair)
			candidates := byKey[d.Key]
			if len(candidates) == 0 {
				if from := moved[d.Address]; from != nil {
					pair.Change = b.newChange(pair, resource.Create)
					pair.Change.Block("the %s of an existing %s cannot be changed: remove the moved entry from %s", kind.Key, kind.Title, from.Address)
				}
				continue
			}
			pair.Current = candidates[0]
			for _, c := range candidates {
				paired[c] = true
				if c.Parent == parent {
					pair.Current = c
				}
			}
			if len(candidates) > 1 {
				b.duplicate(pair, len(candidates))
			} else if pair.Current.Parent != parent {
				b.transferred(kind, pair, moved[d.Address] == pair.Current)
			}
		}
	}
	for _, parent := range parents {
		for _, c := range current[parent] {
			if !paired[c] {
				b.collectionOf(kind, parent).pairs = append(b.collectionOf(kind, parent).pairs, &resource.Pair{Current: c})
			}
		}
	}
}

// transferred marks a pair whose current side sits under another parent. Taking
// it from there must have been asked for: by declaring the collection that it
// leaves, or by a moved entry.
func (b *builder) transferred(kind *resource.Kind, pair *resource.Pair, moved bool) {
	from := pair.Current.Parent
	b.collectionOf(kind, from).leaving = append(b.collectionOf(kind, from).leaving, pair)
	pair.Change = b.newChange(pair, resource.Transfer)
	pair.Change.Reason = "it sits in " + string(from)
	_, declared := b.Desired.Collections[resource.CollectionID{Parent: from, Kind: kind.Name}]
	if !declared && !moved {
		pair.Change.Block("it sits in %s, whose %s these files do not declare: declare them, or add moved: [{ from: %q, to: %q }]",
			from, kind.Collection, pair.Current.Address, pair.Desired.Address)
	}
}

// duplicate blocks a declared resource that exists more than once.
func (b *builder) duplicate(pair *resource.Pair, n int) {
	pair.Change = b.newChange(pair, resource.Update)
	pair.Change.Block("the API has %d resources with this key; remove all but one by hand", n)
	b.ambiguous[pair.Desired.Address] = true
}

// matchSiblings pairs within one parent.
func (b *builder) matchSiblings(kind *resource.Kind, parent resource.Address, desired, current []*resource.Resource, moved map[resource.Address]*resource.Resource) {
	c := b.collectionOf(kind, parent)
	if kind.Leftover != nil {
		current = b.setAside(c, desired, current)
	}
	m := resource.Matching{Desired: desired, Current: current, Pruned: b.prunes(kind), Moved: map[int]int{}}
	for i, d := range desired {
		if source := moved[d.Address]; source != nil {
			if j := slices.Index(current, source); j >= 0 {
				m.Moved[i] = j
			}
		}
	}
	m.Kept = map[int]bool{}
	for j, r := range current {
		m.Kept[j] = b.protectedMember(r) != ""
	}
	matcher := kind.Match
	if matcher == nil {
		matcher = byKey
	}
	pairings := matcher(m)
	slices.SortFunc(pairings, func(x, y resource.Pairing) int { return cmp.Compare(x.Desired, y.Desired) })
	paired := map[int]bool{}
	for _, p := range pairings {
		pair := &resource.Pair{Desired: desired[p.Desired]}
		c.pairs = append(c.pairs, pair)
		if p.Current >= 0 {
			pair.Current = current[p.Current]
			paired[p.Current] = true
		}
		if p.Blocked != "" {
			pair.Change = b.newChange(pair, resource.Create)
			pair.Change.Block("%s", p.Blocked)
		}
		if twins := twinsOf(pair.Desired, current); len(twins) > 1 {
			b.duplicate(pair, len(twins))
			for _, j := range twins {
				paired[j] = true
			}
		}
	}
	for j, r := range current {
		if !paired[j] {
			c.pairs = append(c.pairs, &resource.Pair{Current: readdress(c, r, current)})
		}
	}
}

// readdress gives an undeclared resource without a natural key an address of its
// own, where a sibling has the same display key.
func readdress(c *collection, r *resource.Resource, siblings []*resource.Resource) *resource.Resource {
	if c.kind.Key != "" {
		return r
	}
	alone := !slices.ContainsFunc(siblings, func(other *resource.Resource) bool { return other != r && other.Address == r.Address })
	taken := func(a resource.Address) bool {
		return slices.ContainsFunc(c.pairs, func(p *resource.Pair) bool {
			return p.Desired != nil && p.Desired.Address == a || p.Desired == nil && p.Current.Address == a
		})
	}
	if alone && !taken(r.Address) {
		return r
	}
	renamed := *r
	renamed.Key = resource.LongKey(r)
	for n := 2; ; n++ {
		renamed.Address = resource.NewAddress(c.kind.Name, r.Parent, renamed.Key)
		if !taken(renamed.Address) {
			return &renamed
		}
		renamed.Key = fmt.Sprintf("%s#%d", resource.LongKey(r), n)
	}
}

// byKey pairs equal keys; what a moved entry names is found under its old key,
// unless the new one exists already.
func byKey(m resource.Matching) []resource.Pairing {
	var out []resource.Pairing
	for i, d := range m.Desired {
		j := slices.IndexFunc(m.Current, func(r *resource.Resource) bool { return r.Key == d.Key })
		if old, moved := m.Moved[i]; moved && j < 0 {
			j = old
		}
		out = append(out, resource.Pairing{Desired: i, Current: j})
	}
	return out
}

// twinsOf finds the current resources with the natural key of d.
func twinsOf(d *resource.Resource, current []*resource.Resource) []int {
	var twins []int
	for j, r := range current {
		if d.Kind.Key != "" && r.Key == d.Key {
			twins = append(twins, j)
		}
	}
	return twins
}

// setAside takes the stand-ins of declared resources out of the current ones.
// The stand-in of something undeclared stays: it is just unmanaged.
func (b *builder) setAside(c *collection, desired, current []*resource.Resource) []*resource.Resource {
	declared := map[string]bool{}
	for _, d := range desired {
		declared[d.Key] = true
	}
	var rest []*resource.Resource
	for _, r := range current {
		if key := c.kind.Leftover(r); key != "" && declared[key] {
			c.leftovers[key] = r
			continue
		}
		rest = append(rest, r)
	}
	return rest
}
