package spec

import (
	"bytes"
	"os"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
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
