package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Two questions are kept apart: may a value be shown, and can it be read back.
//
// A value that may not be shown on one side of a pair is a secret on both, from
// here on: what stood there before is as secret as what replaces it. So no part of
// a plan, and no request made from one, holds it as plain text, and fingerprints
// are taken without it.
//
// A declared field whose current value cannot be read back (a sensitive value,
// mostly) is never written on suspicion. It is written when
//
//   - it is missing: a create, or a replacement, which writes all;
//   - --write-sensitive names the address;
//   - the ledger knows what was written last, and the declared value is another, or
//     the API's date says that somebody changed it since.
//
// Where the ledger shows that both are as they were, the field is compared and
// equal. In every other case it is uncompared, which a plan says. An empty text is
// never written over a value that nobody can read: a secret is never blanked. A
// value that is not available (--no-secrets) is never compared; where one of the
// above, or a comparison, may lead to a write once it is, that is listed.
//
// So that a plan made without the secrets and one made with them agree, writing an
// existing masked value again stays outside the digest.

// conceal hides masked values on both sides of each pair.
func (b *builder) conceal() {
	for _, c := range b.collections {
		for _, pair := range c.pairs {
			sides := slices.DeleteFunc([]*resource.Resource{pair.Desired, pair.Current}, func(r *resource.Resource) bool { return r == nil })
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

// ExposedSecret is the warning about a secret that stands in the files.
const ExposedSecret = "a secret stands in the file; take it from elsewhere (value_from)"

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
	asked := slices.ContainsFunc(b.WriteSensitive, r.Address.Match)
	seal, sealed := b.Seals[id]
	change = resource.FieldChange{Name: name, After: value, Masked: masked}
	modified, _ := pair.Current.Facts[r.Kind.Modified].(string)
	_, absent := value.(resource.Source)
	switch {
	case absent:
		if asked || sealed || pair.Current.Has(name) {
			b.mayWrite = append(b.mayWrite, field)
		}
	case !masked && !f.WriteOnly:
	case resource.Equal(value, ""):
		if asked {
			b.note(r.Address, name+" is empty, and a secret is never blanked: it is left alone")
		}
	case asked:
		return change, "written as --write-sensitive asks"
	case !sealed || !seal.Known:
		if f.If != "" && !r.Has(f.If) && !r.Masked[name] {
			b.note(r.Address, "it is "+f.If+" on the server, so that its "+name+" cannot be compared with the one in the file")
		}
	case !seal.Same:
		return change, "the ledger says that another value was written last"
	case seal.Modified != "" && modified != "" && seal.Modified != modified:
		return change, "the ledger says that somebody changed it since it was written"
	default:
		return change, "" // compared, and equal
	}
	b.uncompared = append(b.uncompared, field)
	return change, ""
}

// writesUncompared reports whether a change writes a value over one that cannot be
// read back. It was decided by what is known when the plan is made.
func writesUncompared(c *resource.Change) bool {
	return c.Action == resource.Update && slices.ContainsFunc(c.Fields, func(f resource.FieldChange) bool {
		return (f.Masked || c.Kind.Field(f.Name) != nil && c.Kind.Field(f.Name).WriteOnly) && !f.HasBefore
	})
}

// rewrites reports whether a change does no more than write values that exist
// already and cannot be compared, or may not be shown.
func rewrites(c *resource.Change) bool {
	return c.Action == resource.Update && len(c.Fields) > 0 &&
		!slices.ContainsFunc(c.Fields, func(f resource.FieldChange) bool {
			field := c.Kind.Field(f.Name)
			return !f.Masked && (field == nil || !field.WriteOnly)
		})
}
