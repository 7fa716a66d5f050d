package main

import (
	"bufio"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
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
	if code := cli.ExitCode(cmd.ProcessState.ExitCode()); code != cli.ExitPartly ||
		!strings.Contains(said.String(), "apply was interrupted; deployment ") ||
		!strings.Contains(string(report), `"status": "running"`) || !strings.Contains(string(report), `"exit_code": 7`) {
		t.Errorf("exit code %d, want %d:\n%s\n%s", code, cli.ExitPartly, said.String(), report)
	}
}
