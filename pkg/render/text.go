package render

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Text is printed line by line, and a line is made of spans. A span's text is escaped
// when it is printed (safe.go), without exception: it always stays on its line, and
// cannot imitate another line or be a command to a CI system.

// look is how a span looks, as the parameter of the escape sequence for it.
type look string

const (
	plain   look = ""
	bold    look = "1"
	dim     look = "2"
	red     look = "31"
	green   look = "32"
	yellow  look = "33"
	magenta look = "35"
	cyan    look = "36"
)

type span struct {
	look look
	text string
	log  bool // a line of a log, which may have colours of its own
}

func text(s string) span        { return span{text: s} }
func as(l look, s string) span  { return span{look: l, text: s} }
func logText(s string) span     { return span{text: s, log: true} }
func indent(columns int) string { return strings.Repeat(" ", columns) }

// page collects lines.
type page struct {
	Options
	buffer bytes.Buffer
}

// shown returns the text of a span as it is printed, without its look.
func (s span) shown(colors bool) string {
	if s.log {
		return logLine(s.text, colors)
	}
	return safe(s.text)
}

// line prints one line of spans after an indent.
func (p *page) line(spaces int, spans ...span) {
	p.buffer.WriteString(indent(spaces))
	var whole strings.Builder
	for _, s := range spans {
		shown := s.shown(p.Color)
		if p.Color && s.look != plain && shown != "" {
			shown = "\x1b[" + string(s.look) + "m" + shown + "\x1b[0m"
		}
		whole.WriteString(shown)
	}
	// Once more, since spans may make a command together.
	p.buffer.WriteString(safeLine(whole.String()))
	p.buffer.WriteByte('\n')
}

// gap prints an empty line, unless the page is empty.
func (p *page) gap() {
	if p.buffer.Len() > 0 {
		p.buffer.WriteByte('\n')
	}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := p.buffer.WriteTo(w)
	return err
}

// columns is the maximum width.
func (o Options) columns() int {
	if o.Width > 0 {
		return o.Width
	}
	return 100
}

// displayWidth is the number of columns that printable text takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad pads s with spaces to n columns.
func pad(s string, n int) string { return s + indent(max(0, n-displayWidth(safe(s)))) }

// count returns "1 problem", "2 problems".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// some lists names, or the first few of many.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
}

func quote(s string) string { return strconv.Quote(s) }

// encode returns a structured value as JSON. Secrets inside it mask themselves.
func encode(v any, indent string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return resource.Show(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
