package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The file is written in one form and read tolerantly, because git and editors modify
// it: a change by a merge or an editor that does not affect the meaning is accepted;
// anything ambiguous is refused, with the line and what to do. No message repeats the
// text of a line, since it may contain anything that was pasted there.
//
// An entry is one line, so that two branches that add or change different
// entries merge line by line.

// header is the first line: the format and its version.
const (
	headerStart = "# divioctl ledger "
	version     = "2"
	header      = headerStart + version
)

// Problem is one error in a ledger file.
type Problem struct {
	Line    int    // from 1
	Message string // what is wrong
	Hint    string // what to do
}

// Invalid says why a ledger file cannot be used. Problems is never empty, and
// sorted by line.
type Invalid struct {
	File     string
	Problems []Problem
}

// Error gives one line per problem: "file:line: message: hint".
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d: %s: %s", e.File, p.Line, p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

const (
	hintConflict = "resolve the merge conflict, or delete both sides and the markers: " +
		"the values are then not compared"
	hintDouble = "keep the line of the last apply, or delete both: the value is then not compared"
	hintEntry  = "an entry is ADDRESS, tab, FIELD, tab, hmac-sha256:HEX, tab, DATE; restore the line from git, or delete it: " +
		"the value is then not compared"
	hintHeader  = `check that this is the right file; a ledger begins with the line "` + header + `"`
	hintVersion = "use the version of divioctl that wrote it, or delete the file: the values are then not compared"
)

// Parse reads the text of a ledger; name is what messages call it. A text without any
// content is an empty ledger. If the content is invalid, the error is an [*Invalid]
// with all problems.
func Parse(name string, r io.Reader) (*Ledger, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the ledger %s: %w", name, err)
	}
	p := parser{lines: map[ID]int{}}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if !p.line(number, line) {
			break
		}
	}
	if len(p.problems) > 0 {
		return nil, &Invalid{File: name, Problems: p.problems}
	}
	return &p.ledger, nil
}

// parser is the state between two lines.
type parser struct {
	ledger     Ledger
	lines      map[ID]int // the line of each entry
	begun      bool       // the header was read
	conflicted bool       // between <<<<<<< and >>>>>>>
	problems   []Problem
}

// line parses one line, and reports whether parsing can continue.
func (p *parser) line(number int, line string) bool {
	wrong := func(hint, format string, args ...any) {
		p.problems = append(p.problems, Problem{Line: number, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	mark, of := conflictMarker(line), headerVersion(line)
	switch {
	case p.conflicted:
		p.conflicted = mark != '>' // one problem is enough for one conflict
	case mark != 0:
		p.begun, p.conflicted = true, mark == '<'
		wrong(hintConflict, "unresolved merge conflict")
	case strings.TrimSpace(line) == "":
	case of == version:
		p.begun = true
	case of != "":
		wrong(hintVersion, "not version "+version+" of the format")
		return false
	case !p.begun:
		wrong(hintHeader, "not a ledger")
		return false
	case line[0] == '#':
	default:
		id, seal, ok := parseEntry(line)
		before, known := p.lines[id]
		switch {
		case !ok:
			wrong(hintEntry, "not an entry")
		case !known:
			p.lines[id] = number
			p.ledger.Set(id, seal)
		case p.ledger.seals[id] != seal:
			wrong(hintDouble, "duplicate entry for %s of %s, see line %d", field(id.Field), field(id.Address), before)
		}
	}
	return true
}

// headerVersion returns the version in a line that has the form of a header, or "".
func headerVersion(line string) string {
	rest, found := strings.CutPrefix(line, headerStart)
	if words := strings.Fields(rest); found && len(words) == 1 {
		return words[0]
	}
	return ""
}

// conflictMarker returns the character of a line with a conflict marker of git, or 0.
func conflictMarker(line string) byte {
	for _, marker := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if rest, found := strings.CutPrefix(line, marker); found && (rest == "" || rest[0] == ' ') {
			return marker[0]
		}
	}
	return 0
}

// parseEntry parses the line of an entry. An unknown date is missing or empty.
func parseEntry(line string) (id ID, seal Seal, ok bool) {
	fields := append(strings.Split(line, "\t"), "")
	if len(fields) < 4 || len(fields) > 5 || fields[0] == "" || fields[1] == "" || !isSum(fields[2]) {
		return ID{}, Seal{}, false
	}
	address, okAddress := unfield(fields[0])
	name, okName := unfield(fields[1])
	date, okDate := unfield(fields[3])
	return ID{address, name}, Seal{HMAC: fields[2], Modified: date}, okAddress && okName && okDate
}

// Bytes returns the content of the file: the header, then one line per entry, sorted by
// address and field. The same entries give the same bytes.
func (l *Ledger) Bytes() []byte {
	var out bytes.Buffer
	out.WriteString(header + "\n")
	for id, seal := range l.All() {
		out.WriteString(field(id.Address) + "\t" + field(id.Field) + "\t" + seal.HMAC)
		// No tab without a date: white space at a line's end is what editors
		// and commit hooks remove.
		if seal.Modified != "" {
			out.WriteString("\t" + field(seal.Modified))
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// field returns text as it is written in a line: unchanged, or quoted as in Go if it is
// empty, contains characters that a line cannot, or would be ambiguous at the start of
// a line. It never contains a tab, a line break or a NUL.
func field(text string) string {
	odd := func(r rune) bool { return !strconv.IsPrint(r) }
	if text == "" || strings.ContainsRune("\"#<|=>", rune(text[0])) || strings.TrimSpace(text) != text ||
		!utf8.ValidString(text) || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}

// unfield is the inverse of field; text that did not need quotes may have them.
func unfield(text string) (string, bool) {
	if !strings.HasPrefix(text, `"`) {
		return text, utf8.ValidString(text)
	}
	text, err := strconv.Unquote(text)
	return text, err == nil
}

// isSum reports whether text has the form of a result of Sum.
func isSum(text string) bool {
	digits, found := strings.CutPrefix(text, sumPrefix)
	return found && len(digits) == 2*sha256.Size && strings.Trim(digits, "0123456789abcdef") == ""
}
