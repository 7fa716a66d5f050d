package spec

import (
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Decoding turns the merged tree into resources. It also runs on trees that violate the
// schema, and then leaves out the invalid values, which have been reported. If a value
// is left out although the schema found nothing, it is reported here, so that nothing
// is ignored silently.

type decoder struct {
	catalog catalog
	report  *report
	doc     *Document
	// whole: all files could be read, so that a missing key is really missing.
	whole bool
	// groups are the named groups of each grouped kind.
	groups map[*resource.Kind]*node
	// entries are the entries in the files of each resource with children.
	entries map[resource.Address]*node
	misfit  []*node
}

// root decodes a merged tree.
func (d *decoder) root(top *node) {
	before := len(d.report.list)
	d.doc.places = map[diag.Position]place{}
	d.groups = map[*resource.Kind]*node{}
	d.entries = map[resource.Address]*node{}
	state := d.doc.State
	if n := top.get("organisation"); n != nil {
		if text, ok := d.filled(n, "organisation", ""); ok {
			state.Organisation, state.OrganisationAt = resource.Ref{Name: text}, d.remember(n.place)
		}
	}
	for _, k := range d.catalog.grouped() {
		d.groups[k] = top.get(k.Sets)
		d.checkGroups(k)
	}
	for _, k := range d.catalog.Children("") {
		if key, value := top.entry(k.Collection); value != nil {
			d.collection(k, resource.Address{}, key.place, value, nil)
		}
	}
	d.unique()
	d.settings(top)
	if before == 0 && len(d.report.list) == 0 {
		for _, n := range d.misfit {
			d.report.add(n.place, "", "unexpected value")
		}
	}
}

// unique reports globally unique names that are declared under two parents. Duplicates
// under one parent have been reported.
func (d *decoder) unique() {
	type name struct{ kind, key string }
	seen := map[name]*resource.Resource{}
	for _, r := range d.doc.State.Resources {
		if !r.Kind.Global || d.doc.places[r.At].file == nil {
			continue
		}
		this := name{r.Kind.Name, r.Key}
		if first := seen[this]; first != nil {
			d.report.both(d.doc.places[r.At], d.doc.places[first.At], "first here", "it can belong to one "+r.Kind.Parent+" only: remove one of them",
				"the %s %s is declared twice", r.Kind.Title, quote(r.Key))
			continue
		}
		seen[this] = r
	}
}

// skip records that n is invalid.
func (d *decoder) skip(n *node) { d.misfit = append(d.misfit, n) }

// declared is one entry of a collection before it is decoded.
type declared struct {
	// name is where the key itself is written, nil if fields make the key or there is
	// none.
	name *node
	// key is the natural key in its normal form, "" where there is none.
	key string
	// entry is the mapping or scalar that describes the resource.
	entry *node
}

func (e declared) place() place {
	if e.name != nil {
		return e.name.place
	}
	return e.entry.place
}

// collection decodes the entries of k below parent: own is the collection's value in
// the files, nil if only groups are included; included are the entries of these groups.
func (d *decoder) collection(k *resource.Kind, parent resource.Address, at place, own *node, included []declared) {
	ordered := own != nil && own.shape == sequence && k.Form == resource.Either
	d.doc.State.Collections[resource.CollectionID{Parent: parent, Kind: k.Name}] = resource.Collection{Ordered: ordered, At: at.position()}

	var siblings []*resource.Resource
	var entries []*node
	for _, e := range replace(k, included, d.list(k, own)) {
		if r := d.resource(k, parent, e); r != nil {
			siblings = append(siblings, r)
			entries = append(entries, e.entry)
		}
	}
	if !k.Keyed() {
		displayKeys(k, siblings)
	}
	d.check(k, siblings, entries)
	for i, r := range siblings {
		d.doc.State.Resources = append(d.doc.State.Resources, r)
		d.children(k, r, entries[i])
	}
}

// list returns the entries of a collection in file order, and reports duplicate keys.
func (d *decoder) list(k *resource.Kind, own *node) []declared {
	var entries []declared
	switch {
	case own == nil:
	case own.shape == mapping && k.Form != resource.Sequence:
		for _, p := range own.pairs {
			entries = append(entries, declared{name: p.key, entry: p.value})
		}
	case own.shape == sequence && k.Form != resource.Mapping:
		for _, item := range own.items {
			if k.Key == "" {
				entries = append(entries, declared{entry: item})
			} else if name := item.get(k.Key); name != nil && name.shape == scalar && !name.null() {
				entries = append(entries, declared{name: name, entry: item})
			} else {
				d.skip(item)
			}
		}
	default:
		d.skip(own)
	}
	if !k.Keyed() {
		return entries
	}
	var once []declared
	first := map[string]declared{}
	for _, e := range entries {
		key, valid := d.key(k, e)
		e.key = key
		if earlier, again := first[key]; valid && again {
			d.twice(k, earlier, e)
			continue
		}
		if valid {
			first[key] = e
		}
		once = append(once, e) // also an invalid one, so that its content is checked
	}
	return once
}

// twice reports an entry with the key of an earlier one.
func (d *decoder) twice(k *resource.Kind, earlier, e declared) {
	key, hint := e.key, "remove one of them"
	if e.name != nil {
		key = e.name.text
		if earlier.name.text != key {
			hint = "both names mean " + quote(e.key) + "; remove one of them"
		}
	}
	d.report.both(e.place(), earlier.place(), "first here", hint, "the %s %s is declared twice", k.Title, quote(key))
}

// resource decodes one entry; nil if its type is wrong.
func (d *decoder) resource(k *resource.Kind, parent resource.Address, e declared) *resource.Resource {
	r := &resource.Resource{
		Kind: k, Parent: parent, At: d.remember(e.place()),
		Fields: map[string]resource.Value{}, FieldAt: map[string]diag.Position{}, Masked: map[string]bool{},
	}
	if k.Keyed() {
		r.Key = e.key
		r.Address = resource.NewAddress(k.Name, parent, r.Key)
	}
	if e.entry.shape == sequence || (e.entry.shape == scalar && k.Shorthand == "") {
		d.skip(e.entry)
		return nil
	}
	d.fields(r, e.entry)
	normalParts(r)
	d.guard(r)
	if k.Key == "" {
		return r // it is in a list, and so in one file: the schema has reported what is missing
	}
	// A required field of a kind with children may be in any file, so the schema cannot
	// check it.
	for _, f := range fieldsOf(k) {
		if f.Need == resource.Always && !d.catalog.leaf(k) && d.whole && !r.Has(f.Name) && e.entry.get(f.Name) == nil && !e.entry.bad {
			d.report.add(e.place(), purpose(f.Name, f.Doc), "the %s %s has no %s", k.Title, quote(e.name.text), f.Name)
		}
	}
	return r
}

// children decodes the collections below r.
func (d *decoder) children(k *resource.Kind, r *resource.Resource, entry *node) {
	d.entries[r.Address] = entry
	for _, child := range d.catalog.Children(k.Name) {
		key, value := entry.entry(child.Collection)
		included, at, includes := d.include(child, r, entry)
		if value != nil {
			at = key.place
		}
		if value != nil || includes {
			d.collection(child, r.Address, at, value, included)
		}
	}
}

// remember keeps the place of a position.
func (d *decoder) remember(p place) diag.Position {
	d.doc.places[p.position()] = p
	return p.position()
}
