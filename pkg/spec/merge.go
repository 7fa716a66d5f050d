package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Several files become one tree:
//
//   - Mappings merge, entry by entry. Everything else is in one file, and a second
//     place is an error that shows both: a plain value, a list, value_from, the
//     collection of a kind that has nothing below it (an environment's variables,
//     cronjobs, domains), and an entry of such a kind at the top or in a group.
//   - organisation and settings are in one file as a whole.
//   - protect, moved and removed add up.
//   - version is in every file, and keys that begin with x- belong to their file
//     alone; neither is in the merged tree.

// addsUp are the lists at the top that several files add to; once are the keys at
// the top that one file may have.
var (
	addsUp = []string{"protect", "moved", "removed"}
	once   = []string{"organisation", "settings"}
)

// merge gives the tree of all roots, in their order.
func merge(c catalog, roots []*node, report *report) *node {
	m := merger{catalog: c, report: report}
	merged := &node{shape: mapping}
	if len(roots) > 0 {
		merged.place = roots[0].place
	}
	for _, root := range roots {
		top := &node{place: root.place, shape: root.shape}
		for _, p := range root.pairs {
			if p.key.text != "version" && !strings.HasPrefix(p.key.text, "x-") {
				top.pairs = append(top.pairs, p)
			}
		}
		merged = m.mappings(merged, top, m.top)
	}
	return merged
}

type merger struct {
	catalog catalog
	report  *report
}

// way is how two values of one key become one.
type way int

const (
	deep  way = iota // mappings merge, anything else clashes
	whole            // it is in one file
	sum              // lists add up
)

// rule says how the value of a key merges, and what rule holds within it.
type rule func(key string) (within rule, how way)

// top is the rule at the top of the files.
func (m *merger) top(key string) (rule, way) {
	for _, k := range m.catalog.grouped() {
		if k.Sets == key {
			return func(string) (rule, way) { return m.entries(k), deep }, deep
		}
	}
	for _, k := range m.catalog.Children("") {
		if k.Collection == key {
			return m.entries(k), deep
		}
	}
	switch {
	case slices.Contains(once, key):
		return anything, whole
	case slices.Contains(addsUp, key):
		return anything, sum
	}
	return anything, deep
}

// entries is the rule within a collection of k.
func (m *merger) entries(k *resource.Kind) rule {
	return func(string) (rule, way) { return m.entry(k), m.wholeIf(k) }
}

// entry is the rule within an entry of k.
func (m *merger) entry(k *resource.Kind) rule {
	return func(key string) (rule, way) {
		for _, child := range m.catalog.Children(k.Name) {
			if child.Collection == key {
				return m.entries(child), m.wholeIf(child)
			}
		}
		if f := fieldOf(k, key); key == valueFrom || f != nil && sourceWithin(k, f) {
			return anything, whole
		}
		return anything, deep
	}
}

func (m *merger) wholeIf(k *resource.Kind) way {
	if m.catalog.leaf(k) {
		return whole
	}
	return deep
}

// anything is the rule within fields: mappings merge.
func anything(string) (rule, way) { return anything, deep }

// mappings merges b into a.
func (m *merger) mappings(a, b *node, rule rule) *node {
	out := &node{place: a.place, shape: mapping, pairs: slices.Clone(a.pairs), secret: a.secret || b.secret, bad: a.bad || b.bad}
	index := map[string]int{}
	for i, p := range a.pairs {
		index[p.key.text] = i
	}
	for _, p := range b.pairs {
		i, both := index[p.key.text]
		if !both {
			index[p.key.text] = len(out.pairs)
			out.pairs = append(out.pairs, p)
			continue
		}
		within, how := rule(p.key.text)
		first := &out.pairs[i]
		switch {
		case how == deep && first.value.shape == mapping && p.value.shape == mapping:
			first.value = m.mappings(first.value, p.value, within)
		case how == sum && first.value.shape == sequence && p.value.shape == sequence:
			both := *first.value
			both.items = slices.Concat(first.value.items, p.value.items)
			first.value = &both
		case first.value.bad || p.value.bad: // reported already
		default:
			m.report.both(p.key.place, first.key.place, "first here", "keep it in one of the files",
				"%s is declared in two files", quote(p.key.text))
		}
	}
	return out
}
