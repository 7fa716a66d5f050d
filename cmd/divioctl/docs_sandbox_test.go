package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/command"
	seedcmd "github.com/divioctl/divioctl/cmd/divioctl/internal/command/sandbox"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// TestSandboxDocs: the seeds that are shown can be sown, and the flags exist.
func TestSandboxDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	docs, help := string(text), seedcmd.Seed{}.Help()
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
	known := map[string]bool{}
	err = kong.Visit(command.Model(), func(visited kong.Visitable, next kong.Next) error {
		if flag, ok := visited.(*kong.Flag); ok {
			known["--"+flag.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(docs, -1) {
		if !known[flag] {
			t.Errorf("there is no flag %s", flag)
		}
	}
}
