package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// earlier loads the version of the files that --base names: a file or directory,
// if there is one of that name, else a git revision, of which the same paths are
// read. An earlier version that does not load is said and ignored: then every
// change counts as requested. nil without --base.
func (s *session) earlier(ctx context.Context, base string, desired *resource.State, selection plan.Selection) (*plan.Version, error) {
	if base == "" {
		return nil, nil
	}
	in := spec.Input{Paths: []string{base}, Kinds: s.kinds}
	if _, err := os.Stat(base); err != nil {
		if slices.Contains(s.flags.File, "-") {
			return nil, &usageError{message: "--base " + base + ": standard input has no earlier version", hint: "Name a file or directory as --base."}
		}
		dir, err := os.MkdirTemp("", "divioctl-base")
		if err != nil {
			return nil, fmt.Errorf("read the earlier version (--base): %w", err)
		}
		defer os.RemoveAll(dir)
		within, err := checkOut(ctx, base, dir)
		if err != nil {
			return nil, err
		}
		in = spec.Input{Paths: s.flags.File, Dir: filepath.Join(dir, within), Kinds: s.kinds}
	}
	doc, problems := spec.Load(in)
	if len(problems) > 0 {
		s.say("divioctl: warning: the earlier version (--base %s) does not load, so that every change counts as requested: %s", base, problems[0].Message)
		return nil, nil
	}
	borrow(doc.State, desired)
	return &plan.Version{Desired: plan.Scope(doc.State, s.kinds, selection), Settings: doc.Settings}, nil
}

// borrow gives the earlier version the values that are at hand already: no program
// of another revision is run, and a source that it alone has stays uncompared.
func borrow(earlier, desired *resource.State) {
	now := map[resource.Address]*resource.Resource{}
	for _, r := range desired.Resources {
		now[r.Address] = r
	}
	for _, r := range earlier.Resources {
		for name, value := range r.Fields {
			source, sourced := value.(resource.Source)
			if same := now[r.Address]; sourced && same != nil && sameSource(source, same.Sources[name]) {
				r.Fields[name] = same.Fields[name]
				r.Masked[name] = true
			}
		}
	}
}

// sameSource compares sources of two checkouts, whose directories differ.
func sameSource(a, b resource.Source) bool {
	return a.Env == b.Env && a.File == b.File && slices.Equal(a.Exec, b.Exec)
}

// checkOut writes the YAML files of a git revision below dir, and gives the
// present working directory's path within the repository.
func checkOut(ctx context.Context, revision, dir string) (within string, err error) {
	within, err = git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return "", &usageError{
			message: fmt.Sprintf("--base %s is no file here, and this is no git repository", revision),
			hint:    "Name a file, a directory or a git revision such as origin/main.",
		}
	}
	commit, err := git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", &usageError{
			message: fmt.Sprintf("--base %s is neither a file here nor a git revision", revision),
			hint:    "In CI, fetch the branch first: a shallow clone has no other revisions.",
		}
	}
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return "", fmt.Errorf("read the earlier version (--base): %w", err)
	}
	archive, err := git(ctx, "-C", strings.TrimSpace(top), "archive", "--format=tar", strings.TrimSpace(commit))
	if err != nil {
		return "", fmt.Errorf("read the earlier version (--base %s): %w", revision, err)
	}
	if err := unpack(strings.NewReader(archive), dir); err != nil {
		return "", fmt.Errorf("read the earlier version (--base %s): %w", revision, err)
	}
	within = strings.TrimSpace(within)
	return within, os.MkdirAll(filepath.Join(dir, within), 0o700)
}

func git(ctx context.Context, args ...string) (string, error) {
	var out, problem bytes.Buffer
	command := exec.CommandContext(ctx, "git", args...)
	command.Stdout, command.Stderr = &out, &problem
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(problem.String()))
	}
	return out.String(), nil
}

// unpack writes the YAML files of an archive below dir. Links are left out.
func unpack(archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for files := tar.NewReader(archive); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		extension := filepath.Ext(header.Name)
		if header.Typeflag != tar.TypeReg || extension != ".yaml" && extension != ".yml" {
			continue
		}
		if err := root.MkdirAll(filepath.Dir(header.Name), 0o700); err != nil {
			return err
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := root.WriteFile(header.Name, text, 0o600); err != nil {
			return err
		}
	}
}
