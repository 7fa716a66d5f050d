package spec

import (
	"slices"
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The secrets of divioctl itself, the API token and the ledger's key, must not reach the
// API as part of a value. Whoever can change the files could publish them that way: with
// a source that contains more than the secret, such as a netrc or .env file.
//
//   - A text that contains such a secret is refused, whether it comes from a source or
//     is written in the files, at any depth of a value, and also as a name.
//   - White space does not matter, inside of the secret either: a file may wrap it.
//   - A short secret must be a separate word, since "demo" is also part of many values
//     that have nothing to do with it. Real tokens are long.
//   - Encoded forms (base64, URL encoding) are not recognised.

// shortSecret is the number of characters below which a secret must be a separate word.
const shortSecret = 12

// ownSecrets are secrets of divioctl itself, without white space.
type ownSecrets []string

func newOwnSecrets(texts []string) ownSecrets {
	var own ownSecrets
	for _, text := range texts {
		if text = withoutSpace(text); text != "" {
			own = append(own, text)
		}
	}
	return own
}

// in reports whether a text contains one of the secrets.
func (own ownSecrets) in(text string) bool {
	if len(own) == 0 {
		return false
	}
	joined := withoutSpace(text)
	return slices.ContainsFunc(own, func(secret string) bool {
		switch {
		case !strings.Contains(joined, secret):
			return false
		case joined == secret || len(secret) >= shortSecret:
			return true
		}
		return slices.Contains(strings.FieldsFunc(text, betweenWords), secret)
	})
}

// inValue reports whether a value contains one of the secrets, at any depth. Sources are
// checked when they are resolved.
func (own ownSecrets) inValue(v resource.Value) bool {
	switch x := v.(type) {
	case string:
		return own.in(x)
	case resource.Secret:
		return own.in(x.Reveal())
	case resource.Ref:
		return own.in(x.Name)
	case []any:
		return slices.ContainsFunc(x, own.inValue)
	case map[string]any:
		for key, item := range x {
			if own.in(key) || own.inValue(item) {
				return true
			}
		}
	}
	return false
}

func withoutSpace(text string) string { return strings.Join(strings.Fields(text), "") }

// betweenWords reports whether r separates words: neither a letter nor a digit, nor a
// character that joins the parts of a name.
func betweenWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
}

const ownSecret = "it is a secret of divioctl itself, which must not reach an application"

// OwnSecrets reports the names and values in the files that contain a secret of divioctl
// itself (Sources.RefusedValues), in a part of the document's state. Their lines are not
// shown.
func (doc *Document) OwnSecrets(part *resource.State, from Sources) diag.List {
	own := newOwnSecrets(from.RefusedValues)
	if len(own) == 0 {
		return nil
	}
	var list diag.List
	refuse := func(at diag.Position, what string) {
		if p := doc.places[at]; p.file != nil {
			p.file.hidden[p.line] = true
		}
		list = append(list, diag.Diagnostic{
			At: at, Message: what + " contains the API token or the ledger's key",
			Hint: ownSecret + "; if the file was published, replace the secret",
		})
	}
	for _, r := range part.Resources {
		if r.Kind.Keyed() && own.in(r.Key) {
			refuse(r.At, "the "+r.Kind.KeyTitle())
		}
		for _, f := range fieldsOf(r.Kind) {
			if _, sourced := r.SourceOf(f.Name); !sourced && own.inValue(r.Fields[f.Name]) {
				refuse(r.FieldAt[f.Name], f.Name)
			}
		}
	}
	return list
}
