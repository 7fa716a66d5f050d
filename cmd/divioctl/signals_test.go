package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

const twoVariables = `version: 1
applications:
  shop:
    environments:
      live:
        variables:
          - { name: A, value: a }
          - { name: B, value: b }
          - { name: C, value: c }
`

// held is a sandbox that holds up the first request with a method: it tells when
// the request has come, and lets it go on when told to.
type held struct {
	http.Handler
	method        string
	came, release chan struct{}
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == h.method {
		select {
		case h.came <- struct{}{}:
			select {
			case <-h.release:
			case <-r.Context().Done():
				return
			}
		default: // not the first
		}
	}
	h.Handler.ServeHTTP(w, r)
}

// interrupt runs divioctl until the first request with the method, then sends as
// many signals, waiting for each to be noticed, and releases the request. It gives
// the exit code and what was said.
func interrupt(t *testing.T, method string, signals int, args ...string) (cli.ExitCode, string) {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &held{box, method, make(chan struct{}, 1), make(chan struct{})}
	server := httptest.NewServer(h)
	defer server.Close()

	p := program{t, t.TempDir()}
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(twoVariables), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := p.command(append(args, "--parallelism", "1")...)
	cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+server.URL)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-h.came
	lines := bufio.NewScanner(stderr)
	for range signals {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "nterrupted") {
				break
			}
		}
	}
	close(h.release)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
	}
	_ = cmd.Wait() // the exit code says it
	return cli.ExitCode(cmd.ProcessState.ExitCode()), said.String()
}

func TestInterruptedWhileReading(t *testing.T) {
	t.Parallel()
	code, said := interrupt(t, "GET", 1, "apply", "--auto-approve")
	if code != cli.ExitInterrupted || !strings.Contains(said, "interrupted before anything was written") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitInterrupted, said)
	}
}

// The first Ctrl-C lets the running step finish and starts no other.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	code, said := interrupt(t, "POST", 1, "apply", "--auto-approve")
	if code != cli.ExitPartly {
		t.Errorf("exit code %d, want %d", code, cli.ExitPartly)
	}
	for _, want := range []string{"done    create variable.shop/live/A", "1 done, 2 skipped"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

// The second one aborts the running steps: it is unknown whether they were made,
// and that counts as written.
func TestInterruptedTwice(t *testing.T) {
	t.Parallel()
	code, said := interrupt(t, "POST", 2, "apply", "--auto-approve")
	if code != cli.ExitPartly || !strings.Contains(said, "1 unknown") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitPartly, said)
	}
}
