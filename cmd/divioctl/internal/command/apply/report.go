package apply

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
)

// report is the file of --report. Whoever reads it finds a JSON document at any time,
// also after a crash: while apply runs, each event writes the step that ended and the
// end of the document behind it, in one write ([render.Report]); the whole is written
// anew when apply has ended. It does not wait for the disk: a crash of the program
// loses nothing, and that of the machine takes the CI job with it.
type report struct {
	path    string // "" for none
	journal *render.Report
	file    *os.File
	// at is where the next step goes, and size how much was written at most: what the
	// end does not fill any more is blanked.
	at, size int64
	err      error // the first one; apply goes on
}

// beginReport makes sure that a report can be written while nothing has been changed
// yet, and that none of an earlier run is taken for this one.
func beginReport(path string, steps int) (*report, error) {
	r := &report{path: path, journal: render.NewReport(time.Now())}
	if path == "" {
		return r, nil
	}
	var err error
	if r.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return nil, fmt.Errorf("begin the report (--report): %w", err)
	}
	head, tail := r.journal.Begin(steps)
	if r.write(head, tail); r.err != nil {
		return nil, fmt.Errorf("begin the report (--report): %w", r.err)
	}
	return r, nil
}

// event adds what an event says.
func (r *report) event(e apply.Event) {
	if r.path != "" {
		r.write(r.journal.Event(e))
	}
}

// write puts more where the end was, and the new end behind it.
func (r *report) write(more, tail []byte) {
	text := append(append([]byte{}, more...), tail...)
	if blank := r.size - r.at - int64(len(text)); blank > 0 {
		text = append(text, bytes.Repeat([]byte("\n"), int(blank))...)
	}
	if _, err := r.file.WriteAt(text, r.at); err != nil && r.err == nil {
		r.err = err
	}
	r.size = max(r.size, r.at+int64(len(text)))
	r.at += int64(len(more))
}

// end replaces the report by the result, with how the command ended.
func (r *report) end(result *apply.Result, err error) {
	if r.path == "" {
		return
	}
	_ = r.file.Close() // what it holds is replaced
	var failure *render.Failure
	if err != nil {
		of := cli.FailureOf(err)
		of.Err = err // of an interrupted apply it says what became of the steps
		failure = &of
	}
	var text bytes.Buffer
	if render.ApplyJSON(&text, result, failure) == nil {
		_ = replace(r.path, text.Bytes()) // the journal of the steps stays otherwise
	}
}

// failReport leaves the reason in the report where an apply ended before its first
// step.
func failReport(path string, err error) {
	if path == "" {
		return
	}
	var text bytes.Buffer
	if render.FailureJSON(&text, cli.FailureOf(err)) == nil {
		_ = replace(path, text.Bytes())
	}
}

// replace writes beside the file and renames.
func replace(path string, text []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	return os.Rename(part, path)
}
