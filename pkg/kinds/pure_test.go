package kinds

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// handed is what the hooks of a kind are handed here: a few resources on both sides,
// and every change that there can be between them.
type handed struct {
	Current, Desired []*resource.Resource
	Changes          []*resource.Change
	Siblings         resource.Siblings
	Matching         resource.Matching
}

// samples are the fields of a resource of each kind, before and after, and facts that
// make the hooks say something.
var samples = map[string]struct {
	address, other string
	before, after  fields
	facts          facts
}{
	"application": {
		address: "application.shop", other: "application.other",
		before: fields{"name": "Shop", "repository": resource.Ref{Handle: "r1"}, "tags": []any{fields{"name": "a", "value": "b"}}, "transfer_from": resource.Ref{Handle: "o2"}},
		after: fields{
			"name": "New", "repository": resource.Ref{Name: "r", Address: at("repository.r")}, "tags": []any{fields{"name": "a", "value": "c"}},
			"release_commands": []any{fields{"label": "x", "command": "y"}, fields{"label": "x", "command": "z"}},
		},
		facts: facts{"is_locked": true, "is_suspended": true, "suspended_reason": "not paid", "permissions": []any{}},
	},
	"environment": {
		address: "environment.a/live", other: "environment.a/new",
		before: fields{"branch": "develop"}, after: fields{"branch": "main", "alternative_dockerfile": nil},
		facts: facts{"has_pending_changes": true, "pending_changes": []any{"x"}},
	},
	"variable": {
		address: variableKey, other: temporaryKey,
		before: fields{"value": "x", "sensitive": false}, after: fields{"value": canary, "sensitive": true},
		facts: facts{"is_read_only": true},
	},
	"cronjob": {
		address: "cronjob.a/live/sync", other: "cronjob.a/live/sync --all",
		before: fields{"command": "bin/report", "frequency": "DAILY", "time": "02:30", "custom_timeout": int64(60)},
		after:  fields{"command": "python manage.py clearsessions", "frequency": "EVERY10MIN"},
	},
	"domain": {
		address: "domain.a/live/a.example", other: "domain.a/live/b.example",
		before: fields{"primary": false, "redirect_to_primary": true, "domain_config": fields{"a": true}},
		after:  fields{"primary": true, "redirect_to_primary": false, "domain_config": fields{"b": true}},
		facts:  facts{"is_editable": false},
	},
	"service": {
		address: mainService, other: temporaryName,
		before: olderService, after: wantedService, facts: facts{"service_status": statusAttached},
	},
	"repository": {
		address: "repository.r", other: "repository.other",
		before: fields{"url": "git@a.example:r.git", "authentication_type": "KEYPAIR"}, after: fields{"url": "git@a.example:r.git", "username": "u", "password": canary},
		facts: facts{"state": "INVALID", "state_message": "no access"},
	},
	"webhook":  {address: "webhook.r/GITHUB", other: "webhook.r/GITLAB"},
	"registry": {address: "registry.a.example", other: "registry.b.example", after: fields{"username": "u", "password": canary}},
}

// handedTo makes the samples of a kind anew: what is made twice is equal.
func handedTo(kind string) handed {
	sample := samples[kind]
	before := func(address string) *resource.Resource {
		return exists(address, copied(sample.before), copied(sample.facts))
	}
	after := func(address string) *resource.Resource { return declare(address, copied(sample.after)) }
	h := handed{
		Current: []*resource.Resource{before(sample.address), before(sample.other)},
		Desired: []*resource.Resource{after(sample.address), after(sample.other)},
	}
	for _, action := range resource.Actions {
		is, to := before(sample.address), after(sample.address)
		switch action {
		case resource.Create:
			is = nil
		case resource.Delete:
			to = nil
		}
		c := change(action, is, to)
		c.Position, c.Known, c.Reason = &resource.Place{After: at(sample.other)}, []string{"x"}, "a reason"
		h.Changes = append(h.Changes, c)
	}
	for _, c := range h.Changes {
		h.Siblings.Pairs = append(h.Siblings.Pairs, &resource.Pair{Current: c.Before, Desired: c.After, Change: c})
	}
	finished := change(resource.Replace, nil, after(sample.address))
	finished.Leftover = before(sample.other)
	h.Changes = append(h.Changes, finished)
	h.Siblings.Leaving = []*resource.Pair{h.Siblings.Pairs[1]}
	h.Siblings.Parent = exists("application.a", nil, facts{"can_add_environment": false})
	h.Matching = resource.Matching{Desired: h.Desired, Current: h.Current, Used: map[int]bool{0: true}, Referred: map[int]int{0: 1}, Moved: map[int]int{1: 1}}
	return h
}

func copied(in map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range in {
		out[name] = deepCopy(value)
	}
	return out
}

func deepCopy(v any) any {
	switch x := v.(type) {
	case map[string]any:
		return copied(x)
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = deepCopy(item)
		}
		return out
	}
	return v
}

// hooks call each hook of a kind with all that is handed to it.
var hooks = map[string]func(k *resource.Kind, h handed) any{
	"Normal": func(k *resource.Kind, h handed) any {
		key, err := k.Normal(h.Desired[0].Key)
		return []any{key, err == nil}
	},
	"Match":   func(k *resource.Kind, h handed) any { return k.Match(h.Matching) },
	"Implies": func(k *resource.Kind, h handed) any { return k.Implies(h.Desired[0]) },
	"Check":   func(k *resource.Kind, h handed) any { return k.Check(h.Desired) },
	"Complete": func(k *resource.Kind, h handed) any {
		return eachOf(h.Desired, func(r *resource.Resource) any { return k.Complete(r) })
	},
	"Derive": func(k *resource.Kind, h handed) any {
		return eachOf(h.Current, func(r *resource.Resource) any { return k.Derive(r) })
	},
	"Foreign": func(k *resource.Kind, h handed) any {
		return eachOf(h.Current, func(r *resource.Resource) any { return k.Foreign(r) })
	},
	"Locked":   func(k *resource.Kind, h handed) any { return eachText(h.Current, k.Locked) },
	"Warn":     func(k *resource.Kind, h handed) any { return eachText(h.Current, k.Warn) },
	"Leftover": func(k *resource.Kind, h handed) any { return eachText(h.Current, k.Leftover) },
	"Waiting":  func(k *resource.Kind, h handed) any { return eachText(h.Current, k.Waiting) },
	"Label":    func(k *resource.Kind, h handed) any { return eachText(h.Current, k.Label) },
	"Review":   func(k *resource.Kind, h handed) any { return k.Review(h.Siblings) },
	"Compile": func(k *resource.Kind, h handed) any {
		return eachOf(h.Changes, func(c *resource.Change) any { return k.Compile(c) })
	},
}

func eachOf[T any](list []T, ask func(T) any) []any {
	var answers []any
	for _, item := range list {
		answers = append(answers, ask(item))
	}
	return answers
}

func eachText(list []*resource.Resource, ask func(*resource.Resource) string) []any {
	return eachOf(list, func(r *resource.Resource) any { return ask(r) })
}

// Hooks are pure: they change nothing that they are handed, and say the same again.
func TestHooksArePure(t *testing.T) {
	options := cmp.Options{
		cmp.Comparer(func(a, b *resource.Kind) bool { return a == b }),
		cmp.Comparer(func(a, b resource.Secret) bool { return a.Reveal() == b.Reveal() }),
	}
	for _, k := range catalog.Kinds() {
		if samples[k.Name].address == "" {
			t.Errorf("there are no samples of a %s", k.Name)
			continue
		}
		descriptor := reflect.ValueOf(*k)
		for i := range descriptor.NumField() {
			name := descriptor.Type().Field(i).Name
			if descriptor.Field(i).Kind() != reflect.Func || descriptor.Field(i).IsNil() {
				continue
			}
			t.Run(k.Name+"/"+name, func(t *testing.T) {
				ask := hooks[name]
				if ask == nil {
					t.Fatal("this test does not know the hook")
				}
				h := handedTo(k.Name)
				first := ask(k, h)
				if diff := cmp.Diff(handedTo(k.Name), h, options); diff != "" {
					t.Errorf("it changed what it was handed (-before +after)\n%s", diff)
				}
				if diff := cmp.Diff(first, ask(k, h), options); diff != "" {
					t.Errorf("it does not say the same again (-first +second)\n%s", diff)
				}
			})
		}
	}
}
