package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// state gives a sound file's resources, one a line: place, address, fields.
func state(t *testing.T, text string) string {
	t.Helper()
	doc, list := loadFiles(t, map[string]string{"f.yaml": text}, "f.yaml")
	if len(list) > 0 {
		t.Fatalf("problems:\n%s", show(list))
	}
	var out strings.Builder
	for _, r := range doc.State.Resources {
		fields, err := json.Marshal(r.Fields)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%d:%d %s %s\n", r.At.Line, r.At.Column, r.Address, fields)
	}
	return out.String()
}

func TestDecode(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"the kinds", `version: 1
applications:
  shop:
    name: Acme Shop
    region: eu-ch
    plan_group: 12
    port: null
    tags: { team: web, n: 1.10 }
    release_commands: [{ label: migrate, command: python manage.py migrate }]
    environments:
      live:
        branch: main
        cronjobs:
          - { command: a/b c, frequency: daily, time: "02:30", custom_timeout: 600 }
          - { command: twice, frequency: Daily, time: 02:30 }
          - { command: twice, frequency: EVERY10MIN }
        domains:
          WWW.acme.example.: { primary: true, domain_config: { a: [1, 2.5, x, null, true], 2020-01-01: b } }
`, `3:3 application.shop {"name":"Acme Shop","plan_group":"12","port":null,"region":"eu-ch","release_commands":[{"command":"python manage.py migrate","label":"migrate"}],"tags":[{"name":"n","value":"1.10"},{"name":"team","value":"web"}]}
11:7 environment.shop/live {"branch":"main"}
14:13 cronjob.shop/live/a/b c {"command":"a/b c","custom_timeout":600,"frequency":"DAILY","time":"02:30"}
15:13 cronjob.shop/live/twice@DAILY,02:30 {"command":"twice","frequency":"DAILY","time":"02:30"}
16:13 cronjob.shop/live/twice@EVERY10MIN {"command":"twice","frequency":"EVERY10MIN"}
18:11 domain.shop/live/www.acme.example {"domain_config":{"2020-01-01":"b","a":[1,2.5,"x",null,true]},"primary":true}
`},
		{"scalars as typed", `version: 1
applications: {shop: {environments: {live: {variables: {
  A: 1.10, B: 0123, C: no, D: 02:30, E: 1e3, F: 2020-01-01, G: True, H: 0x10, I: .inf, J: 1_000, K: "", L: '~',
  M: ~a, N: !!str 12, true: x, 1.5: y, 2020-01-01: z, "no": n }}}}}
`, `2:16 application.shop {}
2:38 environment.shop/live {}
3:3 variable.shop/live/A {"value":"1.10"}
3:12 variable.shop/live/B {"value":"0123"}
3:21 variable.shop/live/C {"value":"no"}
3:28 variable.shop/live/D {"value":"02:30"}
3:38 variable.shop/live/E {"value":"1e3"}
3:46 variable.shop/live/F {"value":"2020-01-01"}
3:61 variable.shop/live/G {"value":"True"}
3:70 variable.shop/live/H {"value":"0x10"}
3:79 variable.shop/live/I {"value":".inf"}
3:88 variable.shop/live/J {"value":"1_000"}
3:98 variable.shop/live/K {"value":""}
3:105 variable.shop/live/L {"value":"~"}
4:3 variable.shop/live/M {"value":"~a"}
4:10 variable.shop/live/N {"value":"12"}
4:23 variable.shop/live/true {"value":"x"}
4:32 variable.shop/live/1.5 {"value":"y"}
4:40 variable.shop/live/2020-01-01 {"value":"z"}
4:55 variable.shop/live/no {"value":"n"}
`},
		{"anchors and merge keys", `version: 1
x-base: &base
  branch: main
  variables: &vars { A: a, B: b }
x-more: &more { B: c, C: c }
applications:
  shop:
    environments:
      live: *base
      test:
        <<: *base
        branch: develop
        variables:
          C: own
          <<: [*vars, *more]
          D: own
`, `7:3 application.shop {}
9:7 environment.shop/live {"branch":"main"}
4:22 variable.shop/live/A {"value":"a"}
4:28 variable.shop/live/B {"value":"b"}
10:7 environment.shop/test {"branch":"develop"}
14:11 variable.shop/test/C {"value":"own"}
4:22 variable.shop/test/A {"value":"a"}
4:28 variable.shop/test/B {"value":"b"}
16:11 variable.shop/test/D {"value":"own"}
`},
		{"variable sets", `version: 1
variable_sets:
  one: { A: one, B: one, C: { value: one, pattern_replacement: true } }
  two: [{ name: B, value: two }, { name: D, value: two }]
applications:
  shop:
    variable_sets: [one]
    environments:
      live:
        variable_sets: [two]
        variables: { E: own, C: own, D: { sensitive: true } }
      test: {}
      empty: { variables: {} }
`, `6:3 application.shop {}
9:7 environment.shop/live {}
3:10 variable.shop/live/A {"value":"one"}
4:17 variable.shop/live/B {"value":"two"}
11:30 variable.shop/live/C {"value":"own"}
11:38 variable.shop/live/D {"sensitive":true}
11:22 variable.shop/live/E {"value":"own"}
12:7 environment.shop/test {}
3:10 variable.shop/test/A {"value":"one"}
3:18 variable.shop/test/B {"value":"one"}
3:26 variable.shop/test/C {"pattern_replacement":true,"value":"one"}
13:7 environment.shop/empty {}
3:10 variable.shop/empty/A {"value":"one"}
3:18 variable.shop/empty/B {"value":"one"}
3:26 variable.shop/empty/C {"pattern_replacement":true,"value":"one"}
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, state(t, test.text)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A collection is declared by its key, by an empty one too, or by groups that are
// drawn in; a list manages the order, also of what is drawn in.
func TestCollections(t *testing.T) {
	doc, list := loadFiles(t, map[string]string{"f.yaml": `version: 1
variable_sets: { s: { A: x } }
applications:
  a:
    environments:
      none: {}
      empty: { variables: {}, cronjobs: [], domains: {} }
      drawn: { variable_sets: [s] }
      list: { variable_sets: [s], variables: [] }
  b:
    variable_sets: []
    environments: { x: {} }
`}, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	got := map[string]string{}
	for id, c := range doc.State.Collections {
		got[id.Parent.String()+" "+id.Kind] = fmt.Sprintf("%d:%d %t", c.At.Line, c.At.Column, c.Ordered)
	}
	want := map[string]string{
		" application":                 "3:1 false",
		"application.a environment":    "5:5 false",
		"application.b environment":    "12:5 false",
		"environment.a/empty variable": "7:16 false",
		"environment.a/empty cronjob":  "7:31 false",
		"environment.a/empty domain":   "7:45 false",
		"environment.a/drawn variable": "8:16 false",
		"environment.a/list variable":  "9:35 true",
		"environment.b/x variable":     "11:5 false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSettings(t *testing.T) {
	doc, list := loadFiles(t, map[string]string{"f.yaml": `version: 1
organisation: acme
protect: [application.shop, domain.shop/live/WWW.acme.example, "domain.*/live/*", "**", "*.shop/**"]
moved:
  - { from: domain.shop/live/OLD.example, to: domain.shop/live/new.example. }
settings:
  prune: [variables, Domains]
  limits: { delete_percent: 0, delete_count: 100 }
`}, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	type settings struct {
		Prune, Protect []string
		From, To       resource.Address
		Percent, Count int
	}
	s := doc.Settings
	got := settings{Prune: s.Prune, From: s.Moved[0].From, To: s.Moved[0].To, Percent: *s.DeletePercent, Count: *s.DeleteCount}
	for _, p := range s.Protect {
		got.Protect = append(got.Protect, p.At.String()+" "+p.Pattern)
	}
	want := settings{
		Prune:   []string{"variables", "domains"},
		Protect: []string{"f.yaml:3:11 application.shop", "f.yaml:3:29 domain.shop/live/www.acme.example", "f.yaml:3:64 domain.*/live/*", "f.yaml:3:83 **", "f.yaml:3:89 *.shop/**"},
		From:    at("domain.shop/live/old.example"), To: at("domain.shop/live/new.example"),
		Percent: 0, Count: 100,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if doc.State.Organisation.Name != "acme" || doc.State.OrganisationAt.Line != 2 {
		t.Errorf("organisation %v at %v", doc.State.Organisation, doc.State.OrganisationAt)
	}
}
