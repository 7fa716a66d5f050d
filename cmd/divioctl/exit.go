package main

import (
	"context"
	"errors"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
)

// exitCode is what the shell is told. The same in every output format.
type exitCode int

// The exit codes; people write them into pipelines, so that none ever changes
// its meaning.
const (
	exitDone        exitCode = 0
	exitFailed      exitCode = 1
	exitChanges     exitCode = 2
	exitInvalid     exitCode = 3
	exitDenied      exitCode = 4
	exitStale       exitCode = 5
	exitStopped     exitCode = 6
	exitPartly      exitCode = 7
	exitDiffers     exitCode = 8
	exitUsage       exitCode = 80
	exitInterrupted exitCode = 130
)

// exitCodes is the table that the root help shows.
var exitCodes = []struct {
	code    exitCode
	meaning string
}{
	{exitDone, "done; for plan: nothing to change, or changes without --detailed-exitcode"},
	{exitFailed, "failed, nothing was written"},
	{exitChanges, "plan --detailed-exitcode: there are changes"},
	{exitInvalid, "the files are invalid"},
	{exitDenied, "not authenticated, or not allowed"},
	{exitStale, "the plan is stale: a saved one, one that moved while apply asked, or not the one of --plan-digest"},
	{exitStopped, "stopped by a limit, a protection or a missing --allow-... flag"},
	{exitPartly, "partly applied"},
	{exitDiffers, "applied, but a deployment failed or --verify found differences"},
	{exitUsage, "wrong usage"},
	{exitInterrupted, "interrupted before anything was written"},
}

// usageError is a wrong use of the command line. help is the command whose help
// shows how it is meant ("divioctl plan"); hint, if set, is said instead.
type usageError struct{ message, help, hint string }

func (e *usageError) Error() string { return e.message }

// stoppedError is a brake, or blocked changes, that left nothing to be written.
type stoppedError struct{ message, hint string }

func (e *stoppedError) Error() string { return e.message }

// partlyError is an apply that wrote, but not everything.
type partlyError struct{ err error }

func (e *partlyError) Error() string { return e.err.Error() }
func (e *partlyError) Unwrap() error { return e.err }

// differsError is an apply after which --verify did not find what it wanted, or a
// deployment did not succeed.
type differsError struct{ err error }

func (e *differsError) Error() string { return e.err.Error() }
func (e *differsError) Unwrap() error { return e.err }

// classify gives the exit code of an error. After a write 7 and 8 win, whatever
// the cause; before one, the first that applies in the order of the list.
func classify(err error) exitCode {
	switch {
	case is[*partlyError](err):
		return exitPartly
	case is[*differsError](err):
		return exitDiffers
	case is[*usageError](err), is[*plan.SelectionError](err):
		return exitUsage
	case is[diag.List](err), is[*remote.ChoiceError](err), errors.Is(err, plan.ErrNotAPlan):
		return exitInvalid
	case api.IsAuth(err):
		return exitDenied
	case is[*plan.StaleError](err):
		return exitStale
	case is[*stoppedError](err):
		return exitStopped
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// is reports whether err is, or wraps, an E.
func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
