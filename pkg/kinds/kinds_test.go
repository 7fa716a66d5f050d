package kinds

import (
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Every descriptor is whole: what generic code relies on is there.
func TestDescriptors(t *testing.T) {
	known := map[string]bool{"": true}
	for _, k := range All() {
		if !known[k.Parent] {
			t.Errorf("%s stands before its parent %s", k.Name, k.Parent)
		}
		known[k.Name] = true
		if k.Title == "" || k.Plural == "" || k.Doc == "" || k.Collection == "" || k.Compile == nil || len(k.Reads) == 0 {
			t.Errorf("%s lacks a title, plural, doc, collection, compile or reads", k.Name)
		}
		if (k.Key == "") != (k.Form == resource.Sequence) {
			t.Errorf("%s: a sequence has no key, and anything else has one", k.Name)
		}
		for _, f := range k.Fields {
			if f.Doc == "" {
				t.Errorf("%s.%s has no documentation", k.Name, f.Name)
			}
			if f.Type == resource.Enum && len(f.Values) == 0 || f.Type == resource.Reference && f.Target == "" {
				t.Errorf("%s.%s lacks its values or target", k.Name, f.Name)
			}
		}
	}
}

func TestNormalDomain(t *testing.T) {
	for name, want := range map[string]string{
		"WWW.Acme.Example":   "www.acme.example",
		"www.acme.example.":  "www.acme.example",
		"bücher.example":     "xn--bcher-kva.example",
		"*.Acme.example":     "*.acme.example",
		"https://a.example":  "",
		"a.example/x":        "",
		"a.example:80":       "",
		"localhost":          "",
		"":                   "",
		"a..example":         "",
		"user@a.example":     "",
		"_acme.acme.example": "_acme.acme.example",
	} {
		got, err := normalDomain(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}
