package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

var (
	digestLine  = regexp.MustCompile(`(?m)^(Organisation|Digest): .*\n`) // both tell the endpoint
	servedAt    = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	envOfServed = "DIVIO_API_TOKEN=any"
)

// TestServedAndInProcess: a plan over HTTP and one in process are the same.
func TestServedAndInProcess(t *testing.T) {
	t.Parallel()
	p := program{t, t.TempDir()}
	p.run(cli.ExitDone, "sandbox", "reset")

	server := p.command("sandbox", "serve", "--listen", "127.0.0.1:0", "--quiet")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	endpoint := servedAt.FindString(line)

	example, err := filepath.Abs("../../examples/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inProcess := p.run(cli.ExitDone, "plan", "--file", example, "--allow-exec", "--sandbox")
	cmd := p.command("plan", "--file", example, "--allow-exec", "--endpoint", endpoint)
	cmd.Env = append(cmd.Env, envOfServed)
	served, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want, got := digestLine.ReplaceAllString(inProcess, ""), digestLine.ReplaceAllString(string(served), "")
	if got != want {
		t.Errorf("over HTTP:\n%s\nin process:\n%s", got, want)
	}

	// Ctrl-C is how a server is meant to be stopped.
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
