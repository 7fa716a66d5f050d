package apply_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

var everything = []string{"application", "environment", "variable", "cronjob", "domain"}

// BenchmarkPlanNothingToDo reads and plans a fleet that is as declared: what a
// pull request costs.
func BenchmarkPlanNothingToDo(b *testing.B) {
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("applications=%d", n), func(b *testing.B) {
			seed, desired := fleet(n, everything...)
			r := newRig(b, seed, desired, resource.Settings{})
			for b.Loop() {
				if p := r.plan(); !p.Empty() {
					b.Fatal("there is something to do")
				}
			}
		})
	}
}

// BenchmarkMake compares and orders alone, where everything is new or everything
// goes: the most that a plan can hold.
func BenchmarkMake(b *testing.B) {
	for _, n := range []int{10, 100, 300} {
		seed, desired := fleet(n, everything...)
		full := newRig(b, seed, desired, resource.Settings{})
		there, err := remote.Read(context.Background(), full.client(full.box.RoundTripper()), kinds.Catalog(), remote.Wanted{Desired: desired})
		if err != nil {
			b.Fatal(err)
		}
		_, bare := fleet(n, "application", "environment")
		for id := range desired.Collections {
			bare.Collections[id] = desired.Collections[id]
		}
		nothing := &resource.State{Organisation: there.Organisation, Collections: there.Collections, Choices: resource.Choices{
			"region": {{Handle: "r", Default: true}}, "plan_group": {{Handle: "p"}},
		}}
		prune := resource.Settings{Prune: []string{"variables", "cronjobs", "domains"}}
		for name, in := range map[string]plan.Input{
			"create": {Desired: desired, Current: nothing},
			"delete": {Desired: bare, Current: there, Settings: prune},
		} {
			b.Run(fmt.Sprintf("%s/applications=%d", name, n), func(b *testing.B) {
				in.Catalog = kinds.Catalog()
				for b.Loop() {
					if p, problems := plan.Make(in); problems != nil || len(p.Changes) < n*40 {
						b.Fatal(problems, len(p.Changes))
					}
				}
			})
		}
	}
}
