package spec

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// state gives a sound file's resources, one a line: place, address, fields.
func state(t *testing.T, catalog *resource.Catalog, text string) string {
	t.Helper()
	doc, list := loadKinds(t, catalog, map[string]string{"f.yaml": text}, "f.yaml")
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
			if diff := cmp.Diff(test.want, state(t, kinds.Catalog(), test.text)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDecodeToys(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"keys made of fields, in their normal form", `version: 1
farms:
  green:
    trees:
      - { sort: apple, label: a1, height: 3 }
      - { label: A1, sort: Pear }
`, `3:3 farm.green {}
5:9 tree.green/apple/A1 {"height":3,"label":"A1","sort":"APPLE"}
6:9 tree.green/pear/A1 {"label":"A1","sort":"PEAR"}
`},
		{"bare scalars in lists", `version: 1
farms:
  green:
    tasks: [mow, { text: mow, when: now }, sow]
barns:
  red: { url: "https://x", animals: [cow, { species: GOAT, count: 2 }] }
`, `6:3 barn.red {"url":"https://x"}
6:38 animal.red/COW {"species":"COW"}
6:43 animal.red/GOAT {"count":2,"species":"GOAT"}
3:3 farm.green {}
4:13 task.green/mow@ {"text":"mow"}
4:18 task.green/mow@now {"text":"mow","when":"now"}
4:44 task.green/sow {"text":"sow"}
`},
		{"keys that the files alone know, and references to them", `version: 1
farms: { a: { barn: red }, b: { barn: 12 } }
barns: { red: { url: "https://x" }, Blue barn/2: { url: "https://y", roof: flat } }
`, `3:10 barn.red {"url":"https://x"}
3:37 barn.Blue barn/2 {"roof":"FLAT","url":"https://y"}
2:10 farm.a {"barn":"red"}
2:28 farm.b {"barn":"12"}
`},
		{"sources in the place of values", `version: 1
markets:
  FAIR.example: { username: u, password: { value_from: { env: P } } }
  b.example: { username: { value_from: { file: u.txt } }, password: hunter2 }
`, `3:3 market.fair.example {"password":{"env":"P"},"username":"u"}
4:3 market.b.example {"password":"(sensitive)","username":{"file":"u.txt"}}
`},
		{"white space around texts", `version: 1
farms:
  green:
    name: |
      Green

    barn: " red "
    trees: [{ sort: " apple", label: "a1\t" }]
    tasks:
      - |
        mow
      - { text: "  so  w ", when: "" }
barns:
  red: { url: "https://x ", password: " hunter2 " }
`, `14:3 barn.red {"password":"(sensitive)","url":"https://x"}
3:3 farm.green {"barn":"red","name":"Green"}
8:13 tree.green/apple/A1 {"label":"A1","sort":"APPLE"}
10:9 task.green/mow {"text":"mow"}
12:9 task.green/so  w {"text":"so  w","when":""}
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, state(t, toys(), test.text)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// White space counts in the value of a variable, and nowhere else.
func TestWhiteSpace(t *testing.T) {
	want := `3:3 application.shop {"name":"Acme Shop","region":"eu","release_commands":[{"command":"b","label":"a"}],"tags":[{"name":"n","value":"v"}]}
12:7 environment.shop/live {"branch":"main"}
15:11 variable.shop/live/A {"value":" a "}
16:11 variable.shop/live/B {"value":"b\n"}
18:13 cronjob.shop/live/run {"command":"run","frequency":"DAILY","time":"02:30"}
`
	got := state(t, kinds.Catalog(), `version: 1
applications:
  shop:
    name: " Acme Shop "
    region: |
      eu
    tags: { n: " v " }
    release_commands:
      - label: " a"
        command: "b "
    environments:
      live:
        branch: "main "
        variables:
          A: " a "
          B: { value: "b\n" }
        cronjobs:
          - command: |
              run
            frequency: " daily"
            time: |
              02:30
`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A source is reported where it is named.
func TestPlacesOfSources(t *testing.T) {
	doc, list := loadKinds(t, toys(), map[string]string{"f.yaml": `version: 1
markets:
  a.example: { password: { value_from: { env: P } } }
  b.example:
    password:
      value_from:
        file: p.txt
    username: u
`}, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	var got []string
	for _, r := range doc.State.Resources {
		for _, name := range resource.SortedKeys(r.FieldAt) {
			got = append(got, r.Key+" "+name+" "+r.FieldAt[name].String())
		}
	}
	want := []string{"a.example password f.yaml:3:47", "b.example password f.yaml:7:15", "b.example username f.yaml:8:15"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A collection is declared by its key, by an empty one too, or by groups that are
// included; a list manages the order, also of what is included.
func TestCollections(t *testing.T) {
	doc, list := loadFiles(t, map[string]string{"f.yaml": `version: 1
variable_sets: { s: { A: x } }
applications:
  a:
    environments:
      none: {}
      empty: { variables: {}, cronjobs: [], domains: {} }
      group: { variable_sets: [s] }
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
		"environment.a/group variable": "8:16 false",
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
  - { from: domain.shop/live/OLD.example, to: domain.shop/test/old.example. }
removed:
  - environment.shop/old
  - { address: domain.shop/live/GONE.example, id: 0123 }
settings:
  prune: [variables, Domains]
  deploy: [environment.shop/live, "*.shop/*"]
  limits: { delete_percent: 0, delete_count: 100 }
`}, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	type settings struct {
		Prune, Protect []string
		From, To       resource.Address
		Removed        []resource.Removed
		Deploy         []string
		Percent, Count int
	}
	s := doc.Settings
	got := settings{Prune: s.Prune, Removed: s.Removed, From: s.Moved[0].From, To: s.Moved[0].To, Percent: *s.DeletePercent, Count: *s.DeleteCount}
	for _, p := range s.Protect {
		got.Protect = append(got.Protect, p.At.String()+" "+p.Pattern.String())
	}
	for _, p := range s.Deploy {
		got.Deploy = append(got.Deploy, p.String())
	}
	want := settings{
		Prune:   []string{"variables", "domains"},
		Protect: []string{"f.yaml:3:11 application.shop", "f.yaml:3:29 domain.shop/live/www.acme.example", "f.yaml:3:64 domain.*/live/*", "f.yaml:3:83 **", "f.yaml:3:89 *.shop/**"},
		From:    at("domain.shop/live/old.example"), To: at("domain.shop/test/old.example"),
		Removed: []resource.Removed{
			{Address: at("environment.shop/old"), At: diag.Position{File: "f.yaml", Line: 7, Column: 5}},
			{Address: at("domain.shop/live/gone.example"), ID: "0123", At: diag.Position{File: "f.yaml", Line: 8, Column: 5}},
		},
		Deploy:  []string{"environment.shop/live", "*.shop/*"},
		Percent: 0, Count: 100,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if doc.State.Organisation.Name != "acme" || doc.State.OrganisationAt.Line != 2 {
		t.Errorf("organisation %v at %v", doc.State.Organisation, doc.State.OrganisationAt)
	}
}

// No settings.deploy means everything, an empty one nothing.
func TestDeployNothing(t *testing.T) {
	for text, want := range map[string]bool{"{}": true, "{ deploy: [] }": false} {
		doc, list := loadFiles(t, map[string]string{"f.yaml": "version: 1\nsettings: " + text + "\n"}, "f.yaml")
		if got := doc.Settings.Deploy; len(list) > 0 || len(got) > 0 || (got == nil) != want {
			t.Errorf("%s: %#v, %s", text, got, show(list))
		}
	}
}
