package main

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// timeUp runs divioctl with a timeout; the first request with the method is answered
// when that has ended, and was noticed. It gives the exit code and what was said.
func timeUp(t *testing.T, name string, timeout time.Duration, args ...string) (cli.ExitCode, string) {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &held{box, method(name), make(chan struct{}, 1), make(chan struct{})}
	server := httptest.NewServer(h)
	defer server.Close()
	noticed := false
	return program{t, t.TempDir()}.watched(server.URL, func(_ *os.Process, line string) {
		if !noticed && strings.Contains(line, "is up") {
			noticed = true
			close(h.release)
		}
	}, append(args, "--parallelism", "1", "--timeout", timeout.String())...)
}

// TestTimeUpWhileReading: the end of --timeout ends a command that only reads.
func TestTimeUpWhileReading(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"plan", "apply", "export"} {
		args := []string{command}
		if command == "apply" {
			args = append(args, "--auto-approve")
		}
		code, said := timeUp(t, "GET", 50*time.Millisecond, args...)
		if code != cli.ExitFailed || strings.Count(said, "the time for reading and writing is up") != 1 {
			t.Errorf("%s: exit code %d, want %d:\n%s", command, code, cli.ExitFailed, said)
		}
	}
}

// TestTimeUpWhileWriting: it lets the running step finish and starts no other, as the
// first Ctrl-C does.
func TestTimeUpWhileWriting(t *testing.T) {
	t.Parallel()
	for timeout := 500 * time.Millisecond; ; timeout *= 2 {
		code, said := timeUp(t, "POST", timeout, "apply", "--auto-approve")
		if !strings.Contains(said, "Applying") && timeout < 10*time.Second {
			continue // this machine is too slow
		}
		if code != cli.ExitPartly {
			t.Errorf("exit code %d, want %d", code, cli.ExitPartly)
		}
		for _, want := range []string{
			"done    create variable.shop/live/A", "1 done, 2 skipped; the time for reading and writing is up",
			"Re-run the command", "--timeout gives it more time",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not said:\n%s", want, said)
			}
		}
		return
	}
}
