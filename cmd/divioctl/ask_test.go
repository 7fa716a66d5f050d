package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

func noEnv(string) (string, bool) { return "", false }

func TestAsk(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  error
	}{
		{"yes\n", nil},
		{" yes \r\n", nil},
		{"yes", nil},
		{"y\n", errDeclined},
		{"Yes\n", errDeclined},
		{"\n", errDeclined},
		{"", errDeclined},
		{"no\nyes\n", errDeclined},
	} {
		s := newSession(&Globals{}, streams{in: strings.NewReader(c.typed), out: io.Discard, err: io.Discard, env: noEnv}, nil)
		err := s.ask(t.Context(), &plan.Plan{})
		if !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.typed, err, c.want)
		}
		if explained := strings.Contains(fmt.Sprint(err), "only yes in full"); explained != (c.typed == "y\n" || c.typed == "Yes\n") {
			t.Errorf("%q: %v", c.typed, err)
		}
	}
}

// A Ctrl-C is an answer as well, although nobody ends the line.
func TestAskInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	silent, typing := io.Pipe()
	defer typing.Close()
	s := newSession(&Globals{}, streams{in: silent, out: io.Discard, err: io.Discard, env: noEnv}, nil)
	if err := s.ask(ctx, &plan.Plan{}); !errors.Is(err, errInterrupted) {
		t.Errorf("%v, want %v", err, errInterrupted)
	}
}

// With JSON on standard output the plan to decide about is on standard error.
func TestAskInJSON(t *testing.T) {
	var out, problems strings.Builder
	s := newSession(&Globals{Format: formatJSON}, streams{
		in: strings.NewReader("yes\n"), out: &out, err: &problems,
		env: noEnv,
	}, nil)
	about := &plan.Plan{Organisation: resource.Ref{Name: "acme"}, Endpoint: "https://api.example"}
	if err := s.ask(t.Context(), about); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 || !strings.Contains(problems.String(), "No changes.") ||
		!strings.Contains(problems.String(), "Apply these changes to acme at https://api.example?") {
		t.Errorf("standard output: %q, standard error: %q", out.String(), problems.String())
	}
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
			"application.new: there is nothing left to do",
		},
		{"what is needed", func(box *sandbox.Sandbox) { _ = box.Reset() }, "application.there does not exist yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			box, err := sandbox.New(sandbox.Options{})
			if err != nil {
				t.Fatal(err)
			}
			seed(box, `{"applications": [{"slug": "there"}]}`)
			server := httptest.NewServer(box)
			defer server.Close()
			file := filepath.Join(t.TempDir(), "divio.yaml")
			text := "version: 1\napplications:\n  there: { name: There }\n  new: { name: new, region: eu-ch, plan_group: standard }\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			s := newSession(&Globals{File: []string{file}, Endpoint: server.URL, Parallelism: 8}, streams{
				in:  somebody{func() { c.meanwhile(box) }, strings.NewReader("yes\n")},
				out: &out, err: &out,
				env: func(name string) (string, bool) { return "token", name == envToken },
			}, nil)
			shown, err := s.plan(t.Context(), planFlags{})
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.confirm(t.Context(), shown)
			if c.want == "" {
				if err != nil || p.Digest != shown.Digest || len(p.Steps) == 0 {
					t.Errorf("%v, %+v", err, p)
				}
				return
			}
			if classify(err) != exitStale || !strings.Contains(err.Error(), "something moved while you were asked") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
