package sandbox

import (
	"net/url"
	"strings"
)

// repository has the fields of the reference's GetRepository, and "dsn", which the reference does not show but
// the official client reads (FACTS section 3, repositories).
type repository struct {
	ID                   string     `json:"uuid"`
	Organisation         string     `json:"organisation"`
	AuthenticationType   string     `json:"authentication_type"`
	IsReadOnly           bool       `json:"is_read_only"`
	AuthenticationConfig object     `json:"authentication_config"`
	LastPullSuccess      *bool      `json:"last_pull_success"`
	LastPulledAt         *timestamp `json:"last_pulled_at"`
	LastPushSuccess      *bool      `json:"last_push_success"`
	LastPushedAt         *timestamp `json:"last_pushed_at"`
	State                string     `json:"state"`
	StateMessage         string     `json:"state_message"`
	DSN                  string     `json:"dsn"`

	URL string `json:"url" api:"-"` // as it was given on create; only the endpoint tells it
}

func (r *repository) key() string { return r.ID }

func newRepository(id string) *repository {
	return &repository{ID: id, AuthenticationType: "KEYPAIR", AuthenticationConfig: object{}, State: "UNKNOWN"}
}

func repositories(c *call) *table[*repository] { return &c.Repositories }

func listRepositories(c *call) (answer, error) { return paged(c, c.Repositories.rows, plain) }

// getRepositoryEndpoint tells where a repository is. The keys of connection_info are not documented: the url
// as it was given, and its parts (INFERRED). Without a url there are none.
func getRepositoryEndpoint(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	return ok(object{
		"connection_info":     connectionInfo(r.URL),
		"authentication_type": r.AuthenticationType,
		"authentication_info": object{},
	})
}

func connectionInfo(address string) object {
	if address == "" {
		return object{}
	}
	info := object{"url": address}
	if user, rest, isSCP := strings.Cut(address, "@"); isSCP && !strings.Contains(address, "://") { // git@host:path
		host, path, _ := strings.Cut(rest, ":")
		info["scheme"], info["user"], info["host"], info["path"] = "ssh", user, host, path
		return info
	}
	if parsed, err := url.Parse(address); err == nil {
		info["scheme"], info["user"] = parsed.Scheme, parsed.User.Username()
		info["host"], info["path"] = parsed.Host, strings.TrimPrefix(parsed.Path, "/")
	}
	return info
}
