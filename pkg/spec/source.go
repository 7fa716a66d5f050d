package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/diag"
)

// file is one source, with its text cut into lines.
type file struct {
	name  string // as shown to people
	dir   string // value_from: {file: ...} is below it
	text  string
	lines []string
	// hidden are the lines (from 1) that may hold a secret: no message shows
	// them.
	hidden map[int]bool
}

func newFile(name, dir, text string) *file {
	return &file{name: name, dir: dir, text: text, lines: splitLines(text), hidden: map[int]bool{}}
}

// splitLines cuts text at everything that yaml.v3 counts as a line break, so
// that our line numbers are its.
func splitLines(text string) []string {
	var lines []string
	start := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch r {
		case '\r':
			if strings.HasPrefix(text[next:], "\n") {
				next++
			}
		case '\n', '\u0085', '\u2028', '\u2029':
		default:
			i = next
			continue
		}
		lines = append(lines, text[start:i])
		start, i = next, next
	}
	return append(lines, text[start:])
}

// line gives the text of a line (from 1), "" where there is none.
func (f *file) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// place is a stretch of one line. Line and column count from 1, column and width
// in characters. The zero place is no place.
type place struct {
	file                *file
	line, column, width int
}

func (p place) position() diag.Position {
	if p.file == nil {
		return diag.Position{}
	}
	return diag.Position{File: p.file.name, Line: p.line, Column: p.column}
}

// rest is the line from p on.
func (p place) rest() string {
	runes := []rune(p.file.line(p.line))
	if p.column < 1 || p.column > len(runes) {
		return ""
	}
	return string(runes[p.column-1:])
}

// report collects problems and gives them their source lines in the end, when it
// is known which lines may be shown.
type report struct {
	list  diag.List
	files map[string]*file
	// unread: some input could not be read at all, so that what is missing may
	// be there.
	unread bool
}

func newReport() *report { return &report{files: map[string]*file{}} }

// add reports a problem at p. The hint says what to do; "" for none.
func (r *report) add(p place, hint, format string, args ...any) *diag.Diagnostic {
	r.list = append(r.list, diag.Diagnostic{
		At: p.position(), Width: max(p.width, 1), Hint: hint, Message: fmt.Sprintf(format, args...),
	})
	return &r.list[len(r.list)-1]
}

// both reports a problem at p that has to do with an earlier place.
func (r *report) both(p, earlier place, what, hint, format string, args ...any) {
	d := r.add(p, hint, format, args...)
	d.Related = []diag.Related{{At: earlier.position(), Message: what}}
}

// finish sorts the problems and adds the lines that may be shown.
func (r *report) finish() diag.List {
	for i := range r.list {
		d := &r.list[i]
		f := r.files[d.At.File]
		if f == nil || d.At.Line == 0 || f.hidden[d.At.Line] {
			d.Line, d.Width = "", 0
			continue
		}
		d.Line = f.line(d.At.Line)
		room := utf8.RuneCountInString(d.Line) - d.At.Column + 1
		d.Width = max(1, min(d.Width, room))
	}
	r.list.Sort()
	return r.list
}
