package main

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/sandbox"
)

// writes is an io.Writer that looks at each write.
type writes func(text string)

func (w writes) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

// A long wait is said on standard error. Nobody waits for its end here.
func TestLongWaitIsSaid(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	box.Inject(sandbox.Fault{Status: 429, RetryAfter: "60"})
	server := httptest.NewServer(box)
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said bytes.Buffer
	s := newSession(&Globals{Endpoint: server.URL, Parallelism: 1}, streams{
		out: io.Discard, env: func(name string) (string, bool) { return "token", name == envToken },
		err: writes(func(text string) {
			said.WriteString(text)
			cancel()
		}),
	}, nil)
	client, err := s.connect()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(ctx, "GetMe", nil, nil); err == nil {
		t.Error("there was an answer")
	}
	if !strings.HasPrefix(said.String(), "Waiting 1m") || !strings.HasSuffix(said.String(), ": the API asks for fewer requests (429).\n") {
		t.Errorf("said %q", said.String())
	}
}
