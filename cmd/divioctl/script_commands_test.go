package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/command"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are what scripts can do besides testscript's own commands.
// testscripts/README.md describes them.
func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"exits":            exits,
		"replan":           replan,
		"without":          without,
		"digest":           digest,
		"sandbox-start":    sandboxStart,
		"sandbox-seed":     sandboxSeed,
		"sandbox-dump":     sandboxDump,
		"sandbox-fault":    sandboxFault,
		"sandbox-requests": sandboxRequests,
		"sandbox-bodies":   sandboxBodies,
		"json-valid":       jsonValid,
	}
}

// exits runs a command and wants exactly this exit code and, with --format json,
// exactly one JSON document on standard output, which is as its schema says.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(firstOf(args))
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	got := 0
	var exited *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exited):
		got = exited.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if command.AsksForJSON(args) {
		text := ts.ReadFile("stdout")
		document := json.NewDecoder(strings.NewReader(text))
		if err := document.Decode(new(any)); err != nil {
			ts.Fatalf("standard output is no JSON document: %v", err)
		}
		if _, err := document.Token(); err != io.EOF {
			ts.Fatalf("standard output holds more than one JSON document")
		}
		ts.Check(checkDocument(text))
	}
}

// replan wants the plan to be empty now, which is how every script that applies
// should end.
func replan(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! replan")
	}
	exits(ts, false, append([]string{"0", "divioctl", "plan", "--detailed-exitcode"}, args...))
}

// without takes the lines that match a pattern out of the last standard output, so
// that the rest can be compared (a digest covers the port of sandbox-start).
func without(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: without PATTERN")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if !pattern.MatchString(line) {
			fmt.Fprint(ts.Stdout(), line)
		}
	}
}

var digestOf = regexp.MustCompile(`(?m)^Digest: (\S+)$`)

// digest NAME keeps the digest of the plan that the last standard output shows.
func digest(ts *testscript.TestScript, neg bool, args []string) {
	found := digestOf.FindStringSubmatch(ts.ReadFile("stdout"))
	if neg || len(args) != 1 || found == nil {
		ts.Fatalf("usage: digest NAME, after a plan with changes")
	}
	ts.Setenv(args[0], found[1])
}

func firstOf(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}
