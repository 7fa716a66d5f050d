package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// DocumentedError is an error that is printed as part of a document: a result with
// failed steps, or a plan that must not be applied. Only JSON uses this; as text, the
// document has been printed before.
type DocumentedError struct {
	error
	document func(*render.Failure) error
}

// Documented wraps err so that document prints it.
func Documented(err error, document func(*render.Failure) error) error {
	return &DocumentedError{err, document}
}

// Unwrap gives the error itself.
func (e *DocumentedError) Unwrap() error { return e.error }

// CopiedError is an error that is also written to files (with --json-into, for
// example).
type CopiedError struct {
	error
	write func(render.Failure) error
}

// Copied wraps err so that write writes it to files; nil stays nil.
func Copied(err error, write func(render.Failure) error) error {
	if err == nil {
		return nil
	}
	return &CopiedError{err, write}
}

// Unwrap gives the error itself.
func (e *CopiedError) Unwrap() error { return e.error }

// BugError is a recovered panic. It is treated like any error, so that a pipeline gets
// an exit code that means failure: Go itself would exit with 2.
type BugError struct {
	broken any
	stack  []byte
}

// Error gives the value of the panic.
func (e *BugError) Error() string {
	return fmt.Sprintf("this is a bug in divioctl, please report it: %v", e.broken)
}

// Stack is where it happened.
func (e *BugError) Stack() []byte { return e.stack }

// Guard runs a command, or a part of one. A panic in it is a [BugError].
func Guard(run func() (ExitCode, error)) (code ExitCode, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &BugError{broken, debug.Stack()}
		}
	}()
	return run()
}

// FailureOf is what is printed for an error: the message, the hint and the exit code.
func FailureOf(err error) render.Failure {
	code := Classify(err)
	return render.Failure{Err: plainly(err, code), Hint: hintFor(err), ExitCode: int(code)}
}

// plainly replaces the messages of lower layers where they are too technical. For a
// stale plan it lists what has changed, one per line.
func plainly(err error, code ExitCode) error {
	if code == ExitInterrupted {
		return fmt.Errorf("%w before anything was written", ErrInterrupted)
	}
	if copied, ok := err.(*CopiedError); ok {
		err = copied.error // only the outermost error is shown as several lines
	}
	var stale *plan.StaleError
	if !errors.As(err, &stale) || len(stale.Moved) == 0 {
		return err
	}
	lines := []error{err}
	for _, moved := range stale.Moved {
		lines = append(lines, errors.New(moved))
	}
	return errors.Join(lines...)
}

// Fail prints what failed and what to do, once, and returns the exit code: on standard
// output as JSON, else on standard error. With --format markdown, the failure is also
// printed to standard output, instead of the plan.
func (c *Console) Fail(err error) ExitCode {
	failure := FailureOf(err)
	if readerLeft(err) {
		return ExitCode(failure.ExitCode)
	}
	if bug := (interface{ Stack() []byte })(nil); errors.As(err, &bug) {
		for line := range strings.Lines(string(bug.Stack())) {
			c.Say("%s", strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    "))
		}
	}
	printed := c.printFailure(err, failure)
	var copied *CopiedError
	if errors.As(err, &copied) {
		if err := copied.write(failure); err != nil {
			c.Say("divioctl: %v", err)
		}
	}
	if printed != nil {
		// Nothing more can be printed, but the exit code is still returned.
		c.Say("divioctl: %v (and this could not be printed: %v)", failure.Err, printed)
	}
	return ExitCode(failure.ExitCode)
}

// readerLeft reports whether standard output is a pipe whose reader has left, such as
// head. Whoever made it leave wants no message.
func readerLeft(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) && path.Path == os.Stdout.Name() && errors.Is(path, syscall.EPIPE)
}

func (c *Console) printFailure(err error, failure render.Failure) error {
	var own *DocumentedError
	switch {
	case c.Format == FormatText:
		return render.FailureText(c.Err, failure, c.Style(c.Err))
	case c.Format == FormatMarkdown:
		return errors.Join(
			render.FailureText(c.Err, failure, c.Style(c.Err)), render.FailureMarkdown(c.Out, failure),
		)
	case errors.As(err, &own):
		return own.document(&failure)
	}
	return render.FailureJSON(c.Out, failure)
}
