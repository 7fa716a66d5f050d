package api

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Where requests may be sent. Policy:
//
//   - The endpoint is https; plain http only for loopback addresses.
//   - Every request, and so the token, goes to the endpoint's scheme, host and
//     port. A next link of a list is followed only with that host, and always
//     with the endpoint's own scheme (a server behind a proxy may write http).
//   - A redirect is followed for a GET to the endpoint only. Any other redirect ends
//     the request: following one with a write would turn it into a GET or send it again
//     to another host.

// defaultZone is the zone of the official client.
const defaultZone = "divio.com"

// Endpoint returns the base URL of the API, without a slash at the end: the given
// endpoint or, if that is empty, "https://api." and the zone, as in the official
// client; with neither, https://api.divio.com. A zone may also be a URL: that of the
// control panel ("https://control.divio.com"), as in the official client, or that of
// the API.
func Endpoint(endpoint, zone string) (string, error) {
	if endpoint == "" && strings.Contains(zone, "://") {
		endpoint = zone
		if u, err := url.Parse(zone); err == nil && u.User == nil {
			name, isControl := strings.CutPrefix(strings.ToLower(u.Host), "control.")
			if isControl || name == defaultZone {
				u.Host = "api." + name
				endpoint = u.String()
			}
		}
	}
	if endpoint == "" {
		if zone == "" {
			zone = defaultZone
		}
		if strings.ContainsAny(zone, "/@:?#%\\ \t\r\n") || strings.Trim(zone, ".") != zone {
			return "", fmt.Errorf("zone %q is not a domain name such as %q", zone, defaultZone)
		}
		endpoint = "https://api." + zone
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil, u.Opaque != "", u.Hostname() == "":
		return "", errors.New("the endpoint is not a URL such as https://api.divio.com")
	case u.User != nil:
		return "", errors.New("the endpoint must not contain a user or password")
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return "", fmt.Errorf("the endpoint must be only a scheme and a host, as in %s://%s", u.Scheme, u.Host)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("the endpoint must begin with https://, not %q", u.Scheme)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", fmt.Errorf("plain http would expose the token on the network to %s: use https://", u.Hostname())
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// sameEndpoint reports whether u leads to the endpoint's host and port.
func (c *Client) sameEndpoint(u *url.URL) bool {
	return strings.EqualFold(u.Hostname(), c.endpoint.Hostname()) && port(u) == port(c.endpoint) && u.User == nil
}

func port(u *url.URL) string {
	if u.Port() != "" {
		return u.Port()
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

// redirect is called by net/http before it follows a redirect.
func (c *Client) redirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > 5 || next.URL.Scheme != c.endpoint.Scheme || !c.sameEndpoint(next.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// follow returns the path and query of a list's next link.
func (c *Client) follow(next string, from string) (path string, query url.Values, err error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(next)
	if err != nil {
		return "", nil, errors.New("the link to the next page is not a URL")
	}
	u = c.endpoint.ResolveReference(base).ResolveReference(u)
	sameHost := strings.EqualFold(u.Hostname(), c.endpoint.Hostname()) && u.User == nil
	// Behind a proxy that terminates TLS a server may write links with http.
	samePort := port(u) == port(c.endpoint) || u.Port() == "" && u.Scheme == "http"
	if !sameHost || !samePort {
		return "", nil, fmt.Errorf("the link to the next page leads to another host (%s): not followed", oneLine(net.JoinHostPort(u.Hostname(), port(u))))
	}
	query, err = url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", nil, errors.New("the link to the next page has an invalid query")
	}
	return u.EscapedPath(), query, nil
}
