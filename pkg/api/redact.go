package api

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What leaves this package as text may hold the API's words, and the API quotes
// what it was sent ("hunter2" is not a valid choice), or what is there already: a
// move or a delete may be refused with the value of what it is about. So every secret
// of a request, every one given to [Client.Conceal], and the
// token, is taken out of those words, in every spelling in which
// a request, or a server that complains about one, may hold it (spellings.go). A
// secret of several lines is also taken out line by line, since it may come back
// with its line breaks spelled another way.
//
// Spellings can be nested (JSON within a URL within JSON). A text that still holds a
// secret once it is decoded is withheld as a whole.
//
// A short secret ("1") is only taken out where it stands alone: elsewhere the
// text would be destroyed, and the gaps would give the secret away.

// shortSecret is the length in bytes below which a secret must stand alone.
const shortSecret = 4

// Secret is text that no output may hold: the token, and values in the body of a
// request. The client reveals it when it writes a request, and nowhere else, and
// keeps it out of every error.
type Secret interface{ Reveal() string }

// mask stands for a secret in every output.
const mask = "(sensitive)"

// Conceal keeps the secrets out of every error from now on, whatever request it is
// about.
func (c *Client) Conceal(secrets ...Secret) {
	c.concealing.Lock()
	defer c.concealing.Unlock()
	texts := slices.Clone(c.concealed) // the old ones may be in use
	for _, secret := range secrets {
		texts = append(texts, secret.Reveal())
	}
	slices.Sort(texts)
	c.concealed = slices.Compact(texts)
}

// Redactor gives a function that takes the token and all that is concealed so far
// out of a text, and what is given.
func (c *Client) Redactor(more ...string) func(string) string {
	c.concealing.Lock()
	defer c.concealing.Unlock()
	return redactor(slices.Concat(more, []string{c.token.Reveal()}, c.concealed)...)
}

// Quote gives the API's words as an error may hold them: on one line, bounded, without
// control characters, and without the token and what is concealed.
func (c *Client) Quote(words string) string { return oneLine(c.Redactor()(words)) }

// redactor gives a function that takes the secrets out of a text.
func redactor(secrets ...string) func(string) string {
	// Most answers are no complaints: the words are looked for when one is.
	words := sync.OnceValue(func() []string { return wordsToHide(secrets) })
	return func(text string) string {
		for _, word := range words() {
			switch {
			case strings.TrimSpace(word) == "":
			case len(word) >= shortSecret:
				text = strings.ReplaceAll(text, word, mask)
			default:
				text = replaceWord(text, word)
			}
		}
		if nested(text, secrets) {
			return withheld
		}
		return text
	}
}

// withheld stands for a text that holds a secret in a way that cannot be cut out.
const withheld = "(withheld: it contains a secret)"

// wordsToHide gives all spellings of all secrets and of their lines.
func wordsToHide(secrets []string) []string {
	var words []string
	for _, secret := range secrets {
		words = append(words, spellings(secret)...)
		for _, line := range strings.Split(secret, "\n") {
			if line = strings.TrimSpace(line); len(line) >= shortSecret && line != secret {
				words = append(words, spellings(line)...)
			}
		}
	}
	// Longer ones first: a secret may be part of another one.
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(words)
}

// replaceWord hides word where neither neighbour is a letter or a digit.
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
