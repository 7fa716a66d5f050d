package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The API returns every value that is not sensitive, and an export writes it in the
// clear. Values that look like secrets are written too, since the files would not be
// complete without them, and reported with their addresses: these must not be committed
// by accident. A value looks like a secret if it is not empty, and
//
//   - it is the value of a variable, or of an entry of a free object, whose name has a
//     word for a secret (PASSWORD, SECRET, TOKEN, KEY; not PUBLIC_KEY), unless it is
//     only true or false or a similar word; or
//   - it contains a URL with a user name or a password, as a DSN does; a user name alone
//     is none in an ssh URL; or
//   - it contains the password of a database connection in another form, or a private
//     key.
//
// The report never contains such a value, nor the user name and password of a URL in an
// address.

// exposed returns a line for each written value that looks like a secret.
func exposed(written []*resource.Resource) []string {
	var lines []string
	for _, r := range written {
		for _, f := range fieldsOf(r.Kind) {
			name := ""
			if f.Display == resource.MaskedIf {
				name = r.Key // the name of the variable says what the value is
			}
			if why := looksSecret(name, r.Fields[f.Name]); why != "" {
				lines = append(lines, fmt.Sprintf("%s: %s", r.Address, why))
			}
		}
	}
	return lines
}

// looksSecret says why a value that belongs to a name looks like a secret, or "".
func looksSecret(name string, value resource.Value) string {
	switch v := value.(type) {
	case string:
		return looksSecretText(name, v)
	case []any:
		for _, item := range v {
			if why := looksSecret("", item); why != "" {
				return why
			}
		}
	case map[string]any:
		for _, key := range resource.SortedKeys(v) {
			if why := looksSecret(key, v[key]); why != "" {
				return key + ": " + why
			}
		}
	}
	return ""
}

func looksSecretText(name, text string) string {
	word := secretWord(name)
	switch {
	case strings.TrimSpace(text) == "":
		return ""
	case slices.ContainsFunc(userinfo.FindAllStringSubmatch(text, -1), secretUserinfo):
		return "it contains a URL with a user name or a password"
	case password.MatchString(text):
		return "it contains a password"
	case privateKey.MatchString(text):
		return "it contains a private key"
	case word != "" && !slices.Contains(switches, strings.ToLower(strings.TrimSpace(text))):
		return "its name contains " + word
	}
	return ""
}

var (
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)://([^\s/?#]*)@`)
	// password matches the DSN of a database without a scheme: "user:password@tcp(host)",
	// "host=... password=...".
	password   = regexp.MustCompile(`(?i)^[^\s:/@]+:[^\s@]+@(tcp|udp|unix)[46]?\(|\b(password|passwd|pwd)\s*=\s*[^\s;&]`)
	privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
	// switches are values that turn something on or off.
	switches = append([]string{"0", "1", "none"}, words...)
	// exposedWords are parts of names, also without a separator around them, and
	// wholeWords only with one.
	exposedWords = []string{"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "SSHKEY", "ACCESSKEY", "PRIVATEKEY"}
	wholeWords   = []string{"KEY", "KEYS", "PASS", "PWD", "PW"}
)

// secretUserinfo reports whether a URL, as scheme and userinfo, has more than the user
// name of an ssh URL.
func secretUserinfo(match []string) bool {
	scheme, info := strings.ToLower(match[1]), match[2]
	if info == "" || info == ":" {
		return false
	}
	return strings.Contains(info, ":") || scheme != "ssh" && !strings.HasSuffix(scheme, "+ssh")
}

// secretWord returns the word for a secret in a name, or "".
func secretWord(name string) string {
	upper := strings.ToUpper(name)
	for _, word := range exposedWords {
		if strings.Contains(upper, word) {
			return word
		}
	}
	parts := strings.FieldsFunc(upper, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	if slices.Contains(parts, "PUBLIC") {
		return ""
	}
	for _, word := range wholeWords {
		if slices.Contains(parts, word) {
			return word
		}
	}
	return ""
}

// withoutUserinfo hides user names and passwords of URLs, in addresses: that of a cron
// job is its command.
func withoutUserinfo(lines []string) []string {
	for i := range lines {
		lines[i] = userinfo.ReplaceAllString(lines[i], "$1://...@")
	}
	return lines
}
