package spec

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Which files are read:
//
//   - Without -f: divio.yaml in the working directory, or else every file of the
//     directory divio/. Having both is an error, since one would be ignored.
//   - A file may have any name. In a directory, every *.yaml and *.yml below it is
//     read, sorted by path; names that begin with a dot are skipped, and links to
//     directories are not followed.
//   - A path that exists is used as a path; otherwise it is used as a glob (glob.go). A
//     glob or a directory that matches no file is an error.
//   - "-" is standard input; its files of value_from are below the working directory.
//   - A file that several -f values match is read once.
//
// A file is UTF-8 text of at most 10 MB. A leading byte order mark is dropped.

// DefaultPaths returns what may be read without -f: one of them.
func DefaultPaths() []string { return []string{defaultFile, defaultDir} }

const (
	maxFileSize = 10 << 20
	stdinName   = "<stdin>"
	defaultFile = "divio.yaml"
	defaultDir  = "divio"
)

// readAll reads the files of in, in order. Files that cannot be read are reported.
func readAll(in Input, report *report) []*file {
	paths := in.Paths
	if len(paths) == 0 {
		paths = defaultPaths(in.Dir, report)
	}
	var files []*file
	seen := map[string]bool{}
	for _, path := range paths {
		for _, name := range expand(in.Dir, path, report) {
			key := name
			if name != stdinName {
				key = filepath.Clean(absolute(in.Dir, name))
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			if f := read(in, name, report); f != nil {
				files = append(files, f)
			} else {
				report.unread = true
			}
		}
	}
	return files
}

// fromHere returns a directory relative to the working directory: saved plans contain
// it, and may be applied in another checkout.
func fromHere(dir string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(dir) {
		return dir
	}
	if relative, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(relative) {
		return relative
	}
	return dir
}

func defaultPaths(dir string, report *report) []string {
	_, fileErr := os.Stat(absolute(dir, defaultFile))
	info, dirErr := os.Stat(absolute(dir, defaultDir))
	folder := dirErr == nil && info.IsDir()
	switch {
	case fileErr == nil && folder:
		failed(report, defaultFile, "pass -f divio.yaml or -f divio/, or both",
			"found both divio.yaml and the directory divio/")
	case fileErr == nil:
		return []string{defaultFile}
	case folder:
		return []string{defaultDir}
	case !errors.Is(fileErr, fs.ErrNotExist):
		return []string{defaultFile} // reading reports the error
	default:
		failed(report, "", "create divio.yaml (divioctl export writes one), or pass files with -f",
			"no divio.yaml and no directory divio/ found in the working directory")
	}
	return nil
}

// expand returns the files of one -f value.
func expand(dir, path string, report *report) []string {
	switch path {
	case "-":
		return []string{stdinName}
	case "":
		failed(report, "", "pass a file, a directory, a glob, or - for standard input", "-f has an empty value")
		return nil
	}
	info, err := os.Stat(absolute(dir, path))
	if err == nil {
		if info.IsDir() {
			return walk(dir, path, report)
		}
		return []string{path}
	}
	if !isGlob(path) {
		return []string{path} // reading reports the error
	}
	return expandGlob(dir, path, report)
}

// read reads one file and checks that it is text; nil when it is not.
func read(in Input, name string, report *report) *file {
	shown := filepath.ToSlash(name)
	data, err := readBytes(in, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		failed(report, shown, "check the path; it is relative to the working directory", "no such file or directory")
		return nil
	case err != nil:
		failed(report, shown, "check the path and the permissions", "the file cannot be read: "+reason(err))
		return nil
	case len(data) > maxFileSize:
		failed(report, shown, "check that it is the right file, or split it", "the file is larger than 10 MB")
		return nil
	}
	if otherEncoding(data) {
		failed(report, shown, "save it as UTF-8", "the file is not UTF-8 but UTF-16 or UTF-32 text")
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	dir := absolute(in.Dir, ".")
	if name != stdinName {
		dir = filepath.Dir(absolute(in.Dir, name))
	}
	if in.Dir == "" {
		dir = fromHere(dir)
	}
	f := newFile(shown, dir, string(data))
	report.files[shown] = f
	if !checkText(f, report) {
		return nil
	}
	return f
}

func readBytes(in Input, name string) ([]byte, error) {
	source := in.Stdin
	if name != stdinName {
		opened, err := os.Open(absolute(in.Dir, name))
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		source = opened
	}
	if source == nil {
		return nil, errors.New("standard input is not available")
	}
	return io.ReadAll(io.LimitReader(source, maxFileSize+1))
}

// otherEncoding recognises UTF-16 and UTF-32 by their byte order marks.
func otherEncoding(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) ||
		bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff"))
}

// checkText reports the first character that YAML does not allow.
func checkText(f *file, report *report) bool {
	for i, line := range f.lines {
		column := 0
		for at, r := range line {
			column++
			invalid := r == utf8.RuneError && !strings.HasPrefix(line[at:], "\ufffd")
			control := (r < 0x20 && r != '\t') || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0xfffe || r == 0xffff
			if !invalid && !control {
				continue
			}
			f.hidden[i+1] = true // unreadable on a terminal
			p := place{file: f, line: i + 1, column: column}
			if invalid {
				report.add(p, "save the file as UTF-8; check that it is a text file", "the file is not UTF-8 text")
			} else {
				report.add(p, `check that it is a text file; in a value, write the character in double quotes as an escape such as "\x07"`,
					"the file contains the control character %U", r)
			}
			return false
		}
	}
	return true
}
