package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestRoomForEnvironments(t *testing.T) {
	created, updated := declare("environment.a/new", nil), declare("environment.a/old", fields{"branch": "main"})
	there := exists("environment.a/old", fields{"branch": "develop"}, nil)
	pairs := []*resource.Pair{
		{Desired: created, Change: change(resource.Create, nil, created)},
		{Desired: updated, Current: there, Change: change(resource.Update, there, updated)},
		{Desired: there, Current: there},
	}
	for _, test := range []struct {
		name   string
		parent *resource.Resource
		want   []string
	}{
		{"there is room", exists("application.a", nil, facts{"can_add_environment": true}), nil},
		{"the API does not say", exists("application.a", nil, nil), nil},
		{"the application is new", nil, nil},
		{
			"there is none: creates are blocked, and nothing else", exists("application.a", nil, facts{"can_add_environment": false}),
			[]string{"new: block the application cannot have more environments (can_add_environment is false); this depends on its plan"},
		},
	} {
		if diff := cmp.Diff(test.want, verdictLines(created.Kind.Review(resource.Siblings{Parent: test.parent, Pairs: pairs}))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

// TestRoomOfDeletedEnvironments: each deletion makes room for one create, in order.
func TestRoomOfDeletedEnvironments(t *testing.T) {
	none := exists("application.a", nil, facts{"can_add_environment": false})
	one, two := declare("environment.a/one", nil), declare("environment.a/two", nil)
	old, older := exists("environment.a/old", nil, nil), exists("environment.a/older", nil, nil)
	kept := change(resource.Delete, older, nil)
	kept.Block("protected")
	pairs := []*resource.Pair{
		{Desired: one, Change: change(resource.Create, nil, one)}, {Desired: two, Change: change(resource.Create, nil, two)},
		{Current: old, Change: change(resource.Delete, old, nil)}, {Current: older, Change: kept},
	}
	want := []string{
		"one: reason the application has no room before environment.a/old is deleted", "one: after old",
		"two: block the application cannot have more environments (can_add_environment is false); this depends on its plan",
	}
	if diff := cmp.Diff(want, verdictLines(one.Kind.Review(resource.Siblings{Parent: none, Pairs: pairs}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCompileEnvironment(t *testing.T) {
	const name = "environment.a/live"
	implied := func(c *resource.Change) *resource.Change {
		c.Implied = true
		return c
	}
	const wait = `wait for: · until ListEnvironments?{application: <application.a>} {slug: "live"} · gives environment.a/live`
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create sends all", change(resource.Create, nil, declare(name, fields{"branch": "main", "alternative_dockerfile": nil})),
			[]string{`create: CreateEnvironment {alternative_dockerfile: null, application: <application.a>, branch: "main", slug: "live"} · look up ListEnvironments?{application: <application.a>} {slug: "live"} · gives environment.a/live`},
		},
		{
			"what comes with its application is awaited, and gets all that is declared",
			implied(change(resource.Create, nil, declare(name, fields{"branch": "main"}))),
			[]string{wait, `update: PartialUpdateEnvironment <environment.a/live> {branch: "main"}`},
		},
		{
			"what comes with its application and declares nothing is awaited", implied(change(resource.Create, nil, declare(name, nil))),
			[]string{wait},
		},
		{
			"what comes with its application and is pruned is awaited, and deleted",
			implied(change(resource.Delete, exists(name, nil, nil), nil)),
			[]string{wait, "delete: DestroyEnvironment <environment.a/live>"},
		},
		{
			"an update sends what differs",
			change(resource.Update, exists(name, fields{"branch": "develop", "alternative_dockerfile": nil}, nil), declare(name, fields{"branch": "main", "alternative_dockerfile": nil})),
			[]string{`update: PartialUpdateEnvironment <environment.a/live> {branch: "main"}`},
		},
		{
			"a delete", change(resource.Delete, exists(name, nil, nil), nil),
			[]string{"delete: DestroyEnvironment <environment.a/live>"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
