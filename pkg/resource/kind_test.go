package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// sound is a descriptor that uses most of what there is, and contradicts itself in
// nothing.
func sound() *resource.Kind {
	one := int64(1)
	return &resource.Kind{
		Name: "jar", Title: "jar", Plural: "jars", Collection: "jars", Parent: "shelf", Doc: "Jars by name.",
		Key: "name", KeyField: "name", KeyPattern: "^[a-z]+$", KeyHint: "use small letters", KeyMax: 9,
		Shorthand: "label", Global: true, Renames: true,
		Fields: []resource.Field{
			{Name: "label", Type: resource.Text, Need: resource.Always, Pattern: "^[a-z]+$", Hint: "use small letters", Doc: "What it says."},
			{Name: "lid", Type: resource.Enum, Values: []string{"GLASS", "CORK"}, Changes: resource.Replaces, Doc: "Its lid."},
			{Name: "sealed", Type: resource.Bool, HasDefault: true, Default: false, Doc: "Hides the content."},
			{Name: "content", Type: resource.TypedText, Display: resource.MaskedIf, If: "sealed", From: true, Doc: "What is in it."},
			{Name: "code", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, Doc: "Opens it."},
			{Name: "owner", Type: resource.Reference, Target: "owner", Need: resource.ForCreate, Irreversible: true, Doc: "Whose it is."},
			{Name: "weight", Type: resource.Int, Min: &one, Max: &one, Changes: resource.Fixed, Doc: "Its weight."},
			{Name: "spoons", Type: resource.List, Items: []resource.Field{{Name: "size"}}, Changes: resource.UpdateOnly, Doc: "Its spoons."},
			{Name: "tags", Type: resource.Tags, Items: []resource.Field{{Name: "name"}, {Name: "value"}}, Doc: "Its tags."},
			{Name: "serial", Type: resource.Text, Changes: resource.Identity, Doc: "Which one is meant."},
			{Name: "full", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall},
		},
		Ops:   resource.Ops{Create: "CreateJar", Get: "GetJar", Update: "UpdateJar", Delete: "DeleteJar"},
		Reads: []resource.ListOp{{Op: "ListJars", Scope: resource.Everything}},
		Facts: []string{"modified", "dirty", "dirt", "behind", "missing"}, Modified: "modified",
		Deploy:   &resource.Deploy{HasChanges: "dirty", Changes: "dirt", HasCommits: "behind", Commits: "missing"},
		Leftover: func(*resource.Resource) string { return "" },
		Complete: func(*resource.Resource) map[string]resource.Value { return map[string]resource.Value{"full": true} },
		Compile:  func(*resource.Change) []resource.Call { return nil },
	}
}

// unkeyed takes the natural key from a kind.
func unkeyed(k *resource.Kind) {
	k.Form, k.Key, k.KeyField, k.Global, k.Leftover = resource.Sequence, "", "", false, nil
}

func TestContradictionsOfKinds(t *testing.T) {
	for _, test := range []struct {
		name    string
		mistake func(*resource.Kind)
		want    []string
	}{
		{"a sound descriptor", func(*resource.Kind) {}, nil},
		{"a sound descriptor without a key", unkeyed, nil},
		{"no documentation", func(k *resource.Kind) { k.Doc = "" }, []string{"documentation is missing"}},
		{"no plural", func(k *resource.Kind) { k.Plural = "" }, []string{"plural is missing"}},
		{"two keys", func(k *resource.Kind) { k.KeyFields = []string{"label"} }, []string{"Key and KeyFields exclude each other"}},
		{"a mapping without a key", func(k *resource.Kind) { unkeyed(k); k.Form = resource.Mapping }, []string{"a mapping needs a key"}},
		{"a field for a key that is not there", func(k *resource.Kind) { unkeyed(k); k.KeyField = "name" }, []string{"KeyField without a key"}},
		{
			"nothing to call it by", func(k *resource.Kind) { unkeyed(k); k.Fields, k.Shorthand = nil, "" },
			[]string{"without a key, the first field must be a label"},
		},
		{
			"a label for what the API has a key of", func(k *resource.Kind) { k.Label = func(*resource.Resource) string { return "" } },
			[]string{"Label is only for keys that the API does not have"},
		},
		{"a pattern that nobody explains", func(k *resource.Kind) { k.KeyHint = "" }, []string{"KeyPattern and KeyHint require each other"}},
		{
			"a part of the key that is no field", func(k *resource.Kind) { unkeyed(k); k.KeyFields = []string{"label", "size"} },
			[]string{"the key field size must always be declared and shown"},
		},
		{
			"a part of the key that may be absent", func(k *resource.Kind) { unkeyed(k); k.KeyFields = []string{"lid"} },
			[]string{"the key field lid must always be declared and shown"},
		},
		{
			"a part of the key that is a secret", func(k *resource.Kind) {
				unkeyed(k)
				k.KeyFields = []string{"code"}
				k.Field("code").Need = resource.Always
			},
			[]string{"the key field code must always be declared and shown"},
		},
		{"a shorthand for nothing", func(k *resource.Kind) { k.Shorthand = "size" }, []string{"Shorthand is not a field"}},
		{
			"a transfer from nothing", func(k *resource.Kind) { k.Parent, k.Global, k.TransferFrom = "", false, "size" },
			[]string{"TransferFrom is not a field, or the kind is not a root"},
		},
		{
			"a transfer of what has a parent", func(k *resource.Kind) { k.TransferFrom = "owner" },
			[]string{"TransferFrom is not a field, or the kind is not a root"},
		},
		{"a root that is unique everywhere", func(k *resource.Kind) { k.Parent = "" }, []string{"Global needs a key and a parent"}},
		{"unique everywhere without a key", func(k *resource.Kind) { unkeyed(k); k.Global = true }, []string{"Global needs a key and a parent"}},
		{
			"leftovers of what has no key", func(k *resource.Kind) { unkeyed(k); k.Leftover = sound().Leftover },
			[]string{"Leftover needs a key"},
		},
		{"nothing to read it by", func(k *resource.Kind) { k.Reads = nil }, []string{"Reads is missing"}},
		{"nothing to change it by", func(k *resource.Kind) { k.Compile = nil }, []string{"Compile is missing"}},
		{"a date that is not read", func(k *resource.Kind) { k.Modified = "date" }, []string{"Modified is not a fact"}},
		{
			"deployments that ask for what is not read", func(k *resource.Kind) { k.Deploy.Changes, k.Deploy.Commits = "changes", "" },
			[]string{`the deployments use "changes", which is not a fact`, `the deployments use "", which is not a fact`},
		},
		{
			"two fields of one name", func(k *resource.Kind) { k.Fields = append(k.Fields, *k.Field("lid")) },
			[]string{"field lid: duplicate field"},
		},
		{"a field with the name of the key", func(k *resource.Kind) { k.Key = "lid" }, []string{"field lid: same name as the key"}},
		{
			"a replacement without a delete", func(k *resource.Kind) { k.Ops.Delete = "" },
			[]string{"field lid: a replacement requires create and delete"},
		},
		{
			"a replacement without a create", func(k *resource.Kind) { k.Ops.Create = "" },
			[]string{"field lid: a replacement requires create and delete"},
		},
		{
			"changes in place without an update", func(k *resource.Kind) { k.Ops.Update, k.Fields = "", k.Fields[:2] },
			[]string{"field label: no operation changes it in place"},
		},
		{"nothing to derive from", func(k *resource.Kind) { k.Complete = nil }, []string{"field full: a derived field requires Complete"}},
		{
			"several mistakes are all named", func(k *resource.Kind) { k.Reads, k.Compile = nil, nil },
			[]string{"Compile is missing", "Reads is missing"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := sound()
			test.mistake(k)
			if diff := cmp.Diff(test.want, k.Contradictions()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNeverDeployed(t *testing.T) {
	deploy := &resource.Deploy{HasCommits: "behind", Commits: "missing", Last: "last"}
	for _, test := range []struct {
		name  string
		facts map[string]any
		want  bool
	}{
		{"no deployment ended, and no commits wait", map[string]any{"last": nil, "behind": false, "missing": int64(0)}, true},
		{"the count alone says so", map[string]any{"last": nil, "missing": int64(0)}, true},
		{"the yes or no alone says so", map[string]any{"last": nil, "behind": false}, true},
		{"a deployment ended", map[string]any{"last": "d1", "behind": false, "missing": int64(0)}, false},
		{"commits are counted", map[string]any{"last": nil, "missing": int64(2)}, false},
		{"there are some commits", map[string]any{"last": nil, "behind": true}, false},
		{"the API says nothing of deployments", map[string]any{"behind": false, "missing": int64(0)}, false},
		{"the API says nothing of commits", map[string]any{"last": nil}, false},
		{"the API says nothing", nil, false},
	} {
		if got := deploy.NeverDeployed(test.facts); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
