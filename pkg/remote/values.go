package remote

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/divioctl/divioctl/pkg/resource"
)

// bodyOf returns the body of a call in plain values: references as ids. Secrets are not
// revealed, since only pkg/api does that.
func bodyOf(call resource.Call) (map[string]any, error) {
	body := make(map[string]any, len(call.Body))
	for _, key := range resource.SortedKeys(call.Body) {
		value, err := plainValue(call.Body[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", call.Op, key, err)
		}
		body[key] = value
	}
	return body, nil
}

func plainValue(v resource.Value) (any, error) {
	switch x := v.(type) {
	case resource.Ref:
		if x.Handle == "" {
			return nil, fmt.Errorf("the id of %q is unknown", x.Name)
		}
		return x.Handle, nil
	case resource.HandleOf:
		return nil, fmt.Errorf("the id of %s is unknown", x.Address)
	case resource.Source:
		return nil, errors.New("a value_from was not resolved")
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			part, err := plainValue(item)
			if err != nil {
				return nil, err
			}
			out[i] = part
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(x))
		for _, key := range resource.SortedKeys(x) {
			part, err := plainValue(x[key])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			out[key] = part
		}
		return out, nil
	}
	return v, nil
}

// pathTexts returns the path parameters of an operation as text.
func pathTexts(op string, params map[string]resource.Value) (map[string]string, error) {
	texts := make(map[string]string, len(params))
	for _, name := range resource.SortedKeys(params) {
		text, err := urlText(params[name])
		if err != nil {
			return nil, fmt.Errorf("%s: path parameter %s: %w", op, name, err)
		}
		texts[name] = text
	}
	return texts, nil
}

// queryOf returns the filters of a list; a list of values repeats its key.
func queryOf(values map[string]resource.Value) (url.Values, error) {
	query := url.Values{}
	for _, key := range resource.SortedKeys(values) {
		list, ok := values[key].([]any)
		if !ok {
			list = []any{values[key]}
		}
		for _, item := range list {
			text, err := urlText(item)
			if err != nil {
				return nil, fmt.Errorf("filter %s: %w", key, err)
			}
			query.Add(key, text)
		}
	}
	return query, nil
}

// urlText returns the text of a value for a path or a query.
func urlText(v resource.Value) (string, error) {
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
		id, err := plainValue(x)
		if err != nil {
			return "", err
		}
		return id.(string), nil
	}
	// Secrets are also refused: proxies log URLs.
	return "", fmt.Errorf("a value of type %T cannot be part of a URL", v)
}
