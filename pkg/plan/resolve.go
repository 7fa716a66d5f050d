package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Resolving references. A name that matches nothing or is ambiguous is a problem that
// lists the choices.
//
//   - A reference to a choice of the API (a region, a plan group, a service): one of
//     the choices, by name or by id. If the choices were not read they are not needed
//     (a create-only field of an existing resource), and the reference remains a name.
//   - A reference to a managed kind (a repository): the key of a declared resource,
//     which this plan may create, or the id of an existing one. This is resolved once
//     that kind has been matched.

// resolveChoices turns the names of choices into ids.
func (b *builder) resolveChoices() {
	for _, r := range b.desired {
		for i := range r.Kind.Fields {
			f := &r.Kind.Fields[i]
			ref, ok := r.Fields[f.Name].(resource.Ref)
			if !ok || ref.Handle != "" || b.Catalog.Kind(f.Target) != nil {
				continue
			}
			choices, read := b.Current.Choices[f.Target]
			if !read {
				continue
			}
			fitting := choicesFor(r, f, choices)
			found := lookUp(fitting, ref.Name)
			if len(found) == 1 {
				r.Fields[f.Name] = resource.Ref{Name: ref.Name, Handle: found[0].Handle}
				continue
			}
			what := strings.ReplaceAll(f.Target, "_", " ")
			message, hint := fmt.Sprintf("unknown %s %q", what, ref.Name), chooseFrom(fitting)
			if others := lookUp(choices, ref.Name); len(found) == 0 && len(others) > 0 {
				message = fmt.Sprintf("%q is of the %s %s, not %s", ref.Name, f.TypeFrom, others[0].Type, r.Text(f.TypeFrom))
			}
			if len(found) > 1 {
				message = fmt.Sprintf("%q matches more than one %s; use an id", ref.Name, what)
				hint = "choose from: " + strings.Join(identities(found), ", ")
			}
			b.problems = append(b.problems, diag.Diagnostic{
				At: fieldAt(r, f.Name), Message: message, Hint: hint,
			})
		}
	}
}

// resolveTo turns references to a managed kind into addresses and ids, once its
// resources have been matched. Those of existing resources get the names that the files
// use.
func (b *builder) resolveTo(kind *resource.Kind) {
	b.nameReferences(kind)
	current := map[resource.Address]*resource.Resource{}
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			if c.kind == kind && pair.Desired != nil {
				current[pair.Desired.Address] = pair.Current
			}
		}
	}
	for _, r := range b.desired {
		for i := range r.Kind.Fields {
			f := &r.Kind.Fields[i]
			ref, ok := r.Fields[f.Name].(resource.Ref)
			if !ok || f.Target != kind.Name || ref.Handle != "" {
				continue
			}
			address := resource.NewAddress(kind.Name, resource.Address{}, ref.Name)
			if b.wanted[address] != nil {
				ref.Address = address
				if there := current[address]; there != nil {
					ref.Handle = there.Handle
				}
				r.Fields[f.Name] = ref
				continue
			}
			if known := b.byHandle(kind, ref.Name); known != nil {
				r.Fields[f.Name] = resource.Ref{Name: ref.Name, Handle: known.Handle, Address: known.Address}
				continue
			}
			if !b.Current.Collections[resource.CollectionID{Kind: kind.Name}].Complete {
				continue
			}
			b.problems = append(b.problems, diag.Diagnostic{
				At:      fieldAt(r, f.Name),
				Message: fmt.Sprintf("unknown %s %q", kind.Title, ref.Name),
				Hint:    fmt.Sprintf("use a key under %s, or the id of an existing one", kind.Collection),
			})
		}
	}
}

// nameReferences names what existing resources refer to by the key of the declared one,
// or else of the existing one.
func (b *builder) nameReferences(kind *resource.Kind) {
	names := map[string]string{}
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			switch {
			case c.kind != kind || pair.Current == nil:
			case pair.Desired != nil:
				names[resource.CanonicalID(pair.Current.Handle)] = pair.Desired.Key
			default:
				names[resource.CanonicalID(pair.Current.Handle)] = pair.Current.Key
			}
		}
	}
	for _, r := range b.Current.Resources {
		for i := range r.Kind.Fields {
			f := &r.Kind.Fields[i]
			ref, ok := r.Fields[f.Name].(resource.Ref)
			if name := names[resource.CanonicalID(ref.Handle)]; ok && f.Target == kind.Name && name != "" {
				ref.Name = name
				r.Fields[f.Name] = ref
			}
		}
	}
}

// byHandle finds an existing resource by its id, or nil.
func (b *builder) byHandle(kind *resource.Kind, handle string) *resource.Resource {
	for _, r := range b.Current.Resources {
		if r.Kind.Name == kind.Name && resource.SameID(r.Handle, handle) {
			return r
		}
	}
	return nil
}

// lookUp finds the choices that match a name: by id, else by exact name, else by name
// in any case.
func lookUp(choices []resource.Choice, name string) []resource.Choice {
	for _, same := range []func(a, b string) bool{
		func(a, b string) bool { return a == b },
		strings.EqualFold,
	} {
		var found []resource.Choice
		for _, e := range choices {
			if resource.SameID(e.Handle, name) {
				return []resource.Choice{e}
			}
			for _, n := range e.Names {
				if same(n, name) {
					found = append(found, e)
					break
				}
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// choicesFor gives the choices that a field of a resource has: where it has a type,
// those of that type, and those of which none is known.
func choicesFor(r *resource.Resource, f *resource.Field, choices []resource.Choice) []resource.Choice {
	if f.TypeFrom == "" || !r.Has(f.TypeFrom) {
		return choices
	}
	return slices.DeleteFunc(slices.Clone(choices), func(c resource.Choice) bool {
		return c.Type != "" && !strings.EqualFold(c.Type, r.Text(f.TypeFrom))
	})
}

func chooseFrom(choices []resource.Choice) string {
	if len(choices) == 0 {
		return "no choices available"
	}
	var names []string
	for _, e := range choices {
		if len(e.Names) > 0 {
			names = append(names, e.Names[0])
		} else {
			names = append(names, e.Handle)
		}
	}
	return "choose from: " + strings.Join(names, ", ")
}

// identities distinguishes choices with the same name.
func identities(choices []resource.Choice) []string {
	var out []string
	for _, e := range choices {
		out = append(out, e.Handle+" ("+strings.Join(e.Names, ", ")+")")
	}
	return out
}

func fieldAt(r *resource.Resource, field string) diag.Position {
	if at, ok := r.FieldAt[field]; ok {
		return at
	}
	return r.At
}

// completeCreate sets the required fields of a create: as declared, or the default or
// only choice.
func (b *builder) completeCreate(r *resource.Resource) {
	for i := range r.Kind.Fields {
		f := &r.Kind.Fields[i]
		if f.Need != resource.ForCreate || r.Has(f.Name) {
			continue
		}
		hint := fmt.Sprintf("add %q to it", f.Name)
		if other := b.nearly(r.Address); !other.IsZero() {
			hint = fmt.Sprintf("did you mean %s, which exists and is not declared? Otherwise %s", other, hint)
		}
		if f.Type == resource.Reference {
			choices := choicesFor(r, f, b.Current.Choices[f.Target])
			if e, ok := defaultChoice(choices); ok {
				r.Fields[f.Name] = resource.Ref{Name: b.Current.Choices.Name(f.Target, e.Handle), Handle: e.Handle}
				continue
			}
			hint += "; " + chooseFrom(choices)
		}
		b.problems = append(b.problems, diag.Diagnostic{
			At: r.At, Hint: hint,
			Message: fmt.Sprintf("%s does not exist, and %q is required to create it", r.Address, f.Name),
		})
	}
}

func defaultChoice(choices []resource.Choice) (resource.Choice, bool) {
	if len(choices) == 1 {
		return choices[0], true
	}
	var found []resource.Choice
	for _, e := range choices {
		if e.Default {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return resource.Choice{}, false
}
