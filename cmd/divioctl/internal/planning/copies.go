package planning

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// Copies are the files of --json-into and --markdown-into. Later steps of a pipeline
// read them, for example a bot that comments on a pull request. So each contains the
// plan of this run, or why there is none, but never the plan of an earlier run: a stale
// "no changes" would be worse than nothing.
type Copies struct {
	json, markdown string
	plan           *plan.Plan // nil until there is one
}

// WithCopies runs a command that copies its plan as the flags say. The error of the
// command is also copied, including a panic.
func (f *Flags) WithCopies(run func(*Copies) (cli.ExitCode, error)) (cli.ExitCode, error) {
	c := &Copies{json: f.JSONInto, markdown: f.MarkdownInto}
	code, err := cli.Guard(func() (cli.ExitCode, error) { return run(c) })
	return code, cli.Copied(err, func(failure render.Failure) error { return c.write(&failure) })
}

// Write writes the plan.
func (c *Copies) Write(p *plan.Plan) error {
	c.plan = p
	return c.write(nil)
}

// Keep makes the plan part of a failure that is still to be written.
func (c *Copies) Keep(partial *plan.Plan) { c.plan = partial }

func (c *Copies) write(failure *render.Failure) error {
	err := into("--json-into", &c.json, func(w io.Writer) error {
		if c.plan == nil {
			return render.FailureJSON(w, *failure)
		}
		return render.PlanJSON(w, c.plan, failure)
	})
	if err != nil {
		return err
	}
	return into("--markdown-into", &c.markdown, func(w io.Writer) error {
		if c.plan == nil || len(c.plan.Unread) > 0 { // a comment is used for approval
			return render.FailureMarkdown(w, *failure)
		}
		return render.PlanMarkdown(w, c.plan, failure)
	})
}

// into writes to a file, "" for none. A failed write is not retried.
func into(flag string, file *string, print func(io.Writer) error) error {
	if *file == "" {
		return nil
	}
	var text bytes.Buffer
	if err := print(&text); err != nil {
		return err
	}
	if err := os.WriteFile(*file, text.Bytes(), 0o644); err != nil {
		*file = ""
		return fmt.Errorf("write the plan (%s): %w", flag, err)
	}
	return nil
}
