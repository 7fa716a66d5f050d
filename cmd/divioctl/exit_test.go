package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/remote"
)

// TestClassify: of several causes the first in the order of the table counts.
func TestClassify(t *testing.T) {
	denied := &api.StatusError{Status: 403}
	invalid := diag.List{{Message: "wrong"}}
	for _, c := range []struct {
		err  error
		want exitCode
	}{
		{errors.New("anything"), exitFailed},
		{&api.StatusError{Status: 500}, exitFailed},
		{errInterrupted, exitInterrupted},
		{fmt.Errorf("read: %w", denied), exitDenied},
		{api.ErrNoToken, exitDenied},
		{&remote.ChoiceError{What: "organisation"}, exitInvalid},
		{errors.Join(errInterrupted, &stoppedError{}), exitStopped},
		{errors.Join(&stoppedError{}, denied), exitDenied},
		{errors.Join(denied, invalid), exitInvalid},
		{errors.Join(invalid, &usageError{}), exitUsage},
		{&partlyError{errors.Join(denied, errInterrupted)}, exitPartly},
		{&differsError{denied}, exitDiffers},
	} {
		if got := classify(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}

// TestJudge: a result that is not complete means 7 once something was written,
// and before that whatever went wrong.
func TestJudge(t *testing.T) {
	failed := func(err error) apply.Result {
		return apply.Result{Steps: []apply.StepResult{{Status: apply.Failed, Error: err}}, Summary: apply.Summary{Failed: 1}}
	}
	wrote := func(r apply.Result) apply.Result { r.Wrote = true; return r }
	for _, c := range []struct {
		name   string
		result apply.Result
		want   exitCode
	}{
		{"nothing to do", apply.Result{}, exitDone},
		{"all done", apply.Result{Wrote: true, Summary: apply.Summary{Done: 1}}, exitDone},
		{"failed", failed(errors.New("no")), exitFailed},
		{"failed, written", wrote(failed(errors.New("no"))), exitPartly},
		{"not allowed", failed(&api.StatusError{Status: 403}), exitDenied},
		{"all blocked", apply.Result{Summary: apply.Summary{Blocked: 1}}, exitStopped},
		{"one blocked", apply.Result{Wrote: true, Summary: apply.Summary{Done: 1, Blocked: 1}}, exitPartly},
		{"interrupted at once", apply.Result{Interrupted: true, Summary: apply.Summary{Skipped: 1}}, exitInterrupted},
		{"interrupted", apply.Result{Wrote: true, Interrupted: true, Summary: apply.Summary{Skipped: 1}}, exitPartly},
		{"unknown", wrote(apply.Result{Summary: apply.Summary{Unknown: 1}}), exitPartly},
	} {
		got := exitDone
		if err := judge(&c.result); err != nil {
			got = classify(err)
		}
		if got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}
