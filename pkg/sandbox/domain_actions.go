package sandbox

import "slices"

// makePrimaryDomain makes a domain primary instead of the former one. A redirecting domain is refused, because
// its target would be itself (INFERRED).
func makePrimaryDomain(c *call) (answer, error) {
	d, e, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	if d.IsRedirectToPrimary {
		return answer{}, conflict("A domain that redirects to the primary domain cannot become the primary domain.")
	}
	for _, other := range c.domainsOf(e.ID) {
		other.IsPrimary = other == d
	}
	c.touch(e, "domains")
	return empty()
}

func toggleRedirectDomain(c *call) (answer, error) {
	d, e, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	next := *d
	next.IsRedirectToPrimary = !d.IsRedirectToPrimary
	if err := mayRedirect(&next); err != nil {
		return answer{}, err
	}
	*d = next
	c.touch(e, "domains")
	return ok(object{"redirect_to_primary": d.IsRedirectToPrimary, "uuid": d.ID})
}

// transferDomain moves a domain to another environment. There it is the primary one only if it is the first; if
// it was primary before, no other one becomes primary (INFERRED).
func transferDomain(c *call) (answer, error) {
	d, from, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	var target string
	f := c.form()
	f.id(&target, "target_environment", required, c.hasEnvironment)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	to, err := c.writable(target)
	if err != nil {
		return answer{}, err
	}
	if to != from {
		c.join(d, to)
		c.touch(from, "domains")
	}
	return ok(object{"target_environment": target})
}

// domainAction runs one of the domain's additional_actions. Their effect is not documented; here each succeeds
// without data, and a name that is not in the domain's list is not found.
func domainAction(c *call) (answer, error) {
	d, _, err := c.writableDomain()
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(d.AdditionalActions, any(c.path["domain_action"])) {
		return answer{}, notFound()
	}
	return ok(object{"data": nil})
}
