package plan_test

import (
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

// save makes a plan and saves it.
func save(t *testing.T, in plan.Input) (text string, saved *plan.Saved) {
	t.Helper()
	in.Catalog = toyKinds()
	p, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	file, err := plan.Save(in, p, func(resource.FieldID, resource.Secret) string { return "" }, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if saved, err = plan.ParseSaved(file); err != nil {
		t.Fatal(err)
	}
	return string(file), saved
}

// A saved plan in which there is nothing to do selects nothing, and not everything.
func TestSavedNothingIsNothing(t *testing.T) {
	desired, current := state("basket.b size=x"), state("basket.b size=x")
	_, saved := save(t, plan.Input{Desired: &desired.state, Current: &current.state})
	again, err := saved.Input(toyKinds())
	if err != nil {
		t.Fatal(err)
	}
	if again.Select.Exactly == nil || again.Select.Covers(at("basket.b")) {
		t.Errorf("%+v", again.Select)
	}
}

// What --write-sensitive asked for is not forgotten where the values were not at
// hand.
func TestSavedKeepsWhatWasAsked(t *testing.T) {
	desired, current := state("basket.b", "fruit.b/apple"), state("basket.b", "fruit.b/apple")
	desired.state.Resources[1].Fields["secret"] = resource.Source{Env: "S"}
	_, saved := save(t, plan.Input{Desired: &desired.state, Current: &current.state, WriteSensitive: patterns("fruit.**")})
	if len(saved.Rewrites) != 1 || saved.Rewrites[0] != (plan.SavedRewrite{Address: "fruit.b/apple", Field: "secret"}) {
		t.Errorf("rewrites: %v", saved.Rewrites)
	}
}

// A value that is masked on either side does not get into the file, and a secret
// that would not be written anyway is no reason to refuse.
func TestSavedHoldsNoMaskedValue(t *testing.T) {
	desired := state("basket.b", "fruit.b/apple colour=canary", "basket.l size=xx", "fruit.l/pear secret=canary")
	current := state("basket.b", "fruit.b/apple colour=old", "basket.l size=x locked")
	current.state.Resources[1].Masked = map[string]bool{"colour": true}
	in := plan.Input{Catalog: toyKinds(), Desired: &desired.state, Current: &current.state}
	p, err := plan.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	none := func(resource.FieldID, resource.Secret) string { return "" }
	if _, err = plan.Save(in, p, none, []byte("{}")); err == nil || !strings.Contains(err.Error(), "fruit.b/apple is written in the file") ||
		strings.Contains(err.Error(), "pear") || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
	desired.state.Resources[1].Fields["colour"] = "old" // nothing to write: left out
	text, _ := save(t, in)
	if strings.Contains(text, "canary") || strings.Contains(text, `"old"`) {
		t.Error(text)
	}
}
