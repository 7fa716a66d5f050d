package apply

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
)

// The report (--report). The policy:
//
//   - A killed apply writes nothing more, and a pipeline keeps only the file that it
//     knows. So the file itself is the journal, and it is one JSON document at any time:
//     each event appends a line for the step that ended, and the end of the document
//     after it, in one write ([render.Report]). The end says finished: false, lists the
//     running steps, and counts these and the pending ones.
//   - It begins before the files are read, so that the report of an earlier run never
//     outlives a kill.
//   - An event is written before its call is sent, and after it has returned. What an
//     event writes does not grow with the number of steps. The file is not synced to
//     disk: a crash of the program loses nothing, and a crash of the machine also ends
//     the CI job.
//   - When apply has ended, whether well or not, the file is replaced by the whole
//     result. If apply ended before its first step, by the reason.
//   - A device or a pipe gets only that last document.
//   - A report that cannot be begun stops apply before anything is changed. One that
//     cannot be written later does not stop it, and is told at the end.
type report struct {
	to      output.File
	journal *render.Report
	parts   journalFile    // nil for a device or a pipe
	whole   io.WriteCloser // nil for all others
	// at is the offset of the next step, and size the maximum that was written: what
	// the new end does not cover is overwritten with empty lines.
	at, size int64
	// unwritten are the steps that a failed write should have added: the next write
	// adds them.
	unwritten []byte
	err       error // the last one; apply continues
}

// journalFile is what a report needs of a file.
type journalFile interface {
	io.WriterAt
	io.Closer
}

// beginReport begins the report of an apply whose steps are not known yet. A path of ""
// is no report.
func beginReport(to output.File) (*report, error) {
	r := &report{to: to, journal: render.NewReport(time.Time{})}
	if to.Path == "" {
		return r, nil
	}
	head, tail := r.journal.Begin(0)
	text := append(head, tail...)
	parts, whole, err := to.Begin(text, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin the report (--report): %w", err)
	}
	if r.whole = whole; parts != nil {
		r.parts, r.size = parts, int64(len(text))
	}
	return r, nil
}

// start begins the steps.
func (r *report) start(steps int) {
	if r.parts != nil {
		r.journal, r.at, r.unwritten = render.NewReport(time.Now()), 0, nil
		r.write(r.journal.Begin(steps))
	}
}

// event adds an event.
func (r *report) event(e apply.Event) {
	if r.parts != nil {
		r.write(r.journal.Event(e))
	}
}

// write overwrites the end with more, and appends the new end.
func (r *report) write(more, tail []byte) {
	r.unwritten = append(r.unwritten, more...)
	text := append(append([]byte{}, r.unwritten...), tail...)
	if rest := r.size - r.at - int64(len(text)); rest > 0 {
		text = append(text, bytes.Repeat([]byte("\n"), int(rest))...)
	}
	r.size = max(r.size, r.at+int64(len(text)))
	if _, r.err = r.parts.WriteAt(text, r.at); r.err != nil {
		return
	}
	r.at += int64(len(r.unwritten))
	r.unwritten = nil
}

// end replaces the report by the result, with how the command ended.
func (r *report) end(result *apply.Result, err error) {
	var failure *render.Failure
	if err != nil {
		of := cli.FailureOf(err)
		of.Err = err // for an interrupted apply it contains the status of the steps
		failure = &of
	}
	r.replace(func(w io.Writer) error { return render.ApplyJSON(w, result, failure) })
}

// fail replaces the report by the reason why apply ended before its first step.
func (r *report) fail(err error) {
	r.replace(func(w io.Writer) error { return render.FailureJSON(w, cli.FailureOf(err)) })
}

// replace makes a document the content of the report. If that fails, the journal is
// kept.
func (r *report) replace(print func(io.Writer) error) {
	if r.to.Path == "" {
		return
	}
	var text bytes.Buffer
	err := print(&text)
	switch {
	case err != nil:
	case r.whole != nil:
		_, err = r.whole.Write(text.Bytes())
	default:
		err = r.to.Write(text.Bytes(), 0o600)
	}
	if r.parts != nil {
		_ = r.parts.Close() // its content was replaced, or is what was written
	}
	if r.whole != nil {
		_ = r.whole.Close() // an error would be the one of the write
	}
	r.err = err
}
