package main

import (
	"strings"
	"testing"
)

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
