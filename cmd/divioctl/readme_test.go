package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command"
)

const readmeFile = "../../README.md"

// planBlock begins the block of a page that shows a plan.
const planBlock = "```\n$ divioctl plan --sandbox\n"

// TestREADME: the first file in the README works, and the plan that it shows is the one
// that an edit gives (but for the digits of the digest, which are new every time). The
// second file, which has all kinds, is valid and can be planned.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme := readText(t, readmeFile)
	file := block(t, readme, "```yaml\n")
	_, rest, _ := strings.Cut(readme, planBlock)
	all := block(t, rest, "```yaml\n")

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

	showsPlan(t, readmeFile, plan)

	write(all)
	p.run(cli.ExitDone, "sandbox", "reset")
	p.run(cli.ExitDone, "validate")
	every := p.run(cli.ExitDone, "plan", "--sandbox", "--no-secrets")
	for _, kind := range []string{
		"application", "environment", "variable", "cronjob", "domain", "service", "repository", "webhook", "registry",
	} {
		if !strings.Contains(every, "create    "+kind+".") {
			t.Errorf("the second file of the README declares no %s", kind)
		}
	}

	for _, code := range cli.ExitCodes {
		meaning, _, _ := strings.Cut(code.Meaning, " --")
		if !strings.Contains(strings.ReplaceAll(readme, "`", ""), meaning) {
			t.Errorf("the README lacks exit code %d", code.Code)
		}
	}
}

// TestDocsPlan: the plan that docs/apply.md explains is that of its file.
func TestDocsPlan(t *testing.T) {
	t.Parallel()
	const name = "../../docs/apply.md"
	p := program{t, t.TempDir()}
	file := block(t, readText(t, name), "```yaml\n")
	if err := os.WriteFile(filepath.Join(p.dir, "divio.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	showsPlan(t, name, p.run(cli.ExitDone, "plan", "--sandbox"))
}

// showsPlan requires that a page shows this plan. DIVIOCTL_UPDATE=1 rewrites the page.
func showsPlan(t *testing.T, name, plan string) {
	t.Helper()
	text := readText(t, name)
	shown := block(t, text, planBlock)
	plan = regexp.MustCompile(`sha256:[0-9a-f]{64}`).ReplaceAllString(plan, "sha256:…")
	switch {
	case plan == shown:
	case os.Getenv("DIVIOCTL_UPDATE") == "":
		t.Errorf("the plan is\n%s\n%s shows (DIVIOCTL_UPDATE=1 rewrites it)\n%s", plan, name, shown)
	default:
		text = strings.Replace(text, planBlock+shown, planBlock+plan, 1)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestREADMECommands: in the README's order, every command on the sandbox works.
func TestREADMECommands(t *testing.T) {
	t.Parallel()
	p := program{t, t.TempDir()}
	if err := os.CopyFS(filepath.Join(p.dir, "examples"), os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for line := range strings.Lines(block(t, readText(t, readmeFile), "```sh\n")) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 && words[0] == "divioctl" {
			p.run(cli.ExitDone, words[1:]...)
			ran++
		}
	}
	if ran == 0 {
		t.Error("the README shows no commands")
	}
}

// TestDocsFiles: what the pages show as a whole file is valid.
func TestDocsFiles(t *testing.T) {
	t.Parallel()
	p := program{t, t.TempDir()}
	for _, found := range regexp.MustCompile("(?s)```yaml\n(version: 1\n.*?)```").FindAllStringSubmatch(readText(t, "../../docs/files.md"), -1) {
		if err := os.WriteFile(filepath.Join(p.dir, "divio.yaml"), []byte(found[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		p.run(cli.ExitDone, "validate")
	}
}

// TestDocsFlags: every flag that a page names exists.
func TestDocsFlags(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	err := kong.Visit(command.Model(), func(visited kong.Visitable, next kong.Next) error {
		if flag, ok := visited.(*kong.Flag); ok {
			known["--"+flag.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range slices.Concat(pages, []string{readmeFile, "../../CONTRIBUTING.md", "../../testscripts/README.md"}) {
		for _, found := range regexp.MustCompile("(?m)(?:^|[\\s`(\"])(--[a-z][a-z-]*[a-z])").FindAllStringSubmatch(readText(t, page), -1) {
			if !known[found[1]] {
				t.Errorf("%s: there is no flag %s", page, found[1])
			}
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func block(t *testing.T, text, start string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, start)
	body, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatalf("there is no block that begins with %q", start)
	}
	return body
}
