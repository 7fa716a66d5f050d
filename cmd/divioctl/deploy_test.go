package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

var interruptedDeployment = regexp.MustCompile(
	`(?m)^running  deploy environment.shop/live: apply was stopped; deployment [a-z2-7]{26} continues at Divio; to wait for it again, re-run the same command `)

// Killed between the last write and the deployment: the same apply again writes nothing
// and deploys.
func TestKilledBeforeDeployment(t *testing.T) {
	t.Parallel()
	box, err := sandbox.New(sandbox.Options{DeploymentTime: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var kill func()
	var sent []string // what was written
	var lock sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if kill != nil && r.URL.Path == "/apps/v3/deployments/" && r.Method == http.MethodPost {
			kill()
			kill = nil
			return // it never arrived
		}
		if r.Method != http.MethodGet {
			sent = append(sent, r.Method+" "+r.URL.Path)
		}
		box.ServeHTTP(w, r)
	}))
	defer server.Close()
	p := program{t, t.TempDir()}
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(twoVariables), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (*exec.Cmd, *strings.Builder) {
		cmd := p.command(args...)
		cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+server.URL)
		said := &strings.Builder{}
		cmd.Stdout, cmd.Stderr = said, said
		return cmd, said
	}

	writes := func() []string {
		lock.Lock()
		defer lock.Unlock()
		return slices.Clone(sent)
	}

	cmd, said := run("apply", "--auto-approve", "--deploy")
	started := make(chan struct{})
	lock.Lock()
	kill = func() { <-started; _ = cmd.Process.Kill() }
	lock.Unlock()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	if err := cmd.Wait(); err == nil || len(writes()) == 0 {
		t.Fatalf("it was not killed, or wrote nothing: %v\n%s", writes(), said)
	}
	for i, want := range []struct {
		writes []string
		says   string
	}{
		{[]string{"POST /apps/v3/deployments/"}, "Deployments: 1 done."},
		{nil, "No changes."},
	} {
		lock.Lock()
		sent = nil
		lock.Unlock()
		cmd, said := run("apply", "--auto-approve", "--deploy")
		if err := cmd.Run(); err != nil || !slices.Equal(writes(), want.writes) || !strings.Contains(said.String(), want.says) {
			t.Errorf("run %d: %v, wrote %v:\n%s", i+2, err, writes(), said)
		}
	}
}

// Ctrl-C ends the wait for a deployment, which goes on; something was written. What is
// said names the deployment and how to wait for it again.
func TestInterruptedWhileDeploying(t *testing.T) {
	t.Parallel()
	box, err := sandbox.New(sandbox.Options{DeploymentTime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	p := program{t, t.TempDir()}
	code, said := p.watched(server.URL, p.interruptAt("running"), "apply", "--auto-approve", "--deploy", "--report", "report.json")
	report, err := os.ReadFile(p.dir + "/report.json")
	if err != nil {
		t.Fatal(err)
	}
	if code != cli.ExitPartly ||
		!interruptedDeployment.MatchString(said) ||
		!strings.Contains(string(report), `"status": "running"`) || !strings.Contains(string(report), `"exit_code": 7`) {
		t.Errorf("exit code %d, want %d:\n%s\n%s", code, cli.ExitPartly, said, report)
	}
}
