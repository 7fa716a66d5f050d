package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/diag"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Sources of values (value_from):
//
//   - {env: NAME} is a variable of this process. Unset is an error, and so is
//     empty: that is how a CI system passes on a secret that it does not have,
//     and it must not blank the one that is there.
//   - {file: PATH} is relative to the YAML file and stays below its directory,
//     links followed; one trailing newline is dropped.
//   - The secrets of divioctl itself are refused, since a pull request could
//     publish them that way.
//
// What comes from a source is masked everywhere, sensitive or not. No message
// here holds a value.

// maxSourceSize bounds a file that is read for a value.
const maxSourceSize = 1 << 20

// Resolve replaces every source in the state by its value, as a secret, and marks
// the field as masked. refused are the names of variables that may not be
// sources. The list holds all problems, sorted by place.
func Resolve(doc *Document, env func(string) (string, bool), refused []string) diag.List {
	var list diag.List
	for _, r := range doc.State.Resources {
		for _, name := range resource.SortedKeys(r.Fields) {
			source, ok := r.Fields[name].(resource.Source)
			if !ok {
				continue
			}
			text, what, hint := take(source, env, refused)
			if f := r.Kind.Field(name); what == "" && f != nil && f.MaxLength > 0 && utf8.RuneCountInString(text) > f.MaxLength {
				what = fmt.Sprintf("%s is %d characters long; at most %d are allowed", name, utf8.RuneCountInString(text), f.MaxLength)
				hint = "name another source, or shorten the value"
			}
			if what != "" {
				list = append(list, diag.Diagnostic{At: r.FieldAt[name], Message: what, Hint: hint})
				continue
			}
			r.Fields[name] = resource.NewSecret(text)
			if r.Masked == nil {
				r.Masked = map[string]bool{}
			}
			r.Masked[name] = true
		}
	}
	return doc.Locate(list)
}

// take reads a source, or says what is wrong with it.
func take(source resource.Source, env func(string) (string, bool), refused []string) (text, what, hint string) {
	if source.Env == "" {
		return takeFile(source)
	}
	if slices.ContainsFunc(refused, func(name string) bool { return strings.EqualFold(name, source.Env) }) {
		return "", source.Env + " may not be used as a value", "it is a secret of divioctl itself, which must not reach an application"
	}
	text, set := env(source.Env)
	switch {
	case !set:
		return "", fmt.Sprintf("the environment variable %s is not set", source.Env), "set it where divioctl runs; in CI it is mostly a secret of the repository"
	case text == "":
		return "", fmt.Sprintf("the environment variable %s is empty", source.Env), `CI gives an empty text where it has no such secret; if an empty value is meant, write value: ""`
	case !utf8.ValidString(text):
		return "", fmt.Sprintf("the environment variable %s is not UTF-8 text", source.Env), "encode it, as base64 for example"
	}
	return text, "", ""
}

func takeFile(source resource.Source) (text, what, hint string) {
	name := fmt.Sprintf("the file %s", source.File)
	below := "a file of value_from is at or below the directory of the YAML file that names it"
	root, err := os.OpenRoot(source.Dir)
	if err != nil {
		return "", name + " cannot be read: " + reason(err), below
	}
	defer root.Close()
	info, err := root.Stat(source.File)
	switch {
	case err != nil && (filepath.IsAbs(source.File) || strings.Contains(err.Error(), "escapes")):
		return "", name + " is outside of the directory of the YAML file", below
	case errors.Is(err, fs.ErrNotExist):
		return "", name + " does not exist", "the path is relative to the YAML file that names it"
	case err != nil:
		return "", name + " cannot be read: " + reason(err), below
	case !info.Mode().IsRegular():
		return "", name + " is not a plain file", "name a file that holds the value"
	}
	opened, err := root.Open(source.File)
	if err != nil {
		return "", name + " cannot be read: " + reason(err), "check the permissions"
	}
	defer opened.Close()
	data, err := io.ReadAll(io.LimitReader(opened, maxSourceSize+1))
	switch {
	case err != nil:
		return "", name + " cannot be read: " + reason(err), "check the permissions"
	case len(data) > maxSourceSize:
		return "", name + " is larger than 1 MB", "is it the right file?"
	case !utf8.Valid(data):
		return "", name + " is not UTF-8 text", "encode it, as base64 for example"
	}
	text = string(data)
	if rest, cut := strings.CutSuffix(text, "\r\n"); cut {
		return rest, "", ""
	}
	return strings.TrimSuffix(text, "\n"), "", ""
}
