package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// sourceValue returns value_from as it is written.
func sourceValue(source resource.Source) yamlValue {
	var from yamlMap
	switch {
	case source.Env != "":
		from.add("env", yamlText(source.Env))
	case source.File != "":
		from.add("file", yamlText(source.File))
	default:
		var command yamlList
		for _, word := range source.Exec {
			command = append(command, yamlText(word))
		}
		from.add("exec", command)
	}
	return from
}

// value returns a field's value as it is written.
func (w *writer) value(f *resource.Field, value resource.Value) yamlValue {
	switch v := value.(type) {
	case resource.Ref:
		return yamlText(w.reference(f.Target, v))
	case string:
		if f.Type == resource.Enum {
			return yamlText(strings.ToLower(v))
		}
	case []any:
		if f.Type == resource.Tags {
			return tagsValue(f, v)
		}
		var list yamlList
		for _, item := range v {
			object, ok := item.(map[string]any)
			if !ok || len(f.Items) == 0 {
				list = append(list, plainValue(item))
				continue
			}
			var entry yamlMap
			for i := range f.Items {
				if part, ok := object[f.Items[i].Name]; ok {
					entry.add(f.Items[i].Name, w.value(&f.Items[i], part))
				}
			}
			list = append(list, entry)
		}
		return list
	}
	return plainValue(value)
}

// tagsValue writes tags as a mapping, or as a list where a name repeats, or cannot be a
// key.
func tagsValue(f *resource.Field, tags []any) yamlValue {
	var byName yamlMap
	var list yamlList
	seen, plain := map[string]bool{}, true
	for _, item := range tags {
		object, ok := item.(map[string]any)
		if !ok || len(f.Items) < 2 {
			return plainValue(tags)
		}
		name, _ := object[f.Items[0].Name].(string)
		value, _ := object[f.Items[1].Name].(string)
		byName.add(name, yamlText(value))
		list = append(list, yamlMap{{f.Items[0].Name, yamlText(name)}, {f.Items[1].Name, yamlText(value)}})
		seen[name], plain = true, plain && isPlainName(name)
	}
	if len(seen) == len(list) && plain {
		return byName
	}
	return list
}

// reference returns the name by which a reference can be written.
func (w *writer) reference(target string, ref resource.Ref) string {
	for _, r := range w.below[resource.CollectionID{Kind: target}] {
		if ref.Handle != "" && resource.SameID(r.Handle, ref.Handle) {
			return r.Key
		}
	}
	name := w.state.Choices.Name(target, ref.Handle)
	if w.catalog.Kind(target) != nil && ref.Handle != "" { // its key is only in files that declare it
		return ref.Handle
	}
	if ref.Handle == "" || name == "" {
		if ref.Handle != "" {
			return ref.Handle
		}
		return ref.Name
	}
	for _, entry := range w.state.Choices[target] {
		if entry.Handle != ref.Handle && slices.Contains(entry.Names, name) {
			return ref.Handle
		}
	}
	return name
}

// plainValue writes a value of the API unchanged.
func plainValue(value resource.Value) yamlValue {
	switch v := value.(type) {
	case nil:
		return yamlRaw("null")
	case bool:
		return yamlRaw(strconv.FormatBool(v))
	case int64:
		return yamlRaw(strconv.FormatInt(v, 10))
	case json.Number:
		return yamlRaw(v)
	case string:
		return yamlText(v)
	case []any:
		var list yamlList
		for _, item := range v {
			list = append(list, plainValue(item))
		}
		return list
	case map[string]any:
		var object yamlMap
		for _, key := range resource.SortedKeys(v) {
			object.add(key, plainValue(v[key]))
		}
		return object
	}
	return yamlText(resource.Show(value))
}
