package spec

import (
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The names of entries: a key before the colon or in a list's entry, a key that is made
// of fields, or, without a key, the text of the first field.

// key returns the natural key of an entry in its normal form. An invalid key is
// reported once, at its position.
func (d *decoder) key(k *resource.Kind, e declared) (string, bool) {
	if e.name != nil {
		return d.name(k, e.name)
	}
	return d.composedKey(k, e.entry)
}

// name returns the normal form of a key that is written directly.
func (d *decoder) name(k *resource.Kind, key *node) (string, bool) {
	if key.bad || !d.plainName(key) {
		return key.text, false
	}
	normal, err := k.CheckKey(key.text)
	if err != nil {
		key.bad = true
		d.report.add(key.place, err.Error(), "%s is not a valid %s of %s", quote(key.text), k.Key, article(k.Title))
		return key.text, false
	}
	return normal, true
}

// plainName refuses names that are empty or could not be distinguished in a message.
func (d *decoder) plainName(key *node) bool {
	switch {
	case key.bad:
		return false
	case key.text == "":
		d.report.add(key.place, "enter a name", "the name is empty")
	case strings.ContainsFunc(key.text, unicode.IsControl):
		d.report.add(key.place, "remove line breaks and other control characters", "the name %s contains a control character", quote(key.text))
	case resource.Trim(key.text) != key.text:
		d.report.add(key.place, "remove the white space", "the name %s begins or ends with white space", quote(key.text))
	default:
		return true
	}
	key.bad = true
	return false
}

// composedKey returns the key that is composed of the fields of an entry. A part that
// is missing or invalid is reported by the schema.
func (d *decoder) composedKey(k *resource.Kind, entry *node) (string, bool) {
	r := &resource.Resource{Kind: k, Fields: map[string]resource.Value{}}
	parts := map[string]*node{}
	for _, name := range k.KeyFields {
		part := entry.get(name)
		if entry.shape == scalar && name == k.Shorthand {
			part = entry
		}
		if part == nil {
			return "", false
		}
		f := k.Field(name)
		value, ok := d.value(f, part)
		if !ok {
			return "", false
		}
		r.Fields[name], parts[name] = f.Normal(value), part
	}
	key := resource.ComposeKey(r)
	normal, err := k.CheckKey(key)
	if err != nil {
		name := freePart(k)
		part := parts[name]
		part.bad = true
		d.report.add(part.place, err.Error(), "%s is not a valid %s of %s", part.quote(), name, article(k.Title))
		return key, false
	}
	return normal, true
}

// freePart is the key field to mark if a key is not valid: the last one that is not an
// enum, if there is one.
func freePart(k *resource.Kind) string {
	names := k.KeyFields
	for i := len(names) - 1; i >= 0; i-- {
		if k.Field(names[i]).Type != resource.Enum {
			return names[i]
		}
	}
	return names[len(names)-1]
}

// normalParts changes the fields that compose a key to their form in the key, so that
// they compare as the key does.
func normalParts(r *resource.Resource) {
	names := r.Kind.KeyFields
	parts := strings.SplitN(r.Key, "/", len(names))
	if len(parts) != len(names) {
		return
	}
	for i, name := range names {
		if _, text := r.Fields[name].(string); text {
			r.Fields[name] = r.Kind.Field(name).Normal(parts[i])
		}
	}
}

// displayKeys sets labels for the resources of a kind without a key, different among
// siblings if their content differs: the long one for those whose short one others have.
// A long label may be the short one of yet another, which then gets its long one.
func displayKeys(k *resource.Kind, siblings []*resource.Resource) {
	for _, r := range siblings {
		r.Key = resource.DisplayKey(r)
	}
	for again := true; again; {
		again = false
		count := map[string]int{}
		for _, r := range siblings {
			count[r.Key]++
		}
		for _, r := range siblings {
			if long := resource.LongKey(r); count[r.Key] > 1 && r.Key != long {
				r.Key, again = long, true
			}
		}
	}
	for _, r := range siblings {
		r.Address = resource.NewAddress(k.Name, r.Parent, r.Key)
	}
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
