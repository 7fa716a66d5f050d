package main

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
	s := newSession(&Globals{Format: formatJSON}, streams{out: &out, err: &problems}, nil)
	if got := s.fail(fmt.Errorf("read: %w", broken{errors.New("no such row")})); got != exitFailed {
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
		want    exitCode
	}{{false, exitFailed}, {true, exitPartly}} {
		var out, problems strings.Builder
		s := newSession(&Globals{Format: formatJSON}, streams{out: &out, err: &problems}, nil)
		s.writing = c.writing
		if got := s.crash("no such step"); got != c.want {
			t.Errorf("exit code %d, want %d", got, c.want)
		}
		if !strings.Contains(out.String(), "no such step") || !strings.Contains(problems.String(), "goroutine") {
			t.Errorf("standard output: %s\nstandard error: %s", out.String(), problems.String())
		}
	}
}
