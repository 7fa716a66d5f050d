package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// repository has the fields of the reference's GetRepository, and "dsn", which is not in the reference but read
// by the official client.
type repository struct {
	ID                   string     `json:"uuid"`
	Organisation         string     `json:"organisation"`
	AuthenticationType   string     `json:"authentication_type"`
	IsReadOnly           bool       `json:"is_read_only"`
	AuthenticationConfig object     `json:"authentication_config"` // never contains credentials
	LastPullSuccess      *bool      `json:"last_pull_success"`
	LastPulledAt         *timestamp `json:"last_pulled_at"`
	LastPushSuccess      *bool      `json:"last_push_success"`
	LastPushedAt         *timestamp `json:"last_pushed_at"`
	State                string     `json:"state"`
	StateMessage         string     `json:"state_message"`
	DSN                  string     `json:"dsn"`

	URL string `json:"url" api:"-"` // as given on create; only the endpoint returns it

	// The credentials. The authentication type decides which are used, and no answer contains them.
	Username             string `json:"username,omitempty" api:"-"`
	Password             string `json:"password,omitempty" api:"-"`
	KeyType              string `json:"key_type,omitempty" api:"-"`
	GithubInstallationID int64  `json:"github_installation_id,omitempty" api:"-"`

	NoAccess       bool       `json:"no_access,omitempty" api:"-"`       // the Git host refuses the credentials
	CheckEndsAt    *timestamp `json:"check_ends_at,omitempty" api:"-"`   // when the running check ends
	EndpointStatus int64      `json:"endpoint_status,omitempty" api:"-"` // the endpoint is refused with 403 or 404
}

func (r *repository) key() string { return r.ID }

func newRepository(id string) *repository {
	return &repository{ID: id, AuthenticationType: authKeypair, AuthenticationConfig: object{}, State: repositoryUnknown}
}

// showRepository leaves "dsn" out if the endpoint is refused: then no answer contains the URL.
func showRepository(_ *call, r *repository) object {
	out := fieldsOf(r)
	if r.EndpointStatus != 0 {
		delete(out, "dsn")
	}
	return out
}

func repositories(c *call) *table[*repository] { return &c.Repositories }

func listRepositories(c *call) (answer, error) {
	return paged(c, c.Repositories.rows, showRepository)
}

// createRepository selects the authentication by the fields of the request: a GitHub installation, else a
// keypair for an SSH URL, else username and password, as the official client does. That the API refuses invalid
// combinations is INFERRED. Two repositories may have the same URL.
func createRepository(c *call) (answer, error) {
	r := newRepository(newID())
	var username, password string
	var installation int64
	keyType := keyTypes[0]
	f := c.form()
	f.id(&r.Organisation, "organisation", required, has(&c.Organisations))
	f.gitURL(&r.URL, "url")
	f.text(&username, "username", textRule{})
	f.text(&password, "password", textRule{})
	f.integer(&installation, "github_installation_id", 1, maxInt)
	f.choice(&keyType, "key_type", optional, keyTypes...)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	r.DSN = r.URL
	var authInfo any
	switch {
	case installation != 0:
		r.useGithubApp(installation)
	case r.usesSSH() && (username != "" || password != ""):
		return answer{}, invalidTogether("A username and a password need an HTTPS URL.")
	case r.usesSSH():
		authInfo = r.useKeypair(keyType)
	case username == "" || password == "":
		return answer{}, invalidTogether("An HTTPS URL needs a username and a password.")
	default:
		r.usePassword(username, password)
	}
	c.Repositories.add(r)
	echo := pick(fieldsOf(r), "uuid", "organisation")
	echo["auth_info"] = authInfo
	return created(echo)
}

// destroyRepository also deletes the webhooks. It is refused while an application uses the repository
// (INFERRED).
func destroyRepository(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	if c.Applications.any(func(a *application) bool { return orEmpty(a.Repository) == r.ID }) {
		return answer{}, conflict("An application uses the repository.")
	}
	c.Webhooks.remove(func(w *webhook) bool { return w.Repository == r.ID })
	c.Repositories.remove(func(other *repository) bool { return other == r })
	return empty()
}

func transferRepository(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	target := r.Organisation
	f := c.form()
	f.id(&target, "organisation", required, has(&c.Organisations))
	if err := f.err(); err != nil {
		return answer{}, err
	}
	r.Organisation = target
	return ok(pick(fieldsOf(r), "organisation"))
}

// getRepositoryEndpoint returns the location of a repository. The keys of connection_info are not documented:
// the url as given, and its parts (INFERRED). Without a url there are none.
func getRepositoryEndpoint(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	switch r.EndpointStatus {
	case 0:
	case http.StatusNotFound:
		return answer{}, notFound()
	default:
		return answer{}, forbidden("You do not have permission to perform this action.")
	}
	info := object{}
	if r.URL != "" {
		at := parseGitURL(r.URL)
		info = object{"url": r.URL, "scheme": at.scheme, "user": at.user, "host": at.host, "path": at.path}
	}
	return ok(object{
		"connection_info":     info,
		"authentication_type": r.AuthenticationType,
		"authentication_info": object{},
	})
}

func (r *repository) usesSSH() bool { return parseGitURL(r.URL).scheme == "ssh" }

// gitURL is the parsed URL of a repository.
type gitURL struct{ scheme, user, host, path string }

// parseGitURL reads a URL, or the short form user@host:path of SSH.
func parseGitURL(address string) gitURL {
	if user, rest, isShort := strings.Cut(address, "@"); isShort && !strings.Contains(address, "://") {
		host, path, _ := strings.Cut(rest, ":")
		return gitURL{"ssh", user, host, path}
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return gitURL{}
	}
	return gitURL{parsed.Scheme, parsed.User.Username(), parsed.Host, strings.TrimPrefix(parsed.Path, "/")}
}

// gitURL reads the URL of a repository. Which forms the API accepts is INFERRED; the message was seen.
func (f *form) gitURL(into *string, name string) {
	f.text(into, name, textRule{need: required})
	if _, refused := f.problems[name]; refused || *into == "" {
		return
	}
	at := parseGitURL(*into)
	if !slices.Contains([]string{"ssh", "https", "http"}, at.scheme) || at.host == "" || at.path == "" || strings.ContainsAny(*into, " \t\r\n") {
		f.refuse(name, "Enter a valid URL.")
	}
}
