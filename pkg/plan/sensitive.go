package plan

import (
	"fmt"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Two properties are independent: whether a value may be shown, and whether the API
// returns it.
//
// A value that is secret on one side of a pair is a secret on both, from here on: the
// old value is as secret as the new one. So no part of a plan, and no request made from
// one, contains it as plain text, and fingerprints do not include it.
//
// A declared field whose current value cannot be read back (mostly a sensitive value)
// is only written if
//
//   - it is missing: a create, or a replacement, which writes all fields;
//   - --write-sensitive matches the address;
//   - the ledger has an entry, and the declared value is different, or the API's date
//     says that the value was changed since.
//
// If the ledger shows that both are unchanged, the field is compared and equal. In
// every other case it is uncompared, which a plan reports. An empty text never replaces
// a value that cannot be read back. A value that is not available (--no-secrets) is
// never compared; if it may be written once it is available, the plan lists it.
//
// An ordinary value in the files, for a resource that is secret on the server, is
// blocked: it cannot be compared, so that an edit of it would be ignored. The files say
// whether the resource is to be secret (then it can be written), or to be replaced by
// one that is not. A value with a source counts as secret there.
//
// A saved plan says which values it writes; those that the ledger knows by then have been
// written (resume.go).

// conceal hides masked values on both sides of each pair.
func (b *builder) conceal() {
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			sides := []*resource.Resource{pair.Desired, pair.Current}
			if pair.Desired != nil { // what a replacement left behind has the value, too
				sides = append(sides, c.leftovers[pair.Desired.Key])
			}
			sides = slices.DeleteFunc(sides, func(r *resource.Resource) bool { return r == nil })
			for i := range c.kind.Fields {
				name := c.kind.Fields[i].Name
				if !slices.ContainsFunc(sides, func(r *resource.Resource) bool { return r.IsMasked(name) }) {
					continue
				}
				for _, r := range sides {
					if value, there := r.Fields[name]; there {
						r.Fields[name] = resource.Conceal(value)
					}
				}
			}
		}
	}
}

// ExposedSecret is the warning about a secret that is written in the files.
const ExposedSecret = "a secret is written in the file; use value_from"

func (b *builder) warnExposed() {
	for _, r := range b.Desired.Resources {
		for i := range r.Kind.Fields {
			if r.Exposed(&r.Kind.Fields[i]) {
				b.warn(r.Address, ExposedSecret)
			}
		}
	}
}

func (b *builder) unreadable(pair *resource.Pair, name string) (change resource.FieldChange, reason string) {
	r := pair.Desired
	value := r.Fields[name]
	f := r.Kind.Field(name)
	id := resource.FieldID{Address: r.Address, Name: name}
	masked := r.IsMasked(name) || pair.Current.IsMasked(name)
	field := Field{FieldID: id, Masked: masked, WriteOnly: !masked && f.WriteOnly}
	seal, sealed := b.Seals[id]
	change = resource.FieldChange{Name: name, After: value, Masked: masked}
	modified, _ := pair.Current.Facts[r.Kind.Modified].(string)
	changed := seal.Modified != "" && modified != "" && seal.Modified != modified
	asked := b.whyForced(id, seal, changed)
	open := b.Rewrites == nil || b.Rewrites.Maybe[id]
	_, absent := value.(resource.Source)
	switch {
	case absent:
		if asked != "" || open && (sealed || pair.Current.Has(name)) {
			b.mayWrite = append(b.mayWrite, field)
		}
	case !masked && !f.WriteOnly:
	case resource.Equal(value, ""):
		if asked != "" {
			b.note(r.Address, name+" is empty; a secret is never replaced by an empty value, so it is not changed")
		}
	case asked != "":
		return change, asked
	case !sealed || !seal.Known || !open:
	case !seal.Same:
		return change, "the value differs from the one in the ledger"
	case changed:
		return change, "according to the ledger, it was changed since it was written"
	default:
		return change, "" // compared, and equal
	}
	b.uncompared = append(b.uncompared, field)
	return change, ""
}

// whyForced says why a value is written although it cannot be compared, "" if it is not.
// One that a saved plan writes has been written if the ledger knows it now, and did not
// when the plan was made, or has another date since. changed: it was changed elsewhere.
func (b *builder) whyForced(id resource.FieldID, seal Seal, changed bool) string {
	var was Seal
	var rewrite bool
	if b.Rewrites != nil {
		was, rewrite = b.Rewrites.Planned[id]
	}
	written := seal.Known && seal.Same && !changed && (!was.Same || was.Modified != seal.Modified)
	switch {
	case slices.ContainsFunc(b.WriteSensitive, id.Address.Match):
		return "written because of --write-sensitive"
	case rewrite && !written:
		return "written as planned"
	}
	return ""
}

// plainBlock is the reason for blocking a value that is plain (isPlain).
func plainBlock(kind *resource.Kind, name string) string {
	secret := kind.Field(name).If
	return fmt.Sprintf("it is %s on the server, and its %s cannot be compared: declare %s: true to write it, or %s: false to replace the %s",
		secret, name, secret, secret, kind.Title)
}

// isPlain reports whether a value is written in the files as an ordinary one, and the
// existing resource says that it is secret.
func isPlain(pair *resource.Pair, name string) bool {
	r := pair.Desired
	f := r.Kind.Field(name)
	_, sourced := r.SourceOf(name)
	return f.If != "" && !r.Has(f.If) && pair.Current.Is(f.If) && !sourced
}

// rewrites reports whether a change only writes existing values that cannot be
// compared, or are secret.
func rewrites(c *resource.Change) bool {
	return c.Action == resource.Update && len(c.Fields) > 0 &&
		!slices.ContainsFunc(c.Fields, func(f resource.FieldChange) bool { return !hidesField(c, f) })
}

// hidesField reports whether the value of a field is secret, or cannot be read back.
func hidesField(c *resource.Change, f resource.FieldChange) bool {
	field := c.Kind.Field(f.Name)
	return f.Masked || field != nil && field.WriteOnly
}
