package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// encode returns the JSON of a body, nil for an empty one, and the secrets in it, which
// must be removed from the API's answers.
func encode(body map[string]any) (data []byte, secrets []string, err error) {
	if len(body) == 0 {
		return nil, nil, nil
	}
	object := encodeValue(body, func(s string) { secrets = append(secrets, s) })
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return nil, nil, errors.New("the body cannot be written as JSON")
	}
	return bytes.TrimSpace(buffer.Bytes()), secrets, nil
}

// encodeValue returns a value with its secrets in clear text. It is the only place
// where a secret is revealed for a body; each of them is also passed to seen.
func encodeValue(v any, seen func(string)) any {
	switch x := v.(type) {
	case Secret:
		seen(x.Reveal())
		return x.Reveal()
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = encodeValue(item, seen)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, item := range x {
			out[key] = encodeValue(item, seen)
		}
		return out
	}
	return v
}

// errNotJSON: an answer that does not come from the API itself.
var errNotJSON = errors.New("the answer is not JSON: check the endpoint and the proxy settings")

// decode reads one JSON value. Whole numbers become int64; all others stay as they are
// written (json.Number), since a value of undocumented shape is sent back unchanged. An
// empty text becomes nil.
func decode(data []byte) (any, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, errNotJSON
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return goNumbers(v), nil
}

// goNumbers converts whole numbers to int64, in place. "-0" is not converted: it would
// become another text.
func goNumbers(v any) any {
	switch x := v.(type) {
	case json.Number:
		if whole, err := x.Int64(); err == nil && x != "-0" {
			return whole
		}
	case []any:
		for i := range x {
			x[i] = goNumbers(x[i])
		}
	case map[string]any:
		for key := range x {
			x[key] = goNumbers(x[key])
		}
	}
	return v
}

func isJSON(raw []byte) bool {
	_, err := decode(raw)
	return err == nil
}
