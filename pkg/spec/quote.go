package spec

import (
	"strconv"
)

// quote returns text in quotes, shortened if it is long.
func quote(text string) string { return strconv.Quote(shorten(text)) }

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:57]) + "..."
	}
	return text
}

func quoteAll(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = quote(word)
	}
	return out
}

func digits(text string) bool {
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil
}
