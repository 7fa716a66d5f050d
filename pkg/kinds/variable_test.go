package kinds

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

const (
	variableKey  = "variable.a/live/KEY"
	temporaryKey = "variable.a/live/KEY__divioctl"
)

func TestVariablesOfDivio(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts facts
		want  string
	}{
		{"read-only", facts{"is_read_only": true}, "the variable is read-only"},
		{"writable", facts{"is_read_only": false}, ""},
		{"the API does not say", nil, ""},
	} {
		r := exists(variableKey, nil, test.facts)
		if got := r.Kind.Locked(r); got != test.want || r.Kind.Foreign(r) != (test.want != "") {
			t.Errorf("%s: locked %q, foreign %v", test.name, got, r.Kind.Foreign(r))
		}
	}
}

func TestTemporaryVariables(t *testing.T) {
	kind := catalog.Kind("variable")
	for address, want := range map[string]string{variableKey: "", temporaryKey: "KEY", "variable.a/live/__divioctl_KEY": ""} {
		if got := kind.Leftover(exists(address, nil, nil)); got != want {
			t.Errorf("%s is left over from %q, want %q", address, got, want)
		}
	}
	want := []string{"KEY__divioctl: names that end in __divioctl are reserved (divioctl uses them while it replaces a variable; choose another name)"}
	if diff := cmp.Diff(want, problemLines(kind.Check([]*resource.Resource{declare(variableKey, nil), declare(temporaryKey, nil)}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What would need a value that nobody has is blocked.
func TestReviewVariables(t *testing.T) {
	const byTemporary = "reason replaced through a temporary variable: its position is kept, and its value unless the file contains one"
	const needsValue = "block sensitive can only be changed by replacing the variable, and the API does not return its value: add the value to the file"
	fits, long := "variable.a/live/"+strings.Repeat("K", 245), "variable.a/live/"+strings.Repeat("K", 246)
	open, secret := fields{"value": "x", "sensitive": false}, fields{"sensitive": true}
	leftover := func(f fields) *resource.Resource { return exists(temporaryKey, f, nil) }
	for _, test := range []struct {
		name          string
		action        resource.Action
		before, after *resource.Resource
		leftover      *resource.Resource
		want          []string
	}{
		{name: "a new one with a value", action: resource.Create, after: declare(variableKey, fields{"value": "x"})},
		{
			name: "a new one without a value", action: resource.Create, after: declare(variableKey, secret),
			want: []string{"block it does not exist, and a value is required to create it"},
		},
		{
			name: "a readable value becomes sensitive", action: resource.Replace, before: exists(variableKey, open, nil), after: declare(variableKey, secret),
			want: []string{byTemporary},
		},
		{
			name: "a secret is replaced by a value", action: resource.Replace,
			before: exists(variableKey, secret, nil), after: declare(variableKey, fields{"value": "x", "sensitive": false}), want: []string{byTemporary},
		},
		{
			name: "a secret is to be readable, and nobody has its value", action: resource.Replace,
			before: exists(variableKey, secret, nil), after: declare(variableKey, fields{"sensitive": false}), want: []string{needsValue, byTemporary},
		},
		{
			name: "only the temporary one is left, as it is declared", action: resource.Replace,
			leftover: leftover(secret), after: declare(variableKey, secret),
		},
		{
			name: "only the temporary one is left, and sensitivity is not declared", action: resource.Replace,
			leftover: leftover(secret), after: declare(variableKey, nil),
		},
		{
			name: "only the temporary one is left, and it is declared otherwise now", action: resource.Replace,
			leftover: leftover(secret), after: declare(variableKey, fields{"sensitive": false}), want: []string{needsValue},
		},
		{
			name: "the name leaves just enough room for a temporary one", action: resource.Replace,
			before: exists(fits, open, nil), after: declare(fits, secret), want: []string{byTemporary},
		},
		{
			name: "the name is too long for a temporary one", action: resource.Replace,
			before: exists(long, open, nil), after: declare(long, secret),
			want: []string{
				"block it must be replaced, but its name is too long for the name of the temporary variable (" + strings.Repeat("K", 246) + "__divioctl)",
				byTemporary,
			},
		},
		{name: "an update", action: resource.Update, before: exists(variableKey, open, nil), after: declare(variableKey, fields{"value": "y"})},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := change(test.action, test.before, test.after)
			c.Leftover = test.leftover
			pairs := []*resource.Pair{{Current: test.before, Desired: test.after, Change: c}, {Current: exists(variableKey, open, nil)}}
			var got []string
			for _, line := range verdictLines(c.Kind.Review(resource.Siblings{Pairs: pairs})) {
				got = append(got, strings.TrimPrefix(line, c.Address.Key()+": "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCompileVariable(t *testing.T) {
	open := fields{"value": "x", "sensitive": false, "pattern_replacement": false}
	place := func(p resource.Place) *resource.Change {
		c := change(resource.Move, exists(variableKey, open, nil), declare(variableKey, open))
		c.Position = &p
		return c
	}
	beside := func(c *resource.Change, leftover fields) *resource.Change {
		c.Leftover = exists(temporaryKey, leftover, nil)
		return c
	}
	const (
		lookUp          = `look up ListEnvironmentVariables?{environment: <environment.a/live>, name: "KEY"} {name: "KEY"}`
		lookUpTemporary = `look up ListEnvironmentVariables?{environment: <environment.a/live>, name: "KEY__divioctl"} {name: "KEY__divioctl"} · phase 1 · serial · gives ` + temporaryKey
		moveBeside      = "move the temporary variable beside: MoveAfterEnvironmentVariable <" + temporaryKey + "> {target: <" + variableKey + ">} · phase 1 · serial"
		deleteOld       = "delete the old: DestroyEnvironmentVariable <" + variableKey + "> · phase 1 · serial"
		rename          = "rename the temporary variable to: PartialUpdateEnvironmentVariable <" + temporaryKey + `> {name: "KEY"} · phase 1 · serial · gives ` + variableKey
	)
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create", change(resource.Create, nil, declare(variableKey, fields{"value": resource.NewSecret("canary"), "sensitive": true})),
			[]string{`create: CreateEnvironmentVariable {environment: <environment.a/live>, is_sensitive: true, name: "KEY", value: "(sensitive)"} · ` + lookUp + " · phase 1 · serial · gives " + variableKey},
		},
		{
			"an update sends what differs", change(resource.Update, exists(variableKey, open, nil), declare(variableKey, fields{"value": "y", "pattern_replacement": true})),
			[]string{"update: PartialUpdateEnvironmentVariable <" + variableKey + `> {is_pattern_replacement_active: true, value: "y"}`},
		},
		{
			"a rename", change(resource.Update, exists("variable.a/live/OLD", open, nil), declare(variableKey, fields{"value": "x"})),
			[]string{"rename: PartialUpdateEnvironmentVariable <" + variableKey + `> {name: "KEY"}`},
		},
		{
			"a rename with another value", change(resource.Update, exists("variable.a/live/OLD", open, nil), declare(variableKey, fields{"value": "y"})),
			[]string{"update: PartialUpdateEnvironmentVariable <" + variableKey + `> {name: "KEY", value: "y"}`},
		},
		{
			"a delete", change(resource.Delete, exists(variableKey, open, nil), nil),
			[]string{"delete: DestroyEnvironmentVariable <" + variableKey + "> · phase 3"},
		},
		{
			"a move behind another one", place(resource.Place{After: at("variable.a/live/B")}),
			[]string{"move: MoveAfterEnvironmentVariable <" + variableKey + "> {target: <variable.a/live/B>} · phase 2 · serial · needs [variable.a/live/B]"},
		},
		{
			"a move before another one", place(resource.Place{Before: at("variable.a/live/B")}),
			[]string{"move: MoveBeforeEnvironmentVariable <" + variableKey + "> {target: <variable.a/live/B>} · phase 2 · serial · needs [variable.a/live/B]"},
		},
		{
			"a replacement keeps what the file does not say, and hides the value that was",
			change(resource.Replace, exists(variableKey, open, nil), declare(variableKey, fields{"sensitive": true})),
			[]string{
				`create the temporary variable of: CreateEnvironmentVariable {environment: <environment.a/live>, is_pattern_replacement_active: false, is_sensitive: true, name: "KEY__divioctl", value: "(sensitive)"} · ` + lookUpTemporary,
				moveBeside, deleteOld, rename,
			},
		},
		{
			"a replacement goes on with a temporary one that is as declared",
			beside(change(resource.Replace, exists(variableKey, open, nil), declare(variableKey, fields{"sensitive": true})), fields{"sensitive": true}),
			[]string{
				"write the temporary variable of: PartialUpdateEnvironmentVariable <" + temporaryKey + `> {is_pattern_replacement_active: false, value: "(sensitive)"} · phase 1 · serial`,
				moveBeside, deleteOld, rename,
			},
		},
		{
			"a replacement begins anew where the temporary one is not as declared",
			beside(change(resource.Replace, exists(variableKey, fields{"sensitive": true}, nil), declare(variableKey, fields{"sensitive": false, "value": "y"})), fields{"sensitive": true}),
			[]string{
				"delete the temporary variable of: DestroyEnvironmentVariable <" + temporaryKey + "> · phase 1 · serial",
				`create the temporary variable of: CreateEnvironmentVariable {environment: <environment.a/live>, is_sensitive: false, name: "KEY__divioctl", value: "(sensitive)"} · ` + lookUpTemporary,
				moveBeside, deleteOld, rename,
			},
		},
		{
			"only the temporary one is left: it takes the name back",
			beside(change(resource.Replace, nil, declare(variableKey, fields{"sensitive": true, "value": resource.NewSecret("canary")})), fields{"sensitive": true}),
			[]string{"rename the temporary variable to: PartialUpdateEnvironmentVariable <" + temporaryKey + `> {name: "KEY", value: "(sensitive)"} · phase 1 · serial · gives ` + variableKey},
		},
		{
			"only the temporary one is left, and is not as declared: it keeps the place",
			beside(change(resource.Replace, nil, declare(variableKey, fields{"sensitive": false, "value": "y"})), fields{"sensitive": true}),
			[]string{
				`create: CreateEnvironmentVariable {environment: <environment.a/live>, is_sensitive: false, name: "KEY", value: "(sensitive)"} · ` + lookUp + " · phase 1 · serial · gives " + variableKey,
				"move to the position of the temporary variable: MoveAfterEnvironmentVariable <" + variableKey + "> {target: <" + temporaryKey + ">} · phase 1 · serial",
				"delete the temporary variable of: DestroyEnvironmentVariable <" + temporaryKey + "> · phase 1 · serial",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
