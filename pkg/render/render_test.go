package render_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/render"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestFor(t *testing.T) {
	for _, test := range []struct {
		env  string
		want render.Options
	}{
		{"", render.Options{}},
		{"CLICOLOR_FORCE=1", render.Options{Color: true}},
		{"CLICOLOR_FORCE=0", render.Options{}},
		{"CLICOLOR_FORCE=1 NO_COLOR=1", render.Options{}},
		{"CLICOLOR_FORCE=1 TERM=dumb", render.Options{Color: true}},
	} {
		getenv := func(name string) string {
			for _, pair := range strings.Fields(test.env) {
				if key, value, _ := strings.Cut(pair, "="); key == name {
					return value
				}
			}
			return ""
		}
		if got := render.For(new(bytes.Buffer), getenv); got != test.want {
			t.Errorf("%q: %+v", test.env, got)
		}
	}
	if render.IsTerminal(strings.NewReader("")) {
		t.Error("a string is a terminal")
	}
}

// A plan whose counts disagree with what it lists is not printed.
func TestBrokenPlan(t *testing.T) {
	wrong := everything()
	wrong.Summary.Create++
	nameless := counted(&plan.Plan{})
	nameless.Changes = []*resource.Change{{Address: at("tree.a/b/c"), Kind: tree}}
	for _, p := range []*plan.Plan{wrong, nameless} {
		var out bytes.Buffer
		if err := render.PlanText(&out, p, render.Options{}); err == nil || !strings.Contains(err.Error(), "invalid plan") {
			t.Errorf("text: %v", err)
		}
		if err := render.PlanJSON(&out, p, nil); err == nil {
			t.Error("JSON: no error")
		}
		if out.Len() > 0 {
			t.Errorf("printed %s", &out)
		}
	}
}
