package workflow

import (
	"bytes"
	"context"
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
//   - Only files that may be read are checked out: YAML files, what -f names, and the
//     files that are values now and were then, as they were committed. No filter runs,
//     and no link is followed.

// revision is a commit of the repository that the working directory is in.
type revision struct {
	top    string // the repository's directory
	within string // the working directory below it, with slashes
	commit string
}

// findRevision finds what --base names.
func findRevision(ctx context.Context, name string) (*revision, error) {
	top, err := git(ctx, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, &BaseError{
			Message: fmt.Sprintf("--base %s is not a file, and the working directory is in no git repository: %v", name, err),
			Hint:    "Name a file, a directory or a git revision such as origin/main.",
		}
	}
	within, err := git(ctx, nil, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	commit, err := git(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
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

// checkOut writes the readable files of the revision below dir.
func (r *revision) checkOut(ctx context.Context, dir string, named []string) error {
	list, err := git(ctx, nil, "-C", r.top, "ls-tree", "-r", "-z", "--full-tree", r.commit)
	if err != nil {
		return err
	}
	var names []string
	var ids bytes.Buffer
	for entry := range strings.SplitSeq(string(list), "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about) // mode, type, id
		extension := strings.ToLower(path.Ext(name))
		if len(fields) != 3 || !strings.HasPrefix(fields[0], "100") ||
			extension != ".yaml" && extension != ".yml" && !slices.Contains(named, name) {
			continue
		}
		names = append(names, name)
		fmt.Fprintln(&ids, fields[2])
	}
	blobs, err := git(ctx, &ids, "-C", r.top, "cat-file", "--batch")
	if err != nil {
		return err
	}
	return unpack(blobs, names, dir)
}

// unpack writes the blobs of the output of git cat-file --batch: for each a line that
// ends with its size, then its content and a line break.
func unpack(blobs []byte, names []string, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range names {
		header, rest, _ := bytes.Cut(blobs, []byte("\n"))
		size, err := strconv.Atoi(string(header[bytes.LastIndexByte(header, ' ')+1:]))
		if err != nil || size >= len(rest) {
			return fmt.Errorf("git returned something other than the content of %s: %q", name, header)
		}
		if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o700); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), rest[:size], 0o600); err != nil {
			return err
		}
		blobs = rest[size+1:]
	}
	return nil
}

func git(ctx context.Context, in io.Reader, args ...string) ([]byte, error) {
	var out, problem bytes.Buffer
	command := exec.CommandContext(ctx, "git", args...)
	command.Stdin, command.Stdout, command.Stderr = in, &out, &problem
	if err := command.Run(); err != nil {
		if said := strings.TrimSpace(problem.String()); said != "" {
			return nil, fmt.Errorf("git says %q", said)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.Bytes(), nil
}
