package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// earlier loads the version of the files that --base names: a file or directory,
// if there is one of that name, else a git revision, of which the same paths are
// read (revision.go). An earlier version that does not load is said in the plan and
// ignored: then every change counts as requested. nil without --base.
func (s *session) earlier(ctx context.Context, base string, now plan.Input) (*plan.Version, error) {
	if base == "" {
		return nil, nil
	}
	in := spec.Input{Paths: []string{base}, Kinds: s.kinds}
	if _, err := os.Stat(base); err != nil {
		dir, err := os.MkdirTemp("", "divioctl-base")
		if err != nil {
			return nil, fmt.Errorf("read the earlier version (--base): %w", err)
		}
		defer os.RemoveAll(dir)
		if in, err = s.inRevision(ctx, base, dir); err != nil {
			return nil, err
		}
	}
	doc, problems := spec.Load(in)
	if len(problems) > 0 {
		return &plan.Version{Problem: fmt.Sprintf("--base %s does not load: %s", base, problems[0].Message)}, nil
	}
	borrow(doc.State, now.Desired)
	scope := plan.Scope(doc.State, s.kinds, now.Select, slices.Concat(doc.Settings.Prune, now.Prune))
	return &plan.Version{Desired: scope, Settings: doc.Settings}, nil
}

// inRevision checks a git revision out below dir, and says what to load there.
func (s *session) inRevision(ctx context.Context, base, dir string) (spec.Input, error) {
	if slices.Contains(s.flags.File, "-") {
		return spec.Input{}, &usageError{
			message: "--base " + base + ": standard input has no earlier version",
			hint:    "Name a file or directory as --base.",
		}
	}
	found, err := findRevision(ctx, base)
	if err != nil {
		return spec.Input{}, err
	}
	named, err := found.paths(s.flags.File)
	if err != nil {
		return spec.Input{}, err
	}
	if err := found.checkOut(ctx, dir, named); err != nil {
		return spec.Input{}, fmt.Errorf("read the earlier version (--base %s): %w", base, err)
	}
	in := spec.Input{Dir: filepath.Join(dir, filepath.FromSlash(found.within)), Kinds: s.kinds}
	if len(named) == 0 {
		return in, os.MkdirAll(in.Dir, 0o700)
	}
	in.Dir = dir
	for _, name := range named {
		at := filepath.Join(dir, filepath.FromSlash(name))
		_, err := os.Stat(at)
		if found, _ := filepath.Glob(at); err == nil || len(found) > 0 {
			in.Paths = append(in.Paths, name)
		}
	}
	if len(in.Paths) == 0 {
		in.Paths = named[:1] // loading it says that it is not there
	}
	return in, nil
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
