package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
)

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
		s := newSession(&Globals{}, streams{in: strings.NewReader(c.typed), out: io.Discard, err: io.Discard}, nil)
		if err := s.ask(t.Context(), &plan.Plan{}); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.typed, err, c.want)
		}
	}
}

// A Ctrl-C is an answer as well, although nobody ends the line.
func TestAskInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	silent, typing := io.Pipe()
	defer typing.Close()
	s := newSession(&Globals{}, streams{in: silent, out: io.Discard, err: io.Discard}, nil)
	if err := s.ask(ctx, &plan.Plan{}); !errors.Is(err, errInterrupted) {
		t.Errorf("%v, want %v", err, errInterrupted)
	}
}

// With JSON on standard output the plan to decide about is on standard error.
func TestAskInJSON(t *testing.T) {
	var out, problems strings.Builder
	s := newSession(&Globals{Format: formatJSON}, streams{
		in: strings.NewReader("yes\n"), out: &out, err: &problems,
		env: func(string) (string, bool) { return "", false },
	}, nil)
	if err := s.ask(t.Context(), &plan.Plan{}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 || !strings.Contains(problems.String(), "No changes.") {
		t.Errorf("standard output: %q, standard error: %q", out.String(), problems.String())
	}
}
