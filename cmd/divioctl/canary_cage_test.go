package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
	"github.com/divioctl/divioctl/cmd/divioctl/internal/command"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// canaries are the secrets by name. Their texts are what people fear for.
var canaries = map[string]string{
	"token":       "canary-token-0123456789",
	"ledger key":  "canary-ledger-key-0123456789",
	"literal":     "canary-literal \"quoted\" 'twice' \\ <b>&amp;</b>",
	"environment": "canary-environment%41/+==",
	"file":        "-----BEGIN CANARY FILE-----\ncanaryFileMIIEvQIBADANBg==\n-----END CANARY FILE-----",
	"program":     "canary-program né \u2713 \U0001F426",
	"short":       "x1y",
	"plain":       "canary-plain: of a source, not sensitive",
	"rotated":     "canary-rotated\tby `hand`|pipe|",
	// What is there already: the first nobody can read, the second everybody can.
	"old secret": "canary-old-secret",
	"old plain":  "canary-old-plain",
}

// canaryFile declares all sources. Writing it takes a create, an update, a
// replacement, a rename, an order and a delete.
const canaryFile = `version: 1
applications:
  shop:
    environments:
      live:
        cronjobs: [{ command: "true", frequency: daily, time: "02:30" }]
        variables:
          - { name: LITERAL, sensitive: true, value: %s }
          - { name: ENVIRONMENT, sensitive: true, value_from: { env: CANARY } }
          - { name: FILE, sensitive: true, value_from: { file: canary.pem } }
          - { name: PROGRAM, sensitive: true, value_from: { exec: [sh, -c, "cat program.txt; cat program.txt >&2"] } }
          - { name: SHORT, sensitive: true, value_from: { env: SHORT } }
          - { name: PLAIN, value_from: { env: PLAIN } }
          - { name: KEPT, sensitive: true, value_from: { env: %s } }
          - { name: REPLACED, sensitive: true, value_from: { env: CANARY } }
          - { name: HIDDEN, sensitive: true }
          - { name: RENAMED, sensitive: true, value_from: { env: CANARY } }
          - { name: x1y_axle, value: "x1yes and xx1yy stay" }
moved: [{ from: variable.shop/live/BEFORE, to: variable.shop/live/RENAMED }]
settings: { prune: [variables], ledger: divio.ledger }
`

// savedFile can be saved: no secret stands in it.
const savedFile = `version: 1
applications:
  shop:
    environments:
      live:
        variables:
          ENVIRONMENT: { sensitive: true, value_from: { env: ROTATED } }
          FILE: { sensitive: true, value_from: { file: canary.pem } }
          PROGRAM: { sensitive: true, value_from: { exec: [cat, program.txt] } }
          SHORT: { value_from: { env: SHORT } }
          PLAIN: { value_from: { env: PLAIN } }
settings: { ledger: divio.ledger }
`

const canarySeed = `{"applications": [{"slug": "shop", "environments": [{"slug": "live", "variables": [
  {"name": "PLAIN", "value": "canary-old-plain"},
  {"name": "KEPT", "value": "canary-old-secret", "is_sensitive": true},
  {"name": "REPLACED", "value": "canary-old-plain"},
  {"name": "HIDDEN", "value": "canary-old-plain"},
  {"name": "BEFORE", "value": "canary-old-secret", "is_sensitive": true},
  {"name": "GONE", "value": "canary-old-secret", "is_sensitive": true}]}]}]}`

// birdcage is one sandbox, with a directory of files and a proxy in front that can
// spoil one request.
type birdcage struct {
	*testing.T
	dir     string
	box     *sandbox.Sandbox
	log     locked
	url     string
	given   map[string]string // the files that hold the secrets
	count   atomic.Int64
	wrote   atomic.Bool
	spoiled int64 // the request to spoil, from 1; 0 is none
	how     string
}

func cage(t *testing.T) *birdcage {
	t.Helper()
	c := &birdcage{T: t, dir: t.TempDir()}
	var err error
	c.box, err = sandbox.New(sandbox.Options{Empty: true, Token: canaries["token"], Log: &c.log, DeploymentTime: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.box.Seed(strings.NewReader(canarySeed)); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	literal, _ := json.Marshal(canaries["literal"]) // JSON is YAML
	c.given = map[string]string{
		"divio.yaml":   fmt.Sprintf(canaryFile, literal, "CANARY"),
		"rotated.yaml": fmt.Sprintf(canaryFile, literal, "ROTATED"),
		"broken.yaml":  fmt.Sprintf(canaryFile, literal, "CANARY }, extra: "+string(literal)+", x: {"),
		"saved.yaml":   savedFile,
		"unset.yaml":   fmt.Sprintf(canaryFile, literal, "UNSET"),
		"canary.pem":   canaries["file"] + "\n",
		"program.txt":  canaries["program"],
	}
	for name, text := range c.given {
		if err := os.WriteFile(c.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *birdcage) path(name string) string { return filepath.Join(c.dir, name) }

// echoed gives what the API may quote, whatever a request is about: all that it was
// sent before, and what is there. What nobody could read is not known to us, and what
// is there only once it has been read, which is so when something is written.
func (c *birdcage) echoed() []string {
	var all []string
	for name, secret := range canaries {
		if name != "ledger key" && name != "old secret" && (name != "old plain" || c.wrote.Load()) {
			all = append(all, secret)
		}
	}
	return all
}

// ServeHTTP passes requests on, but for the one to spoil: its answer holds the whole
// request, in every spelling, and every other secret.
func (c *birdcage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		c.wrote.Store(true)
	}
	if c.count.Add(1) != c.spoiled {
		c.box.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	sent := map[string]any{}
	_ = json.Unmarshal(body, &sent)
	value, _ := sent["value"].(string)
	all := strings.Join([]string{
		string(body), value, fmt.Sprintf("%q", value), strings.ToUpper("odd: ") + url.QueryEscape(value), html.EscapeString(value),
		base64.StdEncoding.EncodeToString([]byte(value)), r.Header.Get("Authorization"), r.URL.RawQuery,
	}, "\n")
	answer := func(status int, kind string, content []byte) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write(content)
	}
	messages := []string{value + " is odd", all}
	for _, secret := range c.echoed() {
		messages = append(messages, "it holds "+secret)
		all += "\nor " + secret
	}
	quoted, _ := json.Marshal(map[string]any{"value": messages, "detail": all, all: []string{"as a key"}, "code": all})
	switch c.how {
	case "400 JSON":
		answer(400, "application/json", quoted)
	case "400 text":
		answer(400, "text/plain", []byte(all))
	case "401":
		answer(401, "application/json", quoted)
	case "500":
		answer(500, "application/json", quoted)
	case "302":
		// What a server puts into an address on its own host is in its own logs.
		w.Header().Set("Location", "/"+url.QueryEscape(string(body)+url.QueryEscape(value)+"?"+value))
		w.WriteHeader(302)
	case "200 odd":
		answer(200, "text/plain", []byte(all))
	case "done, and lost":
		r.Body = io.NopCloser(bytes.NewReader(body))
		c.box.ServeHTTP(httptest.NewRecorder(), r)
		fallthrough
	case "dropped":
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	}
}

// divioctl runs the program in process and looks through what it printed.
func (c *birdcage) divioctl(args ...string) (cli.ExitCode, string) {
	c.Helper()
	env := map[string]string{
		cli.EnvEndpoint: c.url, cli.EnvToken: canaries["token"], cli.EnvLedgerKey: canaries["ledger key"],
		"CANARY": canaries["environment"], "SHORT": canaries["short"], "PLAIN": canaries["plain"], "ROTATED": canaries["rotated"],
	}
	var out, problems locked
	code := command.Run(c.Context(), args, cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &problems,
		Env: func(name string) (string, bool) { value, set := env[name]; return value, set },
	}, &cli.Signals{})
	text := out.String() + problems.String()
	c.search("the output of "+strings.Join(args, " "), text, args[0] == "export")
	return code, text
}

// locked is a buffer that the log and the progress may write to at once.
type locked struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *locked) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(data)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// search looks for every canary in every spelling. What everybody may read on the
// server is in an export.
func (c *birdcage) search(where, text string, exported bool) {
	c.Helper()
	for name, secret := range canaries {
		if exported && (name == "old plain" || name == "plain" || strings.Contains(where, "after")) {
			continue
		}
		for _, form := range spelled(secret) {
			if at := strings.Index(text, form); at >= 0 && !standing(text, form) {
				c.Errorf("the %s canary is in %s: ...%s...", name, where, text[max(0, at-200):min(len(text), at+len(form)+100)])
			}
		}
	}
}

// standing tells the short canary from the words of the file that hold it.
func standing(text, form string) bool {
	if form != canaries["short"] {
		return false
	}
	rest := strings.NewReplacer("x1y_axle", "", "x1yes and xx1yy stay", "", "x1yes", "", "xx1yy", "").Replace(text)
	return !strings.Contains(rest, form)
}

// spelled gives a secret in all the ways in which it could be written down: whole,
// line by line, and as base64 at each of the three places in a group.
func spelled(secret string) []string {
	quoted, _ := json.Marshal(secret)
	forms := []string{
		secret, strings.Trim(string(quoted), `"`), strings.Trim(fmt.Sprintf("%q", secret), `"`), strings.Trim(fmt.Sprintf("%+q", secret), `"`),
		url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), fmt.Sprintf("%x", secret),
	}
	for pad := range 3 {
		if text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", pad) + secret)); len(text) > 8 {
			forms = append(forms, text[4:len(text)-3])
		}
	}
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) > 8 {
			forms = append(forms, line)
		}
	}
	// A part is as good as the whole: "canary-" and the word behind it.
	if word, _, cut := strings.Cut(secret, " "); cut && len(word) > 8 && !strings.HasPrefix(word, "-") {
		forms = append(forms, strings.TrimRight(word, ":"))
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// searchFiles looks through everything that was written, and the sandbox's log.
func (c *birdcage) searchFiles() {
	c.Helper()
	err := filepath.WalkDir(c.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name := entry.Name()
		if given, ours := c.given[name]; ours && given == string(text) {
			return err
		}
		c.search("the file "+name, string(text), strings.HasPrefix(name, "export"))
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	c.search("the log of the sandbox", c.log.String(), false)
}

func (c *birdcage) wants(code cli.ExitCode, args ...string) string {
	c.Helper()
	got, text := c.divioctl(args...)
	if got != code {
		c.Errorf("%s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, text)
	}
	return text
}

func (c *birdcage) dump() string {
	c.Helper()
	var out bytes.Buffer
	if err := c.box.Dump(&out); err != nil {
		c.Fatal(err)
	}
	return out.String()
}
