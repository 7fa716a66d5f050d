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
//     knows. So the file itself is the journal, and it is one JSON document at any time
//     ([output.Document]): each event appends a line for the step that ended, and
//     changes the end, which says which steps are running and how many are pending.
//     finished is false.
//   - It begins before the files are read, so that the report of an earlier run never
//     outlives a kill.
//   - An event is written before its call is sent, and after it has returned. What an
//     event writes does not grow with the number of steps.
//   - When apply has ended, whether well or not, the file is replaced by the whole
//     result. If apply ended before its first step, by the reason.
//   - A device or a pipe gets only that last document.
//   - A report that cannot be begun stops apply before anything is changed. One that
//     cannot be written later does not stop it; the failure is reported at the end.
type report struct {
	file    *output.Document // nil for no report
	journal *render.Report
}

// beginReport begins the report of an apply whose steps are not known yet. A path of ""
// is no report.
func beginReport(to output.File) (*report, error) {
	if to.Path == "" {
		return &report{}, nil
	}
	r := &report{journal: render.NewReport(time.Time{})}
	head, tail := r.journal.Begin(0)
	var err error
	if r.file, err = to.Begin(head, tail, 0o600); err != nil {
		return nil, fmt.Errorf("begin the report (--report): %w", err)
	}
	return r, nil
}

// start begins the steps.
func (r *report) start(steps int) {
	if r.file != nil {
		r.journal = render.NewReport(time.Now())
		r.file.Restart(r.journal.Begin(steps))
	}
}

// event adds an event.
func (r *report) event(e apply.Event) {
	if r.file != nil {
		r.file.Add(r.journal.Event(e))
	}
}

// end replaces the report by the result, with how the command ended.
func (r *report) end(result *apply.Result, err error) error {
	var failure *render.Failure
	if err != nil {
		of := cli.FailureOf(err)
		of.Err = err // for an interrupted apply it contains the status of the steps
		failure = &of
	}
	return r.finish(func(w io.Writer) error { return render.ApplyJSON(w, result, failure) })
}

// fail replaces the report by the reason why apply ended before its first step.
func (r *report) fail(err error) error {
	return r.finish(func(w io.Writer) error { return render.FailureJSON(w, cli.FailureOf(err)) })
}

// finish makes a document the content of the report. If that fails, what the journal
// has is kept.
func (r *report) finish(print func(io.Writer) error) error {
	if r.file == nil {
		return nil
	}
	var text bytes.Buffer
	if err := print(&text); err != nil {
		return err
	}
	return r.file.Finish(text.Bytes())
}
