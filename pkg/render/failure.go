package render

import (
	"errors"
	"io"

	"github.com/divioctl/divioctl/pkg/diag"
)

// Failure is why a command failed, what to do about it ("" for no hint) and the exit
// code. Problems in the files, where Err holds a [diag.List], are shown one by one.
type Failure struct {
	Err      error
	Hint     string
	ExitCode int
}

type failureJSON struct {
	Message     string    `json:"message"`
	Hint        string    `json:"hint,omitempty"`
	ExitCode    int       `json:"exit_code"`
	Diagnostics diag.List `json:"diagnostics,omitempty"`
}

// FailureText prints a failure as text: the problems in the files with their positions,
// or else one line per error; then the hint.
func FailureText(w io.Writer, f Failure, opt Options) error {
	p := &page{Options: opt}
	var list diag.List
	if errors.As(f.Err, &list) {
		p.diagnostics(list)
	} else {
		for _, err := range separate(f.Err) {
			p.line(0, as(red, "Error: "), text(err.Error()))
		}
	}
	if f.Hint != "" {
		p.line(2, as(bold, "hint: "), text(f.Hint))
	}
	return p.writeTo(w)
}

// FailureJSON prints a failure as the document {"error": ...}.
func FailureJSON(w io.Writer, f Failure) error {
	return writeJSON(w, struct {
		Error *failureJSON `json:"error"`
	}{f.document()})
}

// document returns the JSON of a failure; nil has none.
func (f *Failure) document() *failureJSON {
	if f == nil {
		return nil
	}
	d := &failureJSON{Message: f.Err.Error(), Hint: f.Hint, ExitCode: f.ExitCode}
	if errors.As(f.Err, &d.Diagnostics) {
		d.Message = countProblems(d.Diagnostics)
	}
	return d
}

// separate splits an error of [errors.Join]. Other errors with several causes have a
// message of their own.
func separate(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(joined.Unwrap()...).Error() != err.Error() {
		return []error{err}
	}
	return joined.Unwrap()
}
