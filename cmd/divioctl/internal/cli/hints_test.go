package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/api"
)

// TestHints: of several things that could be said, what matters most.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string // begins so
	}{
		{&api.UnknownError{Err: &api.StatusError{Status: 502}}, "Re-run the command"},
		{&api.UnknownError{Err: fmt.Errorf("%w; looking for it: %w", errors.New("reset"), &api.StatusError{Status: 403})}, "Re-run the command"},
		{&api.UnknownError{Err: &api.TransportError{Sent: true, Err: errors.New("reset")}}, "Re-run the command"},
		{&UndeployedError{Causes: &api.UnknownError{Err: &api.StatusError{Status: 502}}}, "The API reported a server error"},
		{&api.StatusError{Status: 404, Method: "GET"}, "It does not exist"},
		{&api.StatusError{Status: 404, Method: "DELETE"}, "Re-run plan"},
		{api.ErrNoToken, "Set DIVIO_API_TOKEN"},
		{&api.TransportError{Err: http.ErrSchemeMismatch}, "The server uses plain http"},
	} {
		if got := hintFor(c.err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
