package spec

import (
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/schema"
)

// Writing turns a state into files that load to the same declarations:
//
//   - It is minimal: no ids where a name is enough, no values that are the API's
//     defaults, no create-only fields, nothing that belongs to Divio. An empty collection
//     is left out: only the user can decide whether it should remain empty.
//   - It is valid, and its plan is empty: what a file cannot declare, or not without a
//     change, is left out (writable.go).
//   - It is stable: fields in the order of their descriptors, siblings in an order that
//     does not depend on the order of the state (write_order.go).
//   - It is short: an entry that has only the field of its kind's shorthand is a bare
//     scalar, unless it is in a list and has a key.
//   - It contains no secret: a sensitive or write-only value is left out, and a value
//     from a source is only written as that source.
//   - References are written by name (the key, for a resource that is also written), or
//     by id if there is no name, or it is ambiguous, or the resource is not written.

// WriteOptions say how a state is written.
type WriteOptions struct {
	// Ordered writes collections that may be lists as lists, so that their order
	// is managed.
	Ordered bool
	// Split writes a file for each resource at the top that may have others below
	// it and whose key the API knows, beside one for the rest. (If only the files know
	// the key, the name of the file would depend on the other resources.)
	Split bool
	// Name of the file, or with Split of the one for the rest; "" for divio.yaml.
	Name string
}

// Written is the result of writing a state.
type Written struct {
	// Files by their names (with slashes).
	Files map[string][]byte
	// Resources that the files declare.
	Resources int
	// LeftOut lists what a file cannot declare, and Exposed what looks like a secret and
	// is in the clear: an address and why.
	LeftOut, Exposed []string
	// Places are, with Split, the files of the resources that have one of their own; ""
	// for one that exists and is left out.
	Places map[resource.Address]string
}

// Write returns the YAML files for a state.
func Write(state *resource.State, kinds *resource.Catalog, opt WriteOptions) Written {
	w := writer{state: state, catalog: catalog{kinds}, opt: opt, below: map[resource.CollectionID][]*resource.Resource{}}
	kept, leftOut := writable(inOrder(state, w.catalog), state.Choices)
	for _, r := range kept {
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		w.below[id] = append(w.below[id], r)
	}
	name := opt.Name
	if name == "" {
		name = defaultFile
	}
	var base yamlMap
	base.add("version", yamlRaw("1"))
	if organisation := w.reference("organisation", state.Organisation); organisation != "" {
		base.add("organisation", yamlText(organisation))
	}
	files, places := map[string][]byte{}, map[resource.Address]string{}
	taken := map[string]bool{strings.ToLower(name): true}
	for _, r := range state.Resources {
		if opt.Split && w.catalog.splits(r.Kind) {
			places[r.Address] = ""
		}
	}
	for _, k := range w.catalog.Children("") {
		members := w.below[resource.CollectionID{Kind: k.Name}]
		if len(members) == 0 {
			continue
		}
		if !opt.Split || !w.catalog.splits(k) {
			base.add(k.Collection, w.collection(k, members))
			continue
		}
		for _, r := range members {
			var one yamlMap
			one.add("version", yamlRaw("1"))
			one.add(k.Collection, w.collection(k, []*resource.Resource{r}))
			own := fileName(k, r.Key, taken)
			files[own], places[r.Address] = sealed(page(one)), own
		}
	}
	files[name] = page(base)
	return Written{
		Files: files, Resources: len(kept),
		LeftOut: withoutUserinfo(slices.Compact(leftOut)), Exposed: withoutUserinfo(exposed(kept)),
		Places: places,
	}
}

// page is a file with its header.
func page(content yamlMap) []byte {
	var e emitter
	e.line(0, "# yaml-language-server: $schema="+schema.ID)
	e.line(0, writtenBy+" Resources that are not in these files are not managed.")
	e.line(0, "# Sensitive values are not exported: use value_from to manage one.")
	e.mapping(0, content)
	return []byte(e.out.String())
}

type writer struct {
	state   *resource.State
	catalog catalog
	opt     WriteOptions
	// below are the resources that are written.
	below map[resource.CollectionID][]*resource.Resource
}

// asList reports whether a collection of k is written as a list.
func (w *writer) asList(k *resource.Kind) bool {
	return k.Form == resource.Sequence || (k.Form == resource.Either && w.opt.Ordered)
}

func (w *writer) collection(k *resource.Kind, members []*resource.Resource) yamlValue {
	var list yamlList
	var byName yamlTree
	for _, r := range members {
		entry := w.entry(k, r)
		switch {
		case !w.asList(k):
			byName = append(byName, yamlPair{r.Key, w.short(k, entry)})
		case k.Key != "":
			list = append(list, slices.Insert(entry, 0, yamlPair{k.Key, yamlText(r.Key)}))
		default:
			list = append(list, w.short(k, entry))
		}
	}
	if w.asList(k) {
		return list
	}
	return byName
}

// short replaces an entry by a bare scalar if the kind has a shorthand and the entry
// has no other key.
func (w *writer) short(k *resource.Kind, entry yamlMap) yamlValue {
	if len(entry) == 1 && entry[0].key == k.Shorthand {
		return entry[0].value
	}
	if !w.catalog.leaf(k) {
		return yamlTree(entry)
	}
	return entry
}

func (w *writer) entry(k *resource.Kind, r *resource.Resource) yamlMap {
	var entry yamlMap
	for _, f := range fieldsOf(k) {
		value, written := r.Fields[f.Name]
		source, sourced := value.(resource.Source)
		switch {
		case !written:
		case sourced && sourceWithin(k, f):
			entry.add(f.Name, yamlMap{{valueFrom, sourceValue(source)}})
		case sourced:
			entry.add(valueFrom, sourceValue(source))
		default:
			entry.add(f.Name, w.value(f, value))
		}
	}
	for _, child := range w.catalog.Children(k.Name) {
		if members := w.below[resource.CollectionID{Parent: r.Address, Kind: child.Name}]; len(members) > 0 {
			entry.add(child.Collection, w.collection(child, members))
		}
	}
	return entry
}
