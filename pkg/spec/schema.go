package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/schema"
)

// The JSON Schema is used by editors and by [Load]. So that each problem results in one
// exact error, it never contains alternatives (anyOf, oneOf): if a value has several
// forms, "type" lists them and the keywords of all forms are combined, since a keyword
// does not apply to values of other types. It is draft 7, which every editor supports.
//
// Rules that a schema cannot express, or only with poor messages, are checked on
// decoding: names in their normal form, and the required fields of a kind with children,
// since its entry may be in several files.
//
// Values of an enum are accepted in any case, as by the program, so they are a pattern.
// Editors offer the examples.
//
// "patternErrorMessage" describes a pattern in words; editors also show it.

// Endings of definitions: the names of a kind, which decoding checks itself, and
// the entries of its lists.
const (
	keySuffix  = "_key"
	itemSuffix = "_item"
)

type object = map[string]any

// Schema generates the JSON Schema of the files: the same bytes for the same
// kinds.
func Schema(kinds *resource.Catalog) ([]byte, error) {
	g := generator{catalog: catalog{kinds}, definitions: object{}}
	root := g.root()
	root["definitions"] = g.definitions
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("write the JSON Schema: %w", err)
	}
	return out.Bytes(), nil
}

type generator struct {
	catalog     catalog
	definitions object
}

func (g *generator) root() object {
	properties := object{
		"version":      object{"const": 1, "description": "Version of the file format; always 1."},
		"organisation": object{"type": list("string", "number"), "minLength": 1, "description": "Organisation by name or id; optional if the token can access exactly one."},
		"protect":      textList("Address patterns of resources that must not be deleted or replaced."),
		"moved": object{
			"type": "array", "description": "Renames and moves, so that existing resources are kept.",
			"items": closed(object{
				"from": object{"type": "string", "description": "Old address."},
				"to":   object{"type": "string", "description": "New address."},
			}, "from", "to"),
		},
		"removed": object{
			"type": "array", "description": "Resources to delete although their kind is not pruned: an address, or an address and an id.",
			"items": removedItem(),
		},
		"settings": g.settings(),
	}
	for _, k := range g.catalog.grouped() {
		properties[k.Sets] = object{
			"type":                 "object",
			"description":          "Named groups of " + k.Plural + ".",
			"additionalProperties": ref(k.Collection),
		}
	}
	for _, k := range g.catalog.Kinds() {
		g.kind(k)
		if k.Parent == "" {
			properties[k.Collection] = ref(k.Collection)
		}
	}
	root := closed(properties, "version")
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["$id"] = schema.ID
	root["title"] = "divioctl"
	root["description"] = "Desired state of an organisation on Divio."
	root["patternProperties"] = object{"^x-": object{"description": "Ignored; may contain anchors."}}
	return root
}

// removedItem describes an entry of removed.
func removedItem() object {
	item := closed(object{
		"address": object{"type": "string", "description": "Address of the resource to delete."},
		"id": object{
			"type": list("string", "number"), "minLength": 1,
			"description": "Id of the resource, as printed by plan; with an id, --allow-destroy is not needed.",
		},
	}, "address")
	item["type"] = list("string", "object")
	return item
}

func (g *generator) settings() object {
	var collections []string
	for _, k := range g.catalog.Kinds() {
		collections = append(collections, k.Collection)
	}
	settings := closed(object{
		"ledger": object{
			"type": "string", "minLength": 1,
			"description": "File with hashes of sensitive values, at or below the directory of this file; requires the key in DIVIOCTL_LEDGER_KEY.",
		},
		"prune": object{
			"type": "array", "description": "Collections whose undeclared members are deleted; none by default.",
			"items": anyCase(object{"type": "string"}, collections),
		},
		"deploy": textList("Address patterns of the environments that --deploy deploys; all declared ones by default."),
		"limits": described(closed(object{
			"delete_percent": object{"type": "integer", "minimum": 0, "maximum": 100, "description": "Maximum percentage of a kind, and of each collection, that one run may delete. It counts where ten or more exist; 0 is none. Default: 30."},
			"delete_count":   object{"type": "integer", "minimum": 0, "description": "Maximum number of a kind that one run may delete; 0 is none. Default: 20."},
		}), "Limits of deletions per run."),
	})
	return described(settings, "Settings of divioctl for these files.")
}

// kind adds the definitions of k: its collection, its entry in a mapping, its
// entry in a list, and its name.
func (g *generator) kind(k *resource.Kind) {
	properties := object{}
	var required []string
	for _, f := range fieldsOf(k) {
		properties[f.Name] = g.field(f)
		if sourceWithin(k, f) {
			properties[f.Name] = described(orMapping(g.field(f), closed(object{valueFrom: source(f)}, valueFrom)), f.Doc)
		}
		// An entry with a key and children may be in several files.
		if f.Need == resource.Always && (g.catalog.leaf(k) || k.Key == "") {
			required = append(required, f.Name)
		}
	}
	if f := sourceBeside(k); f != nil {
		properties[valueFrom] = source(f)
	}
	for _, child := range g.catalog.Children(k.Name) {
		properties[child.Collection] = ref(child.Collection)
	}
	for _, group := range g.catalog.included(k) {
		properties[group.Sets] = textList("Groups of " + group.Plural + " to include, by their names under " + group.Sets + " at the top.")
	}

	collection := object{"description": k.Doc}
	var forms []any
	if k.Form != resource.Sequence {
		forms = append(forms, "object")
		collection["additionalProperties"] = ref(k.Name)
		collection["propertyNames"] = ref(k.Name + keySuffix)
		g.definitions[k.Name] = g.entry(k, closed(properties, required...))
	}
	if k.Form != resource.Mapping {
		forms = append(forms, "array")
		collection["items"] = ref(k.Name + itemSuffix)
		if k.Key == "" {
			g.definitions[k.Name+itemSuffix] = g.entry(k, closed(properties, required...))
		} else {
			named := maps.Clone(properties)
			named[k.Key] = ref(k.Name + keySuffix)
			g.definitions[k.Name+itemSuffix] = closed(named, append([]string{k.Key}, required...)...)
		}
	}
	collection["type"] = forms
	g.definitions[k.Collection] = collection
	if k.Key != "" {
		g.definitions[k.Name+keySuffix] = key(k)
	}
}

// entry describes an entry of k in all its forms: a mapping, and the bare scalar that
// sets one field of it.
func (g *generator) entry(k *resource.Kind, mapping object) object {
	if f := k.Field(k.Shorthand); f != nil {
		return orMapping(g.field(f), mapping)
	}
	return mapping
}

// orMapping adds the rules of a scalar to those of a mapping. Each applies only to its
// own type.
func orMapping(scalar, mapping object) object {
	out := maps.Clone(mapping)
	for keyword, value := range scalar {
		switch keyword {
		case "description", "default":
		default:
			out[keyword] = value
		}
	}
	out["type"] = append(slices.Clone(scalar["type"].([]any)), "object")
	return out
}

// key describes a name. If names have a normal form, a name as typed may differ from
// it, so there is no pattern.
func key(k *resource.Kind) object {
	out := object{
		"type": list("string", "number", "boolean"), "minLength": 1,
		"description": "The " + k.Key + " of the " + k.Title + ".",
	}
	if k.KeyMax > 0 {
		out["maxLength"] = k.KeyMax
	}
	if k.KeyPattern != "" && k.Normal == nil {
		out["pattern"] = k.KeyPattern
		out["patternErrorMessage"] = k.KeyHint
	}
	return out
}

func described(rule object, doc string) object {
	rule["description"] = doc
	return rule
}

func textList(doc string) object {
	return object{"type": "array", "items": object{"type": "string", "minLength": 1}, "description": doc}
}

func ref(definition string) object { return object{"$ref": "#/definitions/" + definition} }
