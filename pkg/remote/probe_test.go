package remote

import (
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestAgrees(t *testing.T) {
	for _, test := range []struct {
		want resource.Value
		got  any
		same bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"id", map[string]any{"uuid": "id"}, true}, {"id", map[string]any{"id": int64(3)}, false},
		{"iqbd4lzcnjczfc42qbidn6safu", "44023e2f-226a-4592-8b9a-805036fa402d", true},
		{"", nil, true}, {"a", nil, false}, {nil, nil, true}, {nil, "a", false}, {"3", int64(3), true},
		{int64(3), int64(3), true}, {3, int64(3), true}, {int64(3), float64(3), true}, {true, true, true}, {true, "true", true}, {true, false, false}, {false, nil, false},
		{resource.Ref{Handle: "id"}, "id", true},
		{resource.Ref{Handle: "iqbd4lzcnjczfc42qbidn6safu"}, map[string]any{"uuid": "44023e2f226a45928b9a805036fa402d"}, true}, {resource.Ref{Name: "x"}, nil, false}, {resource.NewSecret("s"), "s", true},
		{[]any{"a", int64(1)}, []any{"a", int64(1)}, true}, {[]any{"a"}, []any{"a", "b"}, false}, {[]any{}, nil, false},
		{map[string]any{"a": "b"}, map[string]any{"a": "b", "c": "d"}, true}, {map[string]any{"a": "b"}, "b", false},
	} {
		if agrees(test.want, test.got) != test.same {
			t.Errorf("%#v and %#v: want %t", test.want, test.got, test.same)
		}
	}
}
