package api

import (
	"bytes"
	"cmp"
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

// StatusError is a clear "no" from the API: the request was answered, and it was
// not done. It holds the API's words, bounded, without control characters and
// without anything that was sent as a secret.
type StatusError struct {
	Op           string // operation id, "" for a raw request
	Method, Path string
	Status       int
	// Fields are the API's messages per field of the body ("tags[0].name" for
	// a part); messages about the body as a whole are in Detail.
	Fields map[string][]string
	Detail string
	// Code is the API's own code, where it gives one.
	Code string
	// RetryAfter is the pause that the API asks for, 0 for none.
	RetryAfter time.Duration

	verdict bool // the answer has a status of false
}

// Error gives "METHOD path: status: field: message; field: message".
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
		cmp.Or(words, http.StatusText(e.Status), "no explanation"))
}

// Refused tells pkg/apply, which knows no error type of this package, that the request
// was understood and not carried out, for a reason that may pass.
func (e *StatusError) Refused() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.Status >= 400 && e.Status < 500
}

// Unknown tells pkg/apply that the request was certainly not carried out. An
// [UnknownError] around it says otherwise, and errors.As finds that one first.
func (e *StatusError) Unknown() bool { return false }

// TransportError is a request without an answer. Sent is false when it certainly
// never reached the API.
type TransportError struct {
	Method, Path string
	Sent         bool
	Err          error
}

// Error gives "METHOD path: cause".
func (e *TransportError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Path, e.Err) }

// Unwrap gives the cause. Where the request never reached the API, the cause says
// that too.
func (e *TransportError) Unwrap() error {
	if e.Sent {
		return e.Err
	}
	return neverSent{e.Err}
}

// neverSent is why a request never reached the API.
type neverSent struct{ error }

func (e neverSent) Unwrap() error { return e.error }

// Unknown is what [StatusError.Unknown] is.
func (neverSent) Unknown() bool { return false }

// UnknownError is a write that may or may not have happened. Err is why nobody
// knows. It is never the end of a read.
type UnknownError struct {
	Op  string // operation id, "" for a raw request
	Err error
}

// Error says that the write may have happened, and the cause.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("it is not known whether this was done: %v", e.Err)
}

// Unwrap gives the cause.
func (e *UnknownError) Unwrap() error { return e.Err }

// Unknown tells pkg/apply, which knows no error type of this package, that nobody knows
// whether the write happened. It takes precedence over what the cause says.
func (e *UnknownError) Unknown() bool { return true }

// IsAuth reports whether the API did not accept the token or does not allow the
// operation (401, 403), or whether there is no token at all. Of several errors one
// is enough.
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

// ErrConflict is for a [Verifier] that finds something else in the place of what
// was sent: under its unique name, say. The request has failed then, and repeating it
// cannot help.
var ErrConflict = errors.New("it already exists with different content: somebody else created it")

// Bounds of what is taken from an error body: enough for a person, too little to
// flood a log.
const (
	maxErrorBody  = 64 << 10
	maxMessages   = 20
	maxMessage    = 300 // characters
	maxErrorDepth = 6
)

// read takes the API's words out of an error body. The API is built on Django
// REST framework, whose bodies are {"detail": text}, {"field": [texts]},
// {"non_field_errors": [texts]} or [texts]; some operations answer {"status",
// "message", "code"}. Web pages (of proxies, mostly) are never quoted. redact
// takes secrets out of a text.
func (e *StatusError) read(body []byte, redact func(string) string) {
	if len(body) > maxErrorBody {
		body = body[:maxErrorBody]
	}
	v, err := decode(body)
	if err != nil {
		if text := bytes.TrimSpace(body); text[0] != '<' && text[0] != '{' && text[0] != '[' {
			e.Detail = oneLine(redact(string(text)))
		} else {
			e.Detail = http.StatusText(e.Status) + " (the answer is not the API's)"
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

// take walks through a body; at is the place in it.
func (p *bodyParser) take(at string, v any, depth int) {
	if depth > maxErrorDepth || p.count >= maxMessages {
		return
	}
	switch x := v.(type) {
	case string:
		p.add(at, x)
	case bool, int64, float64:
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
					continue // the code stands apart; the status is the verdict itself
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

// oneLine makes one bounded line without control characters, which could steer a
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
