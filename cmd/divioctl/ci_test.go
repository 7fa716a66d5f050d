package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestPipelines reads examples/ci. The pipelines only call scripts, one in each line, and
// every script is run by testscripts/ci_*.txtar. Here the rest is held to what it promises.
func TestPipelines(t *testing.T) {
	dir := "../../examples/ci"
	var pipelines, scripts []string
	for _, pattern := range []string{"*.yml", "*.sh"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		if pattern == "*.yml" {
			pipelines = names
		} else {
			scripts = names
		}
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	called := regexp.MustCompile(`(?:\$SCRIPTS|\$EXAMPLES/ci|\$here)"?/("?\$forge"?-)?([a-z-]+\.sh)`)
	calls := func(text string) []string {
		var names []string
		for _, found := range called.FindAllStringSubmatch(text, -1) {
			if found[1] == "" {
				names = append(names, found[2])
				continue
			}
			names = append(names, "github-"+found[2], "gitlab-"+found[2])
		}
		return names
	}
	inPipelines := ""
	for _, path := range pipelines {
		text := read(path)
		inPipelines += text
		for _, line := range commandsOf(t, path, text) {
			if !oneCall.MatchString(line) {
				t.Errorf("%s: %q is not one call of a script that a test runs", path, line)
			}
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s: a workflow that runs what a fork sent must not have secrets", path)
		}
	}
	tests, err := filepath.Glob("../../testscripts/ci_*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	inTests := ""
	for _, path := range tests {
		inTests += read(path)
	}
	fromPipelines, fromTests := calls(inPipelines), calls(inTests)
	for _, path := range scripts {
		name, text := filepath.Base(path), read(path)
		if slices.Contains(fromPipelines, name) {
			fromPipelines = append(fromPipelines, calls(text)...)
		}
		if slices.Contains(fromTests, name) {
			fromTests = append(fromTests, calls(text)...)
		}
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for _, path := range scripts {
		if name := filepath.Base(path); !slices.Contains(fromPipelines, name) {
			t.Errorf("%s: no pipeline calls it", name)
		} else if !slices.Contains(fromTests, name) {
			t.Errorf("%s: no test runs it", name)
		}
	}
	for _, name := range fromPipelines {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is called and not there", name)
		}
	}
}

// oneCall is a line of a pipeline that needs no test: one call of a script, or of
// another program, without any logic of the shell.
var oneCall = regexp.MustCompile(`^(bash "\$SCRIPTS/[a-z-]+\.sh"( ("[^"` + "`" + `]*"|[a-z.]+))*|divioctl validate|go install "[^"]*"|git fetch --quiet origin "\$[A-Z_]*"|apt-get -qq update && apt-get -qq install -y jq)$`)

// commandsOf are the lines of shell in a pipeline.
func commandsOf(t *testing.T, name, text string) []string {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var lines []string
	var walk func(n *yaml.Node, shell bool)
	walk = func(n *yaml.Node, shell bool) {
		if n.Kind == yaml.ScalarNode && shell {
			lines = append(lines, strings.TrimSpace(n.Value))
		}
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				key := n.Content[i-1].Value
				walk(child, slices.Contains([]string{"run", "script", "before_script", "after_script"}, key))
				continue
			}
			walk(child, shell)
		}
	}
	walk(&document, false)
	if len(lines) < 5 {
		t.Errorf("%s: %d lines of shell", name, len(lines))
	}
	return lines
}

// workflow is what matters of a GitHub workflow here.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		If          string
		Permissions map[string]string
		Concurrency any
		Environment string
		Steps       []struct {
			Uses, Run string
			Env       map[string]string
		}
	}
}

func TestGitHubWorkflow(t *testing.T) {
	text, err := os.ReadFile("../../examples/ci/github.yml")
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	if w.Permissions == nil || len(w.Permissions) > 0 {
		t.Errorf("permissions are given to each job alone, not %v", w.Permissions)
	}
	pinned := regexp.MustCompile(`^actions/[a-z-]+@v[0-9]+$`)
	for name, job := range w.Jobs {
		mayWrite := slices.Collect(func(yield func(string) bool) {
			for what, permission := range job.Permissions {
				if permission == "write" && !yield(what) {
					return
				}
			}
		})
		if want := map[string][]string{"plan": {"pull-requests"}, "apply": {"contents"}, "drift": {"issues"}}[name]; !slices.Equal(mayWrite, want) {
			t.Errorf("%s may write %v, want %v", name, mayWrite, want)
		}
		secret := false
		for _, step := range job.Steps {
			if step.Uses != "" && !pinned.MatchString(step.Uses) {
				t.Errorf("%s: %s is not pinned", name, step.Uses)
			}
			if strings.Contains(step.Run, "${{") {
				t.Errorf("%s: what comes from outside goes through env, not into the shell: %s", name, step.Run)
			}
			for _, value := range step.Env {
				secret = secret || strings.Contains(value, "secrets.")
			}
		}
		if secret && job.Environment == "" && !strings.Contains(job.If, "head.repo.full_name == github.repository") && !strings.Contains(job.If, "github.ref == 'refs/heads/main'") {
			t.Errorf("%s: a pull request from a fork would get secrets", name)
		}
		if secret && job.Concurrency == nil {
			t.Errorf("%s: two could run at once", name)
		}
	}
}
