package api

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Where the token comes from. The first source that has one:
//
//  1. the file given with --token-file (it is explicit);
//  2. the environment variable DIVIO_API_TOKEN;
//  3. the netrc file ($NETRC, $NETRC_PATH, else .netrc in the home folder), as
//     "divio login" writes it: the password of the machine that is the
//     endpoint's host and, where that is api.<zone>, of control.<zone>.
//
// A netrc "default" entry is for hosts without an entry, and is never used. There is no
// flag for the token itself: it would be in the shell's history and in the list of
// processes.

// ErrNoToken: no source has a token, or the given file contains none.
var ErrNoToken = errors.New("no API token")

const maxTokenFile = 64 << 10 // bytes; a token has about 40

// FindToken looks for the token for an endpoint (as [Endpoint] gives it), and says
// where it was found. Errors name the source and never show its content.
func FindToken(getenv func(string) string, tokenFile, endpoint string) (found Secret, source string, err error) {
	fail := func(err error) (Secret, string, error) { return nil, "", err }
	text := ""
	switch {
	case tokenFile != "":
		source = tokenFile
		text, err = readSmall(tokenFile)
		if err != nil {
			return fail(fmt.Errorf("%w: %w", ErrNoToken, err))
		}
		text = strings.TrimRight(text, "\r\n")
		if text == "" {
			return fail(fmt.Errorf("%w: %s is empty", ErrNoToken, tokenFile))
		}
	case getenv("DIVIO_API_TOKEN") != "":
		text, source = getenv("DIVIO_API_TOKEN"), "the environment variable DIVIO_API_TOKEN"
	default:
		text, source, err = netrcToken(getenv, endpoint)
		if err != nil {
			return fail(err)
		}
		if text == "" {
			return fail(ErrNoToken)
		}
	}
	if err := checkToken(text); err != nil {
		return fail(fmt.Errorf("%w (from %s)", err, source))
	}
	return newToken(text), source, nil
}

// token is the API token as a [Secret] that is always printed as a mask. The text is
// behind a pointer because fmt prints unexported fields of other structs without
// calling methods; of a pointer to a string it prints the address.
type token struct{ text *string }

func newToken(text string) Secret { return token{&text} }

// Reveal gives the text.
func (t token) Reveal() string { return *t.text }

// Format writes the mask for every verb.
func (t token) Format(f fmt.State, _ rune) { fmt.Fprint(f, mask) }

// checkToken refuses an invalid token, before it is written to a header.
func checkToken(token string) error {
	for _, r := range token {
		switch {
		case r == '\n' || r == '\r':
			return errors.New("the API token contains a line break: check that only the token was copied")
		case r <= ' ' || r > '~':
			return errors.New("the API token contains a space or an invalid character: check that only the token was copied")
		}
	}
	return nil
}

func netrcToken(getenv func(string) string, endpoint string) (text, source string, err error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" {
		return "", "", errors.New("find the API token: the endpoint is not a URL")
	}
	path := netrcPath(getenv)
	if path == "" {
		return "", "", nil
	}
	content, err := readSmall(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", fmt.Errorf("read the API token: %w", err)
	}
	machines := []string{u.Hostname()}
	if zone, ok := strings.CutPrefix(u.Hostname(), "api."); ok {
		machines = append(machines, "control."+zone)
	}
	entries := parseNetrc(content)
	for _, machine := range machines {
		for _, e := range entries {
			if strings.EqualFold(e.machine, machine) && e.password != "" {
				return e.password, fmt.Sprintf("%s (machine %s)", path, machine), nil
			}
		}
	}
	return "", "", nil
}

// NetrcPasswords returns all passwords in the netrc file, of whatever host. A file that
// cannot be read has none.
func NetrcPasswords(getenv func(string) string) []Secret {
	content, err := readSmall(netrcPath(getenv))
	if err != nil {
		return nil
	}
	var found []Secret
	for _, e := range parseNetrc(content) {
		if e.password != "" {
			found = append(found, newToken(e.password))
		}
	}
	return found
}

// netrcPath returns the netrc file, "" if there is no home folder.
func netrcPath(getenv func(string) string) string {
	for _, name := range []string{"NETRC", "NETRC_PATH"} {
		if path := getenv(name); path != "" {
			return path
		}
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if home := getenv(name); home != "" {
			return filepath.Join(home, ".netrc")
		}
	}
	return ""
}

func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxTokenFile+1))
	if err == nil && len(data) > maxTokenFile {
		err = fmt.Errorf("%s is too long", path)
	}
	return string(data), err
}
