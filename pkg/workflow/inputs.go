package workflow

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
)

// Inputs lists the files that a plan is made from, so that none of them is overwritten:
// the YAML files, those of base, or the saved plan (of the two, "" for none); the files
// of value_from, and the ledger. It resolves nothing. Files with problems are listed as
// far as they can be read: making the plan reports the problems. What standard input
// names is not known.
func (w *Workflow) Inputs(saved, base string) []string {
	var files []string
	if saved != "" {
		files = append(files, saved)
		if _, in, err := w.open(saved); err == nil {
			files = append(files, valueFiles(in.Desired)...)
			files = append(files, in.Settings.Ledger)
		}
		return files
	}
	paths := [][]string{w.Files}
	if _, err := os.Stat(base); base != "" && err == nil {
		paths = append(paths, []string{base})
	}
	for _, paths := range paths {
		doc, _ := spec.Load(spec.Input{Paths: paths, Stdin: strings.NewReader(""), Catalog: w.Catalog})
		files = append(files, doc.Files...)
		files = append(files, valueFiles(doc.State)...)
		files = append(files, doc.Settings.Ledger)
	}
	return files
}

// valueFiles are the files that value_from names.
func valueFiles(state *resource.State) []string {
	var files []string
	for _, r := range state.Resources {
		for _, name := range resource.SortedKeys(r.Fields) {
			if source, is := r.Fields[name].(resource.Source); is && source.File != "" {
				files = append(files, filepath.Join(source.Dir, source.File))
			}
		}
	}
	return files
}
