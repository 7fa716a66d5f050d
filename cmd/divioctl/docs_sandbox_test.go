package main

import (
	"strings"
	"testing"

	seedcmd "github.com/divioctl/divioctl/cmd/divioctl/internal/command/sandbox"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// TestSandboxDocs: the seeds that are shown can be added. (TestDocsFlags looks at the flags.)
func TestSandboxDocs(t *testing.T) {
	t.Parallel()
	docs, help := readText(t, "../../docs/sandbox.md"), seedcmd.Seed{}.Help()
	short := help[strings.Index(help, "    {"):strings.Index(help, "Example:")]
	for _, seed := range []string{block(t, docs, "```json\n"), short} {
		box, err := sandbox.New(sandbox.Options{Empty: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := box.Seed(strings.NewReader(seed)); err != nil {
			t.Errorf("%v\n%s", err, seed)
		}
	}
}
