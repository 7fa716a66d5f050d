package render

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// How external text is put into Markdown. First it becomes one line of printable
// characters of a bounded length, as on a terminal; then it is put into one of three
// contexts that it cannot end.

const (
	// longestLine and longestWord are in bytes.
	longestLine = 400
	longestWord = 100
)

// diffText returns a line for a fence. It begins with a sign and a space, so that no
// line can end the fence or be a command to the forge. The sign may be a space.
func diffText(sign rune, spaces int, s string) string {
	return safeLine(string(sign)+" "+indent(spaces)+cut(safe(s), longestLine)) + "\n"
}

// fenceFor returns a fence that the text cannot end.
func fenceFor(text string) string { return strings.Repeat("`", max(3, longestRun(text)+1)) }

// codeSpan returns a text as a code span, in which it is plain text.
func codeSpan(s string) string {
	s = cut(safe(s), longestWord)
	if s == "" {
		return "(none)"
	}
	mark := strings.Repeat("`", longestRun(s)+1)
	if len(mark) > 1 {
		s = " " + s + " "
	}
	return mark + s + mark
}

// htmlText puts a text between HTML tags.
func htmlText(s string) string { return html.EscapeString(cut(safe(s), longestWord)) }

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// cut shortens a text to about most bytes and says by how much.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for !utf8.RuneStart(s[most]) {
		most--
	}
	return fmt.Sprintf("%s… (%d more characters)", s[:most], utf8.RuneCountInString(s[most:]))
}
