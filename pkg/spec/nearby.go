package spec

import (
	"regexp"
	"strings"
)

// If a file is not valid YAML there is no tree that shows what is secret. Then lines
// are checked: one that may belong to a secret is hidden.

var (
	keyLine     = regexp.MustCompile(`^((?: |- )*)[^\s:#][^\s:]*:(?:\s|$)`)
	anyLine     = regexp.MustCompile(`^(?: |- )*`)
	secretWords = []string{"sensitive", "password"}
)

// hideNearby hides line n if it may belong to a sensitive entry: one of the entry's
// other lines is close, or a key beside it or beside one of the keys above it, by
// indentation, indicates this.
func hideNearby(f *file, n int) {
	for near := n - 3; near <= n+3; near++ {
		if lineHintsAtSecret(f.line(near)) {
			f.hidden[n] = true
		}
	}
	from := n // a text of several lines belongs to the key above it
	for from > 1 && !keyLine.MatchString(f.line(from)) {
		from--
	}
	level := len(anyLine.FindString(f.line(from)))
	for at, up := from, level; at >= 1; at-- {
		text := f.line(at)
		lead := anyLine.FindString(text)
		switch {
		case len(lead) == len(text) || len(lead) > up: // empty, or below another key
		case len(lead) < up && lineHintsAtSecret(text), keyHintsAtSecret(text[len(lead):]):
			f.hidden[n] = true
			fallthrough
		default:
			up = len(lead)
			if dash := strings.Index(lead, "-"); dash >= 0 {
				up = dash // the lines above are another entry of the list
			}
		}
	}
	for at := from + 1; at <= len(f.lines); at++ {
		text := f.line(at)
		lead := anyLine.FindString(text)
		if len(lead) == len(text) || len(lead) > level {
			continue
		}
		if len(lead) < level && keyLine.MatchString(text) || strings.Contains(lead, "-") {
			break
		}
		if keyHintsAtSecret(text[len(lead):]) {
			f.hidden[n] = true
		}
	}
}

// lineHintsAtSecret reports whether a line contains a word for secrets.
func lineHintsAtSecret(text string) bool {
	lower := strings.ToLower(text)
	for _, word := range secretWords {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// keyHintsAtSecret reports whether text begins with a key that is a word for secrets,
// or similar to one.
func keyHintsAtSecret(text string) bool {
	key, _, found := strings.Cut(text, ":")
	return found && suggest(strings.Trim(key, `"'`), secretWords) != ""
}
