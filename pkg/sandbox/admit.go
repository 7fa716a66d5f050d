package sandbox

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
)

// admit decides which route answers a request, in the order of a Django application: the URL first, then the
// slash at its end, then the token, then the method.
func (s *Sandbox) admit(r *http.Request, routes map[string]*route) (*route, error) {
	if len(routes) == 0 {
		return nil, notFound()
	}
	if !strings.HasSuffix(r.URL.Path, "/") {
		// Django's APPEND_SLASH. INFERRED from the official client, which leaves the slash off in three GETs
		// that work. It also redirects writes, which then lose their body.
		target := r.URL.EscapedPath() + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		return nil, &refusal{status: http.StatusMovedPermanently, header: http.Header{"Location": {target}}}
	}
	found, allowed := routes[asGet(r.Method)]
	if err := s.authenticate(r, allowed && found.open); err != nil {
		return nil, err
	}
	if !allowed {
		return nil, &refusal{
			status: http.StatusMethodNotAllowed,
			header: http.Header{"Allow": {strings.Join(methods(routes), ", ")}},
			body:   object{"detail": fmt.Sprintf("Method \"%s\" not allowed.", r.Method)},
		}
	}
	return found, nil
}

// authenticate checks "Authorization: Token X". A request to an open operation may have no token, but a wrong
// one is also refused there, as in Django REST framework (INFERRED).
func (s *Sandbox) authenticate(r *http.Request, open bool) error {
	keyword, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	switch {
	case !strings.EqualFold(keyword, "token"): // missing, or a scheme that the API does not know
		if open {
			return nil
		}
		return unauthorized("Authentication credentials were not provided.")
	case token == "":
		return unauthorized("Invalid token header. No credentials provided.")
	case strings.ContainsAny(token, " \t"):
		return unauthorized("Invalid token header. Token string should not contain spaces.")
	case s.options.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.options.Token)) != 1:
		return unauthorized("Invalid token.")
	}
	return nil
}

func unauthorized(text string) error {
	return &refusal{
		status: http.StatusUnauthorized,
		header: http.Header{"Www-Authenticate": {"Token"}},
		body:   object{"detail": text},
	}
}
