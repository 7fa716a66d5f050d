package apply

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/apply"
)

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
		want   cli.ExitCode
	}{
		{"nothing to do", apply.Result{}, cli.ExitDone},
		{"all done", apply.Result{Wrote: true, Summary: apply.Summary{Done: 1}}, cli.ExitDone},
		{"failed", failed(errors.New("no")), cli.ExitFailed},
		{"failed, written", wrote(failed(errors.New("no"))), cli.ExitPartly},
		{"not allowed", failed(&api.StatusError{Status: 403}), cli.ExitDenied},
		{"all blocked", apply.Result{Summary: apply.Summary{Blocked: 1}}, cli.ExitStopped},
		{"one blocked", apply.Result{Wrote: true, Summary: apply.Summary{Done: 1, Blocked: 1}}, cli.ExitPartly},
		{"interrupted at once", apply.Result{Interrupted: true, Summary: apply.Summary{Skipped: 1}}, cli.ExitInterrupted},
		{"interrupted", apply.Result{Wrote: true, Interrupted: true, Summary: apply.Summary{Skipped: 1}}, cli.ExitPartly},
		{"unknown", wrote(apply.Result{Summary: apply.Summary{Unknown: 1}}), cli.ExitPartly},
	} {
		got := cli.ExitDone
		if err := judge(&c.result, nil); err != nil {
			got = cli.Classify(err)
		}
		if got != c.want {
			t.Errorf("%s: exit code %d, want %d", c.name, got, c.want)
		}
	}
}

// TestJudgeTimeUp: the end of --timeout is a failure, and after a write it is 7.
func TestJudgeTimeUp(t *testing.T) {
	for _, wrote := range []bool{false, true} {
		result := &apply.Result{Wrote: wrote, Interrupted: true, Summary: apply.Summary{Skipped: 1}}
		want := cli.ExitFailed
		if wrote {
			want = cli.ExitPartly
		}
		err := judge(result, fmt.Errorf("%w (--timeout 1s)", api.ErrTimeUp))
		if got := cli.Classify(err); got != want || !strings.Contains(err.Error(), "1 skipped; the time for reading and writing is up (--timeout 1s)") {
			t.Errorf("wrote %t: exit code %d, want %d: %v", wrote, got, want, err)
		}
	}
}

// TestJudgeDeployments: where nothing went wrong but deployments and what comes after
// them, that is 8, also when nothing else was written.
func TestJudgeDeployments(t *testing.T) {
	for _, test := range []struct {
		status      apply.Status
		step        apply.Status
		interrupted bool
		want        cli.ExitCode
	}{
		{apply.Done, apply.Done, false, cli.ExitDone}, {apply.Unneeded, apply.Done, false, cli.ExitDone}, {apply.Waiting, apply.Waiting, false, cli.ExitDone},
		{apply.Failed, apply.Failed, false, cli.ExitDiffers}, {apply.Unknown, apply.Unknown, false, cli.ExitDiffers},
		{apply.Skipped, apply.Skipped, false, cli.ExitDiffers}, {apply.Running, apply.Unknown, false, cli.ExitDiffers},
		{apply.Running, apply.Unknown, true, cli.ExitPartly}, {apply.Skipped, apply.Skipped, true, cli.ExitPartly},
	} {
		for _, other := range []apply.Status{apply.Done, apply.Failed} {
			result := &apply.Result{
				Interrupted: test.interrupted, Wrote: true,
				Deployments: []apply.DeploymentResult{{Status: test.status}},
				Steps: []apply.StepResult{
					{Status: other}, {Status: test.step, AfterDeployment: true},
				},
			}
			for _, s := range result.Steps {
				switch s.Status {
				case apply.Failed:
					result.Summary.Failed++
				case apply.Skipped:
					result.Summary.Skipped++
				case apply.Unknown:
					result.Summary.Unknown++
				}
			}
			got, want := cli.ExitDone, test.want
			if err := judge(result, nil); err != nil {
				got = cli.Classify(err)
			}
			if other == apply.Failed {
				want = cli.ExitPartly
			}
			if got != want {
				t.Errorf("%s beside %s: exit code %d, want %d", test.status, other, got, want)
			}
		}
	}
}
