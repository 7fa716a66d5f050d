package resource

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// Values of undocumented shape (free objects, and lists whose items are not described):
//
//   - What the files and the API say is kept exactly, and sent back unchanged. A number
//     is an int64 if that has the same text, and otherwise a json.Number: 1.0 stays 1.0,
//     and no digit of 12345678901234567890 is lost.
//   - Numbers are equal if they are numerically equal, since the API may write 1.0 as 1.
//   - The files own only the keys that they name, at every depth. A list is one value.

// free converts a value of undocumented shape to the form of both states.
func free(v Value) Value {
	switch x := v.(type) {
	case int:
		return int64(x)
	case float64:
		return free(json.Number(strconv.FormatFloat(x, 'g', -1, 64)))
	case json.Number:
		if whole, err := x.Int64(); err == nil && strconv.FormatInt(whole, 10) == x.String() {
			return whole
		}
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = free(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = free(item)
		}
		return out
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

// equal compares values without references and secrets.
func equal(a, b Value) bool {
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key, value := range x {
			if other, has := y[key]; !has || !Equal(value, other) {
				return false
			}
		}
		return true
	case int64, json.Number:
		if number, ok := decimalOf(b); ok {
			own, _ := decimalOf(a)
			return own == number
		}
		return false
	}
	return reflect.DeepEqual(a, b)
}

// decimal is the value of a number: its digits, without zeros on either side, and the
// power of ten of the last one.
type decimal struct {
	negative      bool
	digits, power string
}

// decimalOf returns the value of a number. The text of a json.Number that is no number
// counts as its digits.
func decimalOf(v Value) (decimal, bool) {
	var text string
	switch x := v.(type) {
	case int64:
		text = strconv.FormatInt(x, 10)
	case json.Number:
		text = x.String()
	default:
		return decimal{}, false
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	power := new(big.Int)
	if scientific {
		if _, valid := power.SetString(strings.TrimPrefix(exponent, "+"), 10); !valid {
			return decimal{digits: text}, true
		}
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	digits = strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return decimal{}, true
	}
	short := strings.TrimRight(digits, "0")
	power.Add(power, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	return decimal{negative, short, power.String()}, true
}
