package resource

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// Equal reports whether two values are equal for the API: references by handle, text
// whether secret or not, null and absent as equal, numbers by what they are worth, and
// structured values by content.
func Equal(a, b Value) bool {
	switch x := a.(type) {
	case Ref:
		y, ok := b.(Ref)
		return ok && SameID(x.Handle, y.Handle) && (x.Handle != "" || x.Name == y.Name)
	case Secret:
		a = x.Reveal()
	}
	if y, ok := b.(Secret); ok {
		b = y.Reveal()
	}
	return equal(a, b)
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
