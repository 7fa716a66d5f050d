// Package diag holds problems in what the user wrote: a message, the place, the
// offending line and what to do about it. Problems are collected, sorted by
// place and printed together, so that one run shows everything that is wrong.
//
// A failed operation (a request, a write) is an error, not a diagnostic.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in an input file. Line and Column count from 1; Column
// counts characters, not bytes; both are 0, and left out of JSON, where the whole
// file is meant. The zero Position means "no place".
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String gives "file:line:col", "file:line", "file" or "-".
func (p Position) String() string {
	switch {
	case p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// IsZero reports whether p names no place.
func (p Position) IsZero() bool { return p == Position{} }

// Compare orders positions by file, line and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(
		cmp.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
	)
}

// Related is a second place that belongs to a problem: the first of two
// declarations, say.
type Related struct {
	At      Position `json:"at"`
	Message string   `json:"message"`
}

// Diagnostic is one problem. Message says what is wrong without naming the
// place and never holds a value that came from a secret source; Hint says what
// to do. Line is the text of the offending line, without its line break, and
// Width the number of characters that a caret line should underline there (at
// least 1 where Line is set).
type Diagnostic struct {
	At      Position  `json:"at"`
	Message string    `json:"message"`
	Hint    string    `json:"hint,omitempty"`
	Line    string    `json:"line,omitempty"`
	Width   int       `json:"width,omitempty"`
	Related []Related `json:"related,omitempty"`
}

// List is a set of problems. A nil List is valid and means "none". A non-empty List is
// an error, so that it can be returned through a call chain and inspected at the top
// with errors.As.
type List []Diagnostic

// Errorf adds a problem without a hint.
func (l *List) Errorf(at Position, format string, args ...any) {
	*l = append(*l, Diagnostic{At: at, Message: fmt.Sprintf(format, args...)})
}

// Sort orders the problems by place, then by text, and drops exact repeats.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Diagnostic) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Message, b.Message))
	})
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return a.At == b.At && a.Message == b.Message
	})
}

// Err returns l as an error, or nil when there is no problem.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Error gives one line per problem: "file:line:col: message".
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Message
		if !d.At.IsZero() {
			lines[i] = d.At.String() + ": " + d.Message
		}
	}
	return strings.Join(lines, "\n")
}
