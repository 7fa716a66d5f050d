package kinds

import (
	"testing"
)

// Every descriptor is whole, and says nothing that contradicts itself.
func TestDescriptors(t *testing.T) {
	for _, k := range Catalog().Kinds() {
		for _, problem := range k.Contradictions() {
			t.Errorf("%s: %s", k.Name, problem)
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
