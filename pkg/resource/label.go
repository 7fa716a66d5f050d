package resource

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Resources without a natural key (cron jobs) have a label in its place, in addresses
// and messages. There are three, from short to exact; a resource is addressed by the
// first one that no sibling has:
//
//   - the short label: the text of the first field, without its outer white space
//     ("command");
//   - the long one: with the texts of the other fields ("command@frequency,time");
//   - the exact one: with the id, so that it is unique ("command@frequency,time#id").
//
// A resource is found by each of its labels. Where a label means several, whoever asks
// must decide or refuse.
//
// A label is one line, and two texts never have the same one: a line break is written
// \n, a tab \t, a carriage return \r, and any other control character \u and four
// hexadecimal digits. A backslash that would be read as the beginning of one of these, or
// of another backslash, is doubled; any other stands for itself, so that the labels of
// ordinary commands are their text.

// DisplayKey is the short label of a resource without a natural key.
func DisplayKey(r *Resource) string {
	return escapeLabel(Trim(r.Text(r.Kind.Fields[0].Name)))
}

// LongKey is the long label. It contains no secrets.
func LongKey(r *Resource) string {
	var rest []string
	for i := range r.Kind.Fields[1:] {
		name := r.Kind.Fields[i+1].Name
		if text := Trim(r.Text(name)); text != "" && !r.IsMasked(name) {
			rest = append(rest, escapeLabel(text))
		}
	}
	return DisplayKey(r) + "@" + strings.Join(rest, ",")
}

// ExactKey is the exact label of an existing resource.
func ExactKey(r *Resource) string { return LongKey(r) + "#" + r.Handle }

// Addresses are all addresses that identify r: its own, and for one without a key also
// those with its labels.
func (r *Resource) Addresses() []Address {
	addresses := []Address{r.Address}
	if !r.Kind.Keyed() {
		keys := []string{DisplayKey(r), LongKey(r)}
		if r.Handle != "" {
			keys = append(keys, ExactKey(r))
		}
		for _, key := range keys {
			addresses = append(addresses, NewAddress(r.Kind.Name, r.Parent, key))
		}
	}
	return addresses
}

// normalLabel returns a label as this program writes it.
func normalLabel(label string) string {
	return escapeLabel(Trim(unescapeLabel(label)))
}

// escaped are the characters that begin an escape behind a backslash.
const escaped = `\nrtu`

// escapeLabel writes a text on one line.
func escapeLabel(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '\\' || breaksLine(r) }) {
		return text
	}
	var out strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case breaksLine(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		case r == '\\' && i+1 < len(runes) && (strings.ContainsRune(escaped, runes[i+1]) || breaksLine(runes[i+1])):
			out.WriteString(`\\`)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// breaksLine reports whether a character cannot be part of a label as it is.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// unescapeLabel is the reverse of escapeLabel. A backslash that begins no escape stands
// for itself.
func unescapeLabel(label string) string {
	var out strings.Builder
	for rest := label; rest != ""; {
		before, after, found := strings.Cut(rest, `\`)
		out.WriteString(before)
		if !found {
			break
		}
		rest = after
		switch {
		case strings.HasPrefix(rest, `\`):
			out.WriteByte('\\')
		case strings.HasPrefix(rest, "n"):
			out.WriteByte('\n')
		case strings.HasPrefix(rest, "r"):
			out.WriteByte('\r')
		case strings.HasPrefix(rest, "t"):
			out.WriteByte('\t')
		case strings.HasPrefix(rest, "u") && len(rest) >= 5:
			if code, err := strconv.ParseUint(rest[1:5], 16, 16); err == nil {
				out.WriteRune(rune(code))
				rest = rest[5:]
				continue
			}
			out.WriteByte('\\')
			continue
		default:
			out.WriteByte('\\')
			continue
		}
		rest = rest[1:]
	}
	return out.String()
}
