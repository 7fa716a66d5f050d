package api

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindToken(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	both := write("both", "machine control.divio.com\n  login me@example.org\n  password control-token\nmachine api.divio.com login me@example.org password api-token\n")
	control := write("control", "machine control.divio.com login me password control-token\n")
	fallback := write("default", "machine git.divio.com login me password git\ndefault login me password "+canarySecret+"\n")
	file := write("token", "file-token\r\n")
	write(".netrc", "machine api.divio.com login me password home-token\n")

	for _, test := range []struct {
		name     string
		env      map[string]string
		file     string
		endpoint string
		want     string // the token, or "error: " and a part of the message
	}{
		{"environment", map[string]string{"DIVIO_API_TOKEN": "env-token", "NETRC": both}, "", "https://api.divio.com", "env-token"},
		{"file before environment", map[string]string{"DIVIO_API_TOKEN": "env-token"}, file, "https://api.divio.com", "file-token"},
		{"api before control", map[string]string{"NETRC_PATH": both}, "", "https://api.divio.com", "api-token"},
		{"control of the zone", map[string]string{"NETRC": control}, "", "https://api.divio.com", "control-token"},
		{"another zone", map[string]string{"NETRC": both}, "", "https://api.other.com", "error: no API token"},
		{"another host", map[string]string{"NETRC": both}, "", "http://127.0.0.1:8080", "error: no API token"},
		{"never the default entry", map[string]string{"NETRC": fallback}, "", "https://api.divio.com", "error: no API token"},
		{"home", map[string]string{"HOME": folder}, "", "https://api.divio.com", "home-token"},
		{"no netrc", map[string]string{"NETRC": filepath.Join(folder, "absent")}, "", "https://api.divio.com", "error: no API token"},
		{"nothing", nil, "", "https://api.divio.com", "error: no API token"},
		{"empty variable", map[string]string{"DIVIO_API_TOKEN": "", "NETRC": both}, "", "https://api.divio.com", "api-token"},
		{"absent file", nil, filepath.Join(folder, "absent"), "https://api.divio.com", "error: no API token"},
		{"empty file", nil, write("empty", "\n"), "https://api.divio.com", "error: no API token"},
		{"line break", map[string]string{"DIVIO_API_TOKEN": canaryToken + "\n"}, "", "https://api.divio.com", "error: line break"},
		{"space", map[string]string{"DIVIO_API_TOKEN": "Token " + canaryToken}, "", "https://api.divio.com", "error: a space"},
		{"two lines in a file", nil, write("two", "one\n"+canaryToken), "https://api.divio.com", "error: line break"},
		{"too long a file", nil, write("long", strings.Repeat(canaryToken, 1<<13)), "https://api.divio.com", "error: no API token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			token, source, err := FindToken(func(name string) string { return test.env[name] }, test.file, test.endpoint)
			if message, fails := strings.CutPrefix(test.want, "error: "); fails {
				if err == nil || !strings.Contains(err.Error(), message) {
					t.Errorf("got %v, want %q", err, message)
				}
				if strings.HasPrefix(message, "no API token") != errors.Is(err, ErrNoToken) {
					t.Errorf("ErrNoToken: %v", err)
				}
				mustNotLeak(t, err)
				return
			}
			if err != nil || token.Reveal() != test.want || source == "" {
				t.Errorf("got %q from %q, %v; want %q", token.Reveal(), source, err, test.want)
			}
		})
	}
}

// However the token is printed, alone or within the client, nobody sees it.
func TestTokenIsNeverPrinted(t *testing.T) {
	token, _, err := FindToken(func(name string) string { return map[string]string{"DIVIO_API_TOKEN": canaryToken}[name] }, "", "https://api.divio.com")
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Endpoint: "https://api.divio.com", Token: token}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	request := Request{Body: map[string]any{"a": token}}
	var log strings.Builder
	for _, value := range []any{token, options, c, request, struct{ inside any }{token}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&log, verb+"\n", value)
		}
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "value", value)
	}
	for _, shown := range []string{canaryToken, fmt.Sprintf("%x", canaryToken)} {
		if strings.Contains(log.String(), shown) {
			t.Errorf("the token is printed:\n%s", log.String())
		}
	}
}

func TestNetrc(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []netrcEntry
	}{
		{"one line", "machine a login l password p", []netrcEntry{{"a", "l", "p"}}},
		{"lines and tabs", "machine a\n\tlogin l\r\n\tpassword p\n", []netrcEntry{{"a", "l", "p"}}},
		{"account", "machine a login l account x password p", []netrcEntry{{"a", "l", "p"}}},
		{"password first", "machine a password p login l", []netrcEntry{{"a", "l", "p"}}},
		{"comments", "# machine x password y\nmachine a # the login\n login l\n password p # end", []netrcEntry{{"a", "l", "p"}}},
		{"a password that begins with #", "machine a login l password #p#", []netrcEntry{{"a", "l", "#p#"}}},
		{"a password that is a keyword", "machine a login machine password default\nmachine b password q", []netrcEntry{{"a", "machine", "default"}, {"b", "", "q"}}},
		{"quotes", `machine "a" login "l l" password "p\"q"` + "\nmachine b password q", []netrcEntry{{"a", "l l", `p"q`}, {"b", "", "q"}}},
		{"empty password", `machine a login l password ""` + "\nmachine b", []netrcEntry{{"a", "l", ""}, {"b", "", ""}}},
		{"macro", "macdef init\nmachine x password y\nmore\n\nmachine a password p", []netrcEntry{{"a", "", "p"}}},
		{"default", "machine a password p\ndefault password q", []netrcEntry{{"a", "", "p"}, {"", "", "q"}}},
		{"cut off", "machine", []netrcEntry{{"", "", ""}}},
		{"cut off in a quote", `machine a password "p`, []netrcEntry{{"a", "", "p"}}},
		{"no machine", "login l password p", nil},
		{"empty", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, parseNetrc(test.text), cmp.AllowUnexported(netrcEntry{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine a login l password p\n# c\nmacdef m\nx\n\ndefault")
	f.Add(`machine "a\"b" password \`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range parseNetrc(text) {
			// Words only lose quotes and backslashes; they are never made up.
			if len(e.machine)+len(e.login)+len(e.password) > len(text) {
				t.Errorf("%q gave %+v", text, e)
			}
		}
	})
}
