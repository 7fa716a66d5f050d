package apply_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/divioctl/divioctl/pkg/apply"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Repositories, webhooks and container registries: a run is killed at every write, before
// or after its effect, and remembers nothing; or a request or an answer is lost. The next
// runs finish: what is there then is what an undisturbed run leaves, so that nothing was
// made twice, and the plan is empty.

// wish is what is there, and what the files want.
type wish struct {
	name     string
	seed     map[string]any
	want     func(d *desire)
	settings resource.Settings
	// ledger is what an earlier run remembered: values by "address field".
	ledger map[string]string
	// grant: a person registers the keys between two runs.
	grant bool
	// leaves is part of the dump in the end; "!" in front: is not.
	leaves string
}

const (
	sshURL   = "git@git.example.com:acme/shop.git"
	httpsURL = "https://git.example.com/acme/shop.git"
)

var (
	root      resource.Address
	hook      = []any{map[string]any{"provider_class": "GITHUB"}}
	everyKind = resource.Settings{Prune: []string{"repositories", "webhooks", "container_registries"}}
)

func repositorySeed(more map[string]any) map[string]any {
	repository := map[string]any{"url": httpsURL, "authentication_type": "USERPASS", "username": "ci", "password": "old"}
	for key, value := range more {
		repository[key] = value
	}
	return map[string]any{"repositories": []any{repository, map[string]any{"url": "git@git.example.com:acme/other.git"}}}
}

// wantRepository declares one with these fields, and one that stays as it is.
func wantRepository(d *desire, fields map[string]resource.Value) resource.Address {
	d.collection("repository", root, false)
	d.add("repository", root, "other", map[string]resource.Value{"url": "git@git.example.com:acme/other.git"})
	if fields == nil {
		return root
	}
	return d.add("repository", root, "shop", fields)
}

func wantWebhooks(d *desire, providers ...string) {
	shop := wantRepository(d, map[string]resource.Value{"url": httpsURL})
	d.collection("webhook", shop, false)
	for _, provider := range providers {
		d.add("webhook", shop, provider, map[string]resource.Value{"provider": provider})
	}
}

var registrySeed = map[string]any{"container_registries": []any{
	map[string]any{"server": "registry.example.com", "username": "ci", "password": "old"},
	map[string]any{"server": "other.example.com", "username": "ci", "password": "old"},
}}

func wantRegistry(d *desire, fields map[string]resource.Value) {
	d.collection("registry", root, false)
	d.add("registry", root, "other.example.com", map[string]resource.Value{})
	if fields != nil {
		d.add("registry", root, "registry.example.com", fields)
	}
}

func login(password string) map[string]resource.Value {
	return map[string]resource.Value{"username": "ci", "password": resource.NewSecret(password)}
}

func from(url string, fields map[string]resource.Value) map[string]resource.Value {
	fields["url"] = url
	return fields
}

var wishes = []wish{
	{
		name: "repository created with a key", grant: true, leaves: "repository " + sshURL + " key-type=ECDSA",
		seed: map[string]any{}, want: func(d *desire) {
			d.collection("repository", root, false)
			shop := d.add("repository", root, "shop", from(sshURL, map[string]resource.Value{"key_type": "ECDSA"}))
			d.collection("webhook", shop, false)
			d.add("webhook", shop, "GITHUB", map[string]resource.Value{"provider": "GITHUB"})
		},
	},
	{
		name: "repository created with a password", leaves: `repository ` + httpsURL + ` username="ci" password="new"`,
		seed: map[string]any{}, want: func(d *desire) {
			d.collection("repository", root, false)
			d.add("repository", root, "shop", from(httpsURL, login("new")))
		},
	},
	{
		name: "repository created with a GitHub app, and an application that uses it", leaves: "repository " + httpsURL + "\n    startup",
		seed: map[string]any{}, want: func(d *desire) {
			d.collection("repository", root, false)
			d.add("repository", root, "shop", from(httpsURL, map[string]resource.Value{"github_installation_id": int64(1)}))
			d.add("application", root, "one", map[string]resource.Value{
				"name": "One", "region": resource.Ref{Name: "eu-ch"}, "plan_group": resource.Ref{Name: "standard"}, "repository": resource.Ref{Name: "shop"},
			})
		},
	},
	{
		name: "password of a repository changed", leaves: `password="new"`,
		seed: repositorySeed(nil), ledger: map[string]string{"repository.shop username": "ci", "repository.shop password": "old"},
		want: func(d *desire) { wantRepository(d, from(httpsURL, login("new"))) },
	},
	{
		name: "from a password to a GitHub app", leaves: "github-installation=7",
		seed: repositorySeed(nil), want: func(d *desire) {
			wantRepository(d, from(httpsURL, map[string]resource.Value{"github_installation_id": int64(7)}))
		},
	},
	{
		name: "from a GitHub app to a key", grant: true, leaves: "key-type=RSA",
		seed: repositorySeed(map[string]any{"url": sshURL, "authentication_type": "GITHUB_APP", "github_installation_id": 7}),
		want: func(d *desire) { wantRepository(d, from(sshURL, map[string]resource.Value{"key_type": "RSA"})) },
	},
	{
		name: "repository found INVALID", leaves: "!state=",
		seed: repositorySeed(map[string]any{"state": "INVALID", "state_message": "No."}),
		want: func(d *desire) { wantRepository(d, from(httpsURL, map[string]resource.Value{})) },
	},
	{
		name: "repository deleted with its webhooks", leaves: "!shop.git", settings: everyKind,
		seed: repositorySeed(map[string]any{"webhooks": hook}), want: func(d *desire) { wantRepository(d, nil) },
	},
	{
		name: "application migrated to a new repository", leaves: "repository " + httpsURL + "\n    startup",
		seed: map[string]any{"applications": []any{map[string]any{"slug": "one", "environments": []any{}}}}, want: func(d *desire) {
			d.collection("repository", root, false)
			d.add("repository", root, "shop", from(httpsURL, login("new")))
			d.add("application", root, "one", map[string]resource.Value{"repository": resource.Ref{Name: "shop"}})
		},
	},
	{
		name: "webhooks created", leaves: "webhook GITHUB\n    webhook GITLAB",
		seed: repositorySeed(nil), want: func(d *desire) { wantWebhooks(d, "GITLAB", "GITHUB") },
	},
	{
		name: "webhook deleted", leaves: "!webhook", settings: everyKind,
		seed: repositorySeed(map[string]any{"webhooks": hook}), want: func(d *desire) { wantWebhooks(d) },
	},
	{
		name: "webhook of another provider", leaves: "!GITHUB", settings: everyKind,
		seed: repositorySeed(map[string]any{"webhooks": hook}), want: func(d *desire) { wantWebhooks(d, "GITLAB") },
	},
	{
		name: "registry created", leaves: `registry.example.com username="ci" password="new"`,
		seed: map[string]any{}, want: func(d *desire) {
			d.collection("registry", root, false)
			d.add("registry", root, "registry.example.com", login("new"))
		},
	},
	{
		name: "password of a registry changed", leaves: `registry.example.com username="ci" password="new"`,
		seed: registrySeed, ledger: map[string]string{"registry.registry.example.com username": "ci", "registry.registry.example.com password": "old"},
		want: func(d *desire) { wantRegistry(d, login("new")) },
	},
	{
		name: "registry deleted", leaves: "!registry registry", settings: everyKind,
		seed: registrySeed, want: func(d *desire) { wantRegistry(d, nil) },
	},
}

func TestInterrupted(t *testing.T) {
	for _, w := range wishes {
		t.Run(w.name, func(t *testing.T) {
			undisturbed := w.rig(t)
			counter := &counter{inner: undisturbed.box.RoundTripper()}
			undisturbed.apply(context.Background(), undisturbed.plan(), counter)
			undisturbed.settle("undisturbed")
			want := undisturbed.dump()
			if part, not := strings.CutPrefix(w.leaves, "!"); strings.Contains(want, part) == not {
				t.Fatalf("%q:\n%s", w.leaves, want)
			}
			if counter.writes == 0 {
				t.Fatal("nothing is written")
			}
			eachInterruption(t, int(counter.writes), func(t *testing.T, writes int, after bool) {
				crashed, lost := w.rig(t), w.rig(t)
				crashed.crash(writes, after)
				crashed.settle("after the interruption")
				lost.lose(writes, after)
				lost.settle("after a lost answer")
				for _, r := range []*rig{crashed, lost} {
					if got := r.dump(); got != want {
						t.Fatalf("%s\ninstead of\n%s", got, want)
					}
				}
			})
		})
	}
}

// eachInterruption runs a test for each of so many writes that is the first to be lost,
// before its effect and after it.
func eachInterruption(t *testing.T, most int, run func(t *testing.T, writes int, after bool)) {
	for writes := range most {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d, effect=%v", writes, after), func(t *testing.T) {
				t.Parallel()
				run(t, writes, after)
			})
		}
	}
}

func (w wish) rig(t *testing.T) *rig {
	d := &desire{catalog: kinds.Catalog(), state: &resource.State{Collections: map[resource.CollectionID]resource.Collection{}}}
	w.want(d)
	r := newRig(t, w.seed, d.state, w.settings)
	r.ledger = map[resource.FieldID]resource.Value{}
	for _, res := range d.state.Resources {
		for name := range res.Fields {
			if value, known := w.ledger[res.Address.String()+" "+name]; known {
				r.ledger[resource.FieldID{Address: res.Address, Name: name}] = value
			}
		}
	}
	if w.grant {
		r.person = func() {
			text, _ := json.Marshal(map[string]any{"grant_access": []string{sshURL}})
			_ = r.box.Seed(strings.NewReader(string(text))) // it may not be there yet
		}
	}
	return r
}

// crash applies a plan and is gone at a write, before or after its effect.
func (r *rig) crash(writes int, after bool) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.apply(ctx, r.plan(), &crasher{inner: r.box.RoundTripper(), cancel: cancel, left: writes, after: after})
}

// lose applies a plan of which one write is lost, or its answer.
func (r *rig) lose(writes int, after bool) {
	r.t.Helper()
	how := 1
	if after {
		how = 2
	}
	result := r.apply(context.Background(), r.plan(), &lossy{
		inner: r.box.RoundTripper(), lost: map[string]int{}, lose: append(make([]int, writes), how),
	})
	r.remember(result)
}

// settle applies until only what waits for a deployment is left.
func (r *rig) settle(how string) {
	r.t.Helper()
	const most = 6
	var p *plan.Plan
	for range most {
		if r.person != nil {
			r.person()
		}
		if p = r.plan(); p.Empty() {
			return
		}
		result := apply.Run(context.Background(), remote.NewCaller(r.client(r.box.RoundTripper())), p, apply.Options{
			Parallelism: 4, Poll: time.Microsecond,
		})
		for _, s := range result.Steps {
			// Before a person has registered its key, the check of a repository fails.
			pends := r.person != nil && (s.Status == apply.Failed && s.Step.Call.Op == "CheckRepository" || s.Status == apply.Skipped)
			if s.Status != apply.Done && s.Status != apply.Waiting && !pends {
				r.t.Fatalf("%s: %s: %s %v %s\n%s\n%s", how, s.Step, s.Status, s.Error, s.Because, describe(p), r.dump())
			}
		}
		r.remember(result)
	}
	r.t.Fatalf("not settled %s after %d runs:\n%s\n%s", how, most, describe(p), r.dump())
}

// remember keeps the write-only values of what was done, as a ledger does.
func (r *rig) remember(result *apply.Result) {
	for _, c := range result.Changes {
		if r.ledger == nil || c.Status != apply.Done || c.Change.After == nil {
			continue
		}
		for name, value := range c.Change.After.Fields {
			if f := c.Change.Kind.Field(name); f != nil && f.WriteOnly {
				r.ledger[resource.FieldID{Address: c.Change.Address, Name: name}] = shown(value)
			}
		}
	}
}

// seals says what the ledger knows of the declared values, nil without one.
func (r *rig) seals() map[resource.FieldID]plan.Seal {
	if r.ledger == nil {
		return nil
	}
	seals := map[resource.FieldID]plan.Seal{}
	for _, res := range r.desired.Resources {
		for name, value := range res.Fields {
			id := resource.FieldID{Address: res.Address, Name: name}
			if known, is := r.ledger[id]; is {
				seals[id] = plan.Seal{Known: true, Same: known == shown(value)}
			}
		}
	}
	return seals
}

func shown(v resource.Value) resource.Value {
	if secret, is := v.(resource.Secret); is {
		return secret.Reveal()
	}
	return v
}

func (r *rig) dump() string {
	r.t.Helper()
	var text strings.Builder
	if err := r.box.Dump(&text); err != nil {
		r.t.Fatalf("dump: %v", err)
	}
	return text.String()
}

// counter counts the writes.
type counter struct {
	inner  http.RoundTripper
	writes int64
}

func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		atomic.AddInt64(&c.writes, 1)
	}
	return c.inner.RoundTrip(req)
}
