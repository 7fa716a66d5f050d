package apply_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
)

type values = map[string]resource.Value

// Ids are filled in wherever they stand, from the plan and from answers, and the
// plan is left as it was.
func TestHandles(t *testing.T) {
	of := func(a resource.Address) resource.Value { return resource.HandleOf{Address: a} }
	market, red := at("basket.market"), at("basket.red")
	apple, temporary := at("fruit.red/apple"), at("fruit.red/apple__divioctl")
	weave := plan.Step{Change: change(basket, "red"), Call: resource.Call{
		Does: "weave", Op: "Weave", Gives: red, Params: values{"uuid": of(market)},
	}}
	pick := plan.Step{Change: change(fruit, "red/apple"), Needs: []int{0}, Call: resource.Call{
		Does: "pick", Op: "Pick", Gives: temporary,
		Body:  values{"basket": of(red), "deep": []any{"x", values{"market": of(market)}}, "none": nil},
		Probe: &resource.Probe{Query: values{"basket": of(red)}, Where: values{"in": of(red)}, Known: []string{"k"}},
		Until: &resource.Until{Probe: resource.Probe{Params: values{"uuid": of(red)}}},
	}}
	rename := plan.Step{Change: pick.Change, Needs: []int{1}, Call: resource.Call{
		Does: "rename", Op: "Rename", Gives: apple, Params: values{"uuid": of(temporary)},
	}}
	eat := plan.Step{Change: pick.Change, Needs: []int{2}, Call: resource.Call{
		Does: "eat", Op: "Eat", Params: values{"uuid": of(apple)},
	}}
	build := func() *plan.Plan {
		p := made(weave, pick, rename, eat)
		p.Handles[market] = "m1"
		return p
	}
	p := build()
	api := &marketOf{answers: map[string]string{"weave": "r1", "pick": "s1"}}
	result := apply.Run(t.Context(), api, p, apply.Options{Now: still})

	want := []resource.Call{
		{Does: "weave", Op: "Weave", Gives: red, Params: values{"uuid": "m1"}},
		{
			Does: "pick", Op: "Pick", Gives: temporary,
			Body:  values{"basket": "r1", "deep": []any{"x", values{"market": "m1"}}, "none": nil},
			Probe: &resource.Probe{Query: values{"basket": "r1"}, Where: values{"in": "r1"}, Known: []string{"k"}},
			Until: &resource.Until{Probe: resource.Probe{Params: values{"uuid": "r1"}}},
		},
		{Does: "rename", Op: "Rename", Gives: apple, Params: values{"uuid": "s1"}},
		{Does: "eat", Op: "Eat", Params: values{"uuid": "s1"}}, // the rename's answer held no id
	}
	if d := cmp.Diff(want, api.asked); d != "" {
		t.Error(d)
	}
	if !result.Complete() {
		t.Error(endsOf(result))
	}
	if d := cmp.Diff(build(), p); d != "" {
		t.Errorf("the plan was changed: %s", d)
	}
}

// marketOf answers with ids, and with none where none is given.
type marketOf struct {
	market
	answers map[string]string
	asked   []resource.Call
}

func (m *marketOf) Do(_ context.Context, call resource.Call) (resource.Answer, error) {
	m.asked = append(m.asked, call)
	return resource.Answer{Handle: m.answers[call.Does]}, nil
}
