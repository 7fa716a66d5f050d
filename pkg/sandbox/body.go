package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// maxBody bounds what one request may send. It is the emulator's own limit, far above the needs of the API's
// operations.
const maxBody = 8 << 20

// body is a parsed request body.
type body struct {
	fields object
	html   bool // form-encoded: every value is text, and an empty one means null
}

// readBody parses what Django REST framework parses by default: JSON, form and multipart. The API documents
// show JSON; public scripts send forms.
func readBody(r *http.Request, data []byte) (body, error) {
	if len(data) == 0 {
		return body{fields: object{}}, nil
	}
	sent := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(sent)
	if err != nil {
		media = sent
	}
	switch media {
	case "application/json":
		return readJSON(data)
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(data))
		if err != nil {
			return body{}, detail(http.StatusBadRequest, "Malformed form data.")
		}
		return formBody(values), nil
	case "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(data), params["boundary"]).ReadForm(maxBody)
		if err != nil {
			return body{}, detail(http.StatusBadRequest, "Multipart form parse error - "+err.Error())
		}
		parsed := formBody(form.Value)
		for name := range form.File {
			parsed.fields[name] = uploadedFile{}
		}
		return parsed, form.RemoveAll()
	}
	return body{}, detail(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type %q in request.", sent))
}

// uploadedFile represents a file in a multipart body. The sandbox does not use pictures, so it keeps none.
type uploadedFile struct{}

func readJSON(data []byte) (body, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // 1.0 and 10000000000000000 must arrive unchanged
	var value any
	err := decoder.Decode(&value)
	if err == nil && !errors.Is(trailing(decoder), io.EOF) {
		err = errors.New("extra data")
	}
	if err != nil {
		return body{}, detail(http.StatusBadRequest, "JSON parse error - "+err.Error())
	}
	fields, isObject := value.(object)
	if !isObject {
		return body{}, invalidTogether(fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonType(value)))
	}
	return body{fields: fields}, nil
}

func trailing(decoder *json.Decoder) error {
	_, err := decoder.Token()
	return err
}

// formBody takes the last value of a repeated key, as Django's QueryDict does.
func formBody(values url.Values) body {
	fields := object{}
	for name, all := range values {
		if len(all) > 0 {
			fields[name] = all[len(all)-1]
		}
	}
	return body{fields: fields, html: true}
}

// pythonType names a JSON value as the messages of Django REST framework do.
func pythonType(value any) string {
	switch v := value.(type) {
	case nil:
		return "NoneType"
	case string:
		return "str"
	case bool:
		return "bool"
	case []any:
		return "list"
	case object:
		return "dict"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "int"
		}
		return "float"
	}
	return "InMemoryUploadedFile"
}
