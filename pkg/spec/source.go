package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/diag"
)

// file is one source, with its text split into lines.
type file struct {
	name  string // as printed
	dir   string // files of value_from are below it
	text  string
	lines []string
	// hidden are the lines (from 1) that may contain a secret: no message shows them.
	hidden map[int]bool
	// starts contains the offsets of characters for lines that are not only ASCII, so
	// that a long line is not scanned for each place.
	starts map[int][]int
}

func newFile(name, dir, text string) *file {
	return &file{name: name, dir: dir, text: text, lines: splitLines(text), hidden: map[int]bool{}, starts: map[int][]int{}}
}

// from gives line n from a column on.
func (f *file) from(n, column int) string {
	line := f.line(n)
	starts, known := f.starts[n]
	if !known {
		if utf8.RuneCountInString(line) < len(line) {
			for at := range line {
				starts = append(starts, at)
			}
		}
		f.starts[n] = starts
	}
	switch {
	case column < 1 || column > len(line):
		return ""
	case starts == nil:
		return line[column-1:]
	case column > len(starts):
		return ""
	}
	return line[starts[column-1]:]
}

// splitLines splits text at everything that yaml.v3 counts as a line break, so that the
// line numbers are the same.
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

// line returns the text of a line (from 1), "" if there is none.
func (f *file) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// place is a range within one line. Line and column count from 1, column and width in
// characters. The zero place means "no place".
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
	if p.file == nil {
		return ""
	}
	return p.file.from(p.line, p.column)
}

// report collects problems and adds their source lines at the end, when it is known
// which lines may be shown.
type report struct {
	list  diag.List
	files map[string]*file
	// quotes are the problems whose messages quote the text of a node, by their index.
	quotes map[int]quotation
	// unread: some input could not be read at all, so that missing keys may be in it.
	unread bool
}

func newReport() *report { return &report{files: map[string]*file{}, quotes: map[int]quotation{}} }

// add reports a problem at p. The hint says what to do; "" for none.
func (r *report) add(p place, hint, format string, args ...any) *diag.Diagnostic {
	r.list = append(r.list, diag.Diagnostic{
		At: p.position(), Width: max(p.width, 1), Hint: hint, Message: fmt.Sprintf(format, args...),
	})
	return &r.list[len(r.list)-1]
}

// quotation is what a message quotes, and the message to use if that is secret.
type quotation struct {
	node    *node
	without string
}

// quoting records that the message of the last reported problem quotes n. That is
// needed for problems that are reported before it is known what is secret.
func (r *report) quoting(n *node, without string) {
	r.quotes[len(r.list)-1] = quotation{n, without}
}

// both reports a problem at p that is related to an earlier place.
func (r *report) both(p, earlier place, what, hint, format string, args ...any) {
	d := r.add(p, hint, format, args...)
	d.Related = []diag.Related{{At: earlier.position(), Message: what}}
}

// maxLine is the maximum number of characters of a line that are shown: a file may be a
// single long line.
const maxLine = 300

// finish sorts the problems and adds the lines that may be shown.
func (r *report) finish() diag.List {
	for i := range r.list {
		d := &r.list[i]
		if quoted, known := r.quotes[i]; known && quoted.node.secret {
			d.Message = quoted.without
		}
		d.Line, d.Width = r.shown(d.At, d.Width)
	}
	r.list.Sort()
	return r.list
}

// shown returns the line of a place and the width of the mark; "" if the line may
// contain a secret, or the place is beyond maxLine.
func (r *report) shown(at diag.Position, width int) (string, int) {
	f := r.files[at.File]
	if f == nil || at.Line == 0 || f.hidden[at.Line] || at.Column > maxLine {
		return "", 0
	}
	line := f.line(at.Line)
	if rest := f.from(at.Line, maxLine+1); rest != "" {
		line = strings.TrimSuffix(line, rest) + "..."
		width = min(width, maxLine-at.Column+1)
	}
	if line == "" {
		return "", 0
	}
	return line, max(1, min(width, utf8.RuneCountInString(line)-at.Column+1))
}
