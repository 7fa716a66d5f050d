package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// StatusError is a rejection by the API: the request was answered, and it was not done.
// It contains the API's messages, bounded, without control characters and without
// anything that was sent as a secret.
type StatusError struct {
	Op           string // operation id, "" for a raw request
	Method, Path string
	Status       int
	// Fields are the API's messages per field of the body ("tags[0].name" for
	// a part); messages about the body as a whole are in Detail.
	Fields map[string][]string
	Detail string
	// Code is the API's own code, if it returns one.
	Code string
	// RetryAfter is the pause that the API asks for, 0 for none.
	RetryAfter time.Duration

	verdict bool // the answer has a status of false
}

// Error returns "METHOD path: status: field: message; field: message".
func (e *StatusError) Error() string {
	var parts []string
	if e.Detail != "" {
		parts = append(parts, e.Detail)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, name+": "+strings.Join(e.Fields[name], " "))
	}
	words := strings.Join(parts, "; ")
	if e.Code != "" {
		words = strings.TrimSpace(words + " (" + e.Code + ")")
	}
	return fmt.Sprintf("%s %s: %d: %s", e.Method, e.Path, e.Status,
		cmp.Or(words, http.StatusText(e.Status), "no message"))
}

// Refused tells pkg/apply, which does not know the error types of this package, that
// the request was understood and not done, for a reason that may be temporary.
func (e *StatusError) Refused() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.Status >= 400 && e.Status < 500
}

// Unknown tells pkg/apply that the request was certainly not done. An [UnknownError]
// around it overrides this, since errors.As finds that one first.
func (e *StatusError) Unknown() bool { return false }

// TransportError is a request without an answer. Sent is false when it certainly
// never reached the API.
type TransportError struct {
	Method, Path string
	Sent         bool
	Err          error
}

// Error returns "METHOD path: cause".
func (e *TransportError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Path, e.Err) }

// Unwrap returns the cause. If the request never reached the API, the cause also says
// that.
func (e *TransportError) Unwrap() error {
	if e.Sent {
		return e.Err
	}
	return neverSent{e.Err}
}

// neverSent is the cause of a request that never reached the API.
type neverSent struct{ error }

func (e neverSent) Unwrap() error { return e.error }

// Unknown does the same as [StatusError.Unknown].
func (neverSent) Unknown() bool { return false }

// UnknownError is a write that may or may not have been made. Err is why that is
// unknown. A read never returns it.
type UnknownError struct {
	Op  string // operation id, "" for a raw request
	Err error
}

// Error says that the write may have been made, and the cause.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("it is unknown whether this was done: %v", e.Err)
}

// Unwrap returns the cause.
func (e *UnknownError) Unwrap() error { return e.Err }

// Unknown tells pkg/apply, which does not know the error types of this package, that it
// is unknown whether the write was made. It takes precedence over the cause.
func (e *UnknownError) Unknown() bool { return true }

// IsAuth reports whether the API rejected the token or does not allow the operation
// (401, 403), or whether there is no token at all. Of several errors one is enough.
func IsAuth(err error) bool {
	switch e := err.(type) {
	case *StatusError:
		return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), IsAuth)
	case interface{ Unwrap() error }:
		return IsAuth(e.Unwrap())
	}
	return errors.Is(err, ErrNoToken)
}

// IsNotFound reports whether the API answered 404.
func IsNotFound(err error) bool {
	return hasStatus(err, http.StatusNotFound)
}

// IsForbidden reports whether the API answered 403.
func IsForbidden(err error) bool {
	return hasStatus(err, http.StatusForbidden)
}

// IsVerdict reports whether the API carried out the operation and said in its answer
// that the outcome is not a success (status: false).
func IsVerdict(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.verdict
}

func hasStatus(err error, code int) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Status == code
}

// ErrConflict is for a [Verifier] that finds another object in place of the one that
// was sent, for example under its unique name. The request has failed then, and a retry
// cannot help.
var ErrConflict = errors.New("it already exists with different content: another client created it")

// Limits of what is read from an error body: enough to understand it, too little to
// flood a log.
const (
	maxErrorBody  = 64 << 10
	maxMessages   = 20
	maxMessage    = 300 // characters
	maxErrorDepth = 6
)

// read extracts the API's messages from an error body. The API is built on Django REST
// framework, whose bodies are {"detail": text}, {"field": [texts]},
// {"non_field_errors": [texts]} or [texts]; some operations answer {"status",
// "message", "code"}. Web pages (mostly of proxies) are never quoted. redact removes
// secrets from a text.
func (e *StatusError) read(body []byte, redact func(string) string) {
	if len(body) > maxErrorBody {
		body = body[:maxErrorBody]
	}
	v, err := decode(body)
	if err != nil {
		if text := bytes.TrimSpace(body); text[0] != '<' && text[0] != '{' && text[0] != '[' {
			e.Detail = oneLine(redact(string(text)))
		} else {
			e.Detail = http.StatusText(e.Status) + " (the answer does not come from the API)"
		}
		return
	}
	p := bodyParser{error: e, redact: redact}
	p.take("", v, 0)
	if object, ok := v.(map[string]any); ok {
		if code, ok := object["code"].(string); ok {
			e.Code = oneLine(redact(code))
		}
	}
}

type bodyParser struct {
	error  *StatusError
	redact func(string) string
	count  int
}

// take walks through a body; at is the position in it.
func (p *bodyParser) take(at string, v any, depth int) {
	if depth > maxErrorDepth || p.count >= maxMessages {
		return
	}
	switch x := v.(type) {
	case string:
		p.add(at, x)
	case bool, int64, json.Number:
		p.add(at, fmt.Sprint(x))
	case []any:
		texts := !slices.ContainsFunc(x, func(v any) bool { _, ok := v.(string); return !ok })
		for i, item := range x {
			place := at
			if !texts {
				place = at + "[" + strconv.Itoa(i) + "]"
			}
			p.take(place, item, depth+1)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			place := oneLine(p.redact(key))
			switch {
			case key == "detail" || key == "message" || key == "non_field_errors" || key == "__all__":
				place = at
			case at == "" && (key == "code" || key == "status"):
				if _, text := x[key].([]any); !text {
					continue // the code has its own field; the status is not a message
				}
			case at != "":
				place = at + "." + place
			}
			p.take(place, x[key], depth+1)
		}
	}
}

func (p *bodyParser) add(at, text string) {
	text = oneLine(p.redact(text))
	if text == "" {
		return
	}
	p.count++
	if at == "" {
		p.error.Detail = strings.TrimPrefix(p.error.Detail+"; "+text, "; ")
		return
	}
	if p.error.Fields == nil {
		p.error.Fields = map[string][]string{}
	}
	p.error.Fields[at] = append(p.error.Fields[at], text)
}

// oneLine makes one bounded line without control characters, which could control a
// terminal.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxMessage {
		runes = append(runes[:maxMessage-1], '…')
	}
	return string(runes)
}
