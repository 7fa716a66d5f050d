package cli

import (
	"context"
	"errors"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// ExitCode is the exit code of the process. It is the same in every output format.
type ExitCode int

// The exit codes. Pipelines depend on them, so none ever changes its meaning.
const (
	ExitDone        ExitCode = 0
	ExitFailed      ExitCode = 1
	ExitChanges     ExitCode = 2
	ExitInvalid     ExitCode = 3
	ExitDenied      ExitCode = 4
	ExitStale       ExitCode = 5
	ExitStopped     ExitCode = 6
	ExitPartly      ExitCode = 7
	ExitDiffers     ExitCode = 8
	ExitUsage       ExitCode = 80
	ExitInterrupted ExitCode = 130
)

// ExitCodes is the table that the root help shows.
var ExitCodes = []struct {
	Code    ExitCode
	Meaning string
}{
	{ExitDone, "done; for plan: nothing to change, or changes without --detailed-exitcode"},
	{ExitFailed, "failed, nothing was written"},
	{ExitChanges, "plan --detailed-exitcode: there are changes, and apply would make them"},
	{ExitInvalid, "the files are invalid"},
	{ExitDenied, "not authenticated, or not allowed"},
	{ExitStale, "the plan is stale: saved or shown before something changed, or not the one of --plan-digest"},
	{ExitStopped, "stopped by a limit, a protection or a missing --allow-... flag; plan --detailed-exitcode: apply would stop, or leave something out"},
	{ExitPartly, "partly applied"},
	{ExitDiffers, "applied, but a deployment failed or --verify found differences"},
	{ExitUsage, "wrong usage"},
	{ExitInterrupted, "interrupted before anything was written"},
}

// Classify gives the exit code of an error. After a write it is 7 or 8, regardless of
// the cause; before one, the first that matches in the order of the list.
func Classify(err error) ExitCode {
	switch {
	case is[*PartlyError](err):
		return ExitPartly
	case is[*DiffersError](err):
		return ExitDiffers
	case is[*UsageError](err), is[*workflow.BaseError](err), errors.Is(err, ledger.ErrShortKey), is[*plan.SelectionError](err):
		return ExitUsage
	case is[diag.List](err), is[*remote.ChoiceError](err), errors.Is(err, plan.ErrNotAPlan):
		return ExitInvalid
	case api.IsAuth(err):
		return ExitDenied
	case is[*plan.StaleError](err):
		return ExitStale
	case is[*StoppedError](err):
		return ExitStopped
	case errors.Is(err, api.ErrTimeUp):
		return ExitFailed
	case errors.Is(err, ErrInterrupted), errors.Is(err, context.Canceled):
		return ExitInterrupted
	}
	return ExitFailed
}

// is reports whether err is, or wraps, an E.
func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
