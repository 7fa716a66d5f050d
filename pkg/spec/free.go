package spec

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Values of undocumented shape are sent as they are written. Their numbers keep every
// digit, and a number that YAML parsers read in different ways is refused: 010 is 8 for
// some and 10 for others. So is one that JSON does not have (0x1F, 1_000, .inf).

// plainDecimal matches the numbers that mean the same in YAML and, apart from a plus
// sign and a missing digit beside the point, in JSON.
var plainDecimal = regexp.MustCompile(`^([-+]?)(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)

// free decodes a value of undocumented shape. False: a number in it is refused, which
// is reported.
func (d *decoder) free(f *resource.Field, n *node) (resource.Value, bool) {
	switch {
	case n.bad:
		return nil, false
	case n.shape == mapping:
		out := make(map[string]any, len(n.pairs))
		whole := true
		for _, p := range n.pairs {
			value, ok := d.free(f, p.value)
			out[p.key.text], whole = value, whole && ok
		}
		return out, whole
	case n.shape == sequence:
		out := make([]any, len(n.items))
		whole := true
		for i, item := range n.items {
			value, ok := d.free(f, item)
			out[i], whole = value, whole && ok
		}
		return out, whole
	case n.tag != "!!int" && n.tag != "!!float":
		return n.plain(), true
	}
	number, ok := jsonNumber(n.text)
	if !ok {
		n.bad = true
		d.report.add(n.place, "write a plain decimal number, without leading zeros; if it is text, put it in quotes",
			"%s in %s is not a plain number", n.quote(), f.Name)
	}
	return number, ok
}

// jsonNumber returns a number of YAML as JSON has it.
func jsonNumber(text string) (json.Number, bool) {
	parts := plainDecimal.FindStringSubmatch(text)
	if parts == nil {
		return "", false
	}
	sign, whole, fraction, exponent := parts[1], parts[2], strings.TrimSuffix(parts[3], "."), parts[4]
	if whole+fraction == "" {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	return json.Number(strings.TrimPrefix(sign, "+") + whole + fraction + exponent), true
}
