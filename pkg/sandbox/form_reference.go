package sandbox

import (
	"fmt"
	"net/url"
	"slices"
)

// id reads a reference to another object.
func (f *form) id(into *string, name string, n need, exists func(id string) bool) {
	if value, ok := f.value(name, n); ok {
		if id, fine := f.checkID(name, value, exists); fine {
			*into = id
		}
	}
}

func (f *form) nullableID(into **string, name string, exists func(id string) bool) {
	value, ok := f.value(name, nullable)
	switch {
	case ok && value == nil:
		*into = nil
	case ok:
		if id, fine := f.checkID(name, value, exists); fine {
			*into = &id
		}
	}
}

func (f *form) checkID(name string, value any, exists func(id string) bool) (string, bool) {
	text, _ := value.(string)
	id, valid := parseID(text)
	switch {
	case !valid:
		f.refuse(name, "Must be a valid UUID.")
	case !exists(id):
		f.refuse(name, fmt.Sprintf("Invalid pk \"%s\" - object does not exist.", text))
	default:
		return id, true
	}
	return "", false
}

func (f *form) nullableURL(into **string, name string) {
	var sent *string
	f.nullableText(&sent, name, textRule{})
	if _, refused := f.problems[name]; refused {
		return
	}
	if sent != nil {
		parsed, err := url.Parse(*sent)
		if err != nil || parsed.Host == "" || !slices.Contains([]string{"http", "https", "ftp", "ftps"}, parsed.Scheme) {
			f.refuse(name, "Enter a valid URL.")
			return
		}
	}
	if _, present := f.fields[name]; present {
		*into = sent
	}
}
