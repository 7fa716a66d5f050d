package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
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

// held is a sandbox that holds up the first request that matches: it tells when the
// request has come, and lets it go on when told to.
type held struct {
	http.Handler
	match         func(*http.Request) bool
	came, release chan struct{}
}

// method matches the requests with a method.
func method(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == name }
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.match(r) {
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

// interrupt runs divioctl until the first request that matches, then sends the signals,
// waiting for each to be noticed, and releases the request. It gives the exit code and
// what was said.
func interrupt(t *testing.T, match func(*http.Request) bool, signals []os.Signal, file string, args ...string) (cli.ExitCode, string) {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &held{box, match, make(chan struct{}, 1), make(chan struct{})}
	server := httptest.NewServer(h)
	defer server.Close()

	p := program{t, t.TempDir()}
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(file), 0o600); err != nil {
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
	for i, s := range signals {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if i > 0 && s == syscall.SIGHUP {
			continue // it is not noticed
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
	code, said := interrupt(t, method("GET"), []os.Signal{os.Interrupt}, twoVariables, "apply", "--auto-approve")
	if code != cli.ExitInterrupted || !strings.Contains(said, "interrupted before anything was written") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitInterrupted, said)
	}
}

// The first signal, whichever it is, lets the running step finish and starts no other. A
// second SIGHUP is no second Ctrl-C.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	for _, signals := range [][]os.Signal{{os.Interrupt}, {syscall.SIGTERM}, {syscall.SIGHUP}, {syscall.SIGHUP, syscall.SIGHUP, syscall.SIGHUP}} {
		code, said := interrupt(t, method("POST"), signals, twoVariables, "apply", "--auto-approve")
		if code != cli.ExitPartly {
			t.Errorf("%v: exit code %d, want %d", signals, code, cli.ExitPartly)
		}
		for _, want := range []string{"done    create variable.shop/live/A", "1 done, 2 skipped"} {
			if !strings.Contains(said, want) {
				t.Errorf("%v: %q is not said:\n%s", signals, want, said)
			}
		}
	}
}

// The second one aborts the running steps: it is unknown whether they were made,
// and that counts as written.
func TestInterruptedTwice(t *testing.T) {
	t.Parallel()
	code, said := interrupt(t, method("POST"), twice, twoVariables, "apply", "--auto-approve")
	if code != cli.ExitPartly || !strings.Contains(said, "1 unknown") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitPartly, said)
	}
}

var twice = []os.Signal{os.Interrupt, os.Interrupt}

// A step whose path is still being looked up has sent nothing, and so it has not been
// made, also after the second Ctrl-C.
func TestInterruptedTwiceBeforeSending(t *testing.T) {
	t.Parallel()
	const ordered = `version: 1
applications: { shop: { environments: { live: { variables: [{ name: SECRET_KEY, sensitive: true }, { name: DEBUG, value: "False" }] } } } }
`
	lookup := func(r *http.Request) bool { return r.URL.Path == "/apps/v3/schema/" }
	code, said := interrupt(t, lookup, twice, ordered, "apply", "--auto-approve")
	if code != cli.ExitInterrupted || !strings.Contains(said, "skipped") || strings.Contains(said, "unknown") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitInterrupted, said)
	}
}

// Ctrl-C while the result is verified: everything was made, and that is said.
func TestInterruptedWhileVerifying(t *testing.T) {
	t.Parallel()
	var writes atomic.Int32
	verify := func(r *http.Request) bool {
		if r.Method != http.MethodGet {
			writes.Add(1)
		}
		return r.Method == http.MethodGet && writes.Load() == 3
	}
	code, said := interrupt(t, verify, []os.Signal{os.Interrupt}, twoVariables, "apply", "--auto-approve", "--verify")
	if code != cli.ExitPartly || !strings.Contains(said, "Error: applied, but not verified: interrupted\n  hint: All changes were made.") ||
		strings.Contains(said, "finishing what is running") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitPartly, said)
	}
}

// Ctrl-C while a read waits to be sent again is an interruption, and not the error that
// it waits for.
func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	p := program{t, t.TempDir()}
	code, said := p.watched(server.URL, p.interruptAt("Waiting"), "plan")
	if code != cli.ExitInterrupted || strings.Contains(said, "hint:") {
		t.Errorf("exit code %d, want %d:\n%s", code, cli.ExitInterrupted, said)
	}
}

// watched runs divioctl with two variables to create, calls heard with each line of
// standard error as it comes, and gives the exit code and all of these lines.
func (p program) watched(url string, heard func(process *os.Process, line string), args ...string) (cli.ExitCode, string) {
	p.Helper()
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(twoVariables), 0o600); err != nil {
		p.Fatal(err)
	}
	cmd := p.command(args...)
	cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+url)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		heard(cmd.Process, lines.Text())
	}
	_ = cmd.Wait() // the exit code says it
	return cli.ExitCode(cmd.ProcessState.ExitCode()), said.String()
}

// interruptAt interrupts a watched program when a line begins so.
func (p program) interruptAt(prefix string) func(*os.Process, string) {
	return func(process *os.Process, line string) {
		if strings.HasPrefix(line, prefix) {
			if err := process.Signal(os.Interrupt); err != nil {
				p.Fatal(err)
			}
		}
	}
}

// unread runs an apply whose standard error, standard output or both have no reader from
// the first write on, and gives the exit code.
func unread(t *testing.T, stdout, stderr bool, args ...string) (cli.ExitCode, *sandbox.Sandbox) {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &held{box, method("POST"), make(chan struct{}, 1), make(chan struct{})}
	server := httptest.NewServer(h)
	defer server.Close()
	p := program{t, t.TempDir()}
	if err := os.WriteFile(p.dir+"/divio.yaml", []byte(twoVariables), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := p.command(args...)
	cmd.Env = append(cmd.Env, "DIVIO_API_TOKEN=any", "DIVIO_ENDPOINT="+server.URL)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if stdout {
		cmd.Stdout = writer
	}
	if stderr {
		cmd.Stderr = writer
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close() // the program has its own
	<-h.came
	_ = reader.Close()
	close(h.release)
	_ = cmd.Wait() // the exit code says it
	return cli.ExitCode(cmd.ProcessState.ExitCode()), box
}

// TestNobodyReads: output that cannot be written does not stop an apply, and does not
// change its exit code.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stdout, stderr bool
		format         string
	}{{false, true, "text"}, {true, false, "text"}, {true, true, "text"}, {true, true, "json"}} {
		code, box := unread(t, c.stdout, c.stderr, "apply", "--auto-approve", "--format", c.format)
		var dump strings.Builder
		if err := box.Dump(&dump); err != nil {
			t.Fatal(err)
		}
		if code != cli.ExitDone || !strings.Contains(dump.String(), `variable C="c"`) {
			t.Errorf("%+v: exit code %d, want %d:\n%s", c, code, cli.ExitDone, dump.String())
		}
	}
}
