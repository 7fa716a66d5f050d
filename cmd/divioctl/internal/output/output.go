// Package output writes the files that flags name: a report, a saved plan, copies of a
// plan, an export. Every file that a command writes goes through it.
//
// The policy:
//
//   - A link is followed: its target is written, and the link stays.
//   - A regular file is replaced as a whole, so that a reader finds the old content or
//     the new one. It keeps its permissions, unless the one of an earlier run was removed
//     first ([File.Remove]). Where it cannot be replaced (its directory
//     is read-only, or it is a mount), it is written in place.
//   - Anything else (a device, a pipe) is written into, and never emptied, renamed over
//     or removed. So is what is open already, whatever it is: standard output, standard
//     error, and /dev/fd/N. It is written after what is there.
//   - An output is never an input of the same command, nor another output of it. Links
//     and other spellings of a path count ([Check]).
package output

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2/maybe"
)

// File is a file that a flag names. The zero File is none.
type File struct {
	// Flag is the name of the flag, for messages.
	Flag string
	// Path is as it was given, "" if the flag was not given.
	Path string
}

// target is what a path leads to.
type target struct {
	// path is without links at its end.
	path string
	// info is nil if nothing is there.
	info fs.FileInfo
	// stream is standard output or standard error, where the path leads to it.
	stream *os.File
	// open: it is written into.
	open bool
}

// maxLinks is how many links are followed.
const maxLinks = 40

func (f File) target() (target, error) {
	t := target{path: f.Path}
	info, err := os.Stat(f.Path)
	switch {
	case err == nil:
		t.info = info
	case !errors.Is(err, fs.ErrNotExist):
		return t, err
	}
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		if is, err := stream.Stat(); err == nil && t.info != nil && os.SameFile(is, t.info) {
			t.stream, t.open = stream, true
			return t, nil
		}
	}
	t.open = t.info != nil && !t.info.Mode().IsRegular()
	for range maxLinks {
		if t.info != nil && isOpen(t.path) {
			t.path, t.open = f.Path, true
			return t, nil
		}
		link, err := os.Readlink(t.path)
		if err != nil {
			return t, nil // the end of the links
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(t.path), link)
		}
		t.path = link
	}
	return t, nil
}

// isOpen reports whether a path stands for a file that a process has open: a link to it
// may have no target that can be opened again.
func isOpen(path string) bool {
	at, err := filepath.Abs(path)
	return err == nil && (strings.HasPrefix(at, "/dev/fd/") || strings.HasPrefix(at, "/proc/"))
}

// Write makes text the content of the file. perm is for a file that does not exist yet.
func (f File) Write(text []byte, perm fs.FileMode) error {
	t, err := f.target()
	switch {
	case err != nil:
		return err
	case t.open:
		into, err := t.openForWriting()
		if err != nil {
			return err
		}
		_, err = into.Write(text)
		return errors.Join(err, into.Close())
	}
	err = maybe.WriteFile(t.path, text, perm)
	if t.info != nil && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EBUSY)) {
		err = os.WriteFile(t.path, text, perm)
	}
	return f.named(err)
}

// named names the file in an error that names a temporary one beside it.
func (f File) named(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return &fs.PathError{Op: path.Op, Path: f.Path, Err: path.Err}
	case errors.As(err, &link):
		return &fs.PathError{Op: "replace", Path: f.Path, Err: link.Err}
	}
	return err
}

// IsWrittenInto reports whether the file is a device, a pipe, or open already, so that
// nothing in it is overwritten.
func (f File) IsWrittenInto() bool {
	t, err := f.target()
	return err == nil && t.open && !t.info.IsDir()
}

// Remove removes the file, if it is a regular one: nobody may find the content of an
// earlier run. A file that cannot be removed is made empty.
func (f File) Remove() error {
	if f.Path == "" {
		return nil
	}
	t, err := f.target()
	if err != nil || t.open || t.info == nil {
		return err
	}
	if os.Remove(t.path) == nil {
		return nil
	}
	return os.Truncate(t.path, 0)
}

// Read gives what is in a regular file that exists, nil for any other.
func (f File) Read() ([]byte, error) {
	if f.Path == "" {
		return nil, nil
	}
	t, err := f.target()
	if err != nil || t.open || t.info == nil {
		return nil, err
	}
	return os.ReadFile(t.path)
}

func (t target) openForWriting() (io.WriteCloser, error) {
	if t.stream != nil {
		return keptOpen{t.stream}, nil
	}
	return os.OpenFile(t.path, os.O_WRONLY|os.O_APPEND, 0)
}

// keptOpen is a stream of the process, which goes on after one file is written to it.
type keptOpen struct{ io.Writer }

func (keptOpen) Close() error { return nil }
