package plan

import (
	"maps"
	"slices"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// builder is the shared state of the stages of Make, for one plan.
type builder struct {
	Input
	problems diag.List

	// desired are copies of the declared resources (references resolved, implied
	// fields filled in), in file order.
	desired []*resource.Resource
	// wanted and existing index declared and current resources by address.
	wanted, existing map[resource.Address]*resource.Resource
	// labels index current resources by every label: one without a key has several.
	labels map[resource.Address][]*resource.Resource
	// removing are the current resources that an entry under removed deletes.
	removing map[*resource.Resource]bool

	// pairs of each collection, in a stable order: declared ones in file order,
	// then undeclared ones by address and id.
	collections []*collection
	byID        map[resource.CollectionID]*collection

	// ambiguous are declared resources that exist more than once, unsure those that may
	// exist although they were not found, with the reason.
	ambiguous map[resource.Address]bool
	unsure    map[resource.Address]string

	// listed are deletions that the files list under removed, permitted those of them
	// that need no further permission because of that.
	listed, permitted map[*resource.Change]bool

	// extra are changes of a pair besides its own: fixed fields that differ.
	extra map[*resource.Pair][]*resource.Change

	changes    []*resource.Change
	unmanaged  []resource.Address
	uncompared []Field
	mayWrite   []Field
	violations []Violation
	warnings   []Note
	notes      []Note
}

// collection is one kind under one parent, with the result of matching.
type collection struct {
	id      resource.CollectionID
	kind    *resource.Kind
	pairs   []*resource.Pair
	leaving []*resource.Pair
	// leftovers are resources left behind by interrupted replacements, by the key of
	// the declared resource.
	leftovers map[string]*resource.Resource
	// readdressed are the addresses that undeclared members had before.
	readdressed map[resource.Address]resource.Address
}

// index copies the resources, so that the input is not changed, and indexes them by
// address.
func (b *builder) index() {
	b.wanted = map[resource.Address]*resource.Resource{}
	b.byID = map[resource.CollectionID]*collection{}
	b.unsure = map[resource.Address]string{}
	b.listed, b.permitted = map[*resource.Change]bool{}, map[*resource.Change]bool{}
	b.ambiguous = map[resource.Address]bool{}
	b.extra = map[*resource.Pair][]*resource.Change{}
	for _, r := range b.Desired.Resources {
		c := *r
		c.Fields = map[string]resource.Value{}
		maps.Copy(c.Fields, r.Fields)
		if r.Kind.Complete != nil {
			maps.Copy(c.Fields, r.Kind.Complete(r))
		}
		b.desired = append(b.desired, &c)
		b.wanted[c.Address] = &c
	}
	current := *b.Current
	current.Resources = make([]*resource.Resource, len(b.Current.Resources))
	for i, r := range b.Current.Resources {
		c := *r
		c.Fields = maps.Clone(r.Fields)
		current.Resources[i] = &c
	}
	current.Collections = maps.Clone(b.Current.Collections)
	b.Current = &current
	b.indexExisting()
	b.indexRemoved()
}

// indexExisting indexes current resources by address; of several with one address, the
// first.
func (b *builder) indexExisting() {
	b.existing = map[resource.Address]*resource.Resource{}
	b.labels = map[resource.Address][]*resource.Resource{}
	for _, r := range b.Current.Resources {
		for _, a := range r.Addresses() {
			if n := len(b.labels[a]); n == 0 || b.labels[a][n-1] != r { // several labels may read the same
				b.labels[a] = append(b.labels[a], r)
			}
		}
		if _, found := b.existing[r.Address]; !found {
			b.existing[r.Address] = r
		}
	}
}

// collectionOf finds or makes the collection of a kind under a parent.
func (b *builder) collectionOf(kind *resource.Kind, parent resource.Address) *collection {
	id := resource.CollectionID{Parent: parent, Kind: kind.Name}
	if c := b.byID[id]; c != nil {
		return c
	}
	c := &collection{id: id, kind: kind, leftovers: map[string]*resource.Resource{}, readdressed: map[resource.Address]resource.Address{}}
	b.byID[id] = c
	b.collections = append(b.collections, c)
	return c
}

// prunes reports whether undeclared members of the kind's collections are to be
// deleted. An empty set of files never deletes.
func (b *builder) prunes(kind *resource.Kind) bool {
	if len(b.desired) == 0 {
		return false
	}
	return slices.Contains(b.Settings.Prune, kind.Collection) || slices.Contains(b.Prune, kind.Collection)
}

func (b *builder) note(a resource.Address, text string) {
	b.notes = append(b.notes, Note{Address: a, Text: text})
}

func (b *builder) warn(a resource.Address, text string) {
	b.warnings = append(b.warnings, Note{Address: a, Text: text})
}
