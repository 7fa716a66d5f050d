package main

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// boxKey finds the sandbox of a script among its values.
type boxKey struct{}

// scriptBox is the sandbox of one script, on a free loopback port. It is there
// before sandbox-start, but empty.
type scriptBox struct {
	*sandbox.Sandbox
	keeper *contractKeeper
	fail   func(...any) // fails the script from outside its own commands
	seen   int          // requests before the last "sandbox-requests clear"
}

func boxOf(ts *testscript.TestScript, neg bool) *scriptBox {
	if neg {
		ts.Fatalf("the sandbox commands cannot be negated")
	}
	box := ts.Value(boxKey{}).(*scriptBox)
	if box.Sandbox == nil {
		ts.Fatalf("no sandbox is running: begin the script with sandbox-start")
	}
	return box
}

// sandboxStart [SETTING...] begins a sandbox and points divioctl to it.
func sandboxStart(ts *testscript.TestScript, neg bool, args []string) {
	box := ts.Value(boxKey{}).(*scriptBox)
	if neg || box.Sandbox != nil {
		ts.Fatalf("sandbox-start: once per script")
	}
	options := sandbox.Options{DeploymentTime: time.Millisecond}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "empty":
			options.Empty = true
		case "snake":
			options.SnakeActions = true
		case "code-pushed":
			options.CodePushed = true
		case "omit":
			options.OmitFromLists = strings.Split(value, ",")
		case "token":
			options.Token = value
		case "page-size":
			options.PageSize, err = strconv.Atoi(value)
		case "latency":
			options.Latency, err = time.ParseDuration(value)
		case "lag":
			options.EnvironmentsLag, err = time.ParseDuration(value)
		case "deployment-time":
			options.DeploymentTime, err = time.ParseDuration(value)
		case "check-time":
			options.CheckTime, err = time.ParseDuration(value)
		default:
			ts.Fatalf("sandbox-start: unknown setting %q", arg)
		}
		ts.Check(err)
	}
	paths, err := readContract()
	ts.Check(err)
	box.Sandbox, err = sandbox.New(options)
	ts.Check(err)
	keeper := &contractKeeper{next: box.Sandbox, paths: paths, snake: options.SnakeActions}
	box.keeper = keeper
	server := httptest.NewServer(keeper)
	ts.Setenv(cli.EnvEndpoint, server.URL)
	ts.Setenv(cli.EnvToken, "script-token")
	if options.Token != "" {
		ts.Setenv(cli.EnvToken, options.Token)
	}
	ts.Defer(func() {
		server.CloseClientConnections()
		server.Close()
		if violations := keeper.found(); len(violations) > 0 {
			box.fail("the contract was broken:\n" + strings.Join(violations, "\n"))
		}
	})
}

// sandboxSeed FILE adds what a seed file describes.
func sandboxSeed(ts *testscript.TestScript, neg bool, args []string) {
	box := boxOf(ts, neg)
	if len(args) != 1 {
		ts.Fatalf("usage: sandbox-seed FILE")
	}
	ts.Check(box.Seed(strings.NewReader(ts.ReadFile(args[0]))))
}

// sandboxDump [FILE] writes what is in the sandbox to stdout or to a file.
func sandboxDump(ts *testscript.TestScript, neg bool, args []string) {
	box := boxOf(ts, neg)
	var out io.Writer = ts.Stdout()
	if len(args) > 0 {
		file, err := os.Create(ts.MkAbs(args[0]))
		ts.Check(err)
		defer file.Close()
		out = file
	}
	ts.Check(box.Dump(out))
}

// sandboxFault METHOD PATHGLOB SETTING... makes requests go wrong from now on.
func sandboxFault(ts *testscript.TestScript, neg bool, args []string) {
	box := boxOf(ts, neg)
	if len(args) < 3 {
		ts.Fatalf("usage: sandbox-fault METHOD|* PATHGLOB SETTING...")
	}
	fault := sandbox.Fault{Path: args[1]}
	if args[0] != "*" {
		fault.Method = args[0]
	}
	for _, arg := range args[2:] {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "status":
			fault.Status, err = strconv.Atoi(value)
		case "times":
			fault.Times, err = strconv.Atoi(value)
		case "after":
			fault.After, err = strconv.Atoi(value)
		case "delay":
			fault.Delay, err = time.ParseDuration(value)
		case "retry-after":
			fault.RetryAfter = value
		case "body":
			fault.Body = value
			box.keeper.invent(value)
		case "drop":
			fault.Drop = value
		default:
			ts.Fatalf("sandbox-fault: unknown setting %q", arg)
		}
		ts.Check(err)
	}
	box.Inject(fault)
}

// sandboxRequests lists or counts requests:
//
//	sandbox-requests [METHOD [PATHGLOB]]          to stdout, one a line
//	sandbox-requests -count N [METHOD [PATHGLOB]] wants exactly so many
//	sandbox-requests clear                        forgets those so far
func sandboxRequests(ts *testscript.TestScript, neg bool, args []string) {
	box := boxOf(ts, neg)
	all := box.Requests()
	if firstOf(args) == "clear" {
		box.seen = len(all)
		box.keeper.forget()
		return
	}
	want := -1
	if firstOf(args) == "-count" && len(args) > 1 {
		var err error
		want, err = strconv.Atoi(args[1])
		ts.Check(err)
		args = args[2:]
	}
	var lines []string
	for _, r := range all[box.seen:] {
		if len(args) > 0 && !methodMatches(args[0], r.Method) {
			continue
		}
		if len(args) > 1 {
			match, err := path.Match(args[1], r.Path)
			ts.Check(err)
			if !match {
				continue
			}
		}
		line := r.Method + " " + r.Path
		if r.Query != "" {
			line += "?" + r.Query
		}
		lines = append(lines, fmt.Sprintf("%s %d\n", line, r.Status))
	}
	fmt.Fprint(ts.Stdout(), strings.Join(lines, ""))
	if want >= 0 && len(lines) != want {
		ts.Fatalf("%d such requests, want %d", len(lines), want)
	}
}

// methodMatches: "*" is any method, "write" any but GET.
func methodMatches(pattern, method string) bool {
	return pattern == "*" || pattern == method || pattern == "write" && method != "GET"
}
