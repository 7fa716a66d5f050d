package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// spellings returns text in all usual encodings: unchanged, within JSON (with or
// without Unicode and HTML characters escaped), as Python prints it, within a URL,
// within HTML, and as base64.
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

// nested reports whether text contains a secret after it is decoded, once or several
// times. Of a longer secret only letters and digits are compared, since all other
// characters may be encoded differently.
func nested(text string, secrets []string) bool {
	const most, telling = 4, 8
	var words []string
	for _, secret := range secrets {
		for _, word := range append(strings.Split(secret, "\n"), secret) {
			if word = strings.TrimSpace(word); word != "" {
				words = append(words, word, decodeText(word)) // anything that looks like an escape is also decoded
			}
		}
	}
	for range most {
		core := lettersAndDigits(text)
		decoded := decodeText(text)
		for _, word := range words {
			if kept := lettersAndDigits(word); len(kept) >= telling && strings.Contains(core, kept) {
				return true
			}
			if decoded != text && replaceWord(decoded, word) != decoded {
				return true
			}
		}
		if decoded == text {
			return false
		}
		text = decoded
	}
	return false
}

func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if partOfWord(r) {
			return r
		}
		return -1
	}, text)
}

var escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\["'\\/bfnrt]|%[0-9a-fA-F]{2}`)

// decodeText decodes one layer of the escapes of JSON, URLs and HTML.
func decodeText(text string) string {
	text = escapes.ReplaceAllStringFunc(text, func(escape string) string {
		if escape[0] == '%' {
			code, _ := strconv.ParseUint(escape[1:], 16, 8)
			return string([]byte{byte(code)})
		}
		if plain, err := strconv.Unquote(`"` + strings.ReplaceAll(escape, `\'`, "'") + `"`); err == nil {
			return plain
		}
		return escape[1:]
	})
	return html.UnescapeString(text)
}

// inJSON returns text as it is written between the quotes of a JSON string.
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

// replaceWord masks word where neither neighbour is a letter or a digit.
func replaceWord(text, word string) string {
	var out strings.Builder
	last := ' '
	for text != "" {
		rest, found := strings.CutPrefix(text, word)
		next, size := utf8.DecodeRuneInString(rest)
		if found && !partOfWord(last) && (size == 0 || !partOfWord(next)) {
			out.WriteString(mask)
			text, last = rest, ')'
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		out.WriteString(text[:size])
		text, last = text[size:], r
	}
	return out.String()
}

func partOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
