package api

import (
	"slices"
	"strings"
	"sync"
)

// Text that this package returns may contain the API's messages, and the API quotes
// what it was sent ("hunter2" is not a valid choice), or existing values: a move or a
// delete may be rejected with the value of the resource. So every secret of a request,
// every one given to [Client.Conceal], and the token, is removed from those messages,
// in every encoding in which a request, or an error about one, may contain it
// (spellings.go). A secret of several lines is also removed line by line, since its
// line breaks may come back in another encoding.
//
// Encodings can be nested (JSON within a URL within JSON). A text that still contains a
// secret after decoding is withheld completely.
//
// A short secret ("1") is only removed where it is a separate word: otherwise the text
// would become unreadable, and the gaps would reveal the secret.

// shortSecret is the length in bytes below which a secret must be a separate word.
const shortSecret = 4

// Secret is text that no output may contain: the token, and values in the body of a
// request. The client reveals it only when it writes a request, and removes it from
// every error.
type Secret interface{ Reveal() string }

// mask replaces a secret in every output.
const mask = "(sensitive)"

// Conceal removes the secrets from every error from now on, of any request.
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

// Redactor returns a function that removes from a text the token, all secrets concealed
// so far, and the given ones.
func (c *Client) Redactor(more ...string) func(string) string {
	c.concealing.Lock()
	defer c.concealing.Unlock()
	return redactor(slices.Concat(more, []string{c.token.Reveal()}, c.concealed)...)
}

// Quote gives the API's words as an error may hold them: on one line, bounded, without
// control characters, and without the token and what is concealed.
func (c *Client) Quote(words string) string { return oneLine(c.Redactor()(words)) }

// redactor returns a function that removes the secrets from a text.
func redactor(secrets ...string) func(string) string {
	// Most answers are not errors: the words are only computed for an error.
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

// withheld replaces a text that contains a secret in a form that cannot be removed.
const withheld = "(withheld: it contains a secret)"

// wordsToHide returns all spellings of all secrets and of their lines.
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
