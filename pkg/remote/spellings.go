package remote

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// spellings gives text in all the ways in which programs write it down: as it is,
// within JSON (with or without Unicode and HTML characters escaped), as Python
// shows it, within a URL, within HTML, and as base64.
func spellings(text string) []string {
	quoted := inJSON(text)
	ascii := asciiOnly(quoted)
	out := []string{
		text, quoted, ascii, strings.ReplaceAll(quoted, "/", `\/`),
		strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(quoted),
		strings.NewReplacer(`\"`, `"`, "'", `\'`).Replace(quoted), strings.ReplaceAll(quoted, `\"`, `"`),
		url.QueryEscape(text), url.PathEscape(text),
		html.EscapeString(text), strings.NewReplacer("&#39;", "&#x27;", "&#34;", "&quot;").Replace(html.EscapeString(text)),
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		out = append(out, encoding.EncodeToString([]byte(text)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inJSON gives text as it stands between the quotes of a JSON string.
func inJSON(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil {
		return text
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(out.String(), "\n"), `"`), `"`)
}

// asciiOnly escapes every other character as JSON does.
func asciiOnly(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}
