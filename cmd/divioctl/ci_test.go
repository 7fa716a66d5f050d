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

// TestPipelines reads examples/ci: the scripts that the pipelines call are run by
// testscripts/ci_*.txtar, and here the rest is held to what it promises.
func TestPipelines(t *testing.T) {
	dir := "../../examples/ci"
	called := map[string]bool{}
	script := regexp.MustCompile(`\$SCRIPTS/([a-z-]+\.sh)`)
	for _, name := range []string{"github.yml", "gitlab.yml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]any
		if err := yaml.Unmarshal(text, &document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, found := range script.FindAllStringSubmatch(string(text), -1) {
			called[found[1]] = true
		}
		if strings.Contains(string(text), "pull_request_target") {
			t.Errorf("%s: a workflow that runs what a fork sent must not have secrets", name)
		}
	}
	scripts, err := filepath.Glob(filepath.Join(dir, "*.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		name := filepath.Base(path)
		if !called[name] {
			t.Errorf("%s: no pipeline calls it", name)
		}
		delete(called, name)
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for name := range called {
		t.Errorf("%s is called and not there", name)
	}
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
		if want := map[string][]string{"plan": {"pull-requests"}}[name]; !slices.Equal(mayWrite, want) {
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
		if secret && job.Environment == "" && !strings.Contains(job.If, "head.repo.full_name == github.repository") {
			t.Errorf("%s: a pull request from a fork would get secrets", name)
		}
		if secret && job.Concurrency == nil {
			t.Errorf("%s: two could run at once", name)
		}
	}
}
