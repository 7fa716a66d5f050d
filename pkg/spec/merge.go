package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Several files become one tree:
//
//   - Mappings merge, entry by entry. Everything else must be in one file, and a second
//     occurrence is an error that shows both: a plain value, a list, value_from, the
//     collection of a kind without children (an environment's variables, cronjobs,
//     domains), and an entry of such a kind at the top or in a group.
//   - organisation and settings must each be completely in one file.
//   - protect, moved and removed are concatenated.
//   - version is in every file, and keys that begin with x- belong only to their file;
//     neither is in the merged tree.

// addsUp are the top-level lists that are concatenated; once are the top-level keys
// that only one file may have.
var (
	addsUp = []string{"protect", "moved", "removed"}
	once   = []string{"organisation", "settings"}
)

// merge returns the tree of all roots, in their order.
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

// way is how two values of one key are merged.
type way int

const (
	deep  way = iota // mappings merge, anything else conflicts
	whole            // must be in one file
	sum              // lists are concatenated
)

// rule says how the value of a key is merged, and which rule applies within it.
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
		case first.value.bad || p.value.bad: // already reported
		default:
			m.report.both(p.key.place, first.key.place, "first here", "keep it in only one of the files",
				"%s is declared in two files", quote(p.key.text))
		}
	}
	return out
}
