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

// report is the file of --report. It contains a valid JSON document at any time, also
// after a crash: while apply runs, each event writes the step that ended and the end of
// the document after it, in one write ([render.Report]); the whole document is
// rewritten when apply has ended. The file is not synced to disk: a crash of the
// program loses nothing, and a crash of the machine also ends the CI job.
type report struct {
	path    string // "" for none
	journal *render.Report
	file    *os.File
	// at is the offset of the next step, and size the maximum that was written: what
	// the new end does not cover is overwritten with empty lines.
	at, size int64
	err      error // the first one; apply continues
}

// beginReport ensures, before anything is changed, that a report can be written and
// that the file does not contain the report of an earlier run.
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

// event adds an event.
func (r *report) event(e apply.Event) {
	if r.path != "" {
		r.write(r.journal.Event(e))
	}
}

// write overwrites the end with more, and appends the new end.
func (r *report) write(more, tail []byte) {
	text := append(append([]byte{}, more...), tail...)
	if rest := r.size - r.at - int64(len(text)); rest > 0 {
		text = append(text, bytes.Repeat([]byte("\n"), int(rest))...)
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
	_ = r.file.Close() // its content is replaced
	var failure *render.Failure
	if err != nil {
		of := cli.FailureOf(err)
		of.Err = err // for an interrupted apply it contains the status of the steps
		failure = &of
	}
	var text bytes.Buffer
	if render.ApplyJSON(&text, result, failure) == nil {
		_ = replace(r.path, text.Bytes()) // otherwise the list of steps is kept
	}
}

// failReport writes the reason to the report if an apply ended before its first step.
func failReport(path string, err error) {
	if path == "" {
		return
	}
	var text bytes.Buffer
	if render.FailureJSON(&text, cli.FailureOf(err)) == nil {
		_ = replace(path, text.Bytes())
	}
}

// replace writes a temporary file beside the file and renames it.
func replace(path string, text []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	return os.Rename(part, path)
}
