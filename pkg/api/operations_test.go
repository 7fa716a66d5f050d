package api

import (
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// The table must say what the contract says: all of its operations, no others.
func TestTableIsTheContract(t *testing.T) {
	data, err := os.ReadFile("contract/divio-apps-v3.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Operation{}
	for path, item := range document.Paths.Map() {
		for method, op := range item.Operations() {
			evidence, _ := op.Extensions["x-path-evidence"].(string)
			confidence, _ := op.Extensions["x-path-confidence"].(float64)
			want[op.OperationID] = Operation{op.OperationID, method, path, Evidence(evidence), int(confidence)}
		}
	}
	got := map[string]Operation{}
	for _, op := range Operations() {
		if strings.HasPrefix(op.Path, "/apps/v3/") {
			got[op.ID] = op
		}
	}
	if len(got) != 141 {
		t.Errorf("%d operations of /apps/v3/, want 141", len(got))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contract (-) and table (+) differ:\n%s", diff)
	}
	if len(byID) != len(table) {
		t.Error("an operation stands twice in the table")
	}
	for id := range answersWithStatus {
		if _, ok := FindOperation(id); !ok {
			t.Errorf("answersWithStatus names %s, which is no operation", id)
		}
	}
}

func TestFill(t *testing.T) {
	for _, test := range []struct {
		name, path string
		names      []string
		values     map[string]string
		want, err  string
	}{
		{"plain", "/a/{uuid}/b/", []string{"uuid"}, map[string]string{"uuid": "x1"}, "/a/x1/b/", ""},
		{"other name in the path", "/a/{id}/", []string{"uuid"}, map[string]string{"uuid": "x1"}, "/a/x1/", ""},
		{"two", "/a/{x}/{y}/", []string{"uuid", "domain_action"}, map[string]string{"uuid": "1", "domain_action": "2"}, "/a/1/2/", ""},
		{"escaped", "/a/{uuid}/", []string{"uuid"}, map[string]string{"uuid": "../b?c#d"}, "/a/..%2Fb%3Fc%23d/", ""},
		{"missing", "/a/{uuid}/", []string{"uuid"}, nil, "", "missing"},
		{"dots", "/a/{uuid}/", []string{"uuid"}, map[string]string{"uuid": ".."}, "", "missing"},
		{"too many in the path", "/a/{x}/{y}/", []string{"uuid"}, map[string]string{"uuid": "1"}, "", "more parameters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := fill(test.path, test.names, test.values)
			if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.err)
			}
			mustNotLeak(t, err)
		})
	}
}
