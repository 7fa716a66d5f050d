package connect

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
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
	flags := &cli.Globals{Endpoint: server.URL, Parallelism: 1, LogLevel: "warn"}
	console := cli.NewConsole(cli.Streams{
		Out: io.Discard, Env: func(name string) (string, bool) { return "token", name == cli.EnvToken },
		Err: writes(func(text string) {
			said.WriteString(text)
			cancel()
		}),
	}, flags)
	log, err := cli.OpenLog(flags, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	connector := Connector{Flags: flags, Console: console, Log: log}
	client, err := connector.Client()
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
