package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
)

// formatVersion of the JSON documents. The number before the dot changes when
// something goes or means something else, the one behind it when something is
// added.
const formatVersion = "2.0"

// writeJSON prints a document, indented, with the characters < > & as they are.
// What could steer a terminal is escaped, which means the same to a program.
func writeJSON(w io.Writer, document any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return err
	}
	// The encoder escapes control characters of ASCII; everything else that
	// cannot be printed stands inside a string.
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
	_, err := out.WriteTo(w)
	return err
}
