package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// normal brings a name to the API's form; ok is false for one that can never be.
func normal(k *resource.Kind, name string) (string, error) {
	if k.Normal == nil {
		return name, nil
	}
	form, err := k.Normal(name)
	if err != nil {
		return name, err
	}
	return form, nil
}

// name gives the normal form of an entry's name. A name that cannot be one is
// reported once, where it stands.
func (d *decoder) name(k *resource.Kind, key *node) (string, bool) {
	if key.bad || !d.plainName(key) {
		return "", false
	}
	form, hint := checkName(k, key.text)
	if hint != "" {
		key.bad = true
		d.report.add(key.place, hint, "%s is not a valid %s of %s", quote(key.text), k.Key, article(k.Title))
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

// checkName gives the normal form of a name, or says what is wrong with it.
func checkName(k *resource.Kind, name string) (form, hint string) {
	form, err := normal(k, name)
	if err != nil {
		return "", err.Error()
	}
	if k.KeyMax > 0 && utf8.RuneCountInString(form) > k.KeyMax {
		return "", fmt.Sprintf("it is %d characters long; at most %d are allowed", utf8.RuneCountInString(form), k.KeyMax)
	}
	if k.KeyPattern != "" {
		if pattern, err := regexp.Compile(k.KeyPattern); err == nil && !pattern.MatchString(form) {
			return "", k.KeyHint
		}
	}
	return form, ""
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// displayKeys gives the resources of a kind without a name something to be called
// by: the text of the first field that must be there. Where siblings share it,
// the other texts tell them apart ("command@DAILY,02:30").
func displayKeys(k *resource.Kind, siblings []*resource.Resource) {
	count := map[string]int{}
	first := ""
	for _, f := range k.Fields {
		if f.Required {
			first = f.Name
			break
		}
	}
	for _, r := range siblings {
		r.Key = r.Text(first)
		count[r.Key]++
	}
	for _, r := range siblings {
		if count[r.Key] > 1 {
			var rest []string
			for _, f := range k.Fields {
				if text := r.Text(f.Name); f.Name != first && text != "" && !r.Secretive(f.Name) {
					rest = append(rest, text)
				}
			}
			r.Key += "@" + strings.Join(rest, ",")
		}
		r.Address = resource.NewAddress(k.Name, r.Parent, r.Key)
	}
}
