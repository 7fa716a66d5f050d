package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// An existing resource cannot always be declared in a file: two identical cron jobs, a
// time in an old format, a key with invalid characters. An export must be valid, so
// such resources or fields are left out, as few as possible, and reported:
//
//   - resources that belong to Divio are left out silently;
//   - of each resource only the fields that are written are kept;
//   - of several siblings with the same key the first is kept;
//   - a field that the kind's own check reports is left out, or the resource if the
//     check reports that, until the check reports nothing;
//   - everything below a resource that is left out is also left out.
//
// The state itself is not changed.
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
	// Resources and collections come after their parents.
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

// written copies r with the fields that a file contains: no defaults, no create-only
// fields, no null where the kind has none, and no sensitive or write-only value, unless
// it comes from a source. Where the API does not know the key, and the id is used for
// it, the file contains the id too.
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

// declarable returns the siblings that a file may declare.
func declarable(siblings []*resource.Resource, leave func(*resource.Resource, string)) []*resource.Resource {
	var rest []*resource.Resource
	seen := map[string]bool{}
	for _, r := range siblings {
		switch why := badKey(r); {
		case r.Kind.Foreign != nil && r.Kind.Foreign(r):
		case why != "":
			leave(r, why)
		case r.Kind.Keyed() && seen[r.Key]:
			leave(r, "another one has the same key")
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

// fieldWith returns the field of a problem, which may be about a part of it.
func fieldWith(p resource.Problem) string {
	name, _, _ := strings.Cut(p.Field, "[")
	return name
}

// badKey says why a file cannot contain the key of r, or "".
func badKey(r *resource.Resource) string {
	k := r.Kind
	key := r.Key
	if !k.Keyed() {
		if resource.DisplayKey(r) == "" {
			return "its " + k.Fields[0].Name + " is empty"
		}
		return ""
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return "an address cannot contain a line break or another control character"
	}
	if normal, err := k.CheckKey(key); err != nil || normal != key || strings.TrimSpace(key) != key {
		return strings.TrimSuffix("a file cannot contain its "+k.KeyTitle()+": "+k.KeyHint, ": ")
	}
	return ""
}
