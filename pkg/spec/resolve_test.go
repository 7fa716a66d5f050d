package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

func TestResolve(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("outside.txt", "canary")
	write("conf/key.pem", "canary line\nmore\n\n")
	write("conf/windows.txt", "canary\r\n")
	write("conf/sub/bare.txt", "canary")
	write("conf/binary.bin", "canary\xff")
	write("conf/long.txt", strings.Repeat("canary", 2000))
	for link, target := range map[string]string{"conf/out.txt": "../outside.txt", "conf/in.txt": "sub/bare.txt"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	write("conf/f.yaml", `version: 1
applications:
  shop:
    environments:
      live:
        variables:
          SET: { value_from: { env: SET } }
          EMPTY: { value_from: { env: EMPTY } }
          UNSET: { sensitive: true, value_from: { env: UNSET } }
          TOKEN: { value_from: { env: DIVIO_API_TOKEN } }
          PEM: { value_from: { file: key.pem } }
          WINDOWS: { value_from: { file: ./windows.txt } }
          BARE: { value_from: { file: sub/bare.txt } }
          LINK: { value_from: { file: in.txt } }
          OUT: { value_from: { file: out.txt } }
          UP: { value_from: { file: ../outside.txt } }
          ABSOLUTE: { value_from: { file: /etc/hostname } }
          MISSING: { value_from: { file: nope.txt } }
          FOLDER: { value_from: { file: sub } }
          BINARY: { value_from: { file: binary.bin } }
          LONG: { value_from: { file: long.txt } }
          PLAIN: text
`)
	doc, list := Load(Input{Dir: dir, Paths: []string{"conf"}, Catalog: kinds.Catalog()})
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"SET": "canary env", "EMPTY": "", "DIVIO_API_TOKEN": "canary token"}[name]
		return value, ok
	}
	list = doc.Locate(ResolveSources(t.Context(), doc.State, Sources{Env: env, Refused: []string{"DIVIO_API_TOKEN"}}))
	want := `conf/f.yaml:8:39: the environment variable EMPTY is empty
  |           EMPTY: { value_from: { env: EMPTY } }
  |                                       ^^^^^
  hint: in CI, check that the secret exists; for an empty value, write value: ""
conf/f.yaml:9:56: the environment variable UNSET is not set
  |           UNSET: { sensitive: true, value_from: { env: UNSET } }
  |                                                        ^^^^^
  hint: set it in the environment of divioctl; in CI, check the secret of the repository
conf/f.yaml:10:39: DIVIO_API_TOKEN must not be used as a value
  |           TOKEN: { value_from: { env: DIVIO_API_TOKEN } }
  |                                       ^^^^^^^^^^^^^^^
  hint: it is a secret of divioctl itself, which must not reach an application
conf/f.yaml:15:38: the file out.txt is outside of the directory of the YAML file
  |           OUT: { value_from: { file: out.txt } }
  |                                      ^^^^^^^
  hint: a file of value_from must be at or below the directory of its YAML file
conf/f.yaml:16:37: the file ../outside.txt is outside of the directory of the YAML file
  |           UP: { value_from: { file: ../outside.txt } }
  |                                     ^^^^^^^^^^^^^^
  hint: a file of value_from must be at or below the directory of its YAML file
conf/f.yaml:17:43: the file /etc/hostname is outside of the directory of the YAML file
  |           ABSOLUTE: { value_from: { file: /etc/hostname } }
  |                                           ^^^^^^^^^^^^^
  hint: a file of value_from must be at or below the directory of its YAML file
conf/f.yaml:18:42: the file nope.txt does not exist
  |           MISSING: { value_from: { file: nope.txt } }
  |                                          ^^^^^^^^
  hint: the path is relative to the YAML file
conf/f.yaml:19:41: the file sub is not a regular file
  |           FOLDER: { value_from: { file: sub } }
  |                                         ^^^
  hint: use a file that contains the value
conf/f.yaml:20:41: the file binary.bin is not UTF-8 text
  |           BINARY: { value_from: { file: binary.bin } }
  |                                         ^^^^^^^^^^
  hint: encode it, as base64 for example
conf/f.yaml:21:39: value is 12000 characters long; at most 10000 are allowed
  |           LONG: { value_from: { file: long.txt } }
  |                                       ^^^^^^^^
  hint: use another source, or shorten the value
`
	if diff := cmp.Diff(want, show(list)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := map[string]string{}
	for _, r := range doc.State.Resources {
		if r.Masked["value"] {
			got[r.Key] = r.Text("value")
			if shown := fmt.Sprintf("%v %+v %#v", r.Fields, r.Fields, r.Fields); strings.Contains(shown, "canary") {
				t.Errorf("%s shows its value: %s", r.Key, shown)
			}
		}
	}
	values := map[string]string{"SET": "canary env", "PEM": "canary line\nmore\n", "WINDOWS": "canary", "BARE": "canary", "LINK": "canary"}
	if diff := cmp.Diff(values, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a file gives may be shown where the entry says that it is not sensitive; a
// secret in the environment never may.
func TestResolveMasks(t *testing.T) {
	doc, list := loadFiles(t, map[string]string{"a.txt": "from a file\n", "f.yaml": `version: 1
applications:
  shop:
    environments:
      live:
        variables:
          SAID: { value_from: { file: a.txt }, sensitive: false }
          UNSAID: { value_from: { file: a.txt } }
          SENSITIVE: { value_from: { file: a.txt }, sensitive: true }
          ENV: { value_from: { env: A }, sensitive: false }
          EXEC: { value_from: { exec: [echo, hello] }, sensitive: false }
`}, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	env := func(string) (string, bool) { return "from the environment", true }
	if list := ResolveSources(t.Context(), doc.State, Sources{Env: env, AllowExec: true}); len(list) > 0 {
		t.Fatal(show(list))
	}
	got := map[string]string{}
	for _, r := range doc.State.Resources {
		if source, sourced := r.SourceOf("value"); sourced {
			got[r.Key] = fmt.Sprintf("%v, masked: %t, %s", r.Fields["value"], r.IsMasked("value"), resource.Show(source))
		}
	}
	want := map[string]string{
		"SAID":      "from a file, masked: false, from the file a.txt",
		"UNSAID":    "(sensitive), masked: true, from the file a.txt",
		"SENSITIVE": "(sensitive), masked: true, from the file a.txt",
		"ENV":       "(sensitive), masked: true, from the environment variable A",
		"EXEC":      "(sensitive), masked: true, from the program echo",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The fields of toys are plain texts: the white space around what a source gives does
// not count, and a write-only one must not be empty, whether it is secret or not.
func TestResolvePlainTexts(t *testing.T) {
	files := map[string]string{
		"blank.txt": " \n\n", "padded.txt": " hunter2 \n\n", "long.txt": strings.Repeat("hunter", 4),
		"f.yaml": `version: 1
markets:
  a.example: { username: { value_from: { file: padded.txt } }, password: { value_from: { file: padded.txt } } }
  b.example: { username: { value_from: { file: blank.txt } }, password: { value_from: { file: blank.txt } } }
  c.example: { password: { value_from: { file: long.txt } } }
  d.example: { password: { value_from: { env: UNSET } } }
`}
	doc, list := loadKinds(t, toys(), files, "f.yaml")
	if len(list) > 0 {
		t.Fatal(show(list))
	}
	list = doc.Locate(ResolveSources(t.Context(), doc.State, Sources{Env: func(string) (string, bool) { return "", false }}))
	want := `f.yaml:4:48: the source of username is empty, and the API does not return it
  |   b.example: { username: { value_from: { file: blank.txt } }, password: { value_from: { file: blank.txt } } }
  |                                                ^^^^^^^^^
  hint: a value that the API does not return is never replaced by an empty one; check the source
f.yaml:4:95: the source of password is empty, and it is sensitive
  |   b.example: { username: { value_from: { file: blank.txt } }, password: { value_from: { file: blank.txt } } }
  |                                                                                               ^^^^^^^^^
  hint: a secret is never replaced by an empty value; check the source
f.yaml:5:48: password is 24 characters long; at most 20 are allowed
  |   c.example: { password: { value_from: { file: long.txt } } }
  |                                                ^^^^^^^^
  hint: use another source, or shorten the value
f.yaml:6:47: the environment variable UNSET is not set
  |   d.example: { password: { value_from: { env: UNSET } } }
  |                                               ^^^^^
  hint: set it in the environment of divioctl; in CI, check the secret of the repository
`
	if diff := cmp.Diff(want, show(list)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	first := doc.State.Resources[0]
	if first.Text("username") != "hunter2" || first.Text("password") != "hunter2" || !first.IsMasked("username") {
		t.Errorf("%q, %q", first.Text("username"), first.Text("password"))
	}
}
