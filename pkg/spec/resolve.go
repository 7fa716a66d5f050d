package spec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Sources of values (value_from):
//
//   - {env: NAME} is a variable of this process. Unset is an error, and so is empty: a
//     CI system sets an empty variable for a missing secret, and it must not replace
//     the current value by an empty one.
//   - {file: PATH} is relative to the YAML file and stays below its directory,
//     links followed; one trailing newline is dropped.
//   - {exec: [PROGRAM, ARGUMENT...]} is the output of a program (exec.go).
//   - The secrets of divioctl itself are refused, by name and as part of a value, since
//     a pull request could publish them that way (own.go).
//   - Outer white space is part of a value that is taken as typed, and of no other
//     text.
//   - An empty text is not accepted for a write-only field, whose current value could
//     not be restored.
//
// Only the sources in the state are resolved, so that a selection does not need the
// secrets of other resources. A value from a source is masked everywhere, sensitive or
// not; except a value from a file whose entry says that it is not sensitive. No message
// contains a value.

// maxSourceSize is the maximum size of a value.
const maxSourceSize = 1 << 20

// Sources say which sources of values may be used.
type Sources struct {
	// Env looks up a variable of this process.
	Env func(string) (string, bool)
	// Refused are the names of variables that contain secrets of divioctl itself: they
	// are refused as sources, and removed from the environment of programs.
	Refused []string
	// RefusedFile, if not "", contains such a secret, and RefusedValues are the secrets
	// themselves: no value may contain one.
	RefusedFile   string
	RefusedValues []string
	// ShownOnly: only values that may be shown are resolved. The others are left as
	// sources.
	ShownOnly bool
	// AllowExec: programs may be run.
	AllowExec bool
	// Timeout bounds each program; 0 is a minute.
	Timeout time.Duration
}

// ResolveSources replaces every source in the state by its value and keeps the source in
// Resource.Sources. A value is a secret, and its field is marked as masked, unless it
// may be shown. The list contains all problems; [Document.Locate] adds their lines.
// When ctx ends, so do the programs, and their missing values are problems like any
// other.
func ResolveSources(ctx context.Context, state *resource.State, from Sources) diag.List {
	var list diag.List
	l := lookup{Sources: from, ran: map[string]taken{}}
	own := newOwnSecrets(from.RefusedValues)
	for _, r := range state.Resources {
		for _, f := range fieldsOf(r.Kind) {
			source, ok := r.Fields[f.Name].(resource.Source)
			if !ok || from.ShownOnly && !mayShow(r, f, source) {
				continue
			}
			got := l.take(ctx, source)
			if got.problem == "" && own.in(got.text) {
				got = wrong(ownSecret, "the source of %s contains the API token or the ledger's key", f.Name)
			}
			if got.problem == "" {
				got = fit(got.text, r, f)
			}
			if got.problem != "" {
				list = append(list, diag.Diagnostic{At: r.FieldAt[f.Name], Message: got.problem, Hint: got.hint})
				continue
			}
			keep(r, f, source, got.text)
		}
	}
	return list
}

// keep stores the value of a source in its field.
func keep(r *resource.Resource, f *resource.Field, source resource.Source, text string) {
	if r.Sources == nil {
		r.Sources = map[string]resource.Source{}
	}
	r.Sources[f.Name] = source
	if mayShow(r, f, source) {
		r.Fields[f.Name] = text
		return
	}
	r.Fields[f.Name] = resource.NewSecret(text)
	if r.Masked == nil {
		r.Masked = map[string]bool{}
	}
	r.Masked[f.Name] = true
}

// mayShow reports whether a value may be shown: it comes from a file, and the entry says
// that it is not sensitive.
func mayShow(r *resource.Resource, f *resource.Field, source resource.Source) bool {
	said, known := r.Fields[f.If].(bool)
	return source.File != "" && f.Display == resource.MaskedIf && known && !said
}

// lookup is one run of ResolveSources. ran holds the output of programs, so that each distinct
// one runs once.
type lookup struct {
	Sources
	ran map[string]taken
}

// taken is a value, or the problem of its source and what to do about it.
type taken struct{ text, problem, hint string }

func wrong(hint, format string, args ...any) taken {
	return taken{problem: fmt.Sprintf(format, args...), hint: hint}
}

const encodeIt = "encode it, as base64 for example"

// take reads a source.
func (l *lookup) take(ctx context.Context, source resource.Source) taken {
	switch {
	case source.Env != "":
		return l.takeEnv(source.Env)
	case source.File != "":
		return l.takeFile(source)
	}
	key := source.Dir + "\x00" + strings.Join(source.Exec, "\x00")
	if _, known := l.ran[key]; !known {
		l.ran[key] = l.takeExec(ctx, source)
	}
	return l.ran[key]
}

// fit converts a value to the form of its field and checks it.
func fit(text string, r *resource.Resource, f *resource.Field) taken {
	if f.Type == resource.Text {
		text = resource.Trim(text)
	}
	length := utf8.RuneCountInString(text)
	switch {
	case length == 0 && r.IsWriteOnly(f):
		fact, rule := neverBlanked(r, f)
		return wrong(rule+"; check the source", "the source of %s is empty, and %s", f.Name, fact)
	case f.MaxLength > 0 && length > f.MaxLength:
		return wrong("use another source, or shorten the value", "%s is %d characters long; at most %d are allowed", f.Name, length, f.MaxLength)
	}
	return taken{text: text}
}

func (l *lookup) refuses(name string) bool {
	return slices.ContainsFunc(l.Refused, func(refused string) bool { return strings.EqualFold(refused, name) })
}

func (l *lookup) refusesFile(file fs.FileInfo) bool {
	refused, err := os.Stat(l.RefusedFile)
	return err == nil && os.SameFile(file, refused)
}

func (l *lookup) takeEnv(name string) taken {
	if l.refuses(name) {
		return wrong(ownSecret, "%s must not be used as a value", name)
	}
	text, set := l.Env(name)
	switch {
	case !set:
		return wrong("set it in the environment of divioctl; in CI, check the secret of the repository", "the environment variable %s is not set", name)
	case text == "":
		return wrong(`in CI, check that the secret exists; for an empty value, write value: ""`, "the environment variable %s is empty", name)
	case !utf8.ValidString(text):
		return wrong(encodeIt, "the environment variable %s is not UTF-8 text", name)
	}
	return taken{text: text}
}

// FromFile reads the value of a file source, if possible.
func FromFile(source resource.Source) (value resource.Secret, ok bool) {
	got := (&lookup{}).takeFile(source)
	return resource.NewSecret(got.text), got.problem == ""
}

func (l *lookup) takeFile(source resource.Source) taken {
	const below = "a file of value_from must be at or below the directory of its YAML file"
	name := source.File
	root, err := os.OpenRoot(source.Dir)
	if err != nil {
		return wrong(below, "the file %s cannot be read: %s", name, reason(err))
	}
	defer root.Close()
	info, err := root.Stat(name)
	switch {
	case err != nil && (filepath.IsAbs(name) || strings.Contains(err.Error(), "escapes")):
		return wrong(below, "the file %s is outside of the directory of the YAML file", name)
	case errors.Is(err, fs.ErrNotExist):
		return wrong("the path is relative to the YAML file", "the file %s does not exist", name)
	case err != nil:
		return wrong(below, "the file %s cannot be read: %s", name, reason(err))
	case l.refusesFile(info):
		return wrong(ownSecret, "the file %s contains the API token and must not be used as a value", name)
	case !info.Mode().IsRegular():
		return wrong("use a file that contains the value", "the file %s is not a regular file", name)
	}
	opened, err := root.Open(name)
	if err != nil {
		return wrong("check the permissions", "the file %s cannot be read: %s", name, reason(err))
	}
	defer opened.Close()
	data, err := io.ReadAll(io.LimitReader(opened, maxSourceSize+1))
	switch {
	case err != nil:
		return wrong("check the permissions", "the file %s cannot be read: %s", name, reason(err))
	case len(data) > maxSourceSize:
		return wrong("check that it is the right file", "the file %s is larger than 1 MB", name)
	case !utf8.Valid(data):
		return wrong(encodeIt, "the file %s is not UTF-8 text", name)
	}
	return taken{text: withoutNewline(string(data))}
}

// withoutNewline drops one line break at the end: editors and programs add it, and it
// is not part of the value.
func withoutNewline(text string) string {
	if rest, cut := strings.CutSuffix(text, "\r\n"); cut {
		return rest
	}
	return strings.TrimSuffix(text, "\n")
}
