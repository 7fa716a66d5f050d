package plan

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// resolve turns the names under which people know regions, plan groups and the
// like into ids. A name that refers to nothing, or to two things, is a problem
// that lists the choices. A reference whose catalogue was not read is not needed
// (a create-only field of something that exists) and stays a name.
func (b *builder) resolve() {
	for _, r := range b.desired {
		for i := range r.Kind.Fields {
			f := &r.Kind.Fields[i]
			ref, ok := r.Fields[f.Name].(resource.Ref)
			if !ok || ref.Handle != "" {
				continue
			}
			entries, read := b.Current.Catalogue[f.Target]
			if !read {
				continue
			}
			found := lookUp(entries, ref.Name)
			if len(found) == 1 {
				r.Fields[f.Name] = resource.Ref{Name: ref.Name, Handle: found[0].Handle}
				continue
			}
			what := strings.ReplaceAll(f.Target, "_", " ")
			message, hint := fmt.Sprintf("unknown %s %q", what, ref.Name), choices(entries)
			if len(found) > 1 {
				message = fmt.Sprintf("%q means more than one %s; use an id", ref.Name, what)
				hint = "choose from: " + strings.Join(identities(found), ", ")
			}
			b.problems = append(b.problems, diag.Diagnostic{
				At: fieldAt(r, f.Name), Message: message, Hint: hint,
			})
		}
	}
}

// lookUp finds the entries that a name means: by id, else by exact name, else by
// name in any case.
func lookUp(entries []resource.Entry, name string) []resource.Entry {
	for _, same := range []func(a, b string) bool{
		func(a, b string) bool { return a == b },
		strings.EqualFold,
	} {
		var found []resource.Entry
		for _, e := range entries {
			if e.Handle == name {
				return []resource.Entry{e}
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

func choices(entries []resource.Entry) string {
	if len(entries) == 0 {
		return "there is nothing to choose from"
	}
	var names []string
	for _, e := range entries {
		if len(e.Names) > 0 {
			names = append(names, e.Names[0])
		} else {
			names = append(names, e.Handle)
		}
	}
	return "choose from: " + strings.Join(names, ", ")
}

// identities tells entries of one name apart.
func identities(entries []resource.Entry) []string {
	var out []string
	for _, e := range entries {
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

// completeCreate gives a resource that is about to be created the fields that a
// create needs: declared, or the default or only choice of the catalogue.
func (b *builder) completeCreate(r *resource.Resource) {
	for i := range r.Kind.Fields {
		f := &r.Kind.Fields[i]
		if !f.Creation || r.Has(f.Name) {
			continue
		}
		hint := fmt.Sprintf("add %q to it", f.Name)
		if other := b.nearly(r); other != "" {
			hint = fmt.Sprintf("did you mean %s, which exists and is not declared? Else %s", other, hint)
		}
		if f.Type == resource.Reference {
			entries := b.Current.Catalogue[f.Target]
			if e, ok := defaultEntry(entries); ok {
				r.Fields[f.Name] = resource.Ref{Name: b.Current.Catalogue.Name(f.Target, e.Handle), Handle: e.Handle}
				continue
			}
			hint += "; " + choices(entries)
		}
		b.problems = append(b.problems, diag.Diagnostic{
			At: r.At, Hint: hint,
			Message: fmt.Sprintf("%s does not exist yet, and creating it needs %q", r.Address, f.Name),
		})
	}
}

func defaultEntry(entries []resource.Entry) (resource.Entry, bool) {
	if len(entries) == 1 {
		return entries[0], true
	}
	var found []resource.Entry
	for _, e := range entries {
		if e.Default {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return resource.Entry{}, false
}
