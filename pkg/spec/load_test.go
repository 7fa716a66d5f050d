package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// tester is what [testing.T] and rapid's T have in common.
type tester interface {
	Helper()
	Fatal(...any)
	TempDir() string
}

// loadFiles writes files into a new directory and loads the paths there.
func loadFiles(t tester, files map[string]string, paths ...string) (*Document, diag.List) {
	t.Helper()
	return loadKinds(t, kinds.Catalog(), files, paths...)
}

// loadKinds does so with other kinds.
func loadKinds(t tester, catalog *resource.Catalog, files map[string]string, paths ...string) (*Document, diag.List) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Load(Input{Paths: paths, Dir: dir, Catalog: catalog})
}

// at gives the address of something that the files declare.
func at(text string) resource.Address {
	address, err := kinds.Catalog().Parse(text)
	if err != nil {
		panic(err)
	}
	return address
}

// show gives problems as people see them, with a caret line.
func show(list diag.List) string {
	var out strings.Builder
	for _, d := range list {
		fmt.Fprintf(&out, "%s: %s\n", d.At, d.Message)
		if d.Line != "" {
			indent := strings.Map(func(r rune) rune {
				if r == '\t' {
					return r
				}
				return ' '
			}, string([]rune(d.Line)[:min(d.At.Column-1, len([]rune(d.Line)))]))
			line := strings.TrimRight(d.Line, " ")
			fmt.Fprintf(&out, "  | %s\n  | %s%s\n", line, indent, strings.Repeat("^", d.Width))
		}
		if d.Hint != "" {
			fmt.Fprintf(&out, "  hint: %s\n", d.Hint)
		}
		for _, related := range d.Related {
			fmt.Fprintf(&out, "  %s: %s\n", related.At, related.Message)
		}
	}
	return out.String()
}

// Every archive in testdata holds files that are each loaded by themselves, and
// behind each what is said about it (nothing: it is sound). Escapes such as \x00
// stand for bytes that a text file cannot hold, if the file's name has "escaped".
// What a file calls "hunter" is secret. Those in testdata/toys are about toy kinds.
func TestProblems(t *testing.T) {
	for pattern, catalog := range map[string]*resource.Catalog{"testdata/*.txtar": kinds.Catalog(), "testdata/toys/*.txtar": toys()} {
		archives, err := filepath.Glob(pattern)
		if err != nil || len(archives) == 0 {
			t.Fatalf("no archives: %v", err)
		}
		for _, path := range archives {
			checkProblems(t, catalog, path)
		}
	}
}

func checkProblems(t *testing.T, catalog *resource.Catalog, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out txtar.Archive
	out.Comment = archive.Comment
	want := map[string]string{}
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	for _, f := range archive.Files {
		name, isInput := strings.CutSuffix(f.Name, ".yaml")
		if !isInput {
			continue
		}
		var got string
		t.Run(filepath.Base(path)+"/"+name, func(t *testing.T) {
			text := string(f.Data)
			if strings.Contains(name, "escaped") {
				text = unescape.Replace(strings.TrimSuffix(text, "\n"))
			}
			_, list := loadKinds(t, catalog, map[string]string{f.Name: text}, f.Name)
			got = show(list)
			if diff := cmp.Diff(want[name+".want"], got); diff != "" && !updating() {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if strings.Contains(got, "hunter") {
				t.Errorf("a message holds a secret:\n%s", got)
			}
		})
		out.Files = append(out.Files, f, txtar.File{Name: name + ".want", Data: []byte(got)})
	}
	if updating() {
		if err := os.WriteFile(path, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var unescape = strings.NewReplacer(`\x00`, "\x00", `\xff`, "\xff", `\xfe`, "\xfe", `\x07`, "\x07", `\ufeff`, "\ufeff", `\r`, "\r", `\n`, "\n", `\t`, "\t")

func updating() bool { return os.Getenv("DIVIOCTL_UPDATE") != "" }
