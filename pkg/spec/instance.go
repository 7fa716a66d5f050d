package spec

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// instance returns n in the form of the JSON Schema validator. A YAML number that JSON
// cannot represent (.inf, a number beyond a float) is text.
func (n *node) instance() any {
	switch n.shape {
	case mapping:
		out := make(map[string]any, len(n.pairs))
		for _, p := range n.pairs {
			out[p.key.text] = p.value.instance()
		}
		return out
	case sequence:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.instance()
		}
		return out
	}
	return n.plain()
}

// plain returns the YAML value of a scalar: nil, bool, int64, float64 or string.
func (n *node) plain() any {
	y := yaml.Node{Kind: yaml.ScalarNode, Tag: n.tag, Value: n.text}
	switch n.tag {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if y.Decode(&b) == nil {
			return b
		}
	case "!!int", "!!float":
		var i int64
		if n.tag == "!!int" && y.Decode(&i) == nil {
			return i
		}
		var f float64
		if y.Decode(&f) == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f
		}
	}
	return n.text
}

// find resolves a JSON pointer of the validator (escaped for use in a URL). key is nil
// at the top and in sequences.
func (n *node) find(pointer string) (key, value *node) {
	value = n
	for _, part := range split(pointer) {
		if value.shape == sequence {
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(value.items) {
				return nil, nil
			}
			key, value = nil, value.items[i]
			continue
		}
		if key, value = value.entry(part); value == nil {
			return nil, nil
		}
	}
	return key, value
}

// split splits a JSON pointer.
func split(pointer string) []string {
	var parts []string
	for _, part := range strings.Split(pointer, "/")[1:] {
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		part = strings.ReplaceAll(part, "~1", "/")
		parts = append(parts, strings.ReplaceAll(part, "~0", "~"))
	}
	return parts
}
