package main

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/divioctl/divioctl/pkg/render"
)

// documented is an error that belongs into a document of its own: a result with
// failed steps, or a plan that may not be applied. Only JSON makes use of that;
// as text, the document has been shown before.
type documented struct {
	error
	document func(*render.Failure) error
}

func (e *documented) Unwrap() error { return e.error }

// fail tells the user what went wrong and what to do, once, and gives the code
// to exit with: on standard output as JSON, else on standard error. Markdown goes to
// standard output as well, in place of the comment that was asked for.
func (s *session) fail(err error) exitCode {
	code := classify(err)
	failure := render.Failure{Err: plainly(err, code), Hint: hintFor(err), ExitCode: int(code)}
	if bug := (interface{ Stack() []byte })(nil); errors.As(err, &bug) {
		s.say("%s", bug.Stack())
	}
	var own *documented
	var printed error
	switch {
	case s.format == formatText:
		printed = render.FailureText(s.io.err, failure, s.style(s.io.err))
	case s.format == formatMarkdown:
		printed = errors.Join(
			render.FailureText(s.io.err, failure, s.style(s.io.err)), render.FailureMarkdown(s.io.out, failure),
		)
	case errors.As(err, &own):
		printed = own.document(&failure)
	default:
		printed = render.FailureJSON(s.io.out, failure)
	}
	if copied := s.copies.fail(failure); copied != nil {
		s.say("divioctl: %v", copied)
	}
	if printed != nil {
		// Nothing more can be done, but the code still counts.
		s.say("divioctl: %v (and this could not be printed: %v)", failure.Err, printed)
	}
	return code
}

// crash reports a bug of ours. Left alone, Go would end the program with 2, which
// a pipeline takes for "there are changes".
func (s *session) crash(broken any) exitCode {
	err := fmt.Errorf("this is a bug in divioctl, please report it: %v", broken)
	if s.writing {
		err = &partlyError{err}
	}
	s.say("%s", debug.Stack())
	return s.fail(err)
}

// plainly says in our words what the machinery below says in its own.
func plainly(err error, code exitCode) error {
	if code == exitInterrupted {
		return fmt.Errorf("%w before anything was written", errInterrupted)
	}
	return err
}
