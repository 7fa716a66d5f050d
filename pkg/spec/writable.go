package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// An existing resource cannot always be declared in a file: two identical cron jobs, a
// time in an old format, a key with invalid characters. And to declare one may be to
// change it: a detached service instance is attached, a repository whose check failed is
// checked again. An export must be valid and plan to nothing, so such resources or
// fields are left out, as few as possible, and reported:
//
//   - resources that belong to Divio are left out silently;
//   - of each resource only the fields that are written are kept;
//   - resources that share a key are left out, all of them: a plan would be blocked;
//   - so is the one that an interrupted replacement left another behind for: a plan
//     would finish it;
//   - a field with a value that no file can contain is left out, or the resource if the
//     field is required; and so is a reference to what this account cannot read, which no
//     plan could find;
//   - a field that the kind's own check reports is left out, or the resource if the
//     check reports that, until the check reports nothing;
//   - a resource with another value than its declaration implies is left out, and a
//     field with the value that is implied without it;
//   - everything below a resource that is left out is also left out.
//
// The state itself is not changed.
func writable(resources []*resource.Resource, choices resource.Choices) (kept []*resource.Resource, leftOut []string) {
	gone := map[resource.Address]bool{}
	leave := func(r *resource.Resource, why string) {
		leftOut = append(leftOut, fmt.Sprintf("%s: %s", r.Address, why))
	}
	twice := shared(resources)
	resources = withoutUnknown(resources, choices, leave)
	siblings := map[resource.CollectionID][]*resource.Resource{}
	var order []resource.CollectionID
	for _, r := range resources {
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		if siblings[id] == nil {
			order = append(order, id)
		}
		siblings[id] = append(siblings[id], r)
	}
	// Resources and collections come after their parents.
	for _, id := range order {
		if gone[id.Parent] {
			for _, r := range siblings[id] {
				gone[r.Address] = true
			}
			continue
		}
		sound := declarable(siblings[id], twice, leave)
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

// withoutUnknown returns the resources without the references to what was not read.
func withoutUnknown(resources []*resource.Resource, choices resource.Choices, leave func(*resource.Resource, string)) []*resource.Resource {
	known := map[[2]string]bool{}
	for _, r := range resources {
		known[[2]string{r.Kind.Name, resource.CanonicalID(r.Handle)}] = true
	}
	for target, list := range choices {
		for _, entry := range list {
			known[[2]string{target, resource.CanonicalID(entry.Handle)}] = true
		}
	}
	out := slices.Clone(resources)
	for i, r := range resources {
		for _, f := range fieldsOf(r.Kind) {
			ref, refers := r.Fields[f.Name].(resource.Ref)
			if !refers || ref.Handle == "" || f.Changes == resource.CreateOnly || known[[2]string{f.Target, resource.CanonicalID(ref.Handle)}] {
				continue
			}
			leave(r, fmt.Sprintf("%s: this account cannot read the %s %s", f.Name, strings.ReplaceAll(f.Target, "_", " "), ref.Handle))
			c := *out[i]
			c.Fields = maps.Clone(c.Fields)
			delete(c.Fields, f.Name)
			out[i] = &c
		}
	}
	return out
}

// written copies r with the fields that a file contains: no defaults, no create-only
// fields, no null where the kind has none, and no sensitive or write-only value, unless
// it comes from a source. It contains the id only if that is needed.
func written(r *resource.Resource, id bool) *resource.Resource {
	c := *r
	c.Fields = map[string]resource.Value{}
	for _, f := range fieldsOf(r.Kind) {
		value, there := r.Fields[f.Name]
		_, sourced := value.(resource.Source)
		switch {
		case f.Changes == resource.Identity && id && !r.Kind.KeyInAPI():
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
func declarable(siblings []*resource.Resource, twice map[resource.Address]bool, leave func(*resource.Resource, string)) []*resource.Resource {
	var rest []*resource.Resource
	current := map[*resource.Resource]*resource.Resource{} // of the copies in rest
	left := leftovers(siblings)
	ids := unclear(siblings)
	for _, r := range siblings {
		switch why := badKey(r); {
		case r.Kind.Foreign != nil && r.Kind.Foreign(r):
		case why != "":
			leave(r, why)
		case twice[r.Address]:
			leave(r, "another one has the same key")
		case left[r.Key] != nil:
			leave(r, fmt.Sprintf("an interrupted replacement left %s behind, and a plan would finish it", left[r.Key].Address))
		default:
			c := written(r, ids[r])
			current[c] = r
			if fits(c, leave) {
				rest = append(rest, c)
			}
		}
	}
	drop := func(r *resource.Resource) {
		rest = slices.DeleteFunc(rest, func(other *resource.Resource) bool { return r == other })
	}
	for len(rest) > 0 && rest[0].Kind.Check != nil {
		problems := rest[0].Kind.Check(rest)
		if len(problems) == 0 {
			break
		}
		p := problems[0]
		leave(p.Resource, leftOut(p, current[p.Resource]))
		if field := p.Resource.Kind.Field(fieldWith(p)); field != nil && p.Resource.Has(field.Name) && field.Need != resource.Always {
			delete(p.Resource.Fields, field.Name)
			continue
		}
		drop(p.Resource)
	}
	for _, r := range slices.Clone(rest) {
		if name := differs(r, current[r]); name != "" {
			leave(r, fmt.Sprintf("a plan would change it: a declared %s has %s: %s, and this one has %s",
				r.Kind.Title, name, resource.Show(r.Kind.Complete(r)[name]), resource.Show(current[r].Fields[name])))
			drop(r)
		}
		dropImplied(r)
	}
	return rest
}

// leftOut says why a resource with a problem is left out. Without a key it cannot be
// declared beside another one with the same label; the id tells which one it is.
func leftOut(p resource.Problem, current *resource.Resource) string {
	if p.Other == nil || p.Resource.Kind.Keyed() {
		return p.Message
	}
	k := p.Resource.Kind
	return fmt.Sprintf("another %s has the same label (@...), and a file can declare only one of them; pruning %s would delete the one with the id %s",
		k.Title, k.Collection, current.Handle)
}

// dropImplied removes the fields that follow from the others with the same value, such
// as the empty time of a job that runs every ten minutes.
func dropImplied(r *resource.Resource) {
	if r.Kind.Complete == nil {
		return
	}
	for _, f := range fieldsOf(r.Kind) {
		value, there := r.Fields[f.Name]
		if !there || f.Need == resource.Always {
			continue
		}
		delete(r.Fields, f.Name)
		if implied, follows := r.Kind.Complete(r)[f.Name]; !follows || !resource.Equal(implied, value) {
			r.Fields[f.Name] = value
		}
	}
}

// fits removes the fields with values that no file can contain, and reports whether r
// can be declared without them.
func fits(r *resource.Resource, leave func(*resource.Resource, string)) bool {
	sound := true
	for _, f := range fieldsOf(r.Kind) {
		value, there := r.Fields[f.Name]
		if !there {
			continue
		}
		if why := unfit(f, value); why != "" {
			leave(r, f.Name+": "+why)
			delete(r.Fields, f.Name)
			sound = sound && f.Need != resource.Always
		}
	}
	return sound
}

// leftovers returns the resources that an interrupted replacement left behind, by the
// key of what was to be replaced.
func leftovers(siblings []*resource.Resource) map[string]*resource.Resource {
	found := map[string]*resource.Resource{}
	for _, r := range siblings {
		if r.Kind.Leftover == nil {
			continue
		}
		if key := r.Kind.Leftover(r); key != "" {
			found[key] = r
		}
	}
	return found
}

// differs returns a field that follows from a declaration with another value than the
// existing resource has, or "".
func differs(declared, current *resource.Resource) string {
	if declared.Kind.Complete == nil {
		return ""
	}
	implied := declared.Kind.Complete(declared)
	for _, name := range resource.SortedKeys(implied) {
		if value, known := current.Fields[name]; known && !resource.Equal(value, implied[name]) {
			return name
		}
	}
	return ""
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
