package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf16"
)

// formatVersion of the JSON documents. The number before the dot changes when something
// is removed or changes its meaning, the one after it when something is added.
const formatVersion = "2.0"

// JSON prints a document, indented, with the characters < > & as they are. Characters
// that could control a terminal, and commands to a CI system, are escaped, which does
// not change the document.
func JSON(w io.Writer, document any) error { return writeJSON(w, document) }

func writeJSON(w io.Writer, document any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return err
	}
	// The encoder escapes control characters of ASCII; all other characters that cannot
	// be printed are inside a string.
	var out bytes.Buffer
	for _, r := range b.String() {
		if r == '\n' || unicode.IsPrint(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	// A "#" is always inside a string, too.
	_, err := io.WriteString(w, escapeCommands(out.String(), `\u0023`))
	return err
}

// timestamp formats t in UTC with milliseconds, "" for the zero time.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
