package planning

import (
	"bytes"
	"fmt"
	"io"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Outputs are the files that plan and apply write: the copies of --json-into and
// --markdown-into, and those of the command's own flags.
//
// Later steps of a pipeline read the copies, for example a bot that comments on a pull
// request. So each contains the plan of this run, or why there is none, but never the
// plan of an earlier run: a stale "no changes" would be worse than nothing. A copy of
// an earlier run is removed before anything else, since a command that is killed
// writes nothing.
type Outputs struct {
	Flags *Flags
	// Own are the files of the command's own flags.
	Own []output.File
	// Workflow finds the files that the command reads; Named are those that flags and
	// arguments name.
	Workflow *workflow.Workflow
	Saved    string // the saved plan, "" for none
	Named    []string
}

// Write runs a command that copies its plan as the flags say. The error of the command
// is also copied, including a panic. If an output is an input, nothing is run and
// nothing is written.
func (o Outputs) Write(run func(*Copies) (cli.ExitCode, error)) (cli.ExitCode, error) {
	c := &Copies{
		json:     output.File{Flag: "--json-into", Path: o.Flags.JSONInto},
		markdown: output.File{Flag: "--markdown-into", Path: o.Flags.MarkdownInto},
	}
	err := output.Check(append([]output.File{c.json, c.markdown}, o.Own...), output.Inputs{
		Named: append([]string{o.Saved}, o.Named...),
		Find:  func() []string { return o.Workflow.Inputs(o.Saved, string(o.Flags.Base)) },
	})
	if err != nil {
		return 0, err
	}
	code, err := cli.Guard(func() (cli.ExitCode, error) {
		if err := c.removeEarlier(); err != nil {
			return 0, err
		}
		return run(c)
	})
	return code, cli.Copied(err, func(failure render.Failure) error { return c.write(&failure) })
}

// Copies are the copies of a plan.
type Copies struct {
	json, markdown output.File
	plan           *plan.Plan // nil until there is one
}

func (c *Copies) removeEarlier() error {
	for _, f := range []output.File{c.json, c.markdown} {
		if err := f.Remove(); err != nil {
			return fmt.Errorf("remove the plan of an earlier run (%s): %w", f.Flag, err)
		}
	}
	return nil
}

// Write writes the plan.
func (c *Copies) Write(p *plan.Plan) error {
	c.plan = p
	return c.write(nil)
}

// Keep makes the plan part of a failure that is still to be written.
func (c *Copies) Keep(partial *plan.Plan) { c.plan = partial }

func (c *Copies) write(failure *render.Failure) error {
	err := into(&c.json, func(w io.Writer) error {
		if c.plan == nil {
			return render.FailureJSON(w, *failure)
		}
		return render.PlanJSON(w, c.plan, failure)
	})
	if err != nil {
		return err
	}
	return into(&c.markdown, func(w io.Writer) error {
		if c.plan == nil || len(c.plan.Unread) > 0 { // a comment is used for approval
			return render.FailureMarkdown(w, *failure)
		}
		return render.PlanMarkdown(w, c.plan, failure)
	})
}

// into writes to a file. A failed write is not retried.
func into(file *output.File, print func(io.Writer) error) error {
	if file.Path == "" {
		return nil
	}
	var text bytes.Buffer
	if err := print(&text); err != nil {
		return err
	}
	if err := file.Write(text.Bytes(), 0o644); err != nil {
		flag := file.Flag
		*file = output.File{}
		return fmt.Errorf("write the plan (%s): %w", flag, err)
	}
	return nil
}
