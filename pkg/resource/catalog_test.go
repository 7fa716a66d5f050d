package resource_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// kind makes a whole descriptor of few words. It has a natural key, unless key is "";
// keys are the fields of a composite one.
func kind(name, parent, key string, keys ...string) *resource.Kind {
	k := &resource.Kind{
		Name: name, Title: name, Plural: name + "s", Collection: name + "s", Parent: parent, Doc: "A " + name + ".",
		Key: key, KeyField: key, KeyFields: keys, Fields: []resource.Field{
			{Name: "type", Type: resource.Enum, Values: []string{"DATABASE", "STORAGE"}, Need: resource.Always, Doc: "Its type."},
			{Name: "prefix", Type: resource.Text, Need: resource.Always, Doc: "Its prefix."},
		},
		Ops:     resource.Ops{Create: "C", Update: "U", Delete: "D"},
		Reads:   []resource.ListOp{{Op: "L", Scope: resource.Everything}},
		Compile: func(*resource.Change) []resource.Call { return nil },
	}
	if key == "" {
		k.Form = resource.Sequence
	}
	return k
}

// shelves are kinds as deep as the real ones, below two roots.
func shelves() *resource.Catalog {
	variable, domain := kind("variable", "environment", "name"), kind("domain", "environment", "name")
	variable.KeyPattern, variable.KeyHint, variable.KeyMax = `^[^ ]+$`, "a name has no spaces", 12
	domain.Normal = func(key string) (string, error) {
		if strings.Contains(key, "://") {
			return "", errors.New("a domain is a bare name")
		}
		return strings.ToLower(key), nil
	}
	repository := kind("repository", "", "name")
	repository.KeyField = "" // only the files know it
	return resource.NewCatalog(
		kind("application", "", "slug"), kind("environment", "application", "slug"), variable,
		kind("cronjob", "environment", ""), domain, kind("service", "environment", "", "type", "prefix"),
		repository, kind("webhook", "repository", "", "type"),
	)
}

func parse(t *testing.T, text string) resource.Address {
	t.Helper()
	a, err := shelves().Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func namesOf(kinds []*resource.Kind) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

func TestCatalogKnowsTheHierarchy(t *testing.T) {
	c := shelves()
	all := []string{"application", "environment", "variable", "cronjob", "domain", "service", "repository", "webhook"}
	for what, lists := range map[string][2][]string{
		"all kinds":                    {all, namesOf(c.Kinds())},
		"all names":                    {all, c.Names()},
		"roots":                        {{"application", "repository"}, namesOf(c.Roots())},
		"children of nothing":          {{"application", "repository"}, namesOf(c.Children(""))},
		"children of environment":      {{"variable", "cronjob", "domain", "service"}, namesOf(c.Children("environment"))},
		"children of a leaf":           {nil, namesOf(c.Children("variable"))},
		"descendants of application":   {{"environment", "variable", "cronjob", "domain", "service"}, namesOf(c.Descendants("application"))},
		"descendants of repository":    {{"webhook"}, namesOf(c.Descendants("repository"))},
		"descendants of a leaf":        {nil, namesOf(c.Descendants("webhook"))},
		"descendants of no known kind": {nil, namesOf(c.Descendants("basket"))},
	} {
		if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	var levels [][]string
	for _, level := range c.Levels() {
		levels = append(levels, namesOf(level))
	}
	want := [][]string{{"application", "repository"}, {"environment", "webhook"}, {"variable", "cronjob", "domain", "service"}}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Errorf("levels (-want +got)\n%s", diff)
	}
	depths := map[string]int{}
	for _, k := range c.Kinds() {
		depths[k.Name] = c.Depth(k)
	}
	if diff := cmp.Diff(map[string]int{
		"application": 1, "environment": 2, "variable": 3, "cronjob": 3, "domain": 3, "service": 3, "repository": 1, "webhook": 2,
	}, depths); diff != "" {
		t.Errorf("depths (-want +got)\n%s", diff)
	}
}

func TestCatalogBelow(t *testing.T) {
	c := shelves()
	for _, test := range []struct {
		kind, above string
		want        bool
	}{
		{"environment", "application", true},
		{"variable", "application", true},
		{"variable", "environment", true},
		{"variable", "cronjob", false},
		{"application", "environment", false},
		{"application", "application", false},
		{"webhook", "application", false},
	} {
		if got := c.Below(c.Kind(test.kind), c.Kind(test.above)); got != test.want {
			t.Errorf("%s below %s: %v", test.kind, test.above, got)
		}
	}
}

func TestCatalogByCollection(t *testing.T) {
	c := shelves()
	for _, test := range []struct{ key, parent, want string }{
		{"applications", "", "application"},
		{"webhooks", "repository", "webhook"},
		{"webhooks", "", ""}, // a collection stands where its parent is
		{"variables", "application", ""},
		{"variable", "environment", ""}, // the name of a kind is not its key in the files
	} {
		got := ""
		if k := c.ByCollection(test.key, test.parent); k != nil {
			got = k.Name
		}
		if got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.key, test.parent, got, test.want)
		}
	}
	if c.Kind("basket") != nil {
		t.Error("a kind that is not in the catalog is found")
	}
}

func TestExampleNamesTheParts(t *testing.T) {
	c := shelves()
	for name, want := range map[string]string{
		"application": "application.APPLICATION",
		"variable":    "variable.APPLICATION/ENVIRONMENT/VARIABLE",
		"service":     "service.APPLICATION/ENVIRONMENT/TYPE/PREFIX",
		"webhook":     "webhook.REPOSITORY/TYPE",
	} {
		if got := c.Example(c.Kind(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// A mistake in a descriptor is one of the program: it never gets as far as a user.
func TestNewCatalogRefusesMistakes(t *testing.T) {
	undocumented := kind("basket", "", "name")
	undocumented.Doc = ""
	elsewhere := kind("crate", "", "name")
	elsewhere.Collection = "baskets"
	for _, test := range []struct {
		name  string
		kinds []*resource.Kind
		want  string
	}{
		{
			"a descriptor that contradicts itself", []*resource.Kind{undocumented},
			"resource: the descriptor of basket: documentation is missing",
		},
		{
			"two kinds of one name", []*resource.Kind{kind("basket", "", "name"), kind("basket", "", "name")},
			"resource: duplicate kind basket, or duplicate collection baskets",
		},
		{
			"two collections of one key in one place", []*resource.Kind{kind("basket", "", "name"), elsewhere},
			"resource: duplicate kind crate, or duplicate collection baskets",
		},
		{
			"a child before its parent", []*resource.Kind{kind("fruit", "basket", "name"), kind("basket", "", "name")},
			"resource: fruit comes before its parent basket",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("panic %v, want %v", got, test.want)
				}
			}()
			resource.NewCatalog(test.kinds...)
			t.Error("no panic")
		})
	}
}

// The same key may stand in different places: it is another collection.
func TestCollectionsOfOneKeyInTwoPlaces(t *testing.T) {
	inner := kind("tag", "basket", "name")
	outer := kind("label", "", "name")
	outer.Collection = inner.Collection
	c := resource.NewCatalog(kind("basket", "", "name"), inner, outer)
	if c.ByCollection("tags", "basket") != inner || c.ByCollection("tags", "") != outer {
		t.Error("the collections are taken for each other")
	}
}
