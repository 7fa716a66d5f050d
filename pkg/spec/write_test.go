package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestWrite(t *testing.T) {
	catalog := kinds.Catalog()
	add := func(state *resource.State, kind string, parent resource.Address, key string, fields map[string]resource.Value) resource.Address {
		r := &resource.Resource{Kind: catalog.Kind(kind), Key: key, Parent: parent, Fields: fields, Handle: "id-" + key}
		r.Address = resource.NewAddress(kind, parent, key)
		state.Resources = append(state.Resources, r)
		return r.Address
	}
	state := &resource.State{
		Organisation: resource.Ref{Handle: "o1"},
		Choices: resource.Choices{
			"organisation": {{Handle: "o1", Names: []string{"acme"}}},
			"region":       {{Handle: "r1", Names: []string{"eu-ch", "Switzerland"}}, {Handle: "r2", Names: []string{"twin"}}, {Handle: "r3", Names: []string{"twin"}}},
		},
	}
	shop := add(state, "application", resource.Address{}, "shop", map[string]resource.Value{
		"name": "Acme Shop", "region": resource.Ref{Handle: "r1"}, "plan_group": resource.Ref{Handle: "p1"}, "port": nil, "tags": []any{},
		"release_commands": []any{map[string]any{"label": "migrate", "command": "python manage.py migrate"}},
	})
	live := add(state, "environment", shop, "live", map[string]resource.Value{"branch": "main", "alternative_dockerfile": nil})
	add(state, "variable", live, "DEBUG", map[string]resource.Value{"value": "False", "sensitive": false, "pattern_replacement": false})
	add(state, "variable", live, "SECRET", map[string]resource.Value{"sensitive": true, "pattern_replacement": false})
	add(state, "variable", live, "TEXT", map[string]resource.Value{"value": "a\nb\n", "pattern_replacement": true})
	state.Resources[len(state.Resources)-1].Facts = map[string]any{"is_read_only": false}
	add(state, "variable", live, "READ_ONLY", map[string]resource.Value{"value": "x"})
	state.Resources[len(state.Resources)-1].Facts = map[string]any{"is_read_only": true}
	add(state, "cronjob", live, "python manage.py clearsessions", map[string]resource.Value{
		"command": "python manage.py clearsessions", "frequency": "DAILY", "time": "02:30", "custom_timeout": int64(600)})
	add(state, "domain", live, "www.acme.example", map[string]resource.Value{"primary": true, "redirect_to_primary": false, "domain_config": map[string]any{}})
	add(state, "domain", live, "acme.example", map[string]resource.Value{"primary": false, "redirect_to_primary": true})
	for i := range state.Resources {
		if state.Resources[i].Kind.Name == "domain" {
			state.Resources[i].Facts = map[string]any{"is_managed_by_divio": false, "is_editable": true}
		}
	}
	add(state, "application", resource.Address{}, "Shop", map[string]resource.Value{"name": "Other", "region": resource.Ref{Handle: "r2"}})

	header := `# yaml-language-server: $schema=https://raw.githubusercontent.com/divioctl/divioctl/main/schema/divioctl.schema.json
# Written by divioctl export. Resources that are not in these files are not managed.
# Sensitive values are not exported: use value_from to manage one.
version: 1
`
	one := `  shop:
    name: Acme Shop
    region: eu-ch
    release_commands:
      - { label: migrate, command: python manage.py migrate }
    environments:
      live:
        branch: main
`
	variables := `        variables:
          DEBUG: "False"
          SECRET: { sensitive: true }
          TEXT:
            value: |
              a
              b
            pattern_replacement: true
`
	ordered := `        variables:
          - { name: DEBUG, value: "False" }
          - { name: SECRET, sensitive: true }
          - name: TEXT
            value: |
              a
              b
            pattern_replacement: true
`
	rest := `        cronjobs:
          - { command: python manage.py clearsessions, frequency: daily, time: "02:30", custom_timeout: 600 }
        domains:
          acme.example: { redirect_to_primary: true }
          www.acme.example: { primary: true }
`
	other := `  Shop:
    name: Other
    region: r2
`
	for _, test := range []struct {
		name string
		opt  WriteOptions
		want map[string]string
	}{
		{"one file", WriteOptions{}, map[string]string{"divio.yaml": header + "organisation: acme\n" + "applications:\n" + other + one + variables + rest}},
		{"ordered", WriteOptions{Ordered: true, Name: "x.yaml"}, map[string]string{"x.yaml": header + "organisation: acme\n" + "applications:\n" + other + one + ordered + rest}},
		{"split", WriteOptions{Split: true}, map[string]string{
			"divio.yaml":               header + "organisation: acme\n",
			"applications/Shop.yaml":   header + "applications:\n" + other,
			"applications/shop-2.yaml": header + "applications:\n" + one + variables + rest,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			written := Write(state, kinds.Catalog(), test.opt)
			if len(written.LeftOut) > 0 {
				t.Fatalf("left out: %v", written.LeftOut)
			}
			got := map[string]string{}
			for name, text := range written.Files {
				got[name] = string(seal.ReplaceAll(text, nil)) // TestExported is about the checksums
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What exists and no file may declare is left out and named, as little as possible.
func TestWriteLeavesOutWhatNoFileCanDeclare(t *testing.T) {
	catalog := kinds.Catalog()
	state := &resource.State{Organisation: resource.Ref{Name: "acme"}}
	add := func(kind string, parent resource.Address, key string, fields map[string]resource.Value) resource.Address {
		r := &resource.Resource{Kind: catalog.Kind(kind), Key: key, Parent: parent, Address: resource.NewAddress(kind, parent, key), Fields: fields}
		state.Resources = append(state.Resources, r)
		return r.Address
	}
	app := add("application", resource.Address{}, "shop", map[string]resource.Value{
		"name": nil, "port": nil, "startup_probe_max_retries": int64(0), "maintenance_window_start": "monday", "tags": []any{map[string]any{"name": "a\x1b", "value": "b"}},
		"release_commands": []any{map[string]any{"label": "", "command": "x"}},
	})
	live := add("environment", app, "live", map[string]resource.Value{"branch": "main"})
	odd := add("environment", app, "no.slug", map[string]resource.Value{"branch": "main"})
	add("variable", odd, "BELOW", map[string]resource.Value{"value": "x"})
	add("variable", live, "A__divioctl", map[string]resource.Value{"value": "x"})
	add("variable", live, "A", map[string]resource.Value{"value": "first"})
	add("variable", live, "A", map[string]resource.Value{"value": "second"})
	add("variable", live, "B", map[string]resource.Value{"value": "x"})
	add("variable", live, "B__divioctl", map[string]resource.Value{"value": "x"})
	job := map[string]resource.Value{"command": "run", "frequency": "DAILY", "time": "01:00", "custom_timeout": nil}
	add("cronjob", live, "run", job)
	add("cronjob", live, "run", job)
	add("cronjob", live, "often", map[string]resource.Value{"command": "often", "frequency": "EVERY10MIN", "time": ""})
	add("cronjob", live, "odd", map[string]resource.Value{"command": "odd", "frequency": "EVERY10MIN", "time": "01:00"})
	add("cronjob", live, "weekly", map[string]resource.Value{"command": "weekly", "frequency": "WEEKLY"})
	add("domain", live, "www.acme.example", map[string]resource.Value{"primary": true, "redirect_to_primary": true})

	result := Write(state, kinds.Catalog(), WriteOptions{})
	written := result.Files
	want := `version: 1
organisation: acme
applications:
  shop:
    tags:
      - { name: "a\x1b", value: b }
    environments:
      live:
        branch: main
        cronjobs:
          - { command: often, frequency: every10min }
          - { command: run, frequency: daily, time: "01:00" }
        domains:
          www.acme.example: { primary: true }
`
	_, got, _ := strings.Cut(string(written["divio.yaml"]), "version")
	if diff := cmp.Diff(want, "version"+got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	left := []string{
		"application.shop: release_commands: label: it is empty",
		"application.shop: startup_probe_max_retries: 0 is less than 1",
		"application.shop: maintenance_window_start: it is not a whole number",
		"environment.shop/no.slug: a file cannot contain its slug: use letters, digits, hyphens and underscores",
		"variable.shop/live/A: another one has the same key",
		"variable.shop/live/B: an interrupted replacement left variable.shop/live/B__divioctl behind, and a plan would finish it",
		"variable.shop/live/A__divioctl: names that end in __divioctl are reserved",
		"variable.shop/live/B__divioctl: names that end in __divioctl are reserved",
		`cronjob.shop/live/weekly: frequency: "WEEKLY" is not one of DAILY, HOURLY, EVERY10MIN`,
		`cronjob.shop/live/odd: "01:00" is not a time for EVERY10MIN`,
		"cronjob.shop/live/run: another cron job has the same label (@...), and a file can declare only one of them; pruning cronjobs would delete the one with the id ",
		`cronjob.shop/live/odd: a plan would change it: a declared cron job has time: "", and this one has "01:00"`,
		"domain.shop/live/www.acme.example: the primary domain cannot redirect to itself",
	}
	if diff := cmp.Diff(left, result.LeftOut); diff != "" || result.Resources != 5 {
		t.Errorf("%d resources, left out (-want +got):\n%s", result.Resources, diff)
	}
	if doc, list := loadFiles(t, map[string]string{"divio.yaml": string(written["divio.yaml"])}, "divio.yaml"); len(list) > 0 {
		t.Errorf("%v %v", doc, list)
	}
}

// Toys are written in the shortest form that their kinds know, without what is
// write-only, and with references by key.
func TestWriteToys(t *testing.T) {
	catalog := toys()
	state := &resource.State{Organisation: resource.Ref{Name: "acme"}}
	add := func(kind string, parent resource.Address, key, handle string, fields map[string]resource.Value) resource.Address {
		r := &resource.Resource{Kind: catalog.Kind(kind), Key: key, Parent: parent, Fields: fields, Handle: handle}
		r.Address = resource.NewAddress(kind, parent, key)
		state.Resources = append(state.Resources, r)
		return r.Address
	}
	none := resource.Address{}
	add("market", none, "a.example", "", map[string]resource.Value{"username": "u", "password": resource.NewSecret("hunter2")})
	add("market", none, "b.example", "", map[string]resource.Value{
		"username": resource.Source{File: "u.txt"}, "password": resource.Source{Exec: []string{"pass", "show", "b"}},
	})
	const id, sameID = "ad1ccf31-a5d4-4f09-9d52-fd4de3cbc2b4", "vuom6mnf2rhqthks7vg6hs6cwq"
	red := add("barn", none, "red", id, map[string]resource.Value{"url": "https://x", "password": resource.NewSecret("hunter2")})
	add("animal", red, "COW", "", map[string]resource.Value{"species": "COW"})
	add("animal", red, "GOAT", "", map[string]resource.Value{"species": "GOAT"})
	blue := add("barn", none, "blue", "", map[string]resource.Value{"url": "https://y"})
	add("animal", blue, "COW", "", map[string]resource.Value{"species": "COW", "count": int64(2)})
	add("animal", blue, "GOAT", "", map[string]resource.Value{"species": "GOAT"})
	green := add("farm", none, "green", "", map[string]resource.Value{"barn": resource.Ref{Handle: sameID}})
	add("tree", green, "apple/A", "", map[string]resource.Value{"sort": "APPLE", "label": "A", "height": int64(3), "grown": true})
	add("tree", green, "apple/no label", "", map[string]resource.Value{"sort": "APPLE", "label": "no label"})
	add("tree", green, "apple/B", "", map[string]resource.Value{"sort": "APPLE", "label": "B"})
	add("tree", green, "apple/B", "", map[string]resource.Value{"sort": "APPLE", "label": "B", "height": int64(1)})
	add("task", green, "mow: all", "", map[string]resource.Value{"text": "mow: all"})
	add("farm", none, "other", "", map[string]resource.Value{"barn": resource.Ref{Handle: "gone"}})

	markets := `markets:
  a.example: {}
  b.example: { username: { value_from: { file: u.txt } }, password: { value_from: { exec: [pass, show, b] } } }
`
	barns := `barns:
  blue:
    url: https://y
    animals:
      - { species: cow, count: 2 }
      - goat
  red:
    url: https://x
    animals: [cow, goat]
`
	three := `farms:
  green:
    barn: red
    trees:
      - { sort: apple, label: A, height: 3 }
    tasks: ["mow: all"]
`
	four := `  other: {}
`
	start := "version: 1\n"
	for _, test := range []struct {
		name string
		opt  WriteOptions
		want map[string]string
	}{
		{"one file", WriteOptions{}, map[string]string{"divio.yaml": start + "organisation: acme\n" + markets + barns + three + four}},
		{"split", WriteOptions{Split: true}, map[string]string{
			"divio.yaml":       start + "organisation: acme\n" + markets + barns, // their names are only in the files
			"farms/green.yaml": start + three,
			"farms/other.yaml": start + "farms:\n" + four,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			written := Write(state, catalog, test.opt)
			got := map[string]string{}
			for name, text := range written.Files {
				_, content, _ := strings.Cut(string(text), "version: 1\n")
				got[name] = start + content
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			left := []string{
				"farm.other: barn: this account cannot read the barn gone",
				"tree.green/apple/B: another one has the same key",
				"tree.green/apple/no label: a file cannot contain its sort and label",
			}
			if diff := cmp.Diff(left, written.LeftOut); diff != "" {
				t.Errorf("left out (-want +got)\n%s", diff)
			}
		})
	}
}
