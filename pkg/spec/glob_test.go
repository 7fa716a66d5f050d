package spec

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
)

// tree has a file in every place that a glob may or may not match.
var tree = []string{
	"a.yaml", "b.yml", "c.txt", ".hidden.yaml", "conf/a.yaml", "conf/c.txt", "conf/.git/a.yaml", "conf/live/a.yaml", "conf/live/deep/b.yaml",
	"conf/live/deep/c.json", "conf/test/b.yml", "other/live/a.yaml",
}

// What a glob reads, and that Covers says so of the names of the files: all that are
// read, and hardly more.
func TestGlobs(t *testing.T) {
	for _, c := range []struct{ value, want, more string }{
		{"*.yaml", "a.yaml", ".hidden.yaml"},
		{"**/*.yaml", "a.yaml conf/a.yaml conf/live/a.yaml conf/live/deep/b.yaml other/live/a.yaml", ".hidden.yaml conf/.git/a.yaml"},
		{"conf/**/*.yaml", "conf/a.yaml conf/live/a.yaml conf/live/deep/b.yaml", "conf/.git/a.yaml"},
		{"conf/**/*.{yaml,yml}", "conf/a.yaml conf/live/a.yaml conf/live/deep/b.yaml conf/test/b.yml", "conf/.git/a.yaml"},
		{"**/live/*.yaml", "conf/live/a.yaml other/live/a.yaml", ""},
		{"conf/**", "conf/a.yaml conf/c.txt conf/live/a.yaml conf/live/deep/b.yaml conf/live/deep/c.json conf/test/b.yml", "conf/.git/a.yaml"},
		{"conf/*", "conf/a.yaml conf/c.txt conf/live/a.yaml conf/live/deep/b.yaml conf/test/b.yml", "conf/.git/a.yaml"},
		{"*/live", "conf/live/a.yaml conf/live/deep/b.yaml other/live/a.yaml", ""},
		{"conf/.git/*.yaml", "conf/.git/a.yaml", ""},
		{"conf", "conf/a.yaml conf/live/a.yaml conf/live/deep/b.yaml conf/test/b.yml", ""},
		{".", "a.yaml b.yml conf/a.yaml conf/live/a.yaml conf/live/deep/b.yaml conf/test/b.yml other/live/a.yaml", ""},
		{"c.txt", "c.txt", ""},
		{"con", "", ""},
		{"c[a-", "", ""},
	} {
		files := map[string]string{}
		for _, name := range tree {
			files[name] = "version: 1\n"
		}
		doc, _ := loadKinds(t, kinds.Catalog(), files, c.value)
		read := slices.Clone(doc.Files)
		slices.Sort(read)
		if diff := cmp.Diff(c.want, strings.Join(read, " ")); diff != "" {
			t.Errorf("%s reads (-want +got)\n%s", c.value, diff)
		}
		var covered []string
		for _, name := range tree {
			if Covers(c.value, name) {
				covered = append(covered, name)
				if within := Within(c.value); within != "." && name != within && !strings.HasPrefix(name, within+"/") {
					t.Errorf("%s reads %s, which is not in %s", c.value, name, within)
				}
			}
		}
		want := strings.Fields(c.want + " " + c.more)
		slices.Sort(want)
		slices.Sort(covered)
		if diff := cmp.Diff(strings.Join(want, " "), strings.Join(covered, " ")); diff != "" {
			t.Errorf("%s covers (-want +got)\n%s", c.value, diff)
		}
		if c.value != path.Clean(c.value) {
			t.Errorf("%s is not clean", c.value)
		}
	}
}
