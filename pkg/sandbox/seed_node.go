package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// seedNode is one object of a seed document. Every method removes the keys that it reads, and fill refuses the
// remaining unknown keys, so that a misspelt key is never ignored.
type seedNode struct {
	path   string // such as applications[0].environments[1]
	fields object
}

func readSeed(r io.Reader) (seedNode, error) {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	var document object
	if err := decoder.Decode(&document); err != nil {
		return seedNode{}, fmt.Errorf("seed: %w", err)
	}
	if !errors.Is(trailing(decoder), io.EOF) {
		return seedNode{}, errors.New("seed: unexpected text after the end of the document")
	}
	return seedNode{path: "seed", fields: document}, nil
}

func (n seedNode) at(key string) string { return n.path + "." + key }

func (n seedNode) take(key string) (any, bool) {
	value, present := n.fields[key]
	delete(n.fields, key)
	return value, present
}

// text takes a key with text; an absent one is "".
func (n seedNode) text(key string) (string, error) {
	value, present := n.take(key)
	if !present {
		return "", nil
	}
	text, isText := value.(string)
	if !isText {
		return "", fmt.Errorf("%s: want text", n.at(key))
	}
	return text, nil
}

// duration takes a key with a duration in Go's format; an absent one is 0.
func (n seedNode) duration(key string) (time.Duration, error) {
	text, err := n.text(key)
	if text == "" || err != nil {
		return 0, err
	}
	span, err := time.ParseDuration(text)
	if err != nil || span <= 0 {
		return 0, fmt.Errorf("%s: want a duration such as 10m", n.at(key))
	}
	return span, nil
}

// texts takes a key with a list of texts.
func (n seedNode) texts(key string) ([]string, error) {
	value, present := n.take(key)
	items, isList := value.([]any)
	if present && !isList {
		return nil, fmt.Errorf("%s: want a list", n.at(key))
	}
	texts := make([]string, len(items))
	for i, item := range items {
		text, isText := item.(string)
		if !isText {
			return nil, fmt.Errorf("%s[%d]: want text", n.at(key), i)
		}
		texts[i] = text
	}
	return texts, nil
}

// each takes a key with a list of objects and runs fn on them in order.
func (n seedNode) each(key string, fn func(item seedNode) error) error {
	value, present := n.take(key)
	items, isList := value.([]any)
	if present && !isList {
		return fmt.Errorf("%s: want a list", n.at(key))
	}
	for i, item := range items {
		path := n.at(key) + "[" + strconv.Itoa(i) + "]"
		fields, isObject := item.(object)
		if !isObject {
			return fmt.Errorf("%s: want an object", path)
		}
		if err := fn(seedNode{path, fields}); err != nil {
			return err
		}
	}
	return nil
}

// fill sets the fields of a record by their JSON keys, except those that the position in the document decides.
// Absent keys keep the record's defaults.
func (n seedNode) fill(row record, placed ...string) error {
	v := reflect.ValueOf(row).Elem()
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		fields[jsonKey(v.Type().Field(i))] = v.Field(i)
	}
	for _, key := range placed {
		delete(fields, key)
	}
	for _, key := range slices.Sorted(maps.Keys(n.fields)) {
		field, known := fields[key]
		if !known {
			return fmt.Errorf("%s: unknown key", n.at(key))
		}
		data, err := json.Marshal(n.fields[key])
		if err != nil {
			return fmt.Errorf("%s: %w", n.at(key), err)
		}
		isNull := string(data) == "null"
		if unmarshal(data, field.Addr().Interface()) != nil || isNull && !nilable(field.Kind()) {
			return fmt.Errorf("%s: want %s", n.at(key), describe(field.Type()))
		}
	}
	return nil
}

// none refuses every key that is left.
func (n seedNode) none() error {
	for _, key := range slices.Sorted(maps.Keys(n.fields)) {
		return fmt.Errorf("%s: unknown key", n.at(key))
	}
	return nil
}

func nilable(kind reflect.Kind) bool { return kind == reflect.Pointer || kind == reflect.Interface }

// describe describes the type of a field in words.
func describe(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[timestamp]():
		return "a time such as 2026-01-31T12:00:00Z"
	case t.Kind() == reflect.Pointer:
		return describe(t.Elem()) + " or null"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int64:
		return "a whole number"
	case t.Kind() == reflect.Slice:
		return "a list"
	}
	return "an object"
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
