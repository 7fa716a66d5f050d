package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
)

// loaded gives the addresses that files declare, or the problems.
func loaded(t *testing.T, files map[string]string, paths ...string) string {
	t.Helper()
	doc, list := loadFiles(t, files, paths...)
	if len(list) > 0 {
		return show(list)
	}
	var out strings.Builder
	out.WriteString(strings.Join(doc.Files, " ") + "\n")
	for _, r := range doc.State.Resources {
		out.WriteString(r.Address.String() + "\n")
	}
	return out.String()
}

func TestWhichFiles(t *testing.T) {
	app := func(name string) string { return "version: 1\napplications: {" + name + ": {}}\n" }
	files := map[string]string{
		"divio/b.yaml": app("b"), "divio/a.yml": app("a"), "divio/sub/c.yaml": app("c"),
		"divio/.hidden.yaml": "not: read", "divio/.git/d.yaml": "not: read", "divio/notes.txt": "not read",
		"odd[1].yaml": app("odd"), "empty/x.txt": "",
	}
	both := map[string]string{"divio.yaml": app("a"), "divio/b.yaml": app("b")}
	for _, test := range []struct {
		name  string
		files map[string]string
		paths []string
		want  string
	}{
		{"the default directory", files, nil, "divio/a.yml divio/b.yaml divio/sub/c.yaml\napplication.a\napplication.b\napplication.c\n"},
		{"the default file", map[string]string{"divio.yaml": app("a")}, nil, "divio.yaml\napplication.a\n"},
		{"both defaults", both, nil, "divio.yaml: found both divio.yaml and the directory divio/\n  hint: pass -f divio.yaml or -f divio/, or both\n"},
		{"both by name", both, []string{"divio.yaml", "divio"}, "divio.yaml divio/b.yaml\napplication.a\napplication.b\n"},
		{"neither", nil, nil, "-: no divio.yaml and no directory divio/ found in the working directory\n  hint: create divio.yaml (divioctl export writes one), or pass files with -f\n"},
		{"in the order of -f", files, []string{"divio/b.yaml", "divio/a.yml"}, "divio/b.yaml divio/a.yml\napplication.b\napplication.a\n"},
		{"each once", files, []string{"divio/b.yaml", "divio", "./divio/b.yaml"}, "divio/b.yaml divio/a.yml divio/sub/c.yaml\napplication.b\napplication.a\napplication.c\n"},
		{"a glob", files, []string{"divio/*.yaml"}, "divio/b.yaml\napplication.b\n"},
		{"a glob that names a directory", files, []string{"div*"}, "divio/a.yml divio/b.yaml divio/sub/c.yaml\napplication.a\napplication.b\napplication.c\n"},
		{"a file that looks like a glob", files, []string{"odd[1].yaml"}, "odd[1].yaml\napplication.odd\n"},
		{"a glob without a match", files, []string{"*.yml"}, "*.yml: no file matches the glob\n  hint: check the pattern, and put it in quotes so that the shell does not expand it\n"},
		{"a broken glob", files, []string{"[a"}, "[a: the glob is malformed\n  hint: a glob may contain *, **, ?, [a-z] and {a,b}; write \\ before a literal one\n"},
		{"a directory without YAML", files, []string{"empty"}, "empty: the directory contains no YAML file\n  hint: files must end in .yaml or .yml\n"},
		{"a missing file", files, []string{"nope.yaml"}, "nope.yaml: no such file or directory\n  hint: check the path; it is relative to the working directory\n"},
		{"an empty value", files, []string{""}, "-: -f has an empty value\n  hint: pass a file, a directory, a glob, or - for standard input\n"},
		{"no standard input", files, []string{"-"}, "<stdin>: the file cannot be read: standard input is not available\n  hint: check the path and the permissions\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, loaded(t, test.files, test.paths...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestStandardInput(t *testing.T) {
	doc, list := Load(Input{
		Paths: []string{"-"}, Dir: t.TempDir(), Catalog: kinds.Catalog(),
		Stdin: strings.NewReader("version: 1\nprotec: []\n"),
	})
	want := "<stdin>:2:1: unknown key \"protec\"\n  | protec: []\n  | ^^^^^^\n  hint: did you mean \"protect\"?\n"
	if diff := cmp.Diff(want, show(list)); diff != "" || doc == nil {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large.yaml"), make([]byte, maxFileSize+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling.yaml")); err != nil {
		t.Fatal(err)
	}
	_, list := Load(Input{Dir: dir, Paths: []string{"."}, Catalog: kinds.Catalog()})
	want := `dangling.yaml: no such file or directory
  hint: check the path; it is relative to the working directory
large.yaml: the file is larger than 10 MB
  hint: check that it is the right file, or split it
`
	if diff := cmp.Diff(want, show(list)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSeveralFiles(t *testing.T) {
	for _, test := range []struct {
		name, a, b, want string
	}{
		{"mappings merge",
			"version: 1\norganisation: x\nprotect: [application.shop]\napplications:\n  shop:\n    name: Shop\n    environments:\n      live: {branch: main}\n",
			"version: 1\nprotect: [application.other]\napplications:\n  shop:\n    environments:\n      live: {variables: {A: x}}\n      test: {}\n  other: {}\n",
			"a.yaml b.yaml\napplication.shop\nenvironment.shop/live\nvariable.shop/live/A\nenvironment.shop/test\napplication.other\n"},
		{"a scalar", "version: 1\napplications:\n  shop: {name: Shop}\n", "version: 1\napplications:\n  shop: {name: Shop}\n", `b.yaml:3:10: "name" is declared in two files
  |   shop: {name: Shop}
  |          ^^^^
  hint: keep it in only one of the files
  a.yaml:3:10: first here
`},
		{"a sequence", "version: 1\napplications:\n  shop: {release_commands: []}\n", "version: 1\napplications:\n  shop: {release_commands: []}\n", `b.yaml:3:10: "release_commands" is declared in two files
  |   shop: {release_commands: []}
  |          ^^^^^^^^^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:3:10: first here
`},
		{"variables stand in one file",
			"version: 1\napplications: {shop: {environments: {live: {variables: {A: x}}}}}\n",
			"version: 1\napplications: {shop: {environments: {live: {variables: {B: x}}}}}\n", `b.yaml:2:45: "variables" is declared in two files
  | applications: {shop: {environments: {live: {variables: {B: x}}}}}
  |                                             ^^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:2:45: first here
`},
		{"variables in two forms",
			"version: 1\napplications: {shop: {environments: {live: {variables: {A: x}}}}}\n",
			"version: 1\napplications: {shop: {environments: {live: {variables: [{name: B, value: x}]}}}}\n", `b.yaml:2:45: "variables" is declared in two files
  | applications: {shop: {environments: {live: {variables: [{name: B, value: x}]}}}}
  |                                             ^^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:2:45: first here
`},
		{"organisation and settings once", "version: 1\norganisation: x\nsettings: {prune: [variables]}\n", "version: 1\norganisation: x\nsettings: {limits: {}}\n", `b.yaml:2:1: "organisation" is declared in two files
  | organisation: x
  | ^^^^^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:2:1: first here
b.yaml:3:1: "settings" is declared in two files
  | settings: {limits: {}}
  | ^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:3:1: first here
`},
		{"version in every file", "version: 1\n", "applications: {}\n", `b.yaml:1:1: version is missing
  | applications: {}
  | ^
  hint: add version: 1
`},
		{"sets merge, their entries do not",
			"version: 1\nvariable_sets: {common: {A: x}}\n",
			"version: 1\nvariable_sets: {common: {A: y, B: z}, other: {}}\n", `b.yaml:2:26: "A" is declared in two files
  | variable_sets: {common: {A: y, B: z}, other: {}}
  |                          ^
  hint: keep it in only one of the files
  a.yaml:2:26: first here
`},
		{"keys of x- belong to their file", "version: 1\nx-a: &a {branch: main}\napplications: {shop: {environments: {live: *a}}}\n", "version: 1\nx-a: 1\n", "a.yaml b.yaml\napplication.shop\nenvironment.shop/live\n"},
		{"a set from the other file", "version: 1\nvariable_sets: {common: {A: x}}\n", "version: 1\napplications: {shop: {environments: {live: {variable_sets: [common]}}}}\n", "a.yaml b.yaml\napplication.shop\nenvironment.shop/live\nvariable.shop/live/A\n"},
		{"a set that may be in a broken file", "version: 1\nvariable_sets: {common: {A: \"x}}\n", "version: 1\napplications: {shop: {environments: {live: {variable_sets: [common]}}}}\n", `a.yaml:2:29: the quoted text that begins here is not closed, or is followed by other text
  | variable_sets: {common: {A: "x}}
  |                             ^
  hint: close the quote; within single quotes write '' for a single quote
`},
		{"removed adds up", "version: 1\nremoved: [application.a]\n", "version: 1\nremoved: [application.b, application.a]\n", `b.yaml:2:26: "application.a" is removed twice
  | removed: [application.b, application.a]
  |                          ^^^^^^^^^^^^^
  hint: remove one of them
  a.yaml:2:11: first here
`},
		{"removed in one file, declared in the other", "version: 1\nremoved: [application.a]\n", "version: 1\napplications: {a: {}}\n", `a.yaml:2:11: "application.a" is both declared and removed
  | removed: [application.a]
  |           ^^^^^^^^^^^^^
  hint: remove the declaration, or this entry
  b.yaml:2:16: declared here
`},
		{"tags merge", "version: 1\napplications: {shop: {tags: {a: x}}}\n", "version: 1\napplications: {shop: {tags: {b: x}}}\n", "a.yaml b.yaml\napplication.shop\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := loaded(t, map[string]string{"a.yaml": test.a, "b.yaml": test.b}, "a.yaml", "b.yaml")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A value and where it comes from stand in one file.
func TestSourcesStandInOneFile(t *testing.T) {
	barn := func(password string) string {
		return "version: 1\nbarns: {red: {" + password + "}}\n"
	}
	_, list := loadKinds(t, toys(), map[string]string{
		"a.yaml": barn(`url: "https://x", password: {value_from: {env: P}}`),
		"b.yaml": barn(`animals: [cow], password: {value_from: {file: p}}`),
	}, ".")
	want := `b.yaml:2:31: "password" is declared in two files
  | barns: {red: {animals: [cow], password: {value_from: {file: p}}}}
  |                               ^^^^^^^^
  hint: keep it in only one of the files
  a.yaml:2:33: first here
`
	if diff := cmp.Diff(want, show(list)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
