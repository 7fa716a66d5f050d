package resource_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

// reveal lets go-cmp see what secrets hold.
var reveal = cmp.Transformer("Reveal", resource.Secret.Reveal)

func TestSecretNeverPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "canary" + rapid.StringMatching(`[a-z]{8}`).Draw(t, "text")
		secret := resource.NewSecret(text)
		held := struct{ Inner any }{map[string]any{"k": []any{secret}}}
		written, err := json.Marshal(held)
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{
			fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x %d", secret, secret, secret, secret, secret, secret, secret),
			fmt.Sprintf("%v %+v", held, &held),
			// fmt does not ask the methods of what is in unexported fields.
			fmt.Sprintf("%v %+v %#v", struct{ s resource.Secret }{secret}, struct{ v any }{secret}, struct{ m map[string]any }{map[string]any{"k": secret}}),
			string(written), secret.String(), secret.GoString(), secret.LogValue().String(), resource.Show(secret),
			resource.Show(map[string]any{"a": secret}),
		} {
			if strings.Contains(out, text) {
				t.Fatalf("secret in %q", out)
			}
		}
		if secret.Reveal() != text {
			t.Fatal("the text is lost")
		}
	})
}

func TestSecretOfNothing(t *testing.T) {
	if got := (resource.Secret{}).Reveal(); got != "" {
		t.Errorf("%q", got)
	}
}

func TestConceal(t *testing.T) {
	ref := resource.Ref{Name: "eu", Handle: "1"}
	for _, test := range []struct {
		name        string
		value, want resource.Value
	}{
		{"text", "red", resource.NewSecret("red")},
		{"a secret stays one", resource.NewSecret("red"), resource.NewSecret("red")},
		{"text in a list", []any{"red", int64(4)}, []any{resource.NewSecret("red"), int64(4)}},
		{
			"text deep in an object", map[string]any{"a": []any{map[string]any{"b": "red"}}, "c": true},
			map[string]any{"a": []any{map[string]any{"b": resource.NewSecret("red")}}, "c": true},
		},
		{"null", nil, nil},
		{"a number", int64(4), int64(4)},
		{"a reference has a name that people know", ref, ref},
		{"a source says where, and not what", resource.Source{Env: "X"}, resource.Source{Env: "X"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, resource.Conceal(test.value), reveal); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is concealed is a copy: the value itself may be needed as it is.
func TestConcealKeepsTheValue(t *testing.T) {
	value := map[string]any{"list": []any{"red"}}
	resource.Conceal(value)
	if diff := cmp.Diff(map[string]any{"list": []any{"red"}}, value, reveal); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEqual(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b resource.Value
		want bool
	}{
		{"text, secret or not", "a", resource.NewSecret("a"), true},
		{"two secrets", resource.NewSecret("a"), resource.NewSecret("b"), false},
		{"references of one id", resource.Ref{Name: "eu", Handle: "1"}, resource.Ref{Handle: "1"}, true},
		{"references of two ids", resource.Ref{Name: "eu", Handle: "1"}, resource.Ref{Name: "eu", Handle: "2"}, false},
		{"a reference without an id", resource.Ref{Name: "eu"}, resource.Ref{Name: "eu", Handle: "1"}, false},
		{"ids in two spellings", resource.Ref{Handle: "iqbd4lzcnjczfc42qbidn6safu"}, resource.Ref{Handle: "44023e2f-226a-4592-8b9a-805036fa402d"}, true},
		{"references of which no id is known", resource.Ref{Name: "eu"}, resource.Ref{Name: "eu"}, true},
		{"references to nothing that is known", resource.Ref{Name: "eu"}, resource.Ref{Name: "us"}, false},
		{"a reference and text", resource.Ref{Name: "eu"}, "eu", false},
		{"null and an empty text", nil, "", false},
		{"null and what is absent", nil, map[string]any{}["absent"], true},
		{"a number and text", int64(4), "4", false},
		{"lists", []any{"a"}, []any{"a"}, true},
		{"lists in another order", []any{"a", "b"}, []any{"b", "a"}, false},
		{"objects", map[string]any{"a": int64(1), "b": nil}, map[string]any{"b": nil, "a": int64(1)}, true},
	} {
		if got := resource.Equal(test.a, test.b); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
		if got := resource.Equal(test.b, test.a); got != test.want {
			t.Errorf("%s, the other way round: %v", test.name, got)
		}
	}
}

func TestShow(t *testing.T) {
	for _, test := range []struct {
		name  string
		value resource.Value
		want  string
	}{
		{"null", nil, "null"},
		{"text is one line", "a\n\"b\"", `"a\n\"b\""`},
		{"yes or no", true, "true"},
		{"a number", int64(4), "4"},
		{"a reference by its name", resource.Ref{Name: "eu", Handle: "1"}, "eu"},
		{"a reference by its id", resource.Ref{Handle: "1"}, "1"},
		{"structure, in the order of its keys", map[string]any{"b": []any{int64(1)}, "a": resource.Ref{Name: "eu"}}, `{"a":"eu","b":[1]}`},
		{"a secret deep in it", map[string]any{"a": resource.NewSecret("canary")}, `{"a":"(sensitive)"}`},
		{"an environment variable", resource.Source{Env: "PASSWORD"}, "from the environment variable PASSWORD"},
		{"a file", resource.Source{File: "password.txt", Dir: "secrets"}, "from the file password.txt"},
	} {
		if got := resource.Show(test.value); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// The arguments of a program are not shown: people put secrets there.
func TestSourceShowsNoArguments(t *testing.T) {
	if got := resource.Show(resource.Source{Exec: []string{"curl", "-H", "canary"}}); got != "from the program curl" {
		t.Error(got)
	}
}

func TestSortedKeys(t *testing.T) {
	if diff := cmp.Diff([]string{"a", "b", "c"}, resource.SortedKeys(map[string]int{"c": 1, "a": 2, "b": 3})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
