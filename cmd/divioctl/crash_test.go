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

// TestCrashShowsNoSecret: whatever a panic drags along, and however deep a secret
// sits in it.
func TestCrashShowsNoSecret(t *testing.T) {
	secret := resource.NewSecret("canary")
	r := &resource.Resource{
		Kind: kinds.All()[2], Address: "variable.shop/live/A",
		Fields:  map[string]resource.Value{"value": secret, "list": resource.Conceal([]any{"canary", map[string]any{"k": "canary"}})},
		Sources: map[string]resource.Source{"value": {Env: "A"}},
	}
	change := resource.Change{Address: r.Address, Kind: r.Kind, Before: r, After: r, Fields: []resource.FieldChange{{Name: "value", Before: secret, After: secret}}}
	key, err := ledger.NewKey("canary canary canary")
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []any{
		secret, r, *r, change, &change, []any{secret}, struct{ inside any }{secret}, struct{ r resource.Resource }{*r},
		fmt.Errorf("apply %v: %w", r, errors.New("broken")), fmt.Sprintf("%v %+v %#v", change, *r, change), plan.Plan{Changes: []*resource.Change{&change}},
		ledgerFile{key: key}, remote.Options{Token: secret},
	} {
		for _, format := range []string{formatText, formatJSON} {
			var out, problems strings.Builder
			s := newSession(&Globals{Format: format}, streams{out: &out, err: &problems, env: func(string) (string, bool) { return "", false }}, nil)
			s.crash(broken)
			if strings.Contains(out.String()+problems.String(), "canary") {
				t.Errorf("%T: a secret in\n%s%s", broken, out.String(), problems.String())
			}
		}
	}
}
