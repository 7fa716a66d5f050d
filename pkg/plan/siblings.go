package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// matchSiblings pairs within one parent.
func (b *builder) matchSiblings(in *matching, parent resource.Address) {
	c := b.collectionOf(in.kind, parent)
	desired, current := in.desired[parent], in.current[parent]
	if in.kind.Leftover != nil {
		current = b.setAside(in, c, desired, current)
	}
	matcher := in.kind.Match
	if matcher == nil {
		matcher = byKey
	}
	pairings := matcher(b.matchingOf(in, desired, current))
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
		if p.Unsure != "" {
			b.unsure[pair.Desired.Address] = p.Unsure
		}
		if duplicates := duplicatesOf(pair.Desired, current); len(duplicates) > 1 {
			b.duplicate(pair, len(duplicates))
			for _, j := range duplicates {
				paired[j] = true
			}
		}
	}
	alike := map[resource.Address]int{}
	for _, r := range current {
		alike[r.Address]++
	}
	for j, r := range current {
		if !paired[j] {
			c.readdress(r, alike[r.Address] == 1)
			c.pairs = append(c.pairs, &resource.Pair{Current: r})
		}
	}
}

// matchingOf is the input of a kind's matcher for one parent's children.
func (b *builder) matchingOf(in *matching, desired, current []*resource.Resource) resource.Matching {
	m := resource.Matching{
		Desired: desired, Current: current, Pruned: b.prunes(in.kind),
		Moved: map[int]int{}, Kept: map[int]bool{}, Removed: map[int]bool{}, Referred: map[int]int{}, Used: map[int]bool{},
	}
	for j, r := range current {
		m.Kept[j] = b.protectedMember(r) != ""
		m.Removed[j] = b.removes(r)
	}
	used := b.referencesTo(in.kind)
	for j, r := range current {
		m.Used[j] = used.existing[resource.CanonicalID(r.Handle)]
	}
	at := func(r *resource.Resource) int { return slices.Index(current, r) }
	for i, d := range desired {
		if j := at(in.moved[d.Address]); j >= 0 {
			m.Moved[i] = j
		}
		var referred []int
		for j, r := range current {
			if slices.Contains(used.declared[d.Key], resource.CanonicalID(r.Handle)) {
				referred = append(referred, j)
			}
		}
		switch {
		case len(referred) == 1:
			m.Referred[i] = referred[0]
		case len(referred) > 1:
			if m.Disputed == nil {
				m.Disputed = map[int][]int{}
			}
			m.Disputed[i] = referred
		}
	}
	return m
}

// usage says what refers to the resources of a kind: the ids that existing resources
// refer to, and for each key in declared references the ids that the current
// counterparts refer to. The ids are canonical.
type usage struct {
	existing map[string]bool
	declared map[string][]string
}

func (b *builder) referencesTo(kind *resource.Kind) usage {
	found := usage{map[string]bool{}, map[string][]string{}}
	for _, c := range b.collections {
		for i := range c.kind.Fields {
			f := &c.kind.Fields[i]
			if f.Target != kind.Name {
				continue
			}
			for _, pair := range c.pairs {
				if pair.Current == nil {
					continue
				}
				ref, _ := pair.Current.Fields[f.Name].(resource.Ref)
				there := resource.CanonicalID(ref.Handle)
				if there == "" {
					continue
				}
				found.existing[there] = true
				if pair.Desired != nil {
					if wanted, ok := pair.Desired.Fields[f.Name].(resource.Ref); ok {
						found.declared[wanted.Name] = append(found.declared[wanted.Name], there)
					}
				}
			}
		}
	}
	return found
}

// readdress gives an undeclared resource whose key is only in the files, or that has
// none, a unique address if a sibling has the same one. alone: no other existing one
// has it.
func (c *collection) readdress(r *resource.Resource, alone bool) {
	if c.kind.KeyInAPI() {
		return
	}
	taken := func(a resource.Address) bool {
		return slices.ContainsFunc(c.pairs, func(p *resource.Pair) bool {
			return p.Desired != nil && p.Desired.Address == a || p.Desired == nil && p.Current.Address == a
		})
	}
	if alone && !taken(r.Address) {
		return
	}
	long := r.Handle
	if !c.kind.Keyed() {
		long = resource.LongKey(r)
	}
	key := long
	for n := 2; taken(resource.NewAddress(c.kind.Name, r.Parent, key)); n++ {
		key = fmt.Sprintf("%s#%d", long, n)
	}
	was := r.Address
	r.Key, r.Address = key, resource.NewAddress(c.kind.Name, r.Parent, key)
	if alone {
		c.readdressed[was] = r.Address
	}
}

// byKey pairs equal keys; the source of a moved entry is found under its old key,
// unless the new one already exists.
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

// duplicatesOf finds the current resources with the natural key of d.
func duplicatesOf(d *resource.Resource, current []*resource.Resource) []int {
	var duplicates []int
	for j, r := range current {
		if d.Kind.KeyInAPI() && r.Key == d.Key {
			duplicates = append(duplicates, j)
		}
	}
	return duplicates
}

// setAside removes resources left behind by interrupted replacements of declared
// resources from the current ones. Those of undeclared resources are kept: they are
// unmanaged. So are those that a moved or a removed entry names: it decides about them.
func (b *builder) setAside(in *matching, c *collection, desired, current []*resource.Resource) []*resource.Resource {
	declared := map[string]bool{}
	for _, d := range desired {
		declared[d.Key] = true
	}
	named := map[*resource.Resource]bool{}
	for _, r := range in.moved {
		named[r] = true
	}
	var rest []*resource.Resource
	for _, r := range current {
		if key := c.kind.Leftover(r); key != "" && declared[key] && !named[r] && !b.removes(r) {
			c.leftovers[key] = r
			continue
		}
		rest = append(rest, r)
	}
	return rest
}
