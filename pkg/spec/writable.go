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
//   - a null where the kind knows none is an absent field;
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
		siblings[id] = append(siblings[id], withoutNulls(r))
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

// withoutNulls copies r without what it does not hold.
func withoutNulls(r *resource.Resource) *resource.Resource {
	c := *r
	c.Fields = map[string]resource.Value{}
	for name, value := range r.Fields {
		if f := r.Kind.Field(name); value == nil && f != nil && !f.Nullable && !f.HasDefault {
			continue
		}
		c.Fields[name] = value
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
		case r.Kind.Key != "" && seen[r.Key]:
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
		if field := fieldOf(p); p.Resource.Has(field) {
			delete(p.Resource.Fields, field)
			continue
		}
		rest = slices.DeleteFunc(rest, func(r *resource.Resource) bool { return r == p.Resource })
	}
	return rest
}

// fieldOf gives the field of a problem whose place may be a part of it.
func fieldOf(p resource.Problem) string {
	name, _, _ := strings.Cut(p.Field, "[")
	return name
}

func badKey(r *resource.Resource) string {
	k := r.Kind
	if k.Key == "" {
		if strings.ContainsFunc(resource.DisplayKey(r), unicode.IsControl) {
			return "a line break or another control character cannot be part of an address"
		}
		return ""
	}
	if key, err := k.CheckKey(r.Key); err != nil || key != r.Key {
		return strings.TrimSuffix("its name is not one that a file can hold: "+k.KeyHint, ": ")
	}
	return ""
}
