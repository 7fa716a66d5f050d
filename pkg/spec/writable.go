package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// What exists is not always something that a file may declare: two cron jobs that
// are the same, a time in a form of old, a key with characters that no file
// accepts. An export that does not validate helps nobody, so such a thing is left
// out, as little of it as possible, and named:
//
//   - what belongs to Divio is left out silently;
//   - of each resource only the fields are kept that are written;
//   - of several siblings with one key the first stays;
//   - what the kind's own check complains about goes: the field, or the resource if
//     it is about that as a whole, until nothing is complained about;
//   - below what is left out, everything is.
//
// The state itself stays as it is.
func writable(state *resource.State) (kept []*resource.Resource, leftOut []string) {
	gone := map[resource.Address]bool{}
	leave := func(r *resource.Resource, why string) {
		leftOut = append(leftOut, fmt.Sprintf("%s: %s", r.Address, why))
	}
	siblings := map[resource.CollectionID][]*resource.Resource{}
	var order []resource.CollectionID
	for _, r := range state.Resources {
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		if siblings[id] == nil {
			order = append(order, id)
		}
		siblings[id] = append(siblings[id], written(r))
	}
	// Resources stand behind their parents, and so do collections.
	for _, id := range order {
		if gone[id.Parent] {
			for _, r := range siblings[id] {
				gone[r.Address] = true
			}
			continue
		}
		sound := declarable(siblings[id], leave)
		kept = append(kept, sound...)
		for _, r := range siblings[id] {
			gone[r.Address] = true
		}
		for _, r := range sound {
			delete(gone, r.Address)
		}
	}
	return kept, leftOut
}

// written copies r with the fields that a file gives: no defaults, nothing that only
// a create uses, no null where the kind knows none, and no value that is sensitive or
// write-only, unless it comes from elsewhere. Where the API does not know the key, and
// the id stands for it, the file says that it is the id.
func written(r *resource.Resource) *resource.Resource {
	c := *r
	c.Fields = map[string]resource.Value{}
	for _, f := range fieldsOf(r.Kind) {
		value, there := r.Fields[f.Name]
		_, sourced := value.(resource.Source)
		switch {
		case f.Changes == resource.Identity && !r.Kind.KeyInAPI() && r.Handle != "" && r.Key == r.Handle:
			c.Fields[f.Name] = r.Handle
		case !there, f.Changes == resource.CreateOnly, f.HasDefault && resource.Equal(value, f.Default):
		case value == nil && !f.Nullable:
		case !sourced && (r.IsMasked(f.Name) || r.IsWriteOnly(f)):
		default:
			c.Fields[f.Name] = value
		}
	}
	return &c
}

// declarable gives the siblings that a file may declare.
func declarable(siblings []*resource.Resource, leave func(*resource.Resource, string)) []*resource.Resource {
	var rest []*resource.Resource
	seen := map[string]bool{}
	for _, r := range siblings {
		switch why := badKey(r); {
		case r.Kind.Foreign != nil && r.Kind.Foreign(r):
		case why != "":
			leave(r, why)
		case r.Kind.Keyed() && seen[r.Key]:
			leave(r, "there is another one with this key")
		default:
			seen[r.Key] = true
			rest = append(rest, r)
		}
	}
	for len(rest) > 0 && rest[0].Kind.Check != nil {
		problems := rest[0].Kind.Check(rest)
		if len(problems) == 0 {
			break
		}
		p := problems[0]
		leave(p.Resource, p.Message)
		if field := fieldWith(p); p.Resource.Has(field) {
			delete(p.Resource.Fields, field)
			continue
		}
		rest = slices.DeleteFunc(rest, func(r *resource.Resource) bool { return r == p.Resource })
	}
	return rest
}

// fieldWith gives the field of a problem that may be about a part of it.
func fieldWith(p resource.Problem) string {
	name, _, _ := strings.Cut(p.Field, "[")
	return name
}

// badKey says why no file can hold the key of r, or "".
func badKey(r *resource.Resource) string {
	k := r.Kind
	key := r.Key
	if !k.Keyed() {
		key = resource.DisplayKey(r)
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return "a line break or another control character cannot be part of an address"
	}
	if !k.Keyed() {
		return ""
	}
	if normal, err := k.CheckKey(key); err != nil || normal != key || strings.TrimSpace(key) != key {
		return strings.TrimSuffix("no file can hold its "+k.KeyTitle()+": "+k.KeyHint, ": ")
	}
	return ""
}
