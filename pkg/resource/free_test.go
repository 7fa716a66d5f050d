package resource_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestEqualNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1", "1.0", true},
		{"100", "1e2", true},
		{"1E+2", "10.0e1", true},
		{"0.1", "1e-1", true},
		{"0", "-0", true},
		{"0.000", "0e9", true},
		{"12345678901234567890", "12345678901234567890", true},
		{"12345678901234567890", "12345678901234567891", false},
		{"12345678901234567890", "12345678901234567000", false},
		{"1", "-1", false},
		{"1", "10", false},
		{"0.10000000000000000001", "0.1", false},
		{"1e999999999999", "1e999999999998", false},
		{"1e999999999999", "10e999999999998", true},
	} {
		object := func(text string) resource.Value {
			return (&resource.Field{Type: resource.FreeObject}).Normal(map[string]any{"n": []any{json.Number(text)}})
		}
		if got := resource.Equal(object(c.a), object(c.b)); got != c.want {
			t.Errorf("%s and %s: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
	for _, other := range []resource.Value{"1", true, nil, []any{}} {
		if resource.Equal(int64(1), other) || resource.Equal(other, json.Number("1")) {
			t.Errorf("1 equals %#v", other)
		}
	}
}

func TestOverlay(t *testing.T) {
	before := map[string]any{
		"kept": int64(1), "deep": map[string]any{"kept": map[string]any{"x": true}, "changed": "old", "same": json.Number("1.0")},
		"list": []any{int64(1), int64(2)}, "object": map[string]any{"a": nil},
	}
	after := map[string]any{
		"deep": map[string]any{"changed": "new", "same": int64(1), "new": map[string]any{"y": nil}}, "list": []any{int64(3)}, "object": "text",
	}
	want := map[string]any{
		"kept": int64(1),
		"deep": map[string]any{"kept": map[string]any{"x": true}, "changed": "new", "same": json.Number("1.0"), "new": map[string]any{"y": nil}},
		"list": []any{int64(3)}, "object": "text",
	}
	if diff := cmp.Diff(want, resource.Overlay(before, after)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Whatever a free object holds arrives unchanged in a body and in an answer. An overlay
// has all declared keys, loses no other one, and changes nothing if it is made again.
func TestFreeObjects(t *testing.T) {
	field := &resource.Field{Type: resource.FreeObject}
	rapid.Check(t, func(t *rapid.T) {
		before, after := field.Normal(randomObject(t, 0)), field.Normal(randomObject(t, 0))
		text, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var answer any
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, field.Normal(answer)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		merged := resource.Overlay(before, after)
		for path, value := range leaves("", after) {
			if object, empty := value.(map[string]any); empty && len(object) == 0 {
				continue // what it has there is kept
			}
			if got, ok := leaves("", merged)[path]; !ok || !resource.Equal(got, value) {
				t.Fatalf("%s: got %v, want %v", path, got, value)
			}
		}
		for path := range leaves("", before) {
			if !named(path, after) {
				if got := leaves("", merged)[path]; !resource.Equal(got, leaves("", before)[path]) {
					t.Fatalf("%s was not declared, and changed to %v", path, got)
				}
			}
		}
		if !resource.Equal(merged, resource.Overlay(merged, after)) {
			t.Fatal("a second overlay changes something")
		}
	})
}

func randomObject(t *rapid.T, depth int) map[string]any {
	out := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "keys") {
		key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
		switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
		case kind == 0 && depth < 3:
			out[key] = randomObject(t, depth+1)
		case kind == 1:
			out[key] = []any{randomNumber(t), nil}
		case kind == 2:
			out[key] = rapid.String().Draw(t, "text")
		default:
			out[key] = randomNumber(t)
		}
	}
	return out
}

func randomNumber(t *rapid.T) json.Number {
	return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,9})?([eE][-+]?[0-9]{1,3})?`).Draw(t, "number"))
}

// leaves are all values of an object but its filled objects, by their paths.
func leaves(path string, v any) map[string]any {
	object, ok := v.(map[string]any)
	if !ok || len(object) == 0 && path != "" {
		return map[string]any{path: v}
	}
	out := map[string]any{}
	for key, item := range object {
		for at, value := range leaves(path+"/"+key, item) {
			out[at] = value
		}
	}
	return out
}

// named reports whether object says something about path, or about what it is in.
func named(path string, object any) bool {
	for at := range leaves("", object) {
		if at == path || len(at) < len(path) && path[:len(at)+1] == at+"/" || len(path) < len(at) && at[:len(path)+1] == path+"/" {
			return true
		}
	}
	return false
}

func ExampleOverlay() {
	fmt.Println(resource.Overlay(map[string]any{"a": map[string]any{"x": 1}}, map[string]any{"a": map[string]any{"y": 2}}))
	// Output: map[a:map[x:1 y:2]]
}
