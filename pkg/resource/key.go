package resource

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// What tells siblings apart, by one rule for addresses, files and answers alike:
//
//   - A kind with a Key has one natural key: the mapping's key in the files, the
//     field KeyField in answers. Where the API has no such field the files alone
//     know it, and the kind's matcher says which existing resource is meant.
//   - A kind with KeyFields has a key made of the texts of these fields, joined by
//     slashes ("database/DEFAULT").
//   - A kind with neither has no key. What it is called by is the text of its first
//     field, and where siblings share that, the texts of the others too
//     ("command@frequency,time").
//
// Normal, where a kind has it, brings a key of either sort to its normal form.

// Keyed reports whether resources of the kind have a natural key.
func (k *Kind) Keyed() bool { return k.Key != "" || len(k.KeyFields) > 0 }

// KeyInAPI reports whether the API knows the natural key, so that it identifies an
// existing resource.
func (k *Kind) KeyInAPI() bool { return k.KeyField != "" || len(k.KeyFields) > 0 }

// KeyTitle is what people call the key: "slug", "type and prefix".
func (k *Kind) KeyTitle() string {
	if k.Key != "" {
		return k.Key
	}
	return strings.Join(k.KeyFields, " and ")
}

// CheckKey gives the normal form of a key, or says what is wrong with it. Of a
// kind without keys any text is one.
func (k *Kind) CheckKey(key string) (string, error) {
	if !k.Keyed() {
		return key, nil
	}
	if k.Normal != nil {
		normal, err := k.Normal(key)
		if err != nil {
			return "", err
		}
		key = normal
	}
	if length := utf8.RuneCountInString(key); k.KeyMax > 0 && length > k.KeyMax {
		return "", fmt.Errorf("it is %d characters long; at most %d are allowed", length, k.KeyMax)
	}
	if k.KeyPattern != "" && !k.keyForm().MatchString(key) {
		return "", errors.New(k.KeyHint)
	}
	return key, nil
}

// keyForms are the patterns of keys, each compiled once: files hold many keys.
var keyForms sync.Map // string to *regexp.Regexp

func (k *Kind) keyForm() *regexp.Regexp {
	form, known := keyForms.Load(k.KeyPattern)
	if !known {
		form, _ = keyForms.LoadOrStore(k.KeyPattern, regexp.MustCompile(k.KeyPattern))
	}
	return form.(*regexp.Regexp)
}

// ComposeKey gives the key that is made of the resource's KeyFields, in its normal
// form where it has one.
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

// DisplayKey is what a resource without a natural key is called by: the text of
// its first field.
func DisplayKey(r *Resource) string { return r.Text(r.Kind.Fields[0].Name) }

// LongKey is the display key where several siblings share the short one:
// "command@frequency,time". It holds nothing that may not be shown.
func LongKey(r *Resource) string {
	var rest []string
	for i := range r.Kind.Fields[1:] {
		name := r.Kind.Fields[i+1].Name
		if text := r.Text(name); text != "" && !r.IsMasked(name) {
			rest = append(rest, text)
		}
	}
	return DisplayKey(r) + "@" + strings.Join(rest, ",")
}
