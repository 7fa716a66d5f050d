package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
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
		console := cli.NewConsole(cli.Streams{In: strings.NewReader(c.typed), Out: io.Discard, Err: io.Discard, Env: noEnv}, &cli.Globals{})
		err := ask(t.Context(), console, &plan.Plan{})
		if !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.typed, err, c.want)
		}
		if explained := strings.Contains(fmt.Sprint(err), `only "yes" is accepted`); explained != (c.typed == "y\n" || c.typed == "Yes\n") {
			t.Errorf("%q: %v", c.typed, err)
		}
	}
}

// A Ctrl-C is an answer as well, although nobody ends the line.
func TestAskInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cli.ErrInterrupted)
	silent, typing := io.Pipe()
	defer typing.Close()
	console := cli.NewConsole(cli.Streams{In: silent, Out: io.Discard, Err: io.Discard, Env: noEnv}, &cli.Globals{})
	if err := ask(ctx, console, &plan.Plan{}); !errors.Is(err, cli.ErrInterrupted) {
		t.Errorf("%v, want %v", err, cli.ErrInterrupted)
	}
}

// With JSON on standard output the plan to decide about is on standard error.
func TestAskInJSON(t *testing.T) {
	var out, problems strings.Builder
	console := cli.NewConsole(
		cli.Streams{In: strings.NewReader("yes\n"), Out: &out, Err: &problems, Env: noEnv}, &cli.Globals{Format: cli.FormatJSON},
	)
	about := &plan.Plan{Organisation: resource.Ref{Name: "acme"}, Endpoint: "https://api.example"}
	if err := ask(t.Context(), console, about); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 || !strings.Contains(problems.String(), "No changes.") ||
		!strings.Contains(problems.String(), "Apply these changes to acme at https://api.example?") {
		t.Errorf("standard output: %q, standard error: %q", out.String(), problems.String())
	}
}
