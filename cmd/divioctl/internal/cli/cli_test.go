package cli

import (
	"strings"
	"testing"
)

// What a warning quotes stays on its line, and controls nothing.
func TestWarn(t *testing.T) {
	var problems strings.Builder
	c := NewConsole(Streams{Err: &problems}, &Globals{})
	c.Warn("not exported: cronjob.shop/live/a\n::set-output name=a::b\x1b[2J##[debug]")
	c.Say("\nSaved to %s.", "::debug")
	want := `divioctl: warning: not exported: cronjob.shop/live/a\n::set-output name=a::b\x1b[2J\x23#[debug]` + "\n\nSaved to ::debug.\n"
	if problems.String() != want {
		t.Errorf("got  %q\nwant %q", problems.String(), want)
	}
}
