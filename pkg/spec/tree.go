package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The tree that later stages use contains only mappings, sequences and scalars, each
// with its place:
//
//   - An alias is the node of its anchor. Nodes are shared, never copied, so that an
//     alias bomb costs nothing here; a file is refused if its aliases expand to too
//     many values.
//   - A merge key adds its entries at its own position, unless the mapping has the key
//     itself, at any position; of several merged mappings the first takes precedence.
//   - A duplicate key is reported, and the first one is kept. Keys are text: 1 and "1"
//     are the same.
//   - A scalar keeps its text as typed, with its YAML type.

// maxAliased is the number of values that the aliases of a file may expand to.
const maxAliased = 1_000_000

type shape int

const (
	scalar shape = iota
	mapping
	sequence
)

func (s shape) String() string { return [...]string{"a plain value", "a mapping", "a list"}[s] }

type node struct {
	place
	shape shape
	tag   string // of a scalar: "!!str", "!!int", "!!null", ...
	text  string // of a scalar, as typed
	end   int    // the last line of a scalar that has several
	pairs []pair
	items []*node
	// dropped are the later entries of a mapping with a duplicate key: reported, and
	// kept only because they may contain secrets.
	dropped []pair
	// size is the number of nodes below, aliases expanded.
	size int
	// secret: no message may contain the text.
	secret bool
	// bad: a problem was reported here, so consequences of it are not reported.
	bad bool
	// unsound: bad since parsing, so the value is not the intended one.
	unsound bool
}

type pair struct{ key, value *node }

func (n *node) null() bool { return n.shape == scalar && n.tag == "!!null" }

// get returns an entry of a mapping; nil if n is not a mapping or has no such key.
func (n *node) get(key string) *node {
	_, value := n.entry(key)
	return value
}

func (n *node) entry(key string) (keyNode, value *node) {
	if n == nil {
		return nil, nil
	}
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.key, p.value
		}
	}
	return nil, nil
}

// builder makes the tree of one file.
type builder struct {
	file    *file
	report  *report
	built   map[*yaml.Node]*node // nil while it is built
	ends    map[*yaml.Node]int
	aliased int
	refused bool
}

// build returns the tree of y, or nil if it is invalid (reported).
func (b *builder) build(y *yaml.Node) *node {
	if b.refused {
		return nil
	}
	if y.Kind == yaml.AliasNode {
		return b.alias(y)
	}
	b.built[y] = nil
	n := &node{place: b.place(y), size: 1}
	switch y.Kind {
	case yaml.MappingNode:
		n.shape = mapping
		b.tag(y, n, "!!map")
		b.mapping(y, n)
	case yaml.SequenceNode:
		n.shape = sequence
		b.tag(y, n, "!!seq")
		for _, item := range y.Content {
			if built := b.build(item); built != nil {
				n.items = append(n.items, built)
				n.size += built.size
			}
		}
	default:
		n.tag, n.text, n.end = y.Tag, y.Value, b.ends[y]
		b.tag(y, n, "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!merge")
		switch _, number := jsonNumber(y.Value); {
		case n.tag == "!!merge", n.tag == "!!timestamp":
			n.tag = "!!str" // "<<" as a value, and dates, are just text
		case n.tag == "!!str" && y.Style == 0 && number:
			n.tag = "!!float" // too large for the library, which makes it a text
		}
	}
	if b.refused {
		return nil
	}
	b.built[y] = n
	return n
}

// tag refuses tags that change what a value is.
func (b *builder) tag(y *yaml.Node, n *node, known ...string) {
	for _, tag := range known {
		if y.Tag == tag {
			return
		}
	}
	n.bad, n.unsound = true, true
	n.tag = "!!str"
	b.report.add(b.start(y), "put the value in quotes if it begins with !", "the YAML tag %s is not supported", y.Tag)
	b.report.quoting(n, "YAML tags are not supported")
}

func (b *builder) alias(y *yaml.Node) *node {
	target, known := b.built[y.Alias]
	switch {
	case !known, target == nil:
		b.report.add(b.start(y), "an alias can only be used after its anchor", "the alias *%s refers to itself", y.Value)
		return nil
	}
	if b.aliased += target.size; b.aliased > maxAliased {
		b.refused = true
		b.report.add(b.start(y), "write the values out, or use variable_sets",
			"the aliases of this file expand to more than %d values", maxAliased)
		return nil
	}
	return target
}

func (b *builder) mapping(y *yaml.Node, n *node) {
	own := map[string]*node{} // keys that the mapping has itself, at their first position
	var keys []*node
	again := map[*node]bool{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := b.key(y.Content[i])
		keys = append(keys, key)
		if key == nil {
			n.bad, n.unsound = true, true
			continue
		}
		if first := own[key.text]; first != nil && !first.bad && !key.bad {
			hint := "remove one of them"
			if y.Content[i].Tag == "!!merge" {
				hint = "write <<: [*ONE, *TWO]"
			}
			b.report.both(key.place, first.place, "first here", hint, "duplicate key %s", quote(key.text))
			b.report.quoting(key, "duplicate key")
			again[key] = true
			continue
		}
		own[key.text] = key
	}
	merged := map[string]bool{}
	for i, key := range keys {
		value := b.build(y.Content[2*i+1])
		switch {
		case key == nil || value == nil:
		case again[key]:
			n.dropped = append(n.dropped, pair{key, value})
		case y.Content[2*i].Tag == "!!merge":
			for _, p := range b.merged(y.Content[2*i+1], value) {
				if own[p.key.text] == nil && !merged[p.key.text] {
					merged[p.key.text] = true
					n.pairs = append(n.pairs, p)
					n.size += 1 + p.value.size
				}
			}
		default:
			n.pairs = append(n.pairs, pair{key, value})
			n.size += 1 + value.size
		}
	}
}

// merged returns the entries of the value of a merge key. y is where it is used, which
// may be an alias.
func (b *builder) merged(y *yaml.Node, value *node) []pair {
	if value.shape == mapping {
		return value.pairs
	}
	if y.Kind == yaml.SequenceNode {
		var pairs []pair
		for _, item := range y.Content {
			target := item
			if item.Kind == yaml.AliasNode {
				target = item.Alias
			}
			if built := b.built[target]; built != nil && built.shape != sequence {
				pairs = append(pairs, b.merged(item, built)...)
			} else if built != nil {
				b.unmergeable(item, built)
			}
		}
		return pairs
	}
	b.unmergeable(y, value)
	return nil
}

func (b *builder) unmergeable(y *yaml.Node, value *node) {
	at := value.place
	if y.Kind == yaml.AliasNode {
		at = b.start(y)
	}
	b.report.add(at, "write <<: *NAME or <<: [*ONE, *TWO]", "only mappings can be merged, not %s", value.shape)
}

// key builds a mapping's key; nil if it is invalid (reported).
func (b *builder) key(y *yaml.Node) *node {
	key := b.build(y)
	if key == nil {
		return nil
	}
	if key.shape != scalar {
		b.report.add(key.place, `put text that begins with { or [ in quotes: "{{ name }}"`, "a key must be text, not %s", key.shape)
		return nil
	}
	if key.null() {
		key.bad = true
		if key.text == "" {
			b.report.add(key.place, "write the name before the colon", "the key is missing")
		} else {
			b.report.add(key.place, fmt.Sprintf("write %q in quotes if that is the name", key.text), "a bare %s is null, not a name", key.text)
		}
	}
	return key
}

// start is where y begins, its anchor and tag included.
func (b *builder) start(y *yaml.Node) place {
	p := place{file: b.file, line: max(y.Line, 1), column: max(y.Column, 1)}
	p.width = utf8.RuneCountInString(token(p.rest()))
	return p
}

// place is where the value of y is, after its anchor and tag.
func (b *builder) place(y *yaml.Node) place {
	p := b.start(y)
	for rest := p.rest(); strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "!"); {
		next := strings.TrimLeft(rest[len(token(rest)):], " \t")
		if next == "" || next[0] == '#' || len(next) == len(rest) {
			break // the value is on a later line
		}
		p.column += utf8.RuneCountInString(rest[:len(rest)-len(next)])
		rest = next
	}
	p.width = 1
	if rest := p.rest(); y.Kind == yaml.ScalarNode && rest != "" {
		if rest[0] != '"' && rest[0] != '\'' && strings.HasPrefix(rest, y.Value) {
			p.width = utf8.RuneCountInString(y.Value)
		} else {
			p.width = utf8.RuneCountInString(quoted(rest))
		}
	}
	return p
}

// findEnds records where scalars of several lines end: before the next node. yaml.v3
// does not return it.
func (b *builder) findEnds(document *yaml.Node) {
	var open *yaml.Node
	var visit func(y *yaml.Node)
	visit = func(y *yaml.Node) {
		if open != nil {
			end := y.Line
			before := strings.TrimSuffix(b.file.line(y.Line), b.file.from(y.Line, y.Column))
			if strings.Trim(before, " -?") == "" {
				end--
			}
			b.ends[open], open = end, nil
		}
		if y.Kind == yaml.ScalarNode && !b.oneLine(y) {
			open = y
		}
		for _, child := range y.Content {
			visit(child)
		}
	}
	visit(document)
	if open != nil {
		b.ends[open] = len(b.file.lines)
	}
}

// oneLine reports whether the scalar y ends on the line where it begins.
func (b *builder) oneLine(y *yaml.Node) bool {
	rest := b.place(y).rest()
	if rest == "" {
		return y.Value == ""
	}
	if rest[0] == '"' || rest[0] == '\'' {
		text := quoted(rest)
		return len(text) > 1 && text[len(text)-1] == rest[0]
	}
	return strings.HasPrefix(rest, y.Value) && rest[0] != '|' && rest[0] != '>'
}

// token is the beginning of text up to a space or a bracket.
func token(text string) string {
	if end := strings.IndexAny(text[:min(len(text), 1000)], " \t,[]{}"); end > 0 {
		return text[:end]
	}
	return text
}

// quoted is the quoted text at the beginning of text, as far as it is on this line; the
// first character if there is none.
func quoted(text string) string {
	if text == "" || (text[0] != '"' && text[0] != '\'') {
		if text != "" && text[0] != '|' && text[0] != '>' {
			return strings.TrimRight(text, " \t")
		}
		return text[:min(1, len(text))]
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && strings.HasPrefix(text[i:], "''"):
			i++
		case text[i] == text[0]:
			return text[:i+1]
		}
	}
	return strings.TrimRight(text, " \t")
}
