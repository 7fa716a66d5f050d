package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/divioctl/divioctl/pkg/resource"
)

// wire brings a value to the form that goes into a body: references as ids, and
// secrets in clear text. It is the only place where a secret is revealed for
// sending; every secret is also handed to seen, so that no answer of the API
// can carry it into an error message.
func wire(v resource.Value, seen func(string)) (any, error) {
	switch x := v.(type) {
	case resource.Secret:
		seen(x.Reveal())
		return x.Reveal(), nil
	case resource.Ref:
		if x.Handle == "" {
			return nil, fmt.Errorf("no id is known for %q", x.Name)
		}
		return x.Handle, nil
	case resource.HandleOf:
		return nil, fmt.Errorf("no id is known for %s", x.Address)
	case resource.Source:
		return nil, errors.New("a value from elsewhere was not resolved")
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			part, err := wire(item, seen)
			if err != nil {
				return nil, err
			}
			out[i] = part
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(x))
		for _, key := range resource.SortedKeys(x) {
			part, err := wire(x[key], seen)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			out[key] = part
		}
		return out, nil
	}
	return v, nil
}

// encode gives the JSON of a body, nil for an empty one, and the secrets in it.
func encode(body map[string]resource.Value) (data []byte, secrets []string, err error) {
	if len(body) == 0 {
		return nil, nil, nil
	}
	object, err := wire(body, func(s string) { secrets = append(secrets, s) })
	if err != nil {
		return nil, nil, err
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return nil, nil, errors.New("the body cannot be written as JSON")
	}
	return bytes.TrimSpace(buffer.Bytes()), secrets, nil
}

// scalar gives the text of a value for a path or a query.
func scalar(v resource.Value) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case int, int64:
		return fmt.Sprint(x), nil
	case resource.Ref, resource.HandleOf:
		id, err := wire(x, nil)
		if err != nil {
			return "", err
		}
		return id.(string), nil
	}
	// Secrets too: URLs end up in the logs of proxies.
	return "", fmt.Errorf("a value of type %T cannot be part of a URL", v)
}

// queryOf encodes filters; a list repeats its key.
func queryOf(values map[string]resource.Value) (url.Values, error) {
	query := url.Values{}
	for _, key := range resource.SortedKeys(values) {
		list, ok := values[key].([]any)
		if !ok {
			list = []any{values[key]}
		}
		for _, item := range list {
			text, err := scalar(item)
			if err != nil {
				return nil, fmt.Errorf("filter %s: %w", key, err)
			}
			query.Add(key, text)
		}
	}
	return query, nil
}

// errNotJSON: an answer that the API itself cannot have given.
var errNotJSON = errors.New("the answer is not JSON; something between here and the API gave it, or the endpoint is another server")

// decode reads one JSON value. Whole numbers become int64, others float64. An
// empty text gives nil.
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
	return plain(v), nil
}

// plain turns the decoder's numbers into int64 and float64, in place.
func plain(v any) any {
	switch x := v.(type) {
	case json.Number:
		return new(resource.Field).Normal(x)
	case []any:
		for i := range x {
			x[i] = plain(x[i])
		}
	case map[string]any:
		for key := range x {
			x[key] = plain(x[key])
		}
	}
	return v
}
