package spec

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Whatever is in a state, what is written of it loads without a problem and
// declares the same.
func TestWrittenStateLoadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := randomState(t)
		opt := WriteOptions{Ordered: rapid.Bool().Draw(t, "ordered"), Split: rapid.Bool().Draw(t, "split")}
		result := Write(want, kinds.Catalog(), opt)
		if len(result.LeftOut) > 0 {
			t.Fatalf("left out: %v", result.LeftOut)
		}
		if again := Write(want, kinds.Catalog(), opt); !cmp.Equal(result, again) {
			t.Fatal("not stable")
		}
		written := result.Files
		paths := []string{}
		files := map[string]string{}
		for _, name := range resource.SortedKeys(written) {
			files[name] = string(written[name])
			if opt.Split {
				paths = []string{"."}
			} else {
				paths = append(paths, name)
			}
		}
		doc, list := loadFiles(scratch{t}, files, paths...)
		if len(list) > 0 {
			t.Fatalf("%s\n%v", show(list), files)
		}
		if diff := cmp.Diff(declarations(want, opt), declarations(doc.State, opt)); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%v", diff, files)
		}
	})
}

// scratch lets rapid's T make directories.
type scratch struct{ *rapid.T }

func (s scratch) TempDir() string {
	dir, err := os.MkdirTemp("", "spec")
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// declarations are what a state declares, without what Write leaves out.
func declarations(state *resource.State, opt WriteOptions) map[resource.CollectionID][]string {
	out := map[resource.CollectionID][]string{}
	for _, r := range state.Resources {
		fields := maps.Clone(r.Fields)
		for name, value := range fields {
			f := r.Kind.Field(name)
			_, source := value.(resource.Source)
			if (f.HasDefault && resource.Equal(value, f.Default)) || (r.IsMasked(name) && !source) || f.Changes == resource.CreateOnly || f.Need == resource.Derived {
				delete(fields, name)
			}
			if source {
				fields[name] = resource.Source{Env: value.(resource.Source).Env, File: value.(resource.Source).File}
			}
		}
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		out[id] = append(out[id], fmt.Sprintf("%s %#v", r.Address, fields))
	}
	if opt.Split { // files are loaded in the order of their names
		slices.Sort(out[resource.CollectionID{Kind: "application"}])
	}
	return out
}

// randomState is a desired state with everything that files can say.
func randomState(t *rapid.T) *resource.State {
	state := &resource.State{
		Organisation: resource.Ref{Name: rapid.StringN(1, 20, -1).Draw(t, "organisation")},
		Collections:  map[resource.CollectionID]resource.Collection{},
	}
	catalog := kinds.Catalog()
	var below func(parent resource.Address, kind string)
	below = func(parent resource.Address, kind string) {
		for _, k := range catalog.Children(kind) {
			seen := map[string]bool{}
			for i := range rapid.IntRange(0, 3).Draw(t, "number of "+k.Plural) {
				r := &resource.Resource{Kind: k, Parent: parent, Fields: map[string]resource.Value{}}
				for j := range k.Fields {
					if f := &k.Fields[j]; f.Need == resource.Always || (f.Need != resource.Derived && f.Changes != resource.CreateOnly && rapid.Bool().Draw(t, f.Name+" is there")) {
						r.Fields[f.Name] = randomValue(t, f)
					}
				}
				r.Key = randomKey(t, k, len(state.Resources))
				switch k.Name {
				case "cronjob": // time depends on frequency
					r.Fields["command"] = fmt.Sprintf("%d %s", i, r.Fields["command"])
					r.Key = r.Text("command")
					r.Fields["time"] = map[string]string{"DAILY": "02:30", "HOURLY": ":42", "EVERY10MIN": ""}[r.Text("frequency")]
				case "domain": // one primary, that does not redirect
					r.Fields["primary"] = i == 0
					r.Fields["redirect_to_primary"] = i != 0
				}
				if seen[r.Key] {
					continue
				}
				seen[r.Key] = true
				r.Address = resource.NewAddress(k.Name, parent, r.Key)
				state.Resources = append(state.Resources, r)
				below(r.Address, k.Name)
			}
		}
	}
	below(resource.Address{}, "")
	return state
}

// randomKey is a name that fits; unique is for names that are unique everywhere.
func randomKey(t *rapid.T, k *resource.Kind, unique int) string {
	switch {
	case k.Name == "domain":
		return fmt.Sprintf("d%d.example", unique)
	case k.Name == "variable":
		return rapid.StringN(1, 60, -1).Filter(func(s string) bool {
			return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '=' }) &&
				!strings.HasSuffix(s, "__divioctl")
		}).Draw(t, "name")
	}
	return rapid.StringMatching(`[-a-zA-Z0-9_]{1,12}`).Draw(t, "slug")
}

// texts of all sorts: what looks like something else to YAML, several lines, and
// anything at all.
func randomText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"", " ", "~", "null", "yes", "No", "on", "y", "true", "1", "1.10", "0123", "1e3", "02:30", "2020-01-01", ".inf", "-", "- a", "a: b", "a #b", "#a",
			"{{ x }}", "[a]", "@a", "`a`", "%a", "&a", "*a", "!a", "|", ">", "'", "\"", "\\", "a:", ":a", "a\n", "a\nb", "a\nb\n", "a\n\nb\n", "\na", "a\n\n",
			" a\nb", "a \nb", "a\n  b\n", "\ta\nb", "a\tb\nc", "a\r\nb", "a\u2028b", "\ufeffa", "a\x00b", "é\nü\n", "---\na", "...\nb", "# a\nb", "<<", "=", "a\n#b\n", "a\u0085b\nc",
		}),
		rapid.StringN(0, 40, -1),
		rapid.StringMatching(`[a-zA-Z0-9 :#{}\[\],&*!|>'"%@\n-]{0,40}`),
	).Draw(t, label)
}

func randomValue(t *rapid.T, f *resource.Field) resource.Value {
	if f.Nullable && rapid.Bool().Draw(t, "null") {
		return nil
	}
	switch f.Type {
	case resource.TypedText, resource.Text:
		if f.From && rapid.Bool().Draw(t, "source") {
			return resource.Source{File: "a b"}
		}
		text := randomText(t, f.Name)
		if f.Need == resource.Always {
			text = "x" + strings.Map(func(r rune) rune {
				if unicode.IsControl(r) {
					return -1
				}
				return r
			}, text)
		}
		return text
	case resource.Int:
		low, high := int64(-1000), int64(1000)
		if f.Min != nil {
			low = *f.Min
		}
		if f.Max != nil {
			high = *f.Max
		}
		return rapid.Int64Range(low, high).Draw(t, f.Name)
	case resource.Bool:
		return rapid.Bool().Draw(t, f.Name)
	case resource.Enum:
		return rapid.SampledFrom(f.Values).Draw(t, f.Name)
	case resource.Reference:
		return resource.Ref{Name: "x" + randomText(t, f.Name)}
	case resource.FreeObject:
		return map[string]any{"x" + strings.ReplaceAll(randomText(t, "key"), "\n", ""): []any{randomText(t, "text"), int64(5), nil, map[string]any{"a": 1.5}}}
	case resource.Tags:
		list := []any{}
		for i := range rapid.IntRange(0, 4).Draw(t, "tags") {
			list = append(list, map[string]any{"name": fmt.Sprint("t", i/2*rapid.IntRange(1, 2).Draw(t, "repeats")), "value": randomText(t, "tag")})
		}
		return f.Normal(list)
	}
	list := []any{}
	for i := range rapid.IntRange(0, 2).Draw(t, f.Name) {
		item := map[string]any{}
		for j := range f.Items {
			item[f.Items[j].Name] = fmt.Sprintf("%d%s", i, randomValue(t, &f.Items[j]))
		}
		list = append(list, item)
	}
	return list
}

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
# Written by divioctl export. What is not in these files is not managed.
# Sensitive values stay where they are: give one with value_from to manage it.
version: 1
`
	one := `applications:
  shop:
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
          www.acme.example: { primary: true }
          acme.example: { redirect_to_primary: true }
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
		{"one file", WriteOptions{}, map[string]string{"divio.yaml": header + "organisation: acme\n" + one + variables + rest + other}},
		{"ordered", WriteOptions{Ordered: true, Name: "x.yaml"}, map[string]string{"x.yaml": header + "organisation: acme\n" + one + ordered + rest + other}},
		{"split", WriteOptions{Split: true}, map[string]string{
			"divio.yaml":               header + "organisation: acme\n",
			"applications/shop.yaml":   header + one + variables + rest,
			"applications/Shop-2.yaml": header + "applications:\n" + other,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			written := Write(state, kinds.Catalog(), test.opt)
			if len(written.LeftOut) > 0 {
				t.Fatalf("left out: %v", written.LeftOut)
			}
			got := map[string]string{}
			for name, text := range written.Files {
				got[name] = string(text)
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
	app := add("application", resource.Address{}, "shop", map[string]resource.Value{"name": nil, "port": nil})
	live := add("environment", app, "live", map[string]resource.Value{"branch": "main"})
	odd := add("environment", app, "no.slug", map[string]resource.Value{"branch": "main"})
	add("variable", odd, "BELOW", map[string]resource.Value{"value": "x"})
	add("variable", live, "A__divioctl", map[string]resource.Value{"value": "x"})
	add("variable", live, "A", map[string]resource.Value{"value": "first"})
	add("variable", live, "A", map[string]resource.Value{"value": "second"})
	job := map[string]resource.Value{"command": "run", "frequency": "DAILY", "time": "01:00", "custom_timeout": nil}
	add("cronjob", live, "run", job)
	add("cronjob", live, "run", job)
	add("domain", live, "www.acme.example", map[string]resource.Value{"primary": true, "redirect_to_primary": true})

	result := Write(state, kinds.Catalog(), WriteOptions{})
	written := result.Files
	want := `version: 1
organisation: acme
applications:
  shop:
    environments:
      live:
        branch: main
        variables:
          A: first
        cronjobs:
          - { command: run, frequency: daily, time: "01:00" }
        domains:
          www.acme.example: { primary: true }
`
	_, got, _ := strings.Cut(string(written["divio.yaml"]), "version")
	if diff := cmp.Diff(want, "version"+got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(result.LeftOut) != 5 || result.Resources != 5 {
		t.Errorf("%d resources, left out: %q", result.Resources, result.LeftOut)
	}
	if doc, list := loadFiles(t, map[string]string{"divio.yaml": string(written["divio.yaml"])}, "divio.yaml"); len(list) > 0 {
		t.Errorf("%v %v", doc, list)
	}
}
