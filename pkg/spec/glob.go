package spec

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Globs of -f. In one, "*" and "?" match within a directory, "**" crosses directories, and
// {a,b} is a choice. As in a shell, wildcards do not match names that begin with a dot,
// and "**" does not enter such directories, nor links. A glob without "**" may also match
// a directory, which is then read like one that is named.

// isGlob reports whether a value of -f that is not the path of a file may be a glob.
func isGlob(path string) bool { return strings.ContainsAny(path, "*?[{") }

// expandGlob returns the files that a glob matches, sorted.
func expandGlob(dir, pattern string, report *report) []string {
	options := []doublestar.GlobOption{doublestar.WithNoHidden()}
	deep := strings.Contains(pattern, "**")
	if deep {
		options = append(options, doublestar.WithFilesOnly(), doublestar.WithNoFollow())
	}
	matches, err := doublestar.FilepathGlob(absolute(dir, pattern), options...)
	if err != nil {
		failed(report, pattern, `a glob may contain *, **, ?, [a-z] and {a,b}; write \ before a literal one`, "the glob is malformed")
		return nil
	}
	slices.Sort(matches)
	before := len(report.list)
	var names []string
	for _, match := range matches {
		name := match
		if !filepath.IsAbs(pattern) {
			if relative, err := filepath.Rel(absolute(dir, "."), match); err == nil {
				name = relative
			}
		}
		info, err := os.Stat(match)
		switch {
		case err != nil || !info.IsDir():
			names = append(names, name)
		case !deep:
			names = append(names, walk(dir, name, report)...)
		}
	}
	if len(names) == 0 && len(report.list) == before {
		failed(report, pattern, "check the pattern, and put it in quotes so that the shell does not expand it", "no file matches the glob")
	}
	return names
}

// Covers reports whether a value of -f may read the file name of a tree: a file that it
// names, or a YAML file below a directory that it names. Both are clean relative paths
// with slashes.
func Covers(value, name string) bool {
	if value == "." {
		return isYAML(name) && !hiddenBelow("", name)
	}
	for at := name; at != "."; at = path.Dir(at) {
		if at != value && (!isGlob(value) || !doublestar.MatchUnvalidated(value, at)) {
			continue
		}
		if at == name || isYAML(name) && !hiddenBelow(at, name) {
			return true
		}
	}
	return false
}

// Within returns the directory or file that contains all that a value of -f may read: the
// value itself if it is no glob.
func Within(value string) string {
	if !isGlob(value) {
		return value
	}
	base, _ := doublestar.SplitPattern(value)
	return base
}

// hiddenBelow reports whether a part of name below a directory begins with a dot.
func hiddenBelow(directory, name string) bool {
	return strings.Contains("/"+strings.TrimPrefix(name, directory), "/.")
}
