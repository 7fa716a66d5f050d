package resource

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// How siblings are distinguished, by the same rule in addresses, files and answers:
//
//   - A kind with a Key has one natural key: the mapping's key in the files, the field
//     KeyField in answers. If the API has no such field, the key is only in the files,
//     and the kind's matcher finds the existing resource.
//   - A kind with KeyFields has a key composed of the texts of these fields, joined by
//     slashes ("database/DEFAULT").
//   - A kind with neither has no key, only a label (label.go).
//
// Normal, if a kind has it, converts a key of either type to its normal form.

// Keyed reports whether resources of the kind have a natural key.
func (k *Kind) Keyed() bool { return k.Key != "" || len(k.KeyFields) > 0 }

// KeyInAPI reports whether the API knows the natural key, so it identifies an existing
// resource.
func (k *Kind) KeyInAPI() bool { return k.KeyField != "" || len(k.KeyFields) > 0 }

// KeyTitle is the name of the key: "slug", "type and prefix".
func (k *Kind) KeyTitle() string {
	if k.Key != "" {
		return k.Key
	}
	return strings.Join(k.KeyFields, " and ")
}

// CheckKey returns the normal form of a key, or what is wrong with it. For a kind
// without keys any text is valid, since it is a label.
func (k *Kind) CheckKey(key string) (string, error) {
	if !k.Keyed() {
		return normalLabel(key), nil
	}
	if k.Normal != nil {
		normal, err := k.Normal(key)
		if err != nil {
			return "", err
		}
		key = normal
	}
	if Trim(key) != key {
		return "", errors.New("remove the white space around it")
	}
	if length := utf8.RuneCountInString(key); k.KeyMax > 0 && length > k.KeyMax {
		return "", fmt.Errorf("it is %d characters long; at most %d are allowed", length, k.KeyMax)
	}
	if k.KeyPattern != "" && !k.keyForm().MatchString(key) {
		return "", errors.New(k.KeyHint)
	}
	return key, nil
}

// keyForms are the patterns of keys, each compiled once: files contain many keys.
var keyForms sync.Map // string to *regexp.Regexp

func (k *Kind) keyForm() *regexp.Regexp {
	form, known := keyForms.Load(k.KeyPattern)
	if !known {
		form, _ = keyForms.LoadOrStore(k.KeyPattern, regexp.MustCompile(k.KeyPattern))
	}
	return form.(*regexp.Regexp)
}

// ComposeKey returns the key that is composed of the resource's KeyFields, in its
// normal form if there is one.
func ComposeKey(r *Resource) string {
	parts := make([]string, len(r.Kind.KeyFields))
	for i, name := range r.Kind.KeyFields {
		parts[i] = r.Text(name)
	}
	key := strings.Join(parts, "/")
	if r.Kind.Normal != nil {
		if normal, err := r.Kind.Normal(key); err == nil {
			return normal
		}
	}
	return key
}

// FixedPart returns the name of the part of a key that differs between two keys and that
// no operation changes, "" if an existing resource can be renamed from one to the other.
// A name that only the files have can always be changed.
func (k *Kind) FixedPart(from, to string) string {
	switch {
	case from == to || !k.KeyInAPI():
		return ""
	case !k.Renames:
		return k.KeyTitle()
	}
	was, is := strings.SplitN(from, "/", len(k.KeyFields)), strings.SplitN(to, "/", len(k.KeyFields))
	for i, name := range k.KeyFields {
		if i < len(was) && i < len(is) && was[i] != is[i] && !k.Field(name).InUpdates() {
			return name
		}
	}
	return ""
}
