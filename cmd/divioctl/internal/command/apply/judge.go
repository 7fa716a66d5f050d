package apply

import (
	"errors"
	"fmt"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// judge turns a result into the error of the command: nil if everything in the plan was
// done, or waits for a deployment. The policy: once something was written, the error is
// "partly applied", regardless of the cause; before that, the cause decides. If only
// deployments failed, and steps that come after them, the error is that a deployment
// failed. cause is why the context has ended, nil if it has not.
func judge(result *apply.Result, cause error) error {
	if result.Complete() {
		return nil
	}
	if onlyDeployments(result) {
		return undeployed(result)
	}
	err := unfinished(result, cause)
	if result.Wrote {
		return &cli.PartlyError{Err: err}
	}
	return err
}

// onlyDeployments reports whether all failed or skipped steps are deployments, or come
// after one.
func onlyDeployments(result *apply.Result) bool {
	sum, behind := result.Summary, 0
	for _, s := range result.Steps {
		switch s.Status {
		case apply.Failed, apply.Skipped, apply.Unknown:
			if s.AfterDeployment {
				behind++
			}
		}
	}
	return behind == sum.Failed+sum.Skipped+sum.Unknown+sum.Blocked
}

func undeployed(result *apply.Result) error {
	var left []string
	var causes []error
	for _, d := range result.Deployments {
		switch d.Status {
		case apply.Done, apply.Unneeded, apply.Waiting:
			continue
		}
		left = append(left, fmt.Sprintf("%s (%s)", d.Address, d.Status))
		causes = append(causes, d.Error)
	}
	err := &cli.UndeployedError{
		Message: "applied, but not everything was deployed: " + cli.List(left), Causes: errors.Join(causes...),
	}
	if result.Interrupted {
		return &cli.PartlyError{Err: err}
	}
	return &cli.DiffersError{Err: err}
}

func unfinished(result *apply.Result, cause error) error {
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
	message := "not everything was applied: " + counts(sum)
	switch {
	case !result.Interrupted:
	case cause == nil || errors.Is(cause, cli.ErrInterrupted):
		errs = append(errs, cli.ErrInterrupted)
	default:
		errs = append(errs, cause)
		message += "; " + cause.Error()
	}
	return &unfinishedError{message: message, causes: errs}
}

// counts lists the numbers that are not zero.
func counts(sum apply.Summary) string {
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{sum.Done, "done"}, {sum.Failed, "failed"}, {sum.Skipped, "skipped"},
		{sum.Waiting, "waiting"}, {sum.Unknown, "unknown"}, {sum.Blocked, "blocked"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(parts, ", ")
}

// unfinishedError is an apply that did not do everything. The causes have been printed
// one by one; here they only decide the exit code and the hint.
type unfinishedError struct {
	message string
	causes  []error
}

func (e *unfinishedError) Error() string   { return e.message }
func (e *unfinishedError) Unwrap() []error { return e.causes }

// judgeVerification fails if differences are left. As text they have been printed.
func judgeVerification(found workflow.Verification) error {
	var left []string
	for _, c := range found.Left {
		left = append(left, fmt.Sprintf("%s (%s)", c.Address, c.Action))
	}
	return &cli.DiffersError{Err: fmt.Errorf("applied, but --verify still finds a difference: %s", cli.List(left))}
}
