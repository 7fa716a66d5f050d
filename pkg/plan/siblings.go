package plan

import (
	"cmp"
	"slices"
	"strings"

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
	pairings := matcher(b.matchingOf(in, parent, desired, current))
	slices.SortFunc(pairings, func(x, y resource.Pairing) int { return cmp.Compare(x.Desired, y.Desired) })
	paired := map[int]bool{}
	byKey := indexOf(current, func(r *resource.Resource) string { return r.Key })
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
		if p.Warning != "" {
			b.warn(pair.Desired.Address, p.Warning)
		}
		if duplicates := byKey[pair.Desired.Key]; in.kind.KeyInAPI() && len(duplicates) > 1 {
			b.duplicate(pair, len(duplicates))
			for _, j := range duplicates {
				paired[j] = true
			}
		}
	}
	var undeclared []*resource.Resource
	for j, r := range current {
		if !paired[j] {
			undeclared = append(undeclared, r)
			c.pairs = append(c.pairs, &resource.Pair{Current: r})
		}
	}
	if !in.kind.KeyInAPI() {
		c.readdress(desired, current, undeclared)
	}
}

// indexOf finds the resources by a key, in their order.
func indexOf(resources []*resource.Resource, key func(*resource.Resource) string) map[string][]int {
	index := make(map[string][]int, len(resources))
	for i, r := range resources {
		k := key(r)
		index[k] = append(index[k], i)
	}
	return index
}

// matchingOf is the input of a kind's matcher for one parent's children.
func (b *builder) matchingOf(in *matching, parent resource.Address, desired, current []*resource.Resource) resource.Matching {
	m := resource.Matching{
		Desired: desired, Current: current, Pruned: b.prunes(in.kind) && b.Current.Collections[resource.CollectionID{Parent: parent, Kind: in.kind.Name}].Complete,
		Moved: map[int]int{}, Kept: map[int]bool{}, Removed: map[int]bool{}, Referred: map[int]int{}, Used: map[int]bool{}, Earlier: map[int]bool{},
	}
	used, earlier := b.referencesTo(in.kind), b.earlierLabels(in.kind, desired)
	at := make(map[*resource.Resource]int, len(current))
	byID := make(map[string]int, len(current))
	for j := len(current) - 1; j >= 0; j-- { // of several with an id, the first
		r := current[j]
		id := resource.CanonicalID(r.Handle)
		at[r], byID[id] = j, j
		m.Kept[j] = b.protectedMember(r) != ""
		m.Removed[j] = b.removes(r)
		m.Used[j] = used.existing[id]
		if len(earlier) > 0 && earlier[resource.LongKey(r)] {
			m.Earlier[j] = true
		}
	}
	for i, d := range desired {
		if j, moved := at[in.moved[d.Address]]; moved {
			m.Moved[i] = j
		}
		var referred []int
		for _, id := range used.declared[d.Key] {
			if j, found := byID[id]; found {
				referred = append(referred, j)
			}
		}
		slices.Sort(referred)
		referred = slices.Compact(referred)
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

// earlierLabels are the long labels of the resources that an earlier version of the files
// declares beside those, for a kind without a key.
func (b *builder) earlierLabels(kind *resource.Kind, beside []*resource.Resource) map[string]bool {
	if kind.Keyed() || len(beside) == 0 || b.Base == nil || b.Base.Desired == nil {
		return nil
	}
	labels := map[string]bool{}
	for _, r := range b.Base.Desired.Resources {
		if r.Kind.Name == kind.Name && r.Parent == beside[0].Parent {
			labels[resource.LongKey(r)] = true
		}
	}
	return labels
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

// readdress gives the undeclared resources of a kind whose key is only in the files, or
// that has none, addresses that no sibling has. One with a key keeps its address or has
// its id as key; one without has the first of its labels that does not also mean a
// sibling.
func (c *collection) readdress(desired, current, undeclared []*resource.Resource) {
	meant, own := map[resource.Address]int{}, map[resource.Address]int{}
	taken := map[resource.Address]bool{}
	for _, r := range desired {
		taken[r.Address] = true
		for _, a := range distinct(r.Addresses()) {
			meant[a]++
		}
	}
	for _, r := range current {
		own[r.Address]++
		for _, a := range distinct(r.Addresses()) {
			meant[a]++
		}
	}
	for _, r := range undeclared {
		keys := []string{r.Key, r.Handle}
		if !c.kind.Keyed() {
			keys = []string{r.Key, resource.LongKey(r), resource.ExactKey(r)}
		}
		last := len(keys) - 1
		var to resource.Address
		for i := 0; ; i++ {
			key := keys[min(i, last)] + strings.Repeat("#"+r.Handle, max(0, i-last))
			to = resource.NewAddress(c.kind.Name, r.Parent, key)
			if !taken[to] && (meant[to] <= 1 || i >= last) {
				break
			}
		}
		if was := r.Address; to != was {
			r.Key, r.Address = to.Key(), to
			if own[was] == 1 {
				c.readdressed[was] = to
			}
		}
		taken[to] = true
	}
}

func distinct(addresses []resource.Address) []resource.Address {
	var out []resource.Address
	for _, a := range addresses {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// byKey pairs equal keys; the source of a moved entry is found under its old key,
// unless the new one already exists.
func byKey(m resource.Matching) []resource.Pairing {
	index := indexOf(m.Current, func(r *resource.Resource) string { return r.Key })
	var out []resource.Pairing
	for i, d := range m.Desired {
		j := -1
		if same := index[d.Key]; len(same) > 0 {
			j = same[0]
		}
		if old, moved := m.Moved[i]; moved && j < 0 {
			j = old
		}
		out = append(out, resource.Pairing{Desired: i, Current: j})
	}
	return out
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
