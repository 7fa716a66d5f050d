package spec

import (
	"errors"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// toys are kinds in the forms that files know, without a meaning of their own:
//
//	farms:                                  a mapping by slug
//	  green:
//	    barn: red                           a reference to a kind of ours
//	    trees: [{ sort: apple, label: A }]  a key that is made of fields
//	    tasks: [mow]                        no key, and a shorthand
//	barns:                                  a key that the files alone know
//	  red: { url: "https://x", animals: [cow] }
//	markets:                                a key with a normal form, secrets
//	  fair.example: { username: u, password: { value_from: { env: P } } }
func toys() *resource.Catalog {
	kind := func(k resource.Kind) *resource.Kind {
		k.Title, k.Plural, k.Doc = k.Name, k.Collection, "The "+k.Collection+"."
		k.Ops = resource.Ops{Create: "Create", Update: "Update", Delete: "Delete"}
		k.Reads = []resource.ListOp{{Op: "List", Scope: resource.Everything}}
		k.Compile = func(*resource.Change) []resource.Call { return nil }
		return &k
	}
	password := resource.Field{
		Name: "password", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, MaxLength: 20, Doc: "Its password.",
	}
	// Derived: a file never declares it.
	grown := resource.Field{Name: "grown", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall}
	derive := func(*resource.Resource) map[string]resource.Value { return nil }
	return resource.NewCatalog(
		kind(resource.Kind{
			Name: "market", Collection: "markets", Key: "host", KeyField: "host", Normal: lower,
			Fields: []resource.Field{
				{Name: "username", Type: resource.Text, WriteOnly: true, From: true, Doc: "Who sells."},
				password,
			},
		}),
		kind(resource.Kind{
			Name: "barn", Collection: "barns", Key: "name",
			Fields: []resource.Field{
				{Name: "url", Type: resource.Text, Need: resource.Always, Changes: resource.Fixed, Pattern: `^https://\S+$`, Hint: "give an https URL", Doc: "Where it is."},
				{Name: "roof", Type: resource.Enum, Values: []string{"FLAT", "STEEP"}, Doc: "Its roof."},
				password,
			},
		}),
		kind(resource.Kind{
			Name: "animal", Collection: "animals", Parent: "barn", Form: resource.Sequence, KeyFields: []string{"species"}, Shorthand: "species",
			Fields: []resource.Field{
				{Name: "species", Type: resource.Enum, Need: resource.Always, Values: []string{"COW", "GOAT"}, Changes: resource.Fixed, Doc: "What it is."},
				{Name: "count", Type: resource.Int, Doc: "How many."},
			},
		}),
		kind(resource.Kind{
			Name: "farm", Collection: "farms", Key: "slug", KeyField: "slug", KeyPattern: `^[a-z]+$`, KeyHint: "use small letters", Renames: true,
			Fields: []resource.Field{
				{Name: "name", Type: resource.Text, Doc: "Its name."},
				{Name: "barn", Type: resource.Reference, Target: "barn", HasDefault: true, Doc: "Its barn."},
			},
		}),
		kind(resource.Kind{
			Name: "tree", Collection: "trees", Parent: "farm", Form: resource.Sequence, KeyFields: []string{"sort", "label"}, Normal: treeKey, Renames: true,
			Fields: []resource.Field{
				{Name: "sort", Type: resource.Enum, Need: resource.Always, Values: []string{"APPLE", "PEAR"}, Changes: resource.Fixed, Doc: "What grows on it."},
				{Name: "label", Type: resource.Text, Need: resource.Always, Doc: "What is written on it."},
				{Name: "height", Type: resource.Int, Doc: "Its height."},
				grown,
			},
			Complete: derive, Derive: derive,
		}),
		kind(resource.Kind{
			Name: "task", Collection: "tasks", Parent: "farm", Form: resource.Sequence, Shorthand: "text",
			Fields: []resource.Field{
				{Name: "text", Type: resource.Text, Need: resource.Always, MaxLength: 20, Doc: "What to do."},
				{Name: "when", Type: resource.Text, Doc: "When to do it."},
			},
		}),
	)
}

func lower(key string) (string, error) {
	if strings.Contains(key, "/") {
		return "", errors.New("a host has no slash")
	}
	return strings.ToLower(key), nil
}

// treeKey is "apple/A1": the sort in small letters, the label in capitals.
func treeKey(key string) (string, error) {
	sort, label, both := strings.Cut(key, "/")
	if !both || strings.Trim(strings.ToUpper(label), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "", errors.New("use letters and digits")
	}
	return strings.ToLower(sort) + "/" + strings.ToUpper(label), nil
}
