package workflow

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// An earlier version of the files in git:
//
//   - The same paths are read, anywhere in the revision: -f may name files beside the
//     working directory, but none outside of the repository, which have no earlier
//     version.
//   - A path that did not exist then is left out: a new file has no earlier version.
//   - Only files that may be read are checked out: what -f names, the YAML files below
//     directories that it names, and the files that are values now and were then, as they
//     were committed. No filter runs, and no link is followed.
//   - Other files cost their names at most, and those only in the same directories. What
//     is checked out goes to the disk piece by piece.

// revision is a commit of the repository that the working directory is in.
type revision struct {
	top    string // the repository's directory
	within string // the working directory below it, with slashes
	commit string
}

// findRevision finds what --base names.
func findRevision(ctx context.Context, name string) (*revision, error) {
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, &BaseError{
			Message: fmt.Sprintf("--base %s is not a file, and the working directory is in no git repository: %v", name, err),
			Hint:    "Name a file, a directory or a git revision such as origin/main.",
		}
	}
	within, err := git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	commit, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return nil, &BaseError{
			Message: fmt.Sprintf("--base %s is neither a file nor a git revision", name),
			Hint:    "In CI, fetch the branch first: a shallow clone does not contain other revisions.",
		}
	}
	return &revision{top: strings.TrimSpace(string(top)), within: strings.TrimSpace(string(within)), commit: strings.TrimSpace(string(commit))}, nil
}

// paths returns the values of -f as paths in the repository, with slashes.
func (r *revision) paths(files []string) ([]string, error) {
	var paths []string
	for _, file := range files {
		in := path.Join(r.within, filepath.ToSlash(file))
		if filepath.IsAbs(file) {
			in = file
			if real, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
				in = filepath.Join(real, filepath.Base(file))
			}
			relative, err := filepath.Rel(r.top, in)
			if err != nil {
				relative = ".."
			}
			in = filepath.ToSlash(relative)
		}
		if !filepath.IsLocal(filepath.FromSlash(in)) {
			return nil, &BaseError{
				Message: fmt.Sprintf("--base: %s is outside of the git repository and has no earlier version there", file),
				Hint:    "Name a file or directory as --base.",
			}
		}
		paths = append(paths, in)
	}
	return paths, nil
}

// maxBlob is how much of a file is checked out: one byte more than the largest file that
// is read, so that a larger one is still refused for its size.
const maxBlob = 10<<20 + 1

// maxPaths is the number of paths in the arguments of one git command.
const maxPaths = 200

// checkOut writes the files of the revision that covers accepts below dir, of those that
// are one of the paths or below one ("." for all).
func (r *revision) checkOut(ctx context.Context, dir string, paths []string, covers func(name string) bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if slices.Contains(paths, ".") {
		paths = []string{"."}
	}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(paths))), maxPaths) {
		if err := r.copyFiles(ctx, root, some, covers); err != nil {
			return err
		}
	}
	return nil
}

// copyFiles asks git for the names of the files, and for the content of those that are
// needed, one after another: no more than one name, and a part of one file, is in memory.
func (r *revision) copyFiles(ctx context.Context, root *os.Root, paths []string, covers func(name string) bool) error {
	list := []string{"--literal-pathspecs", "-C", r.top, "ls-tree", "-r", "-z", "--full-tree", r.commit}
	if paths[0] != "." {
		list = append(append(list, "--"), paths...)
	}
	return piped(ctx, list, func(_ io.Writer, entries *bufio.Reader) error {
		return piped(ctx, []string{"-C", r.top, "cat-file", "--batch"}, func(ask io.Writer, blobs *bufio.Reader) error {
			for {
				entry, err := entries.ReadString(0)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				about, name, _ := strings.Cut(strings.TrimSuffix(entry, "\x00"), "\t")
				fields := strings.Fields(about) // mode, type, id
				if len(fields) != 3 || !strings.HasPrefix(fields[0], "100") || !covers(name) {
					continue
				}
				if _, err := fmt.Fprintln(ask, fields[2]); err != nil {
					return err
				}
				if err := copyBlob(root, name, blobs); err != nil {
					return err
				}
			}
		})
	})
}

// copyBlob writes a file from the answer of git cat-file --batch: a line that ends with
// the size, then the content and a line break.
func copyBlob(root *os.Root, name string, blobs *bufio.Reader) error {
	header, err := blobs.ReadString('\n')
	if err != nil {
		return err
	}
	header = strings.TrimSpace(header)
	size, err := strconv.ParseInt(header[strings.LastIndexByte(header, ' ')+1:], 10, 64)
	if err != nil {
		return fmt.Errorf("git returned something other than the content of %s: %q", name, header)
	}
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o700); err != nil {
		return err
	}
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	kept := min(size, maxBlob)
	_, err = io.CopyN(file, blobs, kept)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, blobs, size-kept+1)
	return err
}

// piped runs git while talk writes to it and reads from it. What talk leaves unread is
// dropped.
func piped(ctx context.Context, args []string, talk func(io.Writer, *bufio.Reader) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := exec.CommandContext(ctx, "git", args...)
	var problem bytes.Buffer
	command.Stderr = &problem
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("run git: %w", err)
	}
	told := talk(in, bufio.NewReader(out))
	in.Close()
	if told != nil {
		cancel() // it may wait for somebody to read
	}
	if err := command.Wait(); err != nil {
		if said := strings.TrimSpace(problem.String()); said != "" {
			return fmt.Errorf("git says %q", said)
		}
		if told == nil {
			return fmt.Errorf("run git: %w", err)
		}
	}
	return told
}

func git(ctx context.Context, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := piped(ctx, args, func(_ io.Writer, from *bufio.Reader) error {
		_, err := from.WriteTo(&out)
		return err
	})
	return out.Bytes(), err
}
