package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// record is a row of a table: a pointer to one of the structs of the state.
type record interface{ key() string }

// table is one collection of the state, in server order, which is the order in which rows were added. Lists
// are answered in that order unless the collection says otherwise.
type table[R record] struct {
	rows []R
	byID map[string]R
}

func (t *table[R]) get(id string) (R, bool) {
	row, ok := t.byID[id]
	return row, ok
}

func (t *table[R]) add(row R) {
	if t.byID == nil {
		t.byID = map[string]R{}
	}
	t.rows = append(t.rows, row)
	t.byID[row.key()] = row
}

// where returns the rows that pass the test, in server order, in a new slice.
func (t *table[R]) where(keep func(R) bool) []R {
	found := []R{}
	for _, row := range t.rows {
		if keep(row) {
			found = append(found, row)
		}
	}
	return found
}

func (t *table[R]) any(test func(R) bool) bool { return slices.ContainsFunc(t.rows, test) }

func (t *table[R]) remove(drop func(R) bool) {
	t.rows = slices.DeleteFunc(t.rows, func(row R) bool {
		gone := drop(row)
		if gone {
			delete(t.byID, row.key())
		}
		return gone
	})
}

// MarshalJSON writes the rows as an array, so that the order is kept in the state file.
func (t table[R]) MarshalJSON() ([]byte, error) {
	if t.rows == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(t.rows)
}

// UnmarshalJSON reads the output of MarshalJSON. The state file may be edited manually, so a missing or
// duplicate id is an error rather than an unreachable row.
func (t *table[R]) UnmarshalJSON(data []byte) error {
	var rows []R
	if err := unmarshal(data, &rows); err != nil {
		return err
	}
	*t = table[R]{}
	for i, row := range rows {
		if reflect.ValueOf(row).IsNil() {
			return fmt.Errorf("entry %d is null", i)
		}
		if _, ok := parseID(row.key()); !ok {
			return fmt.Errorf("entry %d: %q is not an id", i, row.key())
		}
		if _, twice := t.get(row.key()); twice {
			return fmt.Errorf("entry %d: duplicate id %s", i, row.key())
		}
		t.add(row)
	}
	return nil
}

// unmarshal is json.Unmarshal that keeps the numbers of objects of undocumented content as they are written.
func unmarshal(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// object is a JSON object of a request or an answer.
type object = map[string]any

// fieldsOf turns a record into the object of the API: the struct's JSON keys, except those with the tag
// api:"-", which only the emulator uses.
func fieldsOf(row record) object {
	v := reflect.ValueOf(row).Elem()
	out := make(object, v.NumField())
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Tag.Get("api") != "-" {
			out[jsonKey(field)] = v.Field(i).Interface()
		}
	}
	return out
}

func jsonKey(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// pick is the object with only the given keys: the partial answer of the API to a write.
func pick(from object, keys ...string) object {
	out := make(object, len(keys))
	for _, key := range keys {
		if value, ok := from[key]; ok {
			out[key] = value
		}
	}
	return out
}
