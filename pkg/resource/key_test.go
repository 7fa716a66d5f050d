package resource_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestKeysOfKinds(t *testing.T) {
	type answers struct {
		Keyed, InAPI bool
		Title        string
	}
	files := kind("repository", "", "name")
	files.KeyField = ""
	for _, test := range []struct {
		name string
		kind *resource.Kind
		want answers
	}{
		{"a natural key", kind("application", "", "slug"), answers{true, true, "slug"}},
		{"a natural key that only the files know", files, answers{true, false, "name"}},
		{"a composite key", kind("service", "", "", "type", "prefix"), answers{true, true, "type and prefix"}},
		{"none", kind("cronjob", "", ""), answers{false, false, ""}},
	} {
		got := answers{test.kind.Keyed(), test.kind.KeyInAPI(), test.kind.KeyTitle()}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestCheckKey(t *testing.T) {
	strict := kind("strict", "", "name")
	strict.KeyMax, strict.KeyPattern, strict.KeyHint = 4, `^[a-zü]+$`, "use small letters"
	strict.Normal = func(key string) (string, error) {
		if key == "never" {
			return "", errors.New("it can never be one")
		}
		return strings.ToLower(key), nil
	}
	for _, test := range []struct {
		name       string
		kind       *resource.Kind
		key        string
		want, fail string
	}{
		{"no rules", kind("free", "", "name"), "A b", "A b", ""},
		{"no keys: any text", kind("cronjob", "", ""), strings.Repeat("x", 999), strings.Repeat("x", 999), ""},
		{"the normal form is what is checked", strict, "ABCD", "abcd", ""},
		{"characters are counted, not bytes", strict, "üüüü", "üüüü", ""},
		{"too long", strict, "abcde", "", "it is 5 characters long; at most 4 are allowed"},
		{"against the pattern", strict, "a1", "", "use small letters"},
		{"no normal form", strict, "never", "", "it can never be one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.kind.CheckKey(test.key)
			fail := ""
			if err != nil {
				fail = err.Error()
			}
			if got != test.want || fail != test.fail {
				t.Errorf("%q, %q, want %q, %q", got, fail, test.want, test.fail)
			}
		})
	}
}

func TestComposeKey(t *testing.T) {
	service := kind("service", "", "", "type", "prefix")
	normal := kind("service", "", "", "type", "prefix")
	normal.Normal = func(key string) (string, error) {
		if strings.HasSuffix(key, "/") {
			return "", errors.New("no prefix")
		}
		return strings.ToUpper(key), nil
	}
	for _, test := range []struct {
		name   string
		kind   *resource.Kind
		fields map[string]resource.Value
		want   string
	}{
		{"the texts of the key fields, in their order", service, map[string]resource.Value{"prefix": "DEFAULT", "type": "database"}, "database/DEFAULT"},
		{"in the normal form", normal, map[string]resource.Value{"prefix": "x", "type": "database"}, "DATABASE/X"},
		{"as it is where it has no normal form", normal, map[string]resource.Value{"type": "database"}, "database/"},
	} {
		if got := resource.ComposeKey(&resource.Resource{Kind: test.kind, Fields: test.fields}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestKeysForDisplay(t *testing.T) {
	job := kind("cronjob", "", "")
	job.Fields = []resource.Field{
		{Name: "command", Type: resource.Text, Doc: "What runs."},
		{Name: "frequency", Type: resource.Text, Doc: "How often."},
		{Name: "time", Type: resource.Text, Doc: "When."},
		{Name: "token", Type: resource.Text, Display: resource.Masked, From: true, Doc: "A secret."},
	}
	for _, test := range []struct {
		name        string
		fields      map[string]resource.Value
		short, long string
	}{
		{"all fields", map[string]resource.Value{"command": "sync", "frequency": "DAILY", "time": "02:30"}, "sync", "sync@DAILY,02:30"},
		{"what is empty is left out", map[string]resource.Value{"command": "sync", "frequency": "EVERY10MIN", "time": ""}, "sync", "sync@EVERY10MIN"},
		{"no secret", map[string]resource.Value{"command": "sync", "time": "02:30", "token": resource.NewSecret("canary")}, "sync", "sync@02:30"},
		{"no outer white space", map[string]resource.Value{"command": " sync\n", "time": "02:30 "}, "sync", "sync@02:30"},
		{"on one line", map[string]resource.Value{"command": "a\nb\tc\rd\x1b"}, `a\nb\tc\rd\u001b`, `a\nb\tc\rd\u001b@`},
		{"what would be read as a line break", map[string]resource.Value{"command": `printf 'a\nb'`}, `printf 'a\\nb'`, `printf 'a\\nb'@`},
		{"other backslashes stay", map[string]resource.Value{"command": `find \*.pyc \`}, `find \*.pyc \`, `find \*.pyc \@`},
	} {
		r := &resource.Resource{Kind: job, Fields: test.fields, Handle: "j1"}
		for _, label := range []string{resource.DisplayKey(r), resource.LongKey(r), resource.ExactKey(r)} {
			if normal, err := job.CheckKey(label); err != nil || normal != label {
				t.Errorf("%s: the normal form of %q is %q", test.name, label, normal)
			}
		}
		if short, long := resource.DisplayKey(r), resource.LongKey(r); short != test.short || long != test.long {
			t.Errorf("%s: %q, %q, want %q, %q", test.name, short, long, test.short, test.long)
		}
	}
}

func TestSameID(t *testing.T) {
	const base32, hyphens, hex = "bfn6mfnivvgdhdu4y5qs7p3mt4", "095be615-a8ad-4c33-8e9c-c7612fbf6c9f", "095be615a8ad4c338e9cc7612fbf6c9f"
	for _, test := range []struct {
		name, a, b string
		want       bool
	}{
		{"base32 and hexadecimal with hyphens", base32, hyphens, true},
		{"base32 and hexadecimal without", base32, hex, true},
		{"hexadecimal with hyphens and without", hyphens, hex, true},
		{"in any case", strings.ToUpper(base32), strings.ToUpper(hyphens), true},
		{"two UUIDs", hex, "195be615a8ad4c338e9cc7612fbf6c9f", false},
		{"two of base32", base32, "cfn6mfnivvgdhdu4y5qs7p3mt4", false},
		{"a UUID and something else", hex, "42", false},
		{"something else and a UUID", "42", hex, false},
		{"the length of base32, and none", strings.Repeat("1", 26), strings.Repeat("0", 26), false},
		{"the length of hexadecimal, and none", strings.Repeat("x", 32), strings.Repeat("X", 32), false},
		{"any other text is compared as it is", "42", "42", true},
		{"and in its case", "abc", "ABC", false},
		{"nothing is nothing", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if resource.SameID(test.a, test.b) != test.want || resource.SameID(test.b, test.a) != test.want {
				t.Errorf("%q and %q: %v, want %v", test.a, test.b, !test.want, test.want)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	field := func(name string) resource.Field { return resource.Field{Name: name} }
	shop := resource.NewAddress("box", resource.Address{}, "shop")
	keyed := &resource.Kind{Name: "book", Key: "name", Fields: []resource.Field{field("text")}}
	keyless := &resource.Kind{Name: "note", Fields: []resource.Field{field("text"), field("when")}}
	for kind, want := range map[*resource.Kind][]string{
		keyed:   {"book.shop/own"},
		keyless: {"note.shop/own", "note.shop/buy milk", "note.shop/buy milk@daily"},
	} {
		r := &resource.Resource{
			Kind: kind, Parent: shop, Address: resource.NewAddress(kind.Name, shop, "own"),
			Fields: map[string]resource.Value{"text": "buy milk", "when": "daily"},
		}
		var got []string
		for _, a := range r.Addresses() {
			got = append(got, a.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", kind.Name, diff)
		}
	}
}

func TestFixedPart(t *testing.T) {
	files, renamed, composed := kind("repository", "", "name"), kind("variable", "", "name"), kind("service", "", "", "type", "prefix")
	files.KeyField = ""
	renamed.Renames, composed.Renames = true, true
	composed.Field("type").Changes, composed.Field("prefix").Changes = resource.Identity, resource.InPlace
	for _, test := range []struct {
		name           string
		kind           *resource.Kind
		from, to, want string
	}{
		{"the same", kind("application", "", "slug"), "a", "a", ""},
		{"a key that cannot be changed", kind("application", "", "slug"), "a", "b", "slug"},
		{"a key that only the files know", files, "a", "b", ""},
		{"a key that can be changed", renamed, "a", "b", ""},
		{"a part that can be changed", composed, "database/A", "database/B", ""},
		{"a part that cannot be changed", composed, "database/A", "storage/B", "type"},
		{"no key", kind("cronjob", "", ""), "a", "b", ""},
	} {
		if got := test.kind.FixedPart(test.from, test.to); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
