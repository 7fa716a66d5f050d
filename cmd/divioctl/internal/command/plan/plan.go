// Package plan is the command "divioctl plan": it shows what apply would change, and
// changes nothing.
package plan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/planning"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// Command is the command line, as kong reads it.
type Command struct {
	Files            []cli.Given `arg:"" optional:"" placeholder:"FILE" help:"The files, as with --file."`
	planning.Flags   `embed:""`
	DetailedExitcode bool      `help:"Exit as apply would: with 2 when it would change something, with 6 when it would stop at a limit or leave out what is blocked."`
	NoSecrets        bool      `help:"Do not resolve value_from, except files whose values are not sensitive. The other values are not compared and not changed; the plan lists those that apply may write."`
	Out              cli.Given `placeholder:"FILE" help:"Save the plan to FILE, for divioctl apply FILE. It contains no secrets."`
}

// Help is the second part of the command's help.
func (Command) Help() string {
	return `
Reads the files and the API, and prints the difference. Changes nothing.

Example:

    divioctl plan --detailed-exitcode
    divioctl plan divio.yaml production/
    divioctl plan --out plan.divio --only 'variable.shop/**'
    divioctl plan --prune variables --prune cronjobs --json-into plan.json
    divioctl plan --base origin/main --markdown-into comment.md
`
}

// Options are the dependencies of the command. With --no-secrets, the workflow does not
// resolve value_from for secret values.
type Options struct {
	Command
	Console  *cli.Console
	Workflow *workflow.Workflow
	// Inputs are the files that flags of every command name.
	Inputs []string
}

// Run makes the plan, saves it and shows it.
func (o *Options) Run(ctx context.Context) (cli.ExitCode, error) {
	outputs := planning.Outputs{
		Flags: &o.Flags, Own: []output.File{o.out()}, Workflow: o.Workflow, Named: o.Inputs,
	}
	return outputs.Write(func(copies *planning.Copies) (cli.ExitCode, error) {
		return o.run(ctx, copies)
	})
}

func (o *Options) run(ctx context.Context, copies *planning.Copies) (cli.ExitCode, error) {
	if err := o.refuseSaved(); err != nil {
		return 0, err
	}
	if err := o.removeSaved(); err != nil {
		return 0, err
	}
	request, err := o.Request()
	if err != nil {
		return 0, err
	}
	p, err := o.Workflow.Plan(ctx, request)
	if err != nil {
		return 0, o.incomplete(ctx, copies, err)
	}
	if err := copies.Write(p.Plan); err != nil {
		return 0, err
	}
	if err := o.save(p); err != nil {
		return 0, err
	}
	if err := planning.Print(o.Console, p.Plan); err != nil {
		return 0, err
	}
	return o.exitCode(p.Plan), nil
}

// exitCode is 0, or with --detailed-exitcode what an apply with the same flags would
// come to: 6 if it would stop or leave something out, 2 if it would write.
func (o *Options) exitCode(p *plan.Plan) cli.ExitCode {
	switch {
	case !o.DetailedExitcode:
		return cli.ExitDone
	case p.Stops():
		return cli.ExitStopped
	case p.Writes():
		return cli.ExitChanges
	}
	return cli.ExitDone
}

// incomplete shows the plan of what could be read after a failed read, and returns the
// error. Nothing is saved, and a comment on a pull request contains only the failure.
func (o *Options) incomplete(ctx context.Context, copies *planning.Copies, err error) error {
	var failed *workflow.ReadError
	if !errors.As(err, &failed) || ctx.Err() != nil {
		return err
	}
	partial := failed.Partial()
	if partial == nil {
		return err
	}
	copies.Keep(partial)
	if o.Console.Format == cli.FormatText {
		o.Console.SayUnprinted(planning.Print(o.Console, partial))
	}
	return cli.Documented(err, func(failure *render.Failure) error {
		return render.PlanJSON(o.Console.Out, partial, failure)
	})
}

func (o *Options) out() output.File { return output.File{Flag: "--out", Path: string(o.Out)} }

// refuseSaved refuses a saved plan in place of the files: as YAML it is one large mistake.
func (o *Options) refuseSaved() error {
	for _, file := range o.Files {
		text, err := os.ReadFile(string(file)) // what cannot be read is reported with the files
		if err != nil {
			continue
		}
		if isSaved(text) {
			return &cli.UsageError{
				Message: fmt.Sprintf("%s is a saved plan, and plan reads the files", file),
				Hint:    fmt.Sprintf("divioctl show %s prints it, divioctl apply %s applies it.", file, file),
			}
		}
	}
	return nil
}

// removeSaved removes the saved plan of an earlier run at the path of --out before
// planning: an apply after a failed plan must not find it. Any other file is refused,
// unless it is empty: nothing can restore it.
func (o *Options) removeSaved() error {
	text, err := o.out().Read()
	if err != nil {
		return fmt.Errorf("save the plan (--out): %w", err)
	}
	if len(text) > 0 && !isSaved(text) {
		return &cli.UsageError{
			Message: fmt.Sprintf("--out %s: the file exists and is not a saved plan", o.Out),
			Hint:    "Choose another name, or delete the file first.",
		}
	}
	if err := o.out().Remove(); err != nil {
		return fmt.Errorf("remove the plan of an earlier run (--out): %w", err)
	}
	return nil
}

// isSaved reports whether a file is a saved plan, of any version, and edited or not.
func isSaved(text []byte) bool {
	var saved struct {
		FormatVersion  string `json:"format_version"`
		Declared, Plan json.RawMessage
	}
	return json.Unmarshal(text, &saved) == nil && saved.FormatVersion != "" && saved.Declared != nil && saved.Plan != nil
}

// save writes the plan to the file that --out names.
func (o *Options) save(p *workflow.Planned) error {
	if o.Out == "" {
		return nil
	}
	var rendered bytes.Buffer
	if err := render.PlanJSON(&rendered, p.Plan, nil); err != nil {
		return err
	}
	text, err := p.Save(rendered.Bytes())
	if err != nil {
		return err
	}
	if err := o.out().Write(text, 0o600); err != nil {
		return fmt.Errorf("save the plan (--out): %w", err)
	}
	o.Console.Say("Saved the plan to %s. To apply exactly this: divioctl apply %s", o.Out, o.Out)
	return nil
}
