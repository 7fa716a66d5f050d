package spec

import (
	"encoding/json"
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
	for name, catalog := range map[string]*resource.Catalog{"the kinds": kinds.Catalog(), "toys": toys()} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkWritten(t, catalog) })
		})
	}
}

func checkWritten(t *rapid.T, catalog *resource.Catalog) {
	want := randomState(t, catalog)
	opt := WriteOptions{Ordered: rapid.Bool().Draw(t, "ordered"), Split: rapid.Bool().Draw(t, "split")}
	result := Write(want, catalog, opt)
	if len(result.LeftOut) > 0 {
		t.Fatalf("left out: %v", result.LeftOut)
	}
	if again := Write(shuffled(t, want), catalog, opt); !cmp.Equal(result, again) {
		t.Fatalf("not stable: %s", cmp.Diff(result, again))
	}
	files := map[string]string{}
	for name, text := range result.Files {
		files[name] = string(text)
	}
	doc, list := loadKinds(scratch{t}, catalog, files, ".")
	if len(list) > 0 {
		t.Fatalf("%s\n%v", show(list), files)
	}
	if diff := cmp.Diff(declarations(want), declarations(doc.State)); diff != "" {
		t.Fatalf("(-want +got)\n%s\n%v", diff, files)
	}
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
func declarations(state *resource.State) map[resource.CollectionID][]string {
	out := map[resource.CollectionID][]string{}
	managed := map[string]bool{} // kinds whose order is
	for _, r := range state.Resources {
		managed[r.Kind.Name] = r.Kind.Order != nil
		fields := map[string]resource.Value{}
		for name, value := range r.Fields {
			f := r.Kind.Field(name)
			source, sourced := value.(resource.Source)
			switch {
			case f.HasDefault && resource.Equal(value, f.Default), f.Changes == resource.CreateOnly, f.Need == resource.Derived:
			case sourced:
				fields[name] = resource.Source{Env: source.Env, File: source.File}
			case !r.IsMasked(name) && !r.IsWriteOnly(f):
				fields[name] = trimmed(f, value)
				if r.Kind.Name == "cronjob" && name == "time" && value == "" { // it follows from the frequency
					delete(fields, name)
				}
			}
		}
		id := resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}
		out[id] = append(out[id], fmt.Sprintf("%s %#v", r.Address, fields))
	}
	for id := range out {
		if !managed[id.Kind] {
			slices.Sort(out[id])
		}
	}
	return out
}

// shuffled has the resources of a state in another order, as if the lists of the API
// had been in another one. Only the order of siblings that is managed is the same.
func shuffled(t *rapid.T, state *resource.State) *resource.State {
	c := *state
	c.Resources = rapid.Permutation(state.Resources).Draw(t, "order")
	rank := map[*resource.Resource]int{}
	for i, r := range state.Resources {
		rank[r] = i
	}
	for i, r := range c.Resources {
		for j, other := range c.Resources[:i] {
			if r.Kind.Order != nil && r.Parent == other.Parent && r.Kind == other.Kind && rank[r] < rank[other] {
				c.Resources[i], c.Resources[j] = other, r
				r = other
			}
		}
	}
	return &c
}

// trimmed gives a value without the white space around texts, which loading drops.
func trimmed(f *resource.Field, value resource.Value) resource.Value {
	switch v := value.(type) {
	case string:
		if f.Type == resource.Text {
			return resource.Trim(v)
		}
	case resource.Ref:
		return resource.Ref{Name: resource.Trim(v.Name)}
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			object := maps.Clone(item.(map[string]any))
			for j := range f.Items {
				object[f.Items[j].Name] = trimmed(&f.Items[j], object[f.Items[j].Name])
			}
			out[i] = object
		}
		return f.Normal(out)
	}
	return value
}

// randomState is a desired state with everything that files can say.
func randomState(t *rapid.T, catalog *resource.Catalog) *resource.State {
	state := &resource.State{
		Organisation: resource.Ref{Name: "x" + rapid.StringN(0, 20, -1).Draw(t, "organisation")},
		Collections:  map[resource.CollectionID]resource.Collection{},
	}
	var below func(parent resource.Address, kind string)
	below = func(parent resource.Address, kind string) {
		for _, k := range catalog.Children(kind) {
			seen := map[string]bool{}
			var siblings []*resource.Resource
			for i := range rapid.IntRange(0, 3).Draw(t, "number of "+k.Plural) {
				r := &resource.Resource{Kind: k, Parent: parent, Fields: map[string]resource.Value{}}
				sourced := rapid.Bool().Draw(t, "from elsewhere") // all that can be: what is left is not written
				for j := range k.Fields {
					if f := &k.Fields[j]; f.Need == resource.Always || (f.Need != resource.Derived && f.Changes != resource.CreateOnly && rapid.Bool().Draw(t, f.Name+" is there")) {
						r.Fields[f.Name] = randomValue(t, f)
						if f.From && sourced {
							r.Fields[f.Name] = resource.Source{File: "a b"}
						}
					}
				}
				r.Key = randomKey(t, k, len(state.Resources))
				switch k.Name {
				case "cronjob": // time depends on frequency
					r.Fields["command"] = resource.Trim(fmt.Sprintf("%d %s", i, r.Fields["command"]))
					r.Fields["time"] = map[string]string{"DAILY": "02:30", "HOURLY": ":42", "EVERY10MIN": ""}[r.Text("frequency")]
				case "domain": // one primary, that does not redirect
					r.Fields["primary"] = i == 0
					r.Fields["redirect_to_primary"] = i != 0
				case "tree":
					r.Fields["label"] = rapid.StringMatching(`[A-Z0-9]{1,5}`).Draw(t, "label")
				case "task":
					r.Fields["text"] = resource.Trim(fmt.Sprintf("%d %.10s", i, r.Fields["text"]))
				}
				switch {
				case len(k.KeyFields) > 0:
					r.Key = resource.ComposeKey(r)
				case k.Key == "":
					r.Key = resource.DisplayKey(r)
				}
				siblings = append(siblings, r)
				if seen[r.Key] || k.Check != nil && len(k.Check(siblings)) > 0 {
					siblings = siblings[:len(siblings)-1]
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
	case k.Key == "":
		return "" // fields make it
	case k.Normal != nil:
		return fmt.Sprintf("d%d.example", unique)
	case k.Name == "variable", k.KeyPattern == "":
		return rapid.StringN(1, 60, -1).Filter(func(s string) bool {
			return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == '=' }) &&
				!strings.HasSuffix(s, "__divioctl")
		}).Draw(t, "name")
	}
	return randomMatch(t, k.KeyPattern, 60, "key")
}

func longest(f *resource.Field) int {
	if f.MaxLength > 0 {
		return f.MaxLength
	}
	return 60
}

// randomMatch is a text that a pattern matches, of a length, also without its outer white
// space.
func randomMatch(t *rapid.T, pattern string, most int, label string) string {
	return rapid.StringMatching(pattern).Filter(func(s string) bool { return len(s) <= most && s == resource.Trim(s) }).Draw(t, label)
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
		if f.Pattern != "" {
			return f.Normal(randomMatch(t, f.Pattern, longest(f), f.Name))
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
		return map[string]any{"x" + strings.ReplaceAll(randomText(t, "key"), "\n", ""): []any{randomText(t, "text"), int64(5), nil, map[string]any{"a": f.Normal(randomNumber(t))}}}
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

// randomNumber is any number of JSON.
func randomNumber(t *rapid.T) json.Number {
	return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?`).Draw(t, "number"))
}
