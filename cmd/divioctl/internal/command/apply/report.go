package apply

import (
	"bytes"
	"fmt"
	"os"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
)

// reportFile is the file of --report, "" for none. Whoever reads it finds a whole
// document at any time: it is replaced, never written into.
type reportFile string

// begin makes sure that a report can be written while nothing has been changed
// yet, and that none of an earlier run is taken for this one.
func (f reportFile) begin() error {
	if f == "" {
		return nil
	}
	if err := f.replace([]byte("{}\n")); err != nil {
		return fmt.Errorf("begin the report (--report): %w", err)
	}
	return nil
}

// write keeps the result so far.
func (f reportFile) write(result *apply.Result) error { return f.save(result, nil) }

// end adds what came after the last step, and how the command ended. That the file
// cannot be written any more has been said in the result.
func (f reportFile) end(result *apply.Result, err error) {
	if err == nil {
		_ = f.save(result, nil)
		return
	}
	failure := cli.FailureOf(err)
	failure.Err = err // of an interrupted apply it says what became of the steps
	_ = f.save(result, &failure)
}

// fail leaves the reason in the report where an apply ended before its first step.
func (f reportFile) fail(err error) {
	if f == "" {
		return
	}
	var text bytes.Buffer
	if render.FailureJSON(&text, cli.FailureOf(err)) == nil {
		_ = f.replace(text.Bytes())
	}
}

func (f reportFile) save(result *apply.Result, failure *render.Failure) error {
	if f == "" {
		return nil
	}
	var text bytes.Buffer
	if err := render.ApplyJSON(&text, result, failure); err != nil {
		return err
	}
	return f.replace(text.Bytes())
}

// replace writes beside the file and renames. It does not wait for the disk: a
// crash of the program loses nothing, and that of the machine takes the CI job
// with it.
func (f reportFile) replace(text []byte) error {
	part := string(f) + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	return os.Rename(part, string(f))
}
