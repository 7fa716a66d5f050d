package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// TestCrashShowsNoSecret: whatever a panic drags along, and however deep a secret
// sits in it.
func TestCrashShowsNoSecret(t *testing.T) {
	secret := resource.NewSecret("hunter22")
	address, err := kinds.Catalog().Parse("variable.shop/live/A")
	if err != nil {
		t.Fatal(err)
	}
	r := &resource.Resource{
		Kind: kinds.Catalog().Kind("variable"), Address: address,
		Fields:  map[string]resource.Value{"value": secret, "list": resource.Conceal([]any{"hunter22", map[string]any{"k": "hunter22"}})},
		Sources: map[string]resource.Source{"value": {Env: "A"}},
	}
	change := resource.Change{Address: r.Address, Kind: r.Kind, Before: r, After: r, Fields: []resource.FieldChange{{Name: "value", Before: secret, After: secret}}}
	key, err := ledger.NewKey("hunter22 hunter22 hunter22")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{
		secret, r, *r, change, &change, []any{secret}, struct{ inside any }{secret}, struct{ r resource.Resource }{*r},
		fmt.Errorf("apply %v: %w", r, errors.New("broken")), fmt.Sprintf("%v %+v %#v", change, *r, change), plan.Plan{Changes: []*resource.Change{&change}},
		struct{ key ledger.Key }{key}, api.Options{Token: secret},
	} {
		for _, format := range []string{FormatText, FormatJSON} {
			var out, problems strings.Builder
			c := NewConsole(Streams{Out: &out, Err: &problems, Env: func(string) (string, bool) { return "", false }}, &Globals{Format: format})
			_, err := Guard(func() (ExitCode, error) { panic(value) })
			c.Fail(err)
			if strings.Contains(out.String()+problems.String(), "hunter22") {
				t.Errorf("%T: a secret in\n%s%s", value, out.String(), problems.String())
			}
		}
	}
}
