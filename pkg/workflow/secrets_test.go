package workflow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Everything secret is found, wherever it is.
func TestSecretsOf(t *testing.T) {
	secret := resource.NewSecret
	holds := func(fields map[string]resource.Value) *resource.Resource {
		return &resource.Resource{Kind: &resource.Kind{Fields: []resource.Field{{Name: "hidden", Display: resource.Masked, WriteOnly: true, From: true}}}, Fields: fields}
	}
	p := &plan.Plan{Changes: []*resource.Change{
		{Before: holds(map[string]resource.Value{"a": secret("before")}), After: holds(map[string]resource.Value{"hidden": "after"})},
		{After: holds(map[string]resource.Value{"a": secret("plain"), "b": "text"})},
		{Before: holds(map[string]resource.Value{"a": []any{map[string]any{"deep": secret("deep")}}})},
	}}
	found := map[string]bool{}
	for _, s := range plannedSecrets(p) {
		found[s.Reveal()] = true
	}
	for _, want := range []string{"before", "after", "plain", "deep"} {
		if !found[want] {
			t.Errorf("%q is not found", want)
		}
	}
	if len(found) != 4 {
		t.Errorf("%d are found", len(found))
	}
}

// The ledger's key is not shown by a panic that drags along what holds it.
func TestLedgerFileShowsNoKey(t *testing.T) {
	const text = "hunter22 hunter22 hunter22"
	key, err := ledger.NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{
		ledgerFile{key: key}, Planned{ledger: ledgerFile{key: key}}, Options{LedgerKey: resource.NewSecret(text)},
	} {
		if shown := fmt.Sprintf("%v %+v %#v", value, value, value); strings.Contains(shown, "hunter22") {
			t.Errorf("a key in %s", shown)
		}
	}
}
