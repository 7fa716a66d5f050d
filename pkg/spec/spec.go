// Package spec turns YAML files into a desired state, and a state back into
// YAML. It is the only package that knows YAML and JSON Schema.
//
// [Load] works in stages, and none depends on a later one:
//
//	files.go     which files: -f values to a list
//	source.go    bytes to text, with places
//	syntax.go    text to yaml.v3's nodes, or a syntax error with its place
//	tree.go      to our own tree, which has no aliases, merge keys and duplicate
//	             keys any more
//	secrets.go   which places may hold a secret that no message may show
//	validate.go  the tree against the JSON Schema, in our own words
//	merge.go     the trees of several files into one
//	decode.go    the tree into resources, with the checks that a schema cannot
//	             express (names, sets, what is declared twice)
//
// A stage continues with the valid parts, so that one run reports every problem, and
// skips what an earlier stage has reported, so that no problem is reported twice.
// value_from is resolved later, by [ResolveSources], and only where it is needed.
package spec

import (
	"io"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Input says what to load.
type Input struct {
	// Paths are the values of -f: files, directories, globs, and "-" for Stdin.
	// Without any, divio.yaml or the directory divio/ is loaded.
	Paths []string
	// Dir is the working directory, "" for that of the process.
	Dir     string
	Stdin   io.Reader
	Catalog *resource.Catalog
}

// Document is the content of the files.
type Document struct {
	State    *resource.State
	Settings resource.Settings
	// Files that were read, as they are printed.
	Files []string

	report *report
	// places of resources and fields, for the width of marks.
	places map[diag.Position]place
}

// Locate adds the source lines to problems in the files that were found later. It also
// sorts them.
func (doc *Document) Locate(list diag.List) diag.List {
	report := newReport()
	if doc.report != nil {
		report.files = doc.report.files
	}
	report.list = list
	for i := range list {
		if list[i].Width == 0 {
			list[i].Width = doc.places[list[i].At].width
		}
	}
	return report.finish()
}

// Load reads and merges files. The list contains all problems, sorted by place; if
// there are any, the document may be partial and must not be used. The document is
// never nil.
func Load(in Input) (*Document, diag.List) {
	report := newReport()
	doc := &Document{
		State:  &resource.State{Collections: map[resource.CollectionID]resource.Collection{}},
		report: report,
	}
	catalog := catalog{in.Catalog}
	schema, err := compile(catalog)
	if err != nil { // not for the kinds of this program: a test compiles their schema
		failed(report, "", bugHint, err.Error())
		return doc, report.finish()
	}

	var roots []*node
	whole := true
	for _, f := range readAll(in, report) {
		doc.Files = append(doc.Files, f.name)
		root := parse(f, report)
		if root == nil {
			whole = false
			continue
		}
		hideSecrets(catalog, root)
		validate(catalog, schema, root, report)
		roots = append(roots, root)
	}
	if len(doc.Files) == 0 || report.unread {
		whole = false
	}
	if len(roots) > 0 {
		d := &decoder{catalog: catalog, report: report, doc: doc, whole: whole}
		d.root(merge(catalog, roots, report))
	}
	return doc, report.finish()
}
