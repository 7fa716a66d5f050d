package sandbox

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// TestSeedErrors wants each mistake named with its place, and nothing added.
func TestSeedErrors(t *testing.T) {
	h := start(t, Options{}, `{"repositories": [{"url": "u"}]}`)
	before := h.dump()
	app := func(inside string) string { return `{"applications": [{"slug": "shop", ` + inside + `}]}` }
	env := func(inside string) string { return app(`"environments": [{"slug": "live", ` + inside + `}]`) }
	const at = "seed.applications[0].environments[0]"
	for document, want := range map[string]string{
		``:                    "seed: EOF",
		`[]`:                  "seed: json: cannot unmarshal array",
		`{} {}`:               "seed: unexpected text after the end",
		`{"apps": []}`:        "seed.apps: unknown key",
		`{"account": 1}`:      "seed.account: want an object",
		`{"applications": 1}`: "seed.applications: want a list",
		`{"applications": [{"slug": "fine"}, 1]}`:          "seed.applications[1]: want an object",
		`{"applications": [{}]}`:                           "seed.applications[0].slug: missing",
		app(`"colour": "red"`):                             "seed.applications[0].colour: unknown key",
		app(`"plan": "x"`):                                 "seed.applications[0].plan: unknown key",
		app(`"is_locked": "yes"`):                          "seed.applications[0].is_locked: want true or false",
		app(`"is_locked": null`):                           "seed.applications[0].is_locked: want true or false",
		app(`"port": "80"`):                                "seed.applications[0].port: want a whole number or null",
		app(`"tags": null`):                                "seed.applications[0].tags: want a list",
		app(`"avatars": 1`):                                "seed.applications[0].avatars: want an object",
		app(`"created_at": "today"`):                       "seed.applications[0].created_at: want a time",
		app(`"uuid": "x"`):                                 "seed.applications[0].uuid: not an id",
		app(`"region": "mars"`):                            `seed.applications[0].region: "mars" not found`,
		app(`"organisation": 1`):                           "seed.applications[0].organisation: want text",
		app(`"repository": "none"`):                        `seed.applications[0].repository: "none" not found`,
		app(`"environments": [{}]`):                        "seed.applications[0].environments[0].slug: missing",
		env(`"application": "x"`):                          at + ".application: unknown key",
		env(`"pending_changes": [1]`):                      at + ".pending_changes[0]: want text",
		env(`"pending_changes": 1`):                        at + ".pending_changes: want a list",
		env(`"variables": [{"name": "A"}, {"nmae": "B"}]`): at + ".variables[1].nmae: unknown key",
		env(`"cronjobs": [{"time": 5}]`):                   at + ".cronjobs[0].time: want text",
		env(`"domains": [5]`):                              at + ".domains[0]: want an object",
		env(`"services": [{}]`):                            at + ".services[0].service: missing",
		env(`"services": [{"service": "postgresql-15", "service_status": "OK"}]`):                             at + ".services[0].service_status: want one of NEW",
		env(`"deployments": [{"success": 1}]`):                                                                at + ".deployments[0].success: want true or false or null",
		`{"repositories": [{"authentication_type": "NONE"}]}`:                                                 "seed.repositories[0].authentication_type: want one of USERPASS",
		`{"repositories": [{"state": "NONE"}]}`:                                                               "seed.repositories[0].state: want one of UNKNOWN",
		`{"repositories": [{"endpoint_status": 500}]}`:                                                        "seed.repositories[0].endpoint_status: want 403 or 404",
		`{"repositories": [{"webhooks": [{}]}]}`:                                                              "seed.repositories[0].webhooks[0].provider_class: want one of GITLAB",
		`{"repositories": [{"webhooks": [{"repository": "u"}]}]}`:                                             "seed.repositories[0].webhooks[0].repository: unknown key",
		env(`"deployments": [{"ends_in": "soon"}]`):                                                           at + ".deployments[0].ends_in: want a duration",
		env(`"deployments": [{"ends_in": "-1s"}]`):                                                            at + ".deployments[0].ends_in: want a duration",
		`{"pushes": [{"application": "none"}]}`:                                                               `seed.pushes[0].application: "none" not found`,
		`{"pushes": [{}]}`:                                                                                    "seed.pushes[0].application: missing",
		`{"applications": [{"slug": "a"}], "pushes": [{"application": "a", "to": 1}]}`:                        "seed.pushes[0].to: unknown key",
		`{"grant_access": ["v"]}`:                                                                             `seed.grant_access: "v" not found`,
		`{"grant_access": "u"}`:                                                                               "seed.grant_access: want a list",
		`{"services": [{"type": "PETS"}]}`:                                                                    "seed.services[0].type: want one of AMQP",
		`{"services": [{"regions": ["mars"]}]}`:                                                               `seed.services[0].regions: "mars" not found`,
		`{"plan_groups": [{"organisations": ["nobody"]}]}`:                                                    `seed.plan_groups[0].organisations: "nobody" not found`,
		`{"organisations": [{"uuid": "iqbd4lzcnjczfc42qbidn6safu"}, {"uuid": "iqbd4lzcnjczfc42qbidn6safu"}]}`: "seed.organisations[1].uuid: the id is taken",
	} {
		if err := h.Seed(strings.NewReader(document)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", document, err, want)
		}
	}
	failure := errors.New("no more")
	if err := h.Seed(iotest.ErrReader(failure)); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	h.want("state", h.dump(), before)
}

// TestSeedIsFree holds what only a seed can make: duplicates and states that the API would refuse.
func TestSeedIsFree(t *testing.T) {
	const seed = `{"applications": [
		{"slug": "shop", "name": "One", "is_locked": true, "permissions": ["read"], "environments": [
			{"slug": "live", "variables": [{"name": "A", "order": 7}, {"name": "A"}], "domains": [{"name": "a.example"}, {"name": "a.example", "is_primary": true, "is_redirect_to_primary": true}]},
			{"slug": "live"}]},
		{"slug": "shop", "name": "Two", "uuid": "iqbd4lzcnjczfc42qbidn6safu", "environments": []}]}`
	a, b := start(t, Options{}, seed), start(t, Options{}, seed)
	a.want("dump", a.dump(), strings.TrimPrefix(`
organisation acme
  application shop name="One" region=eu-ch plan=standard locked
    startup probe retries=30 request=2s retry=2s
    environment live branch=main
      variable A=""
      variable A=""
      domain a.example
      domain a.example primary redirect
    environment live branch=main
  application shop name="Two" region=eu-ch plan=standard
    startup probe retries=30 request=2s retry=2s
`, "\n"))
	a.want("ids are the same everywhere", a.list("domains/", "uuid"), b.list("domains/", "uuid"))
	a.want("a given id", a.list("applications/", "uuid")[1], "iqbd4lzcnjczfc42qbidn6safu")
	a.want("orders", a.list("environment-variables/?application="+a.list("applications/", "uuid")[0].(string), "order"), []int{7, 8})
	a.seed(seed[:strings.Index(seed, `{"slug": "shop", "name": "Two"`)-4] + `]}`)
}

// TestDemo holds the demo organisation that a new sandbox begins with.
func TestDemo(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := s.Dump(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"organisation acme", "application shop name=\"Acme Shop\"", "domain www.acme.example primary", "service database DEFAULT postgresql-15 ATTACHED"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out.String())
		}
	}
}
