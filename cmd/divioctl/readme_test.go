package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// TestREADME: the file in the README works, and the plan that it shows is the one
// that an edit gives (but for the digits of the digest, which are new every time).
func TestREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	file := block(t, readme, "```yaml\n")
	shown := block(t, readme, "```\n$ divioctl plan --sandbox\n")

	p := program{t, t.TempDir()}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(p.dir, "divio.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file)
	p.run(cli.ExitDone, "validate")
	p.run(cli.ExitDone, "apply", "--sandbox", "--auto-approve", "--verify")
	write(strings.Replace(file, "WORKERS: 4", "WORKERS: 8", 1))
	plan := p.run(cli.ExitDone, "plan", "--sandbox")

	plan = regexp.MustCompile(`sha256:[0-9a-f]{64}`).ReplaceAllString(plan, "sha256:…")
	if plan != shown {
		t.Errorf("the plan is\n%s\nthe README shows\n%s", plan, shown)
	}
	for _, code := range cli.ExitCodes {
		meaning, _, _ := strings.Cut(code.Meaning, " --")
		if !strings.Contains(strings.ReplaceAll(readme, "`", ""), meaning) {
			t.Errorf("the README lacks exit code %d", code.Code)
		}
	}
}

func block(t *testing.T, text, start string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, start)
	body, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatalf("the README has no block that begins with %q", start)
	}
	return body
}
