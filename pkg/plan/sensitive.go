package plan

import (
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
)

// A declared field whose current value cannot be read (a sensitive value, mostly)
// is never written on suspicion. It is written when
//
//   - it is missing: a create, or a replacement, which writes all;
//   - --write-sensitive names the address;
//   - the ledger knows what was written last, and the declared value is another, or
//     the API's date says that somebody changed it since.
//
// Where the ledger shows that both are as they were, the field is compared and
// equal. In every other case it is uncompared, which a plan says. A value that is
// not at hand (--no-secrets) is never compared; whether it would be written is
// then not known, and it is listed as one that may be.
//
// So that a plan made without the secrets and one made with them agree, writing an
// existing sensitive value again stays outside the digest.
func (b *builder) unreadable(pair *resource.Pair, name string) (change resource.FieldChange, reason string) {
	r := pair.Desired
	value := r.Fields[name]
	uncompared := Field{Address: r.Address, Name: name}
	asked := slices.ContainsFunc(b.WriteSensitive, r.Address.Match)
	seal, sealed := b.Seals[r.Address]
	if _, absent := value.(resource.Source); absent {
		b.uncompared = append(b.uncompared, uncompared)
		b.mayWrite = append(b.mayWrite, uncompared)
		return change, ""
	}
	change = resource.FieldChange{Name: name, After: value, Sensitive: true}
	modified, _ := pair.Current.Facts[r.Kind.Modified].(string)
	switch {
	case !r.Secretive(name) && !pair.Current.Secretive(name):
		b.uncompared = append(b.uncompared, uncompared)
		return change, ""
	case asked:
		return change, "written as --write-sensitive asks"
	case !sealed || !seal.Known:
		b.uncompared = append(b.uncompared, uncompared)
		return change, ""
	case !seal.Same:
		return change, "the ledger says that another value was written last"
	case seal.Modified != "" && modified != "" && seal.Modified != modified:
		return change, "the ledger says that somebody changed it since it was written"
	}
	return change, ""
}

// rewrites reports whether a change does no more than write masked values that
// exist already.
func rewrites(c *resource.Change) bool {
	return c.Action == resource.Update && len(c.Fields) > 0 && c.Blocked == "" &&
		!slices.ContainsFunc(c.Fields, func(f resource.FieldChange) bool { return !f.Sensitive })
}
