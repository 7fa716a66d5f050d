package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/sandbox"
)

// TestSandboxDocs: the seeds that are shown can be sown, and the flags exist.
func TestSandboxDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	docs, help := string(text), sandboxSeedCmd{}.Help()
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
	serve, err := new(cli).parser(nil, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range completions(serve.Model.Node) {
		for _, flag := range c.flags {
			known["--"+flag.Name] = true
		}
	}
	for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(docs, -1) {
		if !known[flag] {
			t.Errorf("there is no flag %s", flag)
		}
	}
}
