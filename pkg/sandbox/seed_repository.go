package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// repository adds a repository of a seed document. Unlike one that a request creates it is already usable:
// cloned, and the Git host accepts Divio's credentials.
func (s seeding) repository(n seedNode) error {
	o, err := resolve(n, "organisation", &s.Organisations, anyRow, organisationNames)
	if err != nil {
		return err
	}
	r := newRepository("")
	r.Organisation, r.State = o.ID, repositoryCloned
	inside := seedNode{n.path, object{}}
	if value, present := n.take("webhooks"); present {
		inside.fields["webhooks"] = value
	}
	if err := n.fill(r, "organisation"); err != nil {
		return err
	}
	if r.AuthenticationType == authKeypair && r.KeyType == "" {
		r.KeyType = keyTypes[0]
	}
	if r.DSN == "" {
		r.DSN = r.URL
	}
	switch {
	case !slices.Contains(authTypes, r.AuthenticationType):
		return fmt.Errorf("%s: want one of %s", n.at("authentication_type"), strings.Join(authTypes, ", "))
	case !slices.Contains(repositoryStates, r.State):
		return fmt.Errorf("%s: want one of %s", n.at("state"), strings.Join(repositoryStates, ", "))
	case !slices.Contains([]int64{0, http.StatusForbidden, http.StatusNotFound}, r.EndpointStatus):
		return fmt.Errorf("%s: want 403 or 404", n.at("endpoint_status"))
	}
	if r.ID == "" {
		r.ID = fresh(&s.Repositories, "repository", r.URL)
	}
	if err := insert(n, &s.Repositories, r); err != nil {
		return err
	}
	return inside.each("webhooks", func(n seedNode) error { return s.webhook(n, r) })
}

func (s seeding) webhook(n seedNode, r *repository) error {
	w := &webhook{Repository: r.ID, DateCreated: s.now, DateModified: s.now}
	if err := n.fill(w, "repository"); err != nil {
		return err
	}
	if !slices.Contains(webhookProviders, w.Provider) {
		return fmt.Errorf("%s: want one of %s", n.at("provider_class"), strings.Join(webhookProviders, ", "))
	}
	if w.ID == "" {
		w.ID = fresh(&s.Webhooks, "webhook", r.ID, w.Provider)
	}
	return insert(n, &s.Webhooks, w)
}

// grantAccess gives Divio access to every repository with a URL or id, like registering the public key at the
// Git host.
func (s seeding) grantAccess(n seedNode) error {
	names, err := n.texts("grant_access")
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := named(n.at("grant_access"), &s.Repositories, name, repositoryNames); err != nil {
			return err
		}
		for _, r := range s.Repositories.rows {
			if r.ID == name || r.URL == name {
				r.NoAccess = false
			}
		}
	}
	return nil
}
