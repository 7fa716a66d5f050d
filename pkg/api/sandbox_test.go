package api_test

import (
	"context"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

func TestSandboxSchemaIsTheTable(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.New(api.Options{Endpoint: "https://api.divio.com", Transport: box.RoundTripper()})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := c.FetchSchema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schema.Differences() {
		t.Errorf("%s: %s %s, in the schema %s %s", d.Operation.ID, d.Operation.Method, d.Operation.Path, d.Schema.Method, d.Schema.Path)
	}
}
