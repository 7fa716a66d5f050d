package main

import (
	"bufio"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// Ctrl-C ends the wait for a deployment, which goes on; something was written.
func TestInterruptedWhileDeploying(t *testing.T) {
	t.Parallel()
	box, err := sandbox.New(sandbox.Options{DeploymentTime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	p := program{t, t.TempDir()}
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(twoVariables), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := p.command("apply", "--auto-approve", "--deploy", "--report", "report.json")
	cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+server.URL)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "deploys") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // the exit code says it
	report, err := os.ReadFile(p.dir + "/report.json")
	if err != nil {
		t.Fatal(err)
	}
	if code := exitCode(cmd.ProcessState.ExitCode()); code != exitPartly ||
		!strings.Contains(said.String(), "apply was interrupted; deployment ") ||
		!strings.Contains(string(report), `"status": "running"`) || !strings.Contains(string(report), `"exit_code": 7`) {
		t.Errorf("exit code %d, want %d:\n%s\n%s", code, exitPartly, said.String(), report)
	}
}

// Everything secret is found, wherever it is.
func TestSecretsOf(t *testing.T) {
	secret := resource.NewSecret
	holds := func(fields map[string]resource.Value) *resource.Resource {
		return &resource.Resource{Kind: &resource.Kind{Fields: []resource.Field{{Name: "hidden", Sensitive: true}}}, Fields: fields}
	}
	p := &plan.Plan{Changes: []*resource.Change{
		{Before: holds(map[string]resource.Value{"a": secret("before")}), After: holds(map[string]resource.Value{"hidden": "after"})},
		{After: holds(map[string]resource.Value{"a": secret("plain"), "b": "text"})},
		{Before: holds(map[string]resource.Value{"a": []any{map[string]any{"deep": secret("deep")}}})},
	}}
	found := map[string]bool{}
	for _, s := range plannedSecrets(p) {
		found[s.Reveal()] = true
	}
	for _, want := range []string{"before", "after", "plain", "deep"} {
		if !found[want] {
			t.Errorf("%q is not found", want)
		}
	}
	if len(found) != 4 {
		t.Errorf("%d are found", len(found))
	}
}

func TestJudgeDeployments(t *testing.T) {
	for _, test := range []struct {
		status      apply.Status
		interrupted bool
		want        exitCode
	}{
		{apply.Done, false, exitDone}, {apply.Unneeded, false, exitDone}, {apply.Waiting, false, exitDone},
		{apply.Failed, false, exitDiffers}, {apply.Unknown, false, exitDiffers},
		{apply.Skipped, false, exitDiffers}, {apply.Running, false, exitDiffers},
		{apply.Running, true, exitPartly}, {apply.Skipped, true, exitPartly},
	} {
		err := judgeDeployments(&apply.Result{
			Interrupted: test.interrupted,
			Deployments: []apply.DeploymentResult{{Address: "environment.shop/live", Status: test.status}},
		})
		got := exitDone
		if err != nil {
			got = classify(err)
		}
		if got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.status, got, test.want)
		}
	}
}
