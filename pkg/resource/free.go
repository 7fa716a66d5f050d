package resource

import (
	"encoding/json"
	"strconv"
)

// Values of undocumented shape (free objects, and lists whose items are not described):
//
//   - What the files and the API say is kept exactly, and sent back unchanged. A number
//     is an int64 if that has the same text, and otherwise a json.Number: 1.0 stays 1.0,
//     and no digit of 12345678901234567890 is lost.
//   - Numbers are equal if they are numerically equal, since the API may write 1.0 as 1.
//   - The files own only the keys that they name, at every depth. A list is one value.

// free converts a value of undocumented shape to the form of both states.
func free(v Value) Value { return Map(v, freeNumber) }

func freeNumber(v Value) Value {
	switch x := v.(type) {
	case int:
		return int64(x)
	case float64:
		return freeNumber(json.Number(strconv.FormatFloat(x, 'g', -1, 64)))
	case json.Number:
		if whole, err := x.Int64(); err == nil && strconv.FormatInt(whole, 10) == x.String() {
			return whole
		}
	}
	return v
}

// Overlay returns the free object before with the keys of after set, at every depth. A
// value that is equal on both sides is that of before.
func Overlay(before, after Value) Value {
	under, isObject := before.(map[string]any)
	over, isUpdate := after.(map[string]any)
	switch {
	case isObject && isUpdate:
	case Equal(before, after):
		return before
	default:
		return after
	}
	out := make(map[string]any, len(under)+len(over))
	for key, value := range under {
		out[key] = value
	}
	for key, value := range over {
		if was, had := under[key]; had {
			value = Overlay(was, value)
		}
		out[key] = value
	}
	return out
}
