package sandbox

import (
	"regexp"
	"strings"
)

// domain has the fields of the reference's GetDomain.
type domain struct {
	ID                    string     `json:"uuid"`
	Name                  string     `json:"name"`
	Environment           string     `json:"environment"`
	LastCheckStatus       *bool      `json:"last_check_status"`
	LastCheckTimestamp    *timestamp `json:"last_check_timestamp"`
	LastCheckDetails      any        `json:"last_check_details"`
	IsTLSEnabled          bool       `json:"is_tls_enabled"`
	IsRedirectToPrimary   bool       `json:"is_redirect_to_primary"`
	IsPrimary             bool       `json:"is_primary"`
	IsEditable            bool       `json:"is_editable"`
	IsManagedByDivio      bool       `json:"is_managed_by_divio"`
	IsWildcard            bool       `json:"is_wildcard"`
	IsMonitored           bool       `json:"is_monitored"`
	SetupInstructionsHTML string     `json:"setup_instructions_html"`
	AdditionalActions     []any      `json:"additional_actions"`
	DomainConfig          object     `json:"domain_config"`
	State                 string     `json:"state"`
	StateMessage          string     `json:"state_message"`
}

func (d *domain) key() string { return d.ID }

func newDomain(id string) *domain {
	return &domain{ID: id, IsEditable: true, AdditionalActions: []any{}, DomainConfig: object{}, State: "UNKNOWN"}
}

func (st *state) domainsOf(environment string) []*domain {
	return st.Domains.where(func(d *domain) bool { return d.Environment == environment })
}

// join adds a domain to an environment. The first one becomes the primary one (INFERRED), and a primary domain
// never redirects to itself.
func (st *state) join(d *domain, e *environment) {
	d.IsPrimary = len(st.domainsOf(e.ID)) == 0
	d.IsRedirectToPrimary = d.IsRedirectToPrimary && !d.IsPrimary
	d.Environment = e.ID
	st.touch(e, "domains")
}

func domains(c *call) *table[*domain] { return &c.Domains }

func listDomains(c *call) (answer, error) {
	q := c.filters()
	app, env, org, name := q.id("application"), q.id("environment"), q.id("organisation"), q.text("name")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, c.Domains.where(func(d *domain) bool {
		e, _ := c.Environments.get(d.Environment)
		a, _ := c.Applications.get(e.Application)
		return env(e.ID) && app(a.ID) && org(a.Organisation) && name(d.Name)
	}), plain)
}

// domainName accepts host names, with a leading "*." for a wildcard (INFERRED; the reference has only a
// length).
var domainName = regexp.MustCompile(`^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

// createDomain stores the name in lower case (INFERRED). It is taken if any organisation has it. That the
// platform serves user domains only in live environments depends on the plan, so it is not checked.
func createDomain(c *call) (answer, error) {
	d := newDomain(newID())
	var env string
	f := c.form()
	f.text(&d.Name, "name", textRule{need: required, max: 255})
	f.id(&env, "environment", required, c.hasEnvironment)
	d.Name = strings.ToLower(d.Name)
	switch {
	case d.Name == "":
	case !domainName.MatchString(d.Name):
		f.refuse("name", "Enter a valid domain name.")
	case c.Domains.any(func(o *domain) bool { return o.Name == d.Name }):
		f.refuse("name", "domain with this name already exists.")
	}
	if err := f.err(); err != nil {
		return answer{}, err
	}
	e, err := c.writable(env)
	if err != nil {
		return answer{}, err
	}
	d.IsWildcard = strings.HasPrefix(d.Name, "*.")
	c.join(d, e)
	c.Domains.add(d)
	return created(pick(fieldsOf(d), "uuid", "name", "environment"))
}

// writableDomain is the domain of the path with its environment, unless it is Divio's own, not editable, or
// locked.
func (c *call) writableDomain() (*domain, *environment, error) {
	d, err := find(c, &c.Domains)
	if err != nil {
		return nil, nil, err
	}
	e, err := c.writable(d.Environment)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case d.IsManagedByDivio:
		return nil, nil, forbidden("This domain is managed by Divio.")
	case !d.IsEditable:
		return nil, nil, forbidden("This domain cannot be edited.")
	}
	return d, e, nil
}

// mayRedirect refuses to turn a primary domain into a redirect to itself.
func mayRedirect(d *domain) error {
	if d.IsPrimary && d.IsRedirectToPrimary {
		return invalid("is_redirect_to_primary", "The primary domain cannot redirect to itself.")
	}
	return nil
}

func updateDomain(c *call) (answer, error) {
	d, e, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	next, f := *d, c.form()
	f.boolean(&next.IsRedirectToPrimary, "is_redirect_to_primary")
	f.object(&next.DomainConfig, "domain_config", optional)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if err := mayRedirect(&next); err != nil {
		return answer{}, err
	}
	*d = next
	c.touch(e, "domains")
	return ok(pick(fieldsOf(d), "uuid", "name", "is_redirect_to_primary", "domain_config"))
}

// destroyDomain also deletes a primary domain while others remain; none of them becomes primary (INFERRED).
func destroyDomain(c *call) (answer, error) {
	d, e, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	c.Domains.remove(func(other *domain) bool { return other == d })
	c.touch(e, "domains")
	return empty()
}
