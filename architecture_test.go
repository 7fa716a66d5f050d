// Package divioctl_test holds the project to docs/architecture.md: who may import
// whom, how long a file may grow, what is documented, and whether the pages are true. A failure here is a
// question about the design; answer it there first.
package divioctl_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/divioctl/divioctl/"

// arrows is the table of the architecture: package, and what of ours it may
// import. A package that is not listed may not exist. "*" is any name in its place.
var arrows = map[string][]string{
	"schema":       {},
	"pkg/diag":     {},
	"pkg/resource": {"pkg/diag"},
	"pkg/kinds":    {"pkg/resource"},
	"pkg/spec":     {"pkg/resource", "pkg/diag", "schema"},
	"pkg/ledger":   {"pkg/resource"},
	"pkg/api":      {},
	// For the tests of the packages that send requests.
	"pkg/api/apitest": {},
	"pkg/remote":      {"pkg/api", "pkg/resource"},
	"pkg/plan":        {"pkg/resource", "pkg/diag"},
	"pkg/apply":       {"pkg/plan", "pkg/resource"},
	"pkg/workflow": {
		"pkg/spec", "pkg/api", "pkg/remote", "pkg/kinds", "pkg/plan", "pkg/apply", "pkg/ledger", "pkg/resource", "pkg/diag",
	},
	"pkg/render": {"pkg/apply", "pkg/plan", "pkg/resource", "pkg/diag"},
	// The emulator is a second opinion: it shares nothing with the client.
	"pkg/sandbox":                   {},
	"cmd/divioctl":                  {"cmd/divioctl/internal/cli", "cmd/divioctl/internal/command"},
	"cmd/divioctl/internal/build":   {},
	"cmd/divioctl/internal/suggest": {},
	"cmd/divioctl/internal/cli": {
		"pkg/diag", "pkg/api", "pkg/ledger", "pkg/plan", "pkg/remote", "pkg/render", "pkg/sandbox", "pkg/workflow",
	},
	"cmd/divioctl/internal/connect": {
		"cmd/divioctl/internal/build", "cmd/divioctl/internal/cli",
		"pkg/api", "pkg/resource", "pkg/sandbox", "pkg/spec", "pkg/workflow",
	},
	"cmd/divioctl/internal/output": {"cmd/divioctl/internal/cli"},
	"cmd/divioctl/internal/planning": {
		"cmd/divioctl/internal/cli", "cmd/divioctl/internal/output", "cmd/divioctl/internal/suggest",
		"pkg/kinds", "pkg/plan", "pkg/render", "pkg/resource", "pkg/workflow",
	},
	"cmd/divioctl/internal/command": {
		"cmd/divioctl/internal/build", "cmd/divioctl/internal/cli", "cmd/divioctl/internal/command/*",
		"cmd/divioctl/internal/connect", "cmd/divioctl/internal/planning", "cmd/divioctl/internal/suggest",
	},
	// A command: never another one, and never the connection, which it is handed.
	"cmd/divioctl/internal/command/*": {
		"cmd/divioctl/internal/build", "cmd/divioctl/internal/cli", "cmd/divioctl/internal/output",
		"cmd/divioctl/internal/planning", "cmd/divioctl/internal/suggest",
		"schema", "pkg/plan", "pkg/apply", "pkg/render", "pkg/remote", "pkg/resource", "pkg/sandbox", "pkg/spec", "pkg/workflow",
	},
}

// owners are libraries that exactly one package and those below it may import, so that
// replacing one of them stays the business of that package. "" is none: tests only.
var owners = map[string]string{
	"gopkg.in/yaml.v3":                           "pkg/spec",
	"github.com/santhosh-tekuri/jsonschema/":     "pkg/spec",
	"github.com/bmatcuk/doublestar/":             "pkg/spec",
	"github.com/sergi/go-diff/":                  "pkg/render",
	"github.com/alecthomas/kong":                 "cmd/divioctl",
	"github.com/google/go-cmp/":                  "",
	"github.com/getkin/kin-openapi/":             "",
	"github.com/rogpeppe/go-internal/testscript": "",
	"pgregory.net/rapid":                         "",
	"go.uber.org/goleak":                         "",
}

// forbidden are imports that would break a promise of a package.
var forbidden = map[string][]string{
	// The plan is a pure function of values.
	"pkg/plan": {"context", "net", "net/*", "os", "os/*", "io", "time"},
	// It asks the client, and never the network.
	"pkg/remote": {"net", "net/http", "net/http/*"},
	// The workflow is a library: whoever calls it has the flags.
	"pkg/workflow": {"flag", "os/signal"},
}

// speakHTTP are the packages below pkg that may import net/http: the client, what its
// tests have answer it, and the emulator.
var speakHTTP = []string{"pkg/api", "pkg/api/apitest", "pkg/sandbox"}

const longestFile = 400 // lines

// file is one parsed Go file.
type file struct {
	pkg, path string // both relative to the root, with slashes
	test      bool
	text      []byte
	fset      *token.FileSet
	syntax    *ast.File
}

func goFiles(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		name = filepath.ToSlash(name)
		f := file{pkg: path.Dir(name), path: name, test: strings.HasSuffix(name, "_test.go"), fset: token.NewFileSet()}
		if f.text, err = os.ReadFile(name); err != nil {
			return err
		}
		f.syntax, err = parser.ParseFile(f.fset, name, f.text, parser.ParseComments)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func (f *file) at(pos token.Pos) string { return f.fset.Position(pos).String() }

func TestImports(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || f.pkg == "." {
			continue
		}
		allowed, known := arrowsOf(f.pkg)
		if !known {
			t.Errorf("%s: package %s is not in the table of docs/architecture.md", f.path, f.pkg)
			continue
		}
		for _, spec := range f.syntax.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, is := strings.CutPrefix(name, module); is && !matchesAny(allowed, ours) {
				t.Errorf("%s: %s must not import %s", f.at(spec.Pos()), f.pkg, ours)
			}
			http := name == "net/http" || strings.HasPrefix(name, "net/http/")
			if http && strings.HasPrefix(f.pkg, "pkg/") && !slices.Contains(speakHTTP, f.pkg) {
				t.Errorf("%s: %s must not import %s: use pkg/api", f.at(spec.Pos()), f.pkg, name)
			}
			for library, owner := range owners {
				if (name == library || strings.HasPrefix(name, library)) && !isBelow(f.pkg, owner) {
					t.Errorf("%s: %s must not import %s: it belongs to %s", f.at(spec.Pos()), f.pkg, name, strconv.Quote(owner))
				}
			}
			if matchesAny(forbidden[f.pkg], name) {
				t.Errorf("%s: %s must not import %s", f.at(spec.Pos()), f.pkg, name)
			}
		}
	}
}

// arrowsOf gives the row of a package.
func arrowsOf(pkg string) (allowed []string, known bool) {
	if allowed, known = arrows[pkg]; known {
		return allowed, true
	}
	for pattern, allowed := range arrows {
		if matchesAny([]string{pattern}, pkg) {
			return allowed, true
		}
	}
	return nil, false
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, name)
		return match && err == nil
	})
}

// isBelow reports whether a package is the owner, or below it.
func isBelow(pkg, owner string) bool {
	return owner != "" && (pkg == owner || strings.HasPrefix(pkg, owner+"/"))
}

// TestFrontDoor: a reader who opens a package begins with the file of its name (main.go
// of a program), which says what the package is for; no other file says it again.
func TestFrontDoor(t *testing.T) {
	doors := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test || f.pkg == "." {
			continue
		}
		door := f.path == path.Join(f.pkg, path.Base(f.pkg)+".go")
		if f.syntax.Name.Name == "main" {
			door = path.Base(f.path) == "main.go"
		}
		switch has := f.syntax.Doc != nil; {
		case door && !has:
			t.Errorf("%s: the package's comment belongs here", f.path)
		case !door && has:
			t.Errorf("%s: the package's comment belongs into the file with the package's name", f.path)
		}
		doors[f.pkg] = doors[f.pkg] || door
	}
	for pkg, has := range doors {
		if !has {
			t.Errorf("package %s has no file of its own name to begin with", pkg)
		}
	}
}

// streams are the ways in and out of a process.
var streams = []string{"Stdin", "Stdout", "Stderr", "Args"}

// TestStreams: only what is below cmd knows the process around it.
func TestStreams(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || isBelow(f.pkg, "cmd/divioctl") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			on, ok := selector.X.(*ast.Ident)
			if !ok {
				return true
			}
			name := selector.Sel.Name
			if on.Name == "os" && slices.Contains(streams, name) || on.Name == "fmt" && strings.HasPrefix(name, "Print") {
				t.Errorf("%s: %s.%s belongs to cmd", f.at(n.Pos()), on.Name, name)
			}
			return true
		})
	}
}

// consoles are the names under which cmd has the streams of a run.
var consoles = []string{"c", "Console", "console", "streams"}

// TestPrinting: what a command prints goes through render, or through the methods of the
// console, which use it: both escape text from the API. A stream itself is only handed
// on, to what is listed here.
func TestPrinting(t *testing.T) {
	handedTo := []string{
		"render.*", "*.Style", "line.parse", "printHelp", "cli.OpenLog", // help; the log, which render guards
		"box.Dump", // quotes by itself, and shows what a user put in
	}
	for _, f := range goFiles(t) {
		if f.test || !isBelow(f.pkg, "cmd/divioctl") || f.pkg == "cmd/divioctl/internal/cli" {
			continue
		}
		allowed := map[ast.Node]bool{}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if matchesAny(handedTo, nameOf(call.Fun)) {
					for _, argument := range call.Args {
						allowed[argument] = true
					}
				}
				allowed[call.Fun] = true // ctx.Err()
			}
			selector, ok := n.(*ast.SelectorExpr)
			if !ok || allowed[n] || selector.Sel.Name != "Out" && selector.Sel.Name != "Err" {
				return true
			}
			if on := strings.Split(nameOf(selector.X), "."); slices.Contains(consoles, on[len(on)-1]) && f.path != "cmd/divioctl/internal/command/sandbox/serve.go" {
				t.Errorf("%s: print with Say, Warn, Note, Prompt, Print or PrintJSON, or through render", f.at(n.Pos()))
			}
			return true
		})
	}
}

// nameOf is a function or a variable as it is written: render.Progress, o.Console.
func nameOf(expr ast.Expr) string {
	switch x := expr.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return nameOf(x.X) + "." + x.Sel.Name
	}
	return ""
}

// TestOutputFiles: a command writes files through the package output alone. The log is
// appended to.
func TestOutputFiles(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || !isBelow(f.pkg, "cmd/divioctl") || f.pkg == "cmd/divioctl/internal/output" || f.path == "cmd/divioctl/internal/cli/log.go" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && matchesAny([]string{
				"os.WriteFile", "os.Create", "os.CreateTemp", "os.OpenFile", "os.Rename", "os.Remove*", "os.Truncate", "renameio.*", "maybe.*",
			}, nameOf(call.Fun)) {
				t.Errorf("%s: %s belongs to internal/output", f.at(n.Pos()), nameOf(call.Fun))
			}
			return true
		})
	}
}

func TestFileLength(t *testing.T) {
	for _, f := range goFiles(t) {
		if lines := bytes.Count(f.text, []byte("\n")); !f.test && lines > longestFile {
			t.Errorf("%s has %d lines, the limit is %d: what is its second subject?", f.path, lines, longestFile)
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	// Spelled in two parts, so that this file does not find itself.
	marks := []string{"TO" + "DO", "FIX" + "ME", "X" + "XX"}
	for _, f := range goFiles(t) {
		for _, group := range f.syntax.Comments {
			for _, mark := range marks {
				if strings.Contains(group.Text(), mark) {
					t.Errorf("%s: a comment says %s: do it, or file an issue", f.at(group.Pos()), mark)
				}
			}
		}
	}
}

// TestEndings: only main ends the process, nothing registers itself, and a
// package that holds everything holds nothing.
func TestEndings(t *testing.T) {
	for _, f := range goFiles(t) {
		if slices.Contains([]string{"util", "utils", "common", "helpers", "types"}, path.Base(f.pkg)) {
			t.Errorf("%s: a package is named by what it holds", f.path)
		}
		if f.test {
			continue
		}
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: no init functions", f.at(fn.Pos()))
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if on, ok := selector.X.(*ast.Ident); ok && on.Name == "os" && selector.Sel.Name == "Exit" && f.path != "cmd/divioctl/main.go" {
				t.Errorf("%s: os.Exit belongs to main alone", f.at(n.Pos()))
			}
			if on, ok := selector.X.(*ast.Ident); ok && on.Name == "time" && selector.Sel.Name == "Sleep" {
				t.Errorf("%s: wait with a timer and ctx.Done(), never with Sleep", f.at(n.Pos()))
			}
			return true
		})
	}
}

func TestEverythingExportedIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		documented[f.pkg] = documented[f.pkg] || f.syntax.Doc != nil
		for _, decl := range f.syntax.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && ownerIsExported(d) && d.Doc == nil {
					t.Errorf("%s: %s needs a comment", f.at(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					name, has := undocumented(spec)
					if name != "" && !has && d.Doc == nil {
						t.Errorf("%s: %s needs a comment", f.at(spec.Pos()), name)
					}
				}
			}
		}
	}
	for pkg, has := range documented {
		if !has {
			t.Errorf("package %s needs a comment", pkg)
		}
	}
}

// ownerIsExported: a function has no owner, and a method of an unexported type
// is not seen from outside.
func ownerIsExported(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	owner := fn.Recv.List[0].Type
	if star, ok := owner.(*ast.StarExpr); ok {
		owner = star.X
	}
	name, ok := owner.(*ast.Ident)
	return ok && name.IsExported()
}

// undocumented gives the first exported name of a declaration, and whether the
// declaration has a comment of its own. A comment on the group counts as well.
func undocumented(spec ast.Spec) (name string, has bool) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			return s.Name.Name, s.Doc != nil || s.Comment != nil
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() {
				return n.Name, s.Doc != nil || s.Comment != nil
			}
		}
	}
	return "", false
}

// readingOrder is the first table of docs/architecture.md.
var readingOrder = regexp.MustCompile(`(?m)^\| \[([^]]+)\]\(\.\./([^)]+)\) \| ([0-9]+) \| `)

const (
	longestReading = 1000 // lines of all files that a newcomer reads first
	roundedLines   = 20   // how far a stated number of lines may be off
)

// TestReadingOrder: the files that a newcomer reads first exist, are as long as
// docs/architecture.md says, and short enough to be read.
func TestReadingOrder(t *testing.T) {
	rows := readingOrder.FindAllStringSubmatch(page(t, "docs/architecture.md"), -1)
	if len(rows) < 4 {
		t.Fatalf("docs/architecture.md has no reading order: %d rows", len(rows))
	}
	total := 0
	for _, row := range rows {
		lines := strings.Count(page(t, row[2]), "\n")
		stated, err := strconv.Atoi(row[3])
		if err != nil {
			t.Fatal(err)
		}
		if row[1] != row[2] || max(lines-stated, stated-lines) > roundedLines {
			t.Errorf("docs/architecture.md: %s leads to %s and has %d lines; it is said to have %d", row[1], row[2], lines, stated)
		}
		total += lines
	}
	if total >= longestReading {
		t.Errorf("the reading order of docs/architecture.md has %d lines, the limit is %d", total, longestReading)
	}
}

var packageRow = regexp.MustCompile("(?m)^\\| `((?:pkg|cmd|schema)[^`]*)` \\|.*\\| ([^|]+) \\|$")

// TestPackageTable: the table of packages in docs/architecture.md is the one that
// TestImports enforces.
func TestPackageTable(t *testing.T) {
	stated := map[string][]string{}
	for _, row := range packageRow.FindAllStringSubmatch(page(t, "docs/architecture.md"), -1) {
		stated[row[1]] = strings.Split(row[2], ", ")
	}
	for pkg, allowed := range arrows {
		short := []string{}
		for _, name := range allowed {
			name = strings.TrimPrefix(name, "pkg/")
			short = append(short, strings.TrimPrefix(name, "cmd/divioctl/internal/"))
		}
		if len(short) == 0 {
			short = append(short, "none")
		}
		slices.Sort(short)
		slices.Sort(stated[pkg])
		if !slices.Equal(short, stated[pkg]) {
			t.Errorf("docs/architecture.md: %s imports %s; it is said to import %s", pkg, short, stated[pkg])
		}
		delete(stated, pkg)
	}
	for pkg := range stated {
		t.Errorf("docs/architecture.md: there is no package %s", pkg)
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks: every link from a page to a file of the project leads somewhere, and so
// does one to a heading.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(pages, "README.md", "CONTRIBUTING.md", "testscripts/README.md") {
		for _, found := range link.FindAllStringSubmatch(page(t, name), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			target, heading, headed := strings.Cut(found[1], "#")
			if target = filepath.Join(filepath.Dir(name), target); headed && !hasHeading(page(t, target), heading) {
				t.Errorf("%s: %s has no heading %s", name, target, heading)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// hasHeading reports whether a page has the heading that an anchor names.
func hasHeading(text, anchor string) bool {
	for line := range strings.Lines(text) {
		title, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if is && strings.HasPrefix(line, "#") && strings.ReplaceAll(strings.ToLower(strings.TrimSpace(title)), " ", "-") == anchor {
			return true
		}
	}
	return false
}

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFilesCallDownwards: inside a package the calls of plain functions form no circle
// of files, so that a reader who follows them never returns to a file. Methods are left
// out: they are with the type or with the step that they are about.
func TestFilesCallDownwards(t *testing.T) {
	packages := map[string][]file{}
	for _, f := range goFiles(t) {
		if !f.test {
			packages[f.pkg] = append(packages[f.pkg], f)
		}
	}
	for _, files := range packages {
		calls := callsBetween(files)
		for _, from := range slices.Sorted(maps.Keys(calls)) {
			if circle := circleFrom(from, calls); circle != nil {
				t.Errorf("the functions of these files call each other in a circle: %s", strings.Join(circle, " → "))
				break
			}
		}
	}
}

// callsBetween gives the files whose plain functions each file of a package calls.
func callsBetween(files []file) map[string][]string {
	owner := map[string]string{}
	for _, f := range files {
		for _, d := range f.syntax.Decls {
			if function, ok := d.(*ast.FuncDecl); ok && function.Recv == nil {
				owner[function.Name.Name] = f.path
			}
		}
	}
	calls := map[string][]string{}
	for _, f := range files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.Ident); ok && owner[name.Name] != "" && owner[name.Name] != f.path {
					calls[f.path] = append(calls[f.path], owner[name.Name])
				}
			}
			return true
		})
	}
	return calls
}

// circleFrom gives a way from a file back to it, or nil.
func circleFrom(start string, calls map[string][]string) []string {
	seen := map[string]bool{}
	var walk func(way []string) []string
	walk = func(way []string) []string {
		for _, next := range calls[way[len(way)-1]] {
			if next == start {
				return append(way, next)
			}
			if !seen[next] {
				seen[next] = true
				if circle := walk(append(slices.Clone(way), next)); circle != nil {
					return circle
				}
			}
		}
		return nil
	}
	return walk([]string{start})
}
