package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// answer is the result of an operation. A nil body means no body.
type answer struct {
	status int
	header http.Header
	body   any
}

func ok(body any) (answer, error)      { return answer{status: http.StatusOK, body: body}, nil }
func created(body any) (answer, error) { return answer{status: http.StatusCreated, body: body}, nil }

// empty is the answer of operations without a response sample. The reference does not document its status; 204
// is what Django REST framework sends for a delete (INFERRED for the others).
func empty() (answer, error) { return answer{status: http.StatusNoContent}, nil }

// done is the body of actions that answer with a message: clients expect this code.
func done(message string) object {
	return object{"status": true, "message": message, "code": "success"}
}

// refusal is the answer to a rejected request. Operations return it as an error, so the state is not saved.
type refusal answer

func (r *refusal) Error() string {
	text, err := json.Marshal(r.body)
	if err != nil {
		return http.StatusText(r.status)
	}
	return string(text)
}

// detail refuses with the body that Django REST framework uses for everything except validation.
func detail(status int, text string) error {
	return &refusal{status: status, body: object{"detail": text}}
}

func notFound() error { return detail(http.StatusNotFound, "Not found.") }

// forbidden refuses what the object's flags do not allow (a lock, read-only). INFERRED: status and wording.
func forbidden(text string) error { return detail(http.StatusForbidden, text) }

// conflict refuses an action that is invalid in the object's state. INFERRED: 400 with a detail, since the
// reference only says when an action is valid.
func conflict(text string) error { return detail(http.StatusBadRequest, text) }

// invalid refuses one field of a body.
func invalid(field, message string) error {
	return &refusal{status: http.StatusBadRequest, body: object{field: []string{message}}}
}

// invalidTogether refuses a combination of fields.
func invalidTogether(message string) error { return invalid("non_field_errors", message) }

// encodeBody writes a body the way the API does: no escaping of HTML characters.
func encodeBody(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
