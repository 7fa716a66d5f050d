package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/output"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// The files of applications that no longer exist, in the directory of --split: a plan of
// the directory would create these applications again. Policy:
//
//   - Only a file that an export wrote for exactly one application is looked at. It is
//     gone if the application does not exist any more, or is written to another file.
//   - An export of some applications does not decide about the files of the others.
//   - Without --force they are only reported. With --force, after everything was
//     written, those are deleted that nobody edited, if the export there was of the same
//     organisation. The others are reported.
//
// Links and everything else that is not a regular file stay. A file is deleted only if it
// is still what was found: on a file system that ignores case, the export may have
// written another application to it.

// goneFile is a file of an application that no longer exists.
type goneFile struct {
	// name is as in spec.Written.Files, and path where the file is.
	name, path string
	address    resource.Address
	// moved is the file in which the application is now, "" if it no longer exists.
	moved string
	// keep says why --force does not delete it, or "".
	keep string
}

// findGone finds these files.
func (o *Options) findGone(export spec.Written) ([]goneFile, error) {
	if o.Split == "" {
		return nil, nil
	}
	var found []goneFile
	for _, kind := range o.Workflow.Catalog.Roots() {
		entries, err := os.ReadDir(filepath.Join(o.Split, kind.Collection))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look for files of applications that no longer exist: %w", err)
		}
		for _, entry := range entries {
			name := kind.Collection + "/" + entry.Name()
			if _, written := export.Files[name]; written || !entry.Type().IsRegular() {
				continue
			}
			path := filepath.Join(o.Split, filepath.FromSlash(name))
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("look for files of applications that no longer exist: %w", err)
			}
			file, ok := spec.Exported(name, content, o.Workflow.Catalog)
			place, exists := export.Places[file.Address]
			if !ok || exists && place == "" || !exists && len(o.Application) > 0 {
				continue
			}
			gone := goneFile{name: name, path: path, address: file.Address, moved: place}
			if file.Edited {
				gone.keep = "it was edited after the export"
			}
			found = append(found, gone)
		}
	}
	if other := o.otherOrganisation(export); other != "" {
		for i := range found {
			found[i].keep = other
		}
	}
	return found, nil
}

// otherOrganisation says that the files in the directory are not of the exported
// organisation, or may not be, or returns "".
func (o *Options) otherOrganisation(export spec.Written) string {
	for name, content := range export.Files {
		if strings.Contains(name, "/") {
			continue
		}
		there, err := os.ReadFile(filepath.Join(o.Split, name))
		if err != nil {
			return "there is no " + name + " that says of which organisation it is"
		}
		if spec.OrganisationOf(there) != spec.OrganisationOf(content) {
			return "it is of another organisation than this export, as " + name + " says"
		}
	}
	return ""
}

// warnGone names the files that are there, and what happens to them.
func (o *Options) warnGone(files []goneFile) {
	for _, f := range files {
		what := fmt.Sprintf("%s: %s does not exist", f.path, f.address)
		if f.moved != "" {
			what = fmt.Sprintf("%s: %s is now in %s", f.path, f.address, f.moved)
		}
		switch {
		case f.keep != "":
			what += "; the file is not removed: " + f.keep
		case !o.Force:
			what += "; --force removes the file"
		default:
			continue
		}
		o.Console.Warn(what)
	}
}

// remove deletes the files that --force may delete.
func (o *Options) remove(files []goneFile) ([]string, error) {
	removed := []string{}
	for _, f := range files {
		if f.keep != "" || !o.Force {
			continue
		}
		content, err := os.ReadFile(f.path)
		if file, ok := spec.Exported(f.name, content, o.Workflow.Catalog); err != nil || !ok || file.Edited || file.Address != f.address {
			continue
		}
		if err := (output.File{Path: f.path}).Remove(); err != nil {
			return nil, fmt.Errorf("remove the file of %s, which does not exist: %w", f.address, err)
		}
		removed = append(removed, f.path)
	}
	return removed, nil
}
