package workflow

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// BaseError is a value of --base that names no earlier version of the files. Hint says
// what to name instead.
type BaseError struct{ Message, Hint string }

// Error names the value of --base.
func (e *BaseError) Error() string { return e.Message }

// earlier loads the version of the files that --base names: a file or directory, if one
// of that name exists, else a git revision, of which the same paths are read
// (revision.go). An earlier version that does not load is reported in the plan and
// ignored: then every change counts as requested. nil without --base.
func (w *Workflow) earlier(ctx context.Context, base string, now plan.Input) (*plan.Version, error) {
	if base == "" {
		return nil, nil
	}
	in := spec.Input{Paths: []string{base}, Catalog: w.Catalog}
	var found *revision
	var dir string
	if _, err := os.Stat(base); err != nil {
		if dir, err = os.MkdirTemp("", "divioctl-base"); err != nil {
			return nil, fmt.Errorf("read the earlier version (--base): %w", err)
		}
		defer os.RemoveAll(dir)
		if in, found, err = w.inRevision(ctx, base, dir); err != nil {
			return nil, err
		}
	}
	doc, problems := spec.Load(in)
	if len(problems) > 0 {
		return &plan.Version{Problem: fmt.Sprintf("--base %s does not load: %s", base, problems[0].Message)}, nil
	}
	shared := sharedSources(doc.State, now.Desired)
	if found != nil {
		values := filesOf(shared, dir)
		needed := map[string]bool{}
		for _, name := range values {
			needed[name] = true
		}
		if err := found.checkOut(ctx, dir, values, func(name string) bool { return needed[name] }); err != nil {
			return nil, fmt.Errorf("read the files of value_from in the earlier version (--base %s): %w", base, err)
		}
	}
	for _, f := range shared {
		f.fill()
	}
	scope := plan.Narrow(doc.State, w.Catalog, now.Select, slices.Concat(doc.Settings.Prune, now.Prune))
	return &plan.Version{Desired: scope, Settings: doc.Settings}, nil
}

// inRevision checks a git revision out below dir, and says what to load there.
func (w *Workflow) inRevision(ctx context.Context, base, dir string) (spec.Input, *revision, error) {
	if slices.Contains(w.Files, "-") {
		return spec.Input{}, nil, &BaseError{
			Message: "--base " + base + ": standard input has no earlier version",
			Hint:    "Name a file or directory as --base.",
		}
	}
	found, err := findRevision(ctx, base)
	if err != nil {
		return spec.Input{}, nil, err
	}
	named, err := found.paths(w.Files)
	if err != nil {
		return spec.Input{}, nil, err
	}
	values := named
	for _, name := range spec.DefaultPaths() {
		if len(named) == 0 {
			values = append(values, path.Join(found.within, name))
		}
	}
	existed := make([]bool, len(values))
	if err := found.checkOut(ctx, dir, within(values), func(name string) (covered bool) {
		for i, value := range values {
			if spec.Covers(value, name) {
				covered, existed[i] = true, true
			}
		}
		return covered
	}); err != nil {
		return spec.Input{}, nil, fmt.Errorf("read the earlier version (--base %s): %w", base, err)
	}
	in := spec.Input{Dir: filepath.Join(dir, filepath.FromSlash(found.within)), Catalog: w.Catalog}
	if len(named) == 0 {
		return in, found, os.MkdirAll(in.Dir, 0o700)
	}
	in.Dir = dir
	for i, name := range named {
		if existed[i] {
			in.Paths = append(in.Paths, name)
		}
	}
	if len(in.Paths) == 0 {
		in.Paths = named[:1] // loading reports that it was not found
	}
	return in, found, nil
}

// within returns the paths that contain what the values of -f may read. A value that looks
// like a glob may also be a path.
func within(values []string) []string {
	paths := slices.Clone(values)
	for _, value := range values {
		paths = append(paths, spec.Within(value))
	}
	return paths
}

// The values of value_from in the earlier version are those of sources that the files
// also name today, as far as they were resolved; others are not compared.
//
//   - A value file has versions, like the files that name it: its content in that
//     version counts. If it did not exist then, its value is unknown.
//   - The earlier values of environment variables and programs are unknown, and no
//     program of another revision is run: the current value counts.

// sharedSource is a field that both versions take from the same source.
type sharedSource struct {
	earlier, now *resource.Resource
	name         string
	source       resource.Source // as the earlier version names it
}

func sharedSources(earlier, desired *resource.State) []sharedSource {
	now := map[resource.Address]*resource.Resource{}
	for _, r := range desired.Resources {
		now[r.Address] = r
	}
	var shared []sharedSource
	for _, r := range earlier.Resources {
		for name, value := range r.Fields {
			source, sourced := value.(resource.Source)
			if same := now[r.Address]; sourced && same != nil && sameSource(source, same.Sources[name]) {
				shared = append(shared, sharedSource{r, same, name, source})
			}
		}
	}
	return shared
}

// filesOf returns the files among the sources as paths below dir, with slashes.
func filesOf(shared []sharedSource, dir string) []string {
	var files []string
	for _, f := range shared {
		if f.source.File == "" {
			continue
		}
		if name, err := filepath.Rel(dir, filepath.Join(f.source.Dir, f.source.File)); err == nil {
			files = append(files, filepath.ToSlash(name))
		}
	}
	return files
}

// fill sets the value in the earlier version.
func (f *sharedSource) fill() {
	value := f.now.Fields[f.name]
	if f.source.File != "" {
		earlier, known := spec.FromFile(f.source)
		if !known {
			return
		}
		value = earlier
	}
	f.earlier.Fields[f.name] = value
	f.earlier.Masked[f.name] = true
}

// sameSource compares sources of two checkouts, whose directories differ.
func sameSource(a, b resource.Source) bool {
	return a.Env == b.Env && a.File == b.File && slices.Equal(a.Exec, b.Exec)
}
