package spec

import (
	"strings"
	"unicode"

	"github.com/divioctl/divioctl/pkg/resource"
)

// normal brings a name to the API's form, where it has one.
func normal(k *resource.Kind, name string) string {
	if k.Normal != nil {
		if form, err := k.Normal(name); err == nil {
			return form
		}
	}
	return name
}

// name gives the normal form of an entry's name. A name that cannot be one is
// reported once, where it stands.
func (d *decoder) name(k *resource.Kind, key *node) (string, bool) {
	if key.bad || !d.plainName(key) {
		return "", false
	}
	form, err := k.CheckKey(key.text)
	if err != nil {
		key.bad = true
		d.report.add(key.place, err.Error(), "%s is not a valid %s of %s", quote(key.text), k.Key, article(k.Title))
		return "", false
	}
	return form, true
}

// plainName refuses names that are empty or could not be printed.
func (d *decoder) plainName(key *node) bool {
	switch {
	case key.bad:
		return false
	case key.text == "":
		d.report.add(key.place, "give it a name", "the name is empty")
	case strings.ContainsFunc(key.text, unicode.IsControl):
		d.report.add(key.place, "remove line breaks and other control characters", "the name %s holds a control character", quote(key.text))
	default:
		return true
	}
	key.bad = true
	return false
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// displayKeys gives the resources of a kind without a key something to be called
// by, different among siblings as far as their content is.
func displayKeys(k *resource.Kind, siblings []*resource.Resource) {
	count := map[string]int{}
	for _, r := range siblings {
		r.Key = resource.DisplayKey(r)
		count[r.Key]++
	}
	for _, r := range siblings {
		if count[r.Key] > 1 {
			r.Key = resource.LongKey(r)
		}
		r.Address = resource.NewAddress(k.Name, r.Parent, r.Key)
	}
}
