package apply

import (
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// judge says what a result means for the command: nil where everything that the
// plan wanted was done. The policy: once something was written the command has
// partly applied, whatever went wrong; before, what went wrong counts.
func judge(result *apply.Result) error {
	if result.Complete() {
		return nil
	}
	err := unfinished(result)
	if result.Wrote {
		return &cli.PartlyError{Err: err}
	}
	return err
}

func unfinished(result *apply.Result) error {
	sum := result.Summary
	var errs []error
	for _, step := range result.Steps {
		if step.Error != nil {
			errs = append(errs, step.Error)
		}
	}
	if sum.Blocked > 0 {
		errs = append(errs, &cli.StoppedError{
			Message: "blocked",
			Hint:    "The plan says why a change is blocked.",
		})
	}
	if result.Interrupted {
		errs = append(errs, cli.ErrInterrupted)
	}
	return &unfinishedError{message: "not everything was applied: " + counts(sum), causes: errs}
}

// counts names how many there were of what there was.
func counts(sum apply.Summary) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{sum.Done, "done"}, {sum.Failed, "failed"}, {sum.Skipped, "skipped"},
		{sum.Unknown, "unknown"}, {sum.Blocked, "blocked"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ")
}

// unfinishedError is an apply that did not do everything. The causes have been
// told one by one; here they only decide about the exit code and the hint.
type unfinishedError struct {
	message string
	causes  []error
}

func (e *unfinishedError) Error() string   { return e.message }
func (e *unfinishedError) Unwrap() []error { return e.causes }

// judgeVerification says what is left after all. As text it has been shown.
func judgeVerification(found workflow.Verification) error {
	var left []string
	for _, c := range found.Left {
		left = append(left, fmt.Sprintf("%s (%s)", c.Address, c.Action))
	}
	return &cli.DiffersError{Err: fmt.Errorf("applied, but --verify still finds a difference: %s", cli.List(left))}
}
