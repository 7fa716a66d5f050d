package apply

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// planned plans a file against a sandbox.
func planned(t *testing.T, box *sandbox.Sandbox, file string) (*workflow.Planned, error) {
	return workflow.New(workflow.Options{
		Files: []string{file},
		Connect: func() (*api.Client, error) {
			return api.New(api.Options{
				Endpoint: "https://sandbox.invalid", Token: resource.NewSecret("any"), Transport: box.RoundTripper(),
			})
		},
	}).Plan(t.Context(), workflow.Request{})
}

// somebody types yes after a while, in which something else happens.
type somebody struct {
	meanwhile func()
	answer    io.Reader
}

func (s somebody) Read(p []byte) (int, error) {
	s.meanwhile()
	return s.answer.Read(p)
}

// What moves while the question waits makes the plan stale that was shown; what
// does not touch it is nobody's business.
func TestConfirm(t *testing.T) {
	seed := func(box *sandbox.Sandbox, document string) {
		if err := box.Seed(strings.NewReader(document)); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct {
		name      string
		meanwhile func(*sandbox.Sandbox)
		want      string
	}{
		{"nothing", func(*sandbox.Sandbox) {}, ""},
		{"another application", func(box *sandbox.Sandbox) { seed(box, `{"applications": [{"slug": "other"}]}`) }, ""},
		{
			"the same change", func(box *sandbox.Sandbox) { seed(box, `{"applications": [{"slug": "new"}]}`) },
			"application.new: no changes are left",
		},
		{"what is needed", func(box *sandbox.Sandbox) { _ = box.Reset() }, "application.there does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, err := sandbox.New(sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			seed(box, `{"applications": [{"slug": "there"}]}`)
			file := filepath.Join(t.TempDir(), "divio.yaml")
			text := "version: 1\napplications:\n  there: { name: There }\n  new: { name: new, region: eu-ch, plan_group: standard }\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			shown, err := planned(t, box, file)
			if err != nil {
				t.Fatal(err)
			}
			console := cli.NewConsole(cli.Streams{
				In:  somebody{func() { c.meanwhile(box) }, strings.NewReader("yes\n")},
				Out: io.Discard, Err: io.Discard, Env: noEnv,
			}, &cli.Globals{})
			o := &Options{Console: console}
			p, err := o.confirm(t.Context(), shown)
			if c.want == "" {
				if err != nil || p.Digest != shown.Digest || len(p.Steps) == 0 {
					t.Errorf("%v, %+v", err, p)
				}
				return
			}
			if failure := cli.FailureOf(err); failure.ExitCode != int(cli.ExitStale) ||
				!strings.Contains(failure.Err.Error(), "the current state changed before the plan was approved") || !strings.Contains(failure.Err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// exploding is a stream that cannot be written to once the changes begin.
type exploding struct{}

func (exploding) Write(text []byte) (int, error) {
	if strings.HasPrefix(string(text), "\nApplying") {
		panic("no such step")
	}
	return len(text), nil
}

// A crash of an apply that has begun to write has partly applied.
func TestCrashWhileWriting(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "divio.yaml")
	for text, want := range map[string]cli.ExitCode{
		"version: 1\napplications:\n  shop: { name: Another }\n": cli.ExitPartly,
		"version: 1\napplications: {}\n":                         cli.ExitDone,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := planned(t, box, file)
		if err != nil {
			t.Fatal(err)
		}
		console := cli.NewConsole(cli.Streams{Out: io.Discard, Err: exploding{}, Env: noEnv}, &cli.Globals{})
		o := &Options{Console: console, Signals: &cli.Signals{}}
		report, err := beginReport(output.File{})
		if err != nil {
			t.Fatal(err)
		}
		code, err := o.guarded(t.Context(), p, report)
		if err != nil {
			code = cli.Classify(err)
		}
		var bug *cli.BugError
		if code != want || errors.As(err, &bug) != (want == cli.ExitPartly) {
			t.Errorf("%s: exit code %d, want %d: %v", text, code, want, err)
		}
	}
}
