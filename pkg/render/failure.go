package render

import (
	"errors"
	"io"
	"strings"

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
		for _, message := range separate(f.Err) {
			p.line(0, as(red, "Error: "), text(message))
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

// separate returns the messages of an error, one for each cause of an [errors.Join] in
// it, with what is said around them. Other errors with several causes have a message of
// their own.
func separate(err error) []string {
	whole := err.Error()
	for e := err; e != nil; e = errors.Unwrap(e) {
		joined, ok := e.(interface{ Unwrap() []error })
		if !ok {
			continue
		}
		together := errors.Join(joined.Unwrap()...).Error()
		if together != e.Error() || !strings.Contains(whole, together) {
			break
		}
		var messages []string
		for _, cause := range joined.Unwrap() {
			messages = append(messages, strings.Replace(whole, together, cause.Error(), 1))
		}
		return messages
	}
	return []string{whole}
}
