package resource

import (
	"strings"
	"unicode"
)

// White space around text. The API drops it from every text, except from the value of a
// variable, which it keeps (docs: environment variables). So:
//
//   - A text field, a label, a reference and a name of the API are compared, paired,
//     looked up and sent without it. [Field.Normal] and [Catalog.Parse] do that.
//   - A key in the files that has it is an error, not a second name for the same
//     resource.
//   - A value that is taken as typed (TypedText) compares exactly. Where the API gives
//     one back without its outer white space after all, the two count as equal, and the
//     plan says so: otherwise it would write the value again for ever.

// Trim returns a text without its outer white space, as the API stores it: what Python
// calls white space, which includes four control characters that Unicode does not.
func Trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}

// Trimmed reports whether a value of the API is the declared one without its outer
// white space, and was declared with some.
func Trimmed(current, declared Value) bool {
	text, ok := textOf(declared)
	stored, known := textOf(current)
	return ok && known && stored != text && stored == Trim(text)
}

// textOf returns a text, whether it is secret or not.
func textOf(v Value) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case Secret:
		return x.Reveal(), true
	}
	return "", false
}
