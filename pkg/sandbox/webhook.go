package sandbox

import (
	"encoding/hex"
	"strings"
)

// webhook has the fields of the reference's GetWebhook, except its trigger_url, which is derived from the id.
type webhook struct {
	ID                  string     `json:"uuid"`
	Repository          string     `json:"repository"`
	Provider            string     `json:"provider_class"` // a create calls it "provider"
	ProviderConfig      any        `json:"provider_config"`
	LastDispatchAt      *timestamp `json:"last_dispatch_at"`
	LastDispatchSuccess *bool      `json:"last_dispatch_success"`
	LastDispatchMessage string     `json:"last_dispatch_message"`
	DateCreated         timestamp  `json:"date_created"`
	DateModified        timestamp  `json:"date_modified"`

	Secret    string `json:"secret,omitempty" api:"-"`    // only the operation that creates it returns it
	Installed bool   `json:"installed,omitempty" api:"-"` // at the provider, by remote-install
}

func (w *webhook) key() string { return w.ID }

// webhookProviders are the values of a webhook's provider.
var webhookProviders = []string{"GITLAB", "GITHUB", "BITBUCKET"}

func (st *state) webhooksOf(repository string) []*webhook {
	return st.Webhooks.where(func(w *webhook) bool { return w.Repository == repository })
}

func showWebhook(c *call, w *webhook) object {
	out := fieldsOf(w)
	out["trigger_url"] = c.base + root + "webhooks/" + w.ID + "/trigger/"
	return out
}

func webhooks(c *call) *table[*webhook] { return &c.Webhooks }

func listWebhooks(c *call) (answer, error) {
	q := c.filters()
	repository := q.id("repository")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, c.Webhooks.where(func(w *webhook) bool { return repository(w.Repository) }), showWebhook)
}

// createWebhook refuses a second webhook of the same provider for a repository (INFERRED).
func createWebhook(c *call) (answer, error) {
	w := &webhook{ID: newID(), DateCreated: c.now, DateModified: c.now}
	f := c.form()
	f.choice(&w.Provider, "provider", required, webhookProviders...)
	f.id(&w.Repository, "repository", required, has(&c.Repositories))
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if c.Webhooks.any(func(o *webhook) bool { return o.Repository == w.Repository && o.Provider == w.Provider }) {
		return answer{}, invalidTogether("The fields repository, provider must make a unique set.")
	}
	c.Webhooks.add(w)
	return created(object{"uuid": w.ID, "provider": w.Provider, "repository": w.Repository})
}

func destroyWebhook(c *call) (answer, error) {
	w, err := find(c, &c.Webhooks)
	if err != nil {
		return answer{}, err
	}
	c.Webhooks.remove(func(other *webhook) bool { return other == w })
	return empty()
}

func generateWebhookSecret(c *call) (answer, error) {
	w, err := find(c, &c.Webhooks)
	if err != nil {
		return answer{}, err
	}
	w.Secret, w.DateModified = hex.EncodeToString(randomBytes(20)), c.now
	return ok(object{"secret": w.Secret})
}

// installWebhook follows the reference: "This currently only works for Github."
func installWebhook(c *call) (answer, error) {
	w, err := find(c, &c.Webhooks)
	if err != nil {
		return answer{}, err
	}
	if w.Provider != "GITHUB" {
		return answer{}, conflict("Webhooks of " + strings.ToLower(w.Provider) + " cannot be installed automatically.")
	}
	w.Installed, w.DateModified = true, c.now
	return empty()
}

// triggerWebhook is called by a Git host after a push: Divio pulls, and the environments of the repository have
// one more commit to deploy. The payload, which differs by provider, is ignored.
func triggerWebhook(c *call) (answer, error) {
	w, err := find(c, &c.Webhooks)
	if err != nil {
		return answer{}, err
	}
	r, _ := c.Repositories.get(w.Repository)
	result := r.update(c.now)
	success := result["status"] == true
	w.LastDispatchAt, w.LastDispatchSuccess = &c.now, &success
	w.LastDispatchMessage, _ = result["message"].(string)
	if success {
		for _, a := range c.Applications.where(func(a *application) bool { return orEmpty(a.Repository) == r.ID }) {
			for _, e := range c.environmentsOf(a.ID) {
				e.addCommit()
			}
		}
	}
	return empty()
}
