package main

import (
	"fmt"
	"net/http"
	"path"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// written is a request that was to change something.
type written struct{ method, path, body string }

// wrote keeps the body of a write, whatever becomes of it.
func (k *contractKeeper) wrote(r *http.Request, body []byte) {
	if r.Method == http.MethodGet {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writes = append(k.writes, written{r.Method, r.URL.Path, string(body)})
}

func (k *contractKeeper) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writes = nil
}

// anyID finds ids, which differ from run to run.
var anyID = regexp.MustCompile(`\b[a-z2-7]{26}\b`)

// sandboxBodies [METHOD [PATHGLOB]] lists the writes since "sandbox-requests clear" to
// stdout, one a line, with their bodies; every id is printed as ID.
func sandboxBodies(ts *testscript.TestScript, neg bool, args []string) {
	box := boxOf(ts, neg)
	box.keeper.mu.Lock()
	defer box.keeper.mu.Unlock()
	for _, w := range box.keeper.writes {
		if len(args) > 0 && !methodMatches(args[0], w.method) {
			continue
		}
		if len(args) > 1 {
			match, err := path.Match(args[1], w.path)
			ts.Check(err)
			if !match {
				continue
			}
		}
		line := w.method + " " + w.path
		if w.body != "" {
			line += " " + w.body
		}
		fmt.Fprintln(ts.Stdout(), anyID.ReplaceAllString(line, "ID"))
	}
}
