package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
)

// copies are the files of --json-into and --markdown-into. Whatever comes after us
// reads them, a bot that comments on a pull request, say. So each holds the plan of
// this run, or why there is none, but never what an earlier run left behind: a
// stale "no changes" would be worse than nothing.
type copies struct {
	json, markdown string
	plan           *plan.Plan // nil until there is one
}

// write writes the plan.
func (c *copies) write(p *plan.Plan) error {
	c.plan = p
	return c.writeBoth(nil)
}

// fail writes why the command failed, with the plan if there is one.
func (c *copies) fail(failure render.Failure) error { return c.writeBoth(&failure) }

func (c *copies) writeBoth(failure *render.Failure) error {
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
		if c.plan == nil || len(c.plan.Unread) > 0 { // a comment is what people approve
			return render.FailureMarkdown(w, *failure)
		}
		return render.PlanMarkdown(w, c.plan, failure)
	})
}

// into writes to a file, "" for none. A file that could not be written is not
// tried again.
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
