package spec

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/diag"
)

func hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

// walk returns the YAML files below a directory, sorted.
func walk(dir, path string, report *report) []string {
	var names []string
	top := absolute(dir, path)
	err := filepath.WalkDir(top, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if at == top {
			return nil
		}
		if hidden(at) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() || !isYAML(at) {
			return nil
		}
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return nil // a link to a directory
		}
		relative, err := filepath.Rel(top, at)
		if err != nil {
			return err
		}
		names = append(names, filepath.Join(path, relative))
		return nil
	})
	switch {
	case err != nil:
		failed(report, path, "check the permissions", "cannot read the directory: "+reason(err))
	case len(names) == 0:
		failed(report, path, "files must end in .yaml or .yml", "the directory contains no YAML file")
	}
	slices.Sort(names)
	return names
}

// reason is a file system error without the path.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// isYAML reports whether a file in a directory is read.
func isYAML(name string) bool {
	extension := strings.ToLower(path.Ext(name))
	return extension == ".yaml" || extension == ".yml"
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// failed reports a problem with an input as a whole.
func failed(report *report, name, hint, message string) {
	report.unread = true
	report.list = append(report.list, diag.Diagnostic{At: diag.Position{File: filepath.ToSlash(name)}, Message: message, Hint: hint})
}
