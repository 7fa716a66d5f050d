package apply_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Service instances, found in every status, with what the files may want of them,
// interrupted at every write, with --deploy and without. The next runs finish: what is
// wanted is there and attached, what is not is gone, nothing was made twice, and
// nothing that a running application uses was deleted.

var serviceStatuses = []string{
	"NEW", "PROVISIONING_FAILED", "PROVISIONING", "PENDING_ATTACHMENT", "ATTACHED", "PENDING_DETACHMENT", "DETACHED",
}

// serviceWish is what the files want of the instance database/DEFAULT that is there.
type serviceWish struct {
	name            string
	prefix, service string // "" for none
	moved           bool
}

var serviceWishes = []serviceWish{
	{"keep it", "DEFAULT", "postgresql-15", false},
	{"replace it", "DEFAULT", "postgresql-16", false},
	{"rename it", "OTHER", "postgresql-15", true},
	{"rename and replace it", "OTHER", "postgresql-16", true},
	{"delete it", "", "", false},
}

// writes applies the plan, and returns how many writes that takes.
func (r *rig) writes() int {
	const most = 1000
	counting := &crasher{inner: r.box.RoundTripper(), cancel: func() {}, left: most}
	r.apply(context.Background(), r.plan(), counting)
	return most - counting.left
}

func TestInterruptedServices(t *testing.T) {
	for _, status := range serviceStatuses {
		for _, wish := range serviceWishes {
			t.Run(status+"/"+wish.name, func(t *testing.T) {
				for _, deploy := range []bool{false, true} {
					t.Run(fmt.Sprintf("deploy=%v", deploy), func(t *testing.T) {
						undisturbed := serviceRig(t, status, wish)
						undisturbed.deploys = deploy
						eachInterruption(t, undisturbed.writes(), func(t *testing.T, writes int, after bool) {
							interruptService(t, status, wish, writes, after, deploy)
						})
					})
				}
			})
		}
	}
}

func interruptService(t *testing.T, status string, wish serviceWish, writes int, after, deploy bool) {
	r := serviceRig(t, status, wish)
	r.deploys = deploy
	r.crash(writes, after)
	if n := len(r.instances()); n > 2 {
		t.Fatalf("%d instances after the interruption: %v", n, r.instances())
	}
	r.deploys = false
	r.settle("without --deploy")
	r.deploys = true
	r.settle("with --deploy")
	want := []string{}
	if wish.prefix != "" {
		want = []string{wish.prefix + " " + wish.service + " ATTACHED"}
	}
	if got := r.instances(); !slices.Equal(got, want) {
		t.Fatalf("%v instead of %v", got, want)
	}
	if p := r.plan(); !p.Empty() || p.Summary.Waiting > 0 {
		t.Fatalf("something is left:\n%s", describe(p))
	}
}

// A saved plan with service instances, interrupted at every write, is finished by
// applying it again.
func TestInterruptedServicesOfSavedPlan(t *testing.T) {
	for _, status := range serviceStatuses {
		for _, wish := range serviceWishes {
			t.Run(status+"/"+wish.name, func(t *testing.T) {
				undisturbed := serviceRig(t, status, wish)
				undisturbed.deploys = true
				eachInterruption(t, undisturbed.writes(), func(t *testing.T, writes int, after bool) {
					finishSavedServices(t, status, wish, writes, after)
				})
			})
		}
	}
}

func finishSavedServices(t *testing.T, status string, wish serviceWish, writes int, after bool) {
	r := serviceRig(t, status, wish)
	r.deploys = true
	first, saved := r.save()
	if len(first.Steps) == 0 || first.Summary.Blocked > 0 {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	options := apply.Options{Parallelism: 4, Poll: time.Microsecond}
	transport := &crasher{inner: r.box.RoundTripper(), cancel: cancel, left: writes, after: after}
	apply.Run(ctx, remote.NewCaller(r.client(transport)), first, options)
	left := first
	for range 3 {
		again, err := r.again(saved)
		if err != nil {
			t.Fatalf("%v %#v\n%s\n%v", err, err, describe(first), r.instances())
		}
		left = again
		apply.Run(context.Background(), remote.NewCaller(r.client(r.box.RoundTripper())), again, options)
	}
	if !left.Empty() {
		t.Fatalf("it is not finished:\n%s\n%v", describe(left), r.instances())
	}
	want := []string{}
	if wish.prefix != "" {
		want = []string{wish.prefix + " " + wish.service + " ATTACHED"}
	}
	if got := r.instances(); !slices.Equal(got, want) {
		t.Fatalf("%v instead of %v", got, want)
	}
}

func serviceRig(t *testing.T, status string, wish serviceWish) *rig {
	instance := map[string]any{"prefix": "DEFAULT", "service": "postgresql-15", "service_status": status}
	if status == "PROVISIONING" {
		instance["provisioned_in"] = "1us"
	}
	seed := map[string]any{"applications": []any{map[string]any{"slug": "one", "environments": []any{map[string]any{
		"slug": "live", "deployments": []any{map[string]any{"success": true}},
		"services": []any{instance},
	}}}}}
	d := &desire{catalog: kinds.Catalog(), state: &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}}
	app := d.add("application", resource.Address{}, "one", map[string]resource.Value{})
	env := d.add("environment", app, "live", map[string]resource.Value{})
	d.collection("service", env, false)
	settings := resource.Settings{Prune: []string{"services"}}
	if wish.prefix != "" {
		to := d.add("service", env, "database/"+wish.prefix, map[string]resource.Value{
			"type": "DATABASE", "prefix": wish.prefix, "service": resource.Ref{Name: wish.service},
		})
		if wish.moved {
			settings.Moved = []resource.Moved{{From: resource.NewAddress("service", env, "database/DEFAULT"), To: to}}
		}
	}
	return newRig(t, seed, d.state, settings)
}

// instances gives the service instances as "PREFIX service STATUS", sorted.
func (r *rig) instances() []string {
	r.t.Helper()
	client := r.client(r.box.RoundTripper())
	list := func(op string) []map[string]any {
		rows, err := client.List(context.Background(), op, nil, url.Values{})
		if err != nil {
			r.t.Fatalf("%s: %v", op, err)
		}
		return rows
	}
	names := map[any]any{}
	for _, s := range list("ListServices") {
		names[s["uuid"]] = s["identifier"]
	}
	out := []string{}
	for _, i := range list("ListServiceInstances") {
		out = append(out, fmt.Sprintf("%v %v %v", i["prefix"], names[i["service"]], i["service_status"]))
	}
	slices.Sort(out)
	return out
}
