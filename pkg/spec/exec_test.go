package spec

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// TestExecEnds: a program that does not end is ended, and so is one whose run was
// interrupted.
func TestExecEnds(t *testing.T) {
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for _, c := range []struct {
		ctx     context.Context
		command []string
		want    string
	}{
		{t.Context(), []string{"sleep", "60"}, "the program sleep timed out after 50ms"},
		{t.Context(), []string{"sh", "-c", "echo canary; sleep 60"}, "the program sh timed out after 50ms"},
		{t.Context(), []string{"yes", "canary"}, "the program yes printed more than 1 MB"},
		{interrupted, []string{"sleep", "60"}, "the program sleep was interrupted"},
	} {
		timeout := 50 * time.Millisecond
		if c.command[0] == "yes" {
			timeout = time.Minute
		}
		state := &resource.State{Resources: []*resource.Resource{{
			Kind: kinds.Catalog().Kind("variable"), Fields: map[string]resource.Value{"value": resource.Source{Exec: c.command, Dir: t.TempDir()}},
		}}}
		began := time.Now()
		list := ResolveSources(c.ctx, state, Sources{AllowExec: true, Timeout: timeout})
		if len(list) != 1 || list[0].Message != c.want || strings.Contains(list[0].Hint, "canary") {
			t.Errorf("%v: %v, want %s", c.command, list, c.want)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%v took %s", c.command, took)
		}
	}
}

// TestResolveKeepsTheSource: a saved plan holds where a value came from.
func TestResolveKeepsTheSource(t *testing.T) {
	source := resource.Source{Env: "A"}
	r := &resource.Resource{Kind: kinds.Catalog().Kind("variable"), Fields: map[string]resource.Value{"value": source}}
	list := ResolveSources(t.Context(), &resource.State{Resources: []*resource.Resource{r}}, Sources{
		Env: func(string) (string, bool) { return "a", true },
	})
	if len(list) > 0 || r.Sources["value"].Env != "A" || r.Text("value") != "a" || !r.Masked["value"] {
		t.Errorf("%v, %+v", list, r)
	}
}
