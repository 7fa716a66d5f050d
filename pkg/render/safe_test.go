package render_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/render"
)

func TestMessage(t *testing.T) {
	for _, c := range []struct {
		format string
		values []any
		want   string
	}{
		{"\nApplying %d steps to %s:\n", []any{2, "acme"}, "\nApplying 2 steps to acme:\n"},
		{"warning: %s\n", []any{"not exported: a\nb\x1b]0;title\x07\u202e"}, `warning: not exported: a\nb\x1b]0;title\a\u202e` + "\n"},
		{"%v\n", []any{errors.New("::set-output name=a::b")}, `\x3a:set-output name=a::b` + "\n"},
		{"  %s%s\n", []any{":", ":debug"}, `  \x3a:debug` + "\n"},
		{"at %s\n%s\n", []any{"##[debug]", "::debug"}, `at \x23#[debug]` + "\n" + `\x3a:debug` + "\n"},
		{"%s: a::b ## c [d]\n", []any{"e"}, "e: a::b ## c [d]\n"},
	} {
		var out bytes.Buffer
		if err := render.Message(&out, c.format, c.values...); err != nil || out.String() != c.want {
			t.Errorf("%q %q: %v, got %q, want %q", c.format, c.values, err, out.String(), c.want)
		}
	}
}

var colors = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Whatever text comes from outside, in a message or in a log: it stays on its line,
// controls nothing, and is no command to a CI system.
func TestHostileText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var out bytes.Buffer
		if err := render.Message(&out, "%s %s\n%s\n", hostile(t, "one"), hostile(t, "two"), hostile(t, "three")); err != nil {
			t.Fatal(err)
		}
		clean(t, "the message", out.String())
		if lines := strings.Count(out.String(), "\n"); lines != 2 {
			t.Errorf("%d lines: %q", lines, out.String())
		}

		failed := apply.DeploymentResult{Status: apply.Failed, Log: []string{strings.ReplaceAll(hostile(t, "log"), "\n", ""), "x"}}
		for _, options := range []render.Options{{}, {Color: true}} {
			out.Reset()
			if err := render.DeploymentsText(&out, &apply.Result{Deployments: []apply.DeploymentResult{failed}}, options); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if options.Color {
				text = colors.ReplaceAllString(text, "")
			}
			clean(t, "the log", text)
			if lines := strings.Count(text, "\n"); lines != 6 {
				t.Errorf("%d lines: %q", lines, text)
			}
		}
	})
}
