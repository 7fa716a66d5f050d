package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// The examples must work as they stand: each is validated, applied to a fresh
// sandbox, exported, and planned again to nothing.

func TestExamples(t *testing.T) {
	root, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() == "ci" || !entry.IsDir() && filepath.Ext(entry.Name()) != ".yaml" {
			continue
		}
		t.Run(entry.Name(), func(t *testing.T) {
			t.Parallel()
			d := program{t, t.TempDir()}
			example := filepath.Join(root, entry.Name())
			if out := d.run(cli.ExitDone, "validate", "--file", example); !strings.HasPrefix(out, "OK: ") {
				t.Errorf("validate says %q", out)
			}
			d.run(cli.ExitChanges, "plan", "--sandbox", "--file", example, "--allow-exec", "--detailed-exitcode")
			d.run(cli.ExitDone, "apply", "--sandbox", "--file", example, "--allow-exec", "--auto-approve", "--verify")
			d.run(cli.ExitDone, "plan", "--sandbox", "--file", example, "--allow-exec", "--detailed-exitcode")
			for _, flags := range [][]string{{"--output", "all.yaml"}, {"--split", "split"}, {"--split", "ordered", "--ordered"}} {
				d.run(cli.ExitDone, append([]string{"export", "--sandbox"}, flags...)...)
				d.run(cli.ExitDone, "validate", "--file", flags[1])
				d.run(cli.ExitDone, "plan", "--sandbox", "--file", flags[1], "--detailed-exitcode")
			}
		})
	}
}

// TestFullExample: the full example holds every key that the schema of the files knows,
// as its header says.
func TestFullExample(t *testing.T) {
	text, err := os.ReadFile("../../examples/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for key := range schemaKeys(t) {
		if !regexp.MustCompile(`(?m)(^|[{\s])` + key + `:( |$)`).Match(text) {
			t.Errorf("%s is not in it", key)
		}
	}
}

// schemaKeys are the keys that the schema of the files knows.
func schemaKeys(t *testing.T) map[string]bool {
	text, err := os.ReadFile("../../schema/divioctl.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			properties, _ := v["properties"].(map[string]any)
			for key := range properties {
				keys[key] = true
			}
			for _, below := range v {
				walk(below)
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(schema)
	if len(keys) < 50 {
		t.Fatalf("the schema knows %d keys", len(keys))
	}
	return keys
}

// program runs divioctl in a directory, as a process of its own.
type program struct {
	*testing.T
	dir string
}

func (p program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.Context(), "divioctl", args...)
	cmd.Dir = p.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "COLUMNS=100", "GORACE=" + quickRace,
		"SENTRY_DSN=https://key@sentry.example/1", "SHOP_SECRET_KEY=not-a-secret", "SECRET_KEY=not-a-secret",
		"GIT_PASSWORD=not-a-secret", "REGISTRY_PASSWORD=not-a-secret", "DIVIOCTL_LEDGER_KEY=not-a-secret-either",
	}
	return cmd
}

// run wants an exit code and gives the standard output.
func (p program) run(want cli.ExitCode, args ...string) string {
	p.Helper()
	cmd := p.command(args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		p.Fatal(err)
	}
	if got := cli.ExitCode(cmd.ProcessState.ExitCode()); got != want {
		p.Fatalf("divioctl %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), got, want, out, problems.String())
	}
	return string(out)
}
