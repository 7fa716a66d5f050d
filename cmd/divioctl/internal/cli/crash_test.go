package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// broken is what remote and apply make of a panic in a goroutine.
type broken struct{ error }

func (broken) Stack() []byte { return []byte("goroutine 7") }

// A bug in a goroutine is an error, and still shows where it happened.
func TestCrashElsewhere(t *testing.T) {
	var out, problems strings.Builder
	c := NewConsole(Streams{Out: &out, Err: &problems}, &Globals{Format: FormatJSON})
	if got := c.Fail(fmt.Errorf("read: %w", broken{errors.New("no such row")})); got != ExitFailed {
		t.Errorf("exit code %d", got)
	}
	if !strings.Contains(out.String(), "no such row") || !strings.Contains(problems.String(), "goroutine 7") {
		t.Errorf("standard output: %s\nstandard error: %s", out.String(), problems.String())
	}
}

// TestCrash: a bug must not look like "there are changes".
func TestCrash(t *testing.T) {
	for _, c := range []struct {
		writing bool
		want    ExitCode
	}{{false, ExitFailed}, {true, ExitPartly}} {
		var out, problems strings.Builder
		console := NewConsole(Streams{Out: &out, Err: &problems}, &Globals{Format: FormatJSON})
		_, err := Guard(func() (ExitCode, error) { panic("no such step") })
		if c.writing {
			err = &PartlyError{err}
		}
		if got := console.Fail(err); got != c.want {
			t.Errorf("exit code %d, want %d", got, c.want)
		}
		if !strings.Contains(out.String(), "no such step") || !strings.Contains(problems.String(), "goroutine") {
			t.Errorf("standard output: %s\nstandard error: %s", out.String(), problems.String())
		}
	}
}
