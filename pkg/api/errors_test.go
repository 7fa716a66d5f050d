package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestErrorBodies(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"field", `{"name": ["already in use"]}`, "POST /x/: 400: name: already in use"},
		{"fields in order", `{"b": ["two", "three"], "a": ["one"]}`, "POST /x/: 400: a: one; b: two three"},
		{"detail", `{"detail": "Not found."}`, "POST /x/: 400: Not found."},
		{"cross field", `{"non_field_errors": ["must make a unique set"], "a": ["one"]}`, "POST /x/: 400: must make a unique set; a: one"},
		{"verdict", `{"status": false, "message": "cannot clone", "code": "clone_failed"}`, "POST /x/: 400: cannot clone (clone_failed)"},
		{"list", `["no", "never"]`, "POST /x/: 400: no; never"},
		{"nested", `{"release_commands": [{}, {"label": ["too long"]}], "tags": {"0": {"name": ["blank"]}}}`,
			"POST /x/: 400: release_commands[1].label: too long; tags.0.name: blank"},
		{"a field called code", `{"code": ["bad"]}`, "POST /x/: 400: code: bad"},
		{"empty", ``, "POST /x/: 400: Bad Request"},
		{"empty object", `{}`, "POST /x/: 400: Bad Request"},
		{"page", `<!doctype html><html>secret stuff</html>`, "POST /x/: 400: Bad Request (the answer does not come from the API)"},
		{"broken", `{"detail": "Not`, "POST /x/: 400: Bad Request (the answer does not come from the API)"},
		{"text", "upstream\x1b[31m failed\n", "POST /x/: 400: upstream[31m failed"},
		{"secret", `{"value": ["\"` + canarySecret + `\" is not valid"]}`, `POST /x/: 400: value: "(sensitive)" is not valid`},
		{"token", `{"detail": "bad token ` + canaryToken + `"}`, `POST /x/: 400: bad token (sensitive)`},
		{"secret as a key", `{"` + canarySecret + `": ["bad"]}`, `POST /x/: 400: (sensitive): bad`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &StatusError{Method: "POST", Path: "/x/", Status: 400}
			e.read([]byte(test.body), redactor(canarySecret, canaryToken))
			if e.Error() != test.want {
				t.Errorf("got  %s\nwant %s", e, test.want)
			}
		})
	}
}

func TestRedactor(t *testing.T) {
	for _, test := range []struct {
		name    string
		secrets []string
		text    string
		want    string
	}{
		{"long", []string{"hunter22"}, "xhunter22x", "x(sensitive)x"},
		{"short stands alone", []string{"7"}, `"7" is not between 17 and 70: 7`, `"(sensitive)" is not between 17 and 70: (sensitive)`},
		{"short at both ends", []string{"ab"}, "ab cab abc ab", "(sensitive) cab abc (sensitive)"},
		{"one inside another", []string{"word", "password1"}, "password1 word", "(sensitive) (sensitive)"},
		{"lines", []string{"-----\nMIIEabc\n-----\n"}, `'-----\nMIIEabc\n'`, `'(sensitive)\n(sensitive)\n'`},
		{"spelled otherwise", []string{"a\"bé<c>/d"}, `a\"bé<c>/d a\"b\u00e9<c>/d a\"bé\u003cc\u003e/d a%22b%C3%A9%3Cc%3E%2Fd YSJiw6k8Yz4vZA== a&quot;bé&lt;c&gt;/d`,
			"(sensitive) (sensitive) (sensitive) (sensitive) (sensitive) (sensitive)"},
		{"nested", []string{"a b\"c-long-one"}, `see /?q=%7B%22value%22%3A%22a+b%5C%22c-long-one%22%7D`, withheld},
		{"short and nested", []string{"x1y"}, `see /?q=%22x1y%22`, withheld},
		{"nothing nested", []string{"a b\"c-long-one", "x1y"}, `50% of "x1yes" &amp; \n more`, `50% of "x1yes" &amp; \n more`},
		{"none", nil, "text", "text"},
		{"blank", []string{"", " "}, "a text", "a text"},
		{"not ASCII", []string{"é"}, "é né é", "(sensitive) né (sensitive)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := redactor(test.secrets...)(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestKindsOfErrors(t *testing.T) {
	wrapped := func(status int) error {
		return fmt.Errorf("create x.y: %w", &StatusError{Method: "GET", Path: "/", Status: status})
	}
	if !IsAuth(wrapped(401)) || !IsAuth(wrapped(403)) || !IsAuth(ErrNoToken) || IsAuth(wrapped(404)) || !IsAuth(errors.Join(wrapped(500), wrapped(403))) || IsAuth(nil) {
		t.Error("IsAuth")
	}
	if !IsNotFound(wrapped(404)) || IsNotFound(wrapped(403)) || IsNotFound(errors.New("404")) {
		t.Error("IsNotFound")
	}
}

// Whatever a body holds: the message is bounded, printable, one line, and shows
// no secret.
func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{`{"a": ["b"]}`, `[[[[[[[["deep"]]]]]]]]`, `<html>`, `{"detail": null}`, "\x00\xff", `{"a": {"b": [{"c": ["` + canarySecret + `"]}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := &StatusError{Method: "POST", Path: "/x/", Status: 400}
		e.read(body, redactor(canarySecret))
		text := e.Error()
		if len(text) > 64<<10 || !utf8.ValidString(text) {
			t.Errorf("%d bytes, valid: %t", len(text), utf8.ValidString(text))
		}
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("control characters: %q", text)
		}
		if strings.Contains(text, canarySecret) {
			t.Errorf("the secret: %q", text)
		}
	})
}

// What errors say to apply: whether the call may have been carried out.
func TestErrorsSayWhetherItIsKnown(t *testing.T) {
	no := &StatusError{Status: 403}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"an answer":                    {no, "said false"},
		"an answer, wrapped":           {fmt.Errorf("delete: %w", no), "said false"},
		"never left":                   {&TransportError{Err: context.Canceled}, "said false"},
		"left":                         {&TransportError{Sent: true, Err: context.Canceled}, ""},
		"unknown after an answer":      {unknown(request{}, no), "said true"},
		"unknown, and then never left": {unknown(request{}, &TransportError{Err: context.Canceled}), "said true"},
	} {
		got := ""
		var says interface{ Unknown() bool }
		if errors.As(test.err, &says) {
			got = fmt.Sprintf("said %t", says.Unknown())
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if !errors.Is(&TransportError{Err: context.Canceled}, context.Canceled) {
		t.Error("the cause of a request that never left is lost")
	}
}
