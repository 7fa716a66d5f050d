package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"divioctl": main})
}

// quickRace is for processes that tests start: the race detector would wait for a
// second at the end of each.
const quickRace = "atexit_sleep_ms=0"

// TestScripts runs testscripts/*.txtar; the README beside them says how to write
// one. DIVIOCTL_UPDATE=1 rewrites their golden parts.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testscripts",
		UpdateScripts:       os.Getenv("DIVIOCTL_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands(),
		Setup: func(env *testscript.Env) error {
			// A script is alone: no token, no terminal width, no proxy of whoever runs
			// the tests can be seen in it.
			env.Setenv("COLUMNS", "100")
			env.Setenv("GORACE", quickRace)
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("FORGES", filepath.Join(root, "cmd/divioctl/testdata/forge"))
			env.Values[boxKey{}] = &scriptBox{fail: env.T().Fatal}
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Defer(func() {
				if err := checkFiles(env.WorkDir); err != nil {
					env.T().Fatal(err)
				}
			})
			return nil
		},
	})
}
