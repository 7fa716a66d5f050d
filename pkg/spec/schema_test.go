package spec

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/schema"
)

// The published schema is the one that the kinds give.
func TestSchemaIsUpToDate(t *testing.T) {
	got, err := Schema(kinds.Catalog())
	if err != nil {
		t.Fatal(err)
	}
	again, err := Schema(kinds.Catalog())
	if err != nil || !bytes.Equal(got, again) {
		t.Fatalf("the schema is not stable: %v", err)
	}
	if bytes.Equal(got, schema.JSON) {
		return
	}
	if os.Getenv("DIVIOCTL_UPDATE") == "" {
		t.Fatal("schema/divioctl.schema.json is out of date: run DIVIOCTL_UPDATE=1 go test ./pkg/spec")
	}
	if err := os.WriteFile("../../schema/divioctl.schema.json", got, 0o644); err != nil {
		t.Fatal(err)
	}
}

// The published schema accepts the values of an enum in any case, as the program does: an
// editor must not mark what is right.
func TestSchemaAcceptsAnyCase(t *testing.T) {
	compiled, err := compile(catalog{kinds.Catalog()})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, k := range kinds.Catalog().Kinds() {
		for _, f := range fieldsOf(k) {
			if f.Type != resource.Enum || f.Need == resource.Derived {
				continue
			}
			checked++
			definition := k.Name + itemSuffix
			if k.Form == resource.Mapping {
				definition = k.Name
			}
			rule := asObject(asObject(asObject(asObject(compiled.document["definitions"])[definition])["properties"])[f.Name])
			pattern := regexp.MustCompile(rule["pattern"].(string))
			for _, value := range f.Values {
				lower := strings.ToLower(value)
				for _, text := range []string{value, lower, strings.ToUpper(lower[:1]) + lower[1:], lower[:1] + strings.ToUpper(lower[1:]), " " + value + "\n"} {
					if !pattern.MatchString(text) {
						t.Errorf("%s of %s: %q is not accepted", f.Name, k.Title, text)
					}
				}
				if pattern.MatchString(value+"x") || pattern.MatchString("x"+value) || pattern.MatchString("") {
					t.Errorf("%s of %s: accepts too much", f.Name, k.Title)
				}
			}
		}
	}
	if checked < 4 {
		t.Errorf("only %d enums were found", checked)
	}
}

// Editors and messages say of every key what it is for.
func TestEveryKeyIsDescribed(t *testing.T) {
	for name, c := range map[string]*resource.Catalog{"the kinds": kinds.Catalog(), "toys": toys()} {
		compiled, err := compile(catalog{c})
		if err != nil {
			t.Fatal(err)
		}
		definitions := asObject(compiled.document["definitions"])
		var walk func(path string, rule object)
		walk = func(path string, rule object) {
			for _, keyword := range []string{"properties", "patternProperties"} {
				for key, value := range asObject(rule[keyword]) {
					described := asObject(value)
					if to, refers := described["$ref"].(string); refers {
						described = asObject(definitions[strings.TrimPrefix(to, "#/definitions/")])
					}
					if described["description"] == nil {
						t.Errorf("%s: %s/%s has no description", name, path, key)
					}
				}
			}
			for key, value := range rule {
				if within := asObject(value); within != nil {
					walk(path+"/"+key, within)
				}
			}
		}
		walk("", compiled.document)
	}
}
