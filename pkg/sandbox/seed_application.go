package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// application adds an application of a seed document with everything in it.
func (s seeding) application(n seedNode) error {
	o, err := resolve(n, "organisation", &s.Organisations, anyRow, organisationNames)
	if err != nil {
		return err
	}
	r, err := resolve(n, "region", &s.Regions, func(r *region) bool { return r.IsDefault }, regionNames)
	if err != nil {
		return err
	}
	p, err := resolve(n, "plan_group", &s.PlanGroups, anyRow, planGroupNames)
	if err != nil {
		return err
	}
	a := newApplication("", s.now)
	a.Organisation, a.Region, a.PlanGroup = o.ID, r.ID, p.ID
	if n.fields["repository"] == nil {
		delete(n.fields, "repository")
	} else {
		repository, err := resolve(n, "repository", &s.Repositories, noRow, repositoryNames)
		if err != nil {
			return err
		}
		a.Repository = &repository.ID
	}
	if _, present := n.fields["environments"]; !present {
		n.fields["environments"] = []any{object{"slug": "test"}, object{"slug": "live"}}
	}
	inside := seedNode{n.path, object{"environments": n.fields["environments"]}}
	delete(n.fields, "environments")
	if err := n.fill(a); err != nil {
		return err
	}
	if a.Slug == "" {
		return fmt.Errorf("%s: missing", n.at("slug"))
	}
	if a.Name == "" {
		a.Name = a.Slug
	}
	if a.ID == "" {
		a.ID = fresh(&s.Applications, "application", a.Slug)
	}
	if err := insert(n, &s.Applications, a); err != nil {
		return err
	}
	return inside.each("environments", func(n seedNode) error { return s.environment(n, a) })
}

func (s seeding) environment(n seedNode, a *application) error {
	slug, err := n.text("slug")
	if err != nil {
		return err
	}
	if slug == "" {
		return fmt.Errorf("%s: missing", n.at("slug"))
	}
	e := &environment{Application: a.ID, Slug: slug, Branch: a.Branch, IsProductionGrade: slug == "live", Pending: []pendingChange{}}
	inside := seedNode{n.path, object{}}
	for _, key := range []string{"variables", "cronjobs", "domains", "services", "deployments"} {
		if value, present := n.take(key); present {
			inside.fields[key] = value
		}
	}
	kinds, err := n.texts("pending_changes")
	if err != nil {
		return err
	}
	if err := n.fill(e, "application"); err != nil {
		return err
	}
	if e.ID == "" {
		e.ID = fresh(&s.Environments, "environment", a.ID, slug)
	}
	if err := insert(n, &s.Environments, e); err != nil {
		return err
	}
	if err := s.content(inside, a, e); err != nil {
		return err
	}
	for _, kind := range kinds {
		s.touch(e, kind)
	}
	return nil
}

// content adds the content of an environment.
func (s seeding) content(n seedNode, a *application, e *environment) error {
	return firstError(
		n.each("variables", func(n seedNode) error { return s.variable(n, e) }),
		n.each("cronjobs", func(n seedNode) error { return s.cronjob(n, e) }),
		s.domains(n, e),
		n.each("services", func(n seedNode) error { return s.instance(n, a, e) }),
		n.each("deployments", func(n seedNode) error { return s.deployment(n, a, e) }),
	)
}

func (s seeding) variable(n seedNode, e *environment) error {
	v := &variable{Environment: e.ID, DateCreated: s.now, DateModified: s.now}
	if siblings := s.variablesOf(e.ID); len(siblings) > 0 {
		v.Order = siblings[len(siblings)-1].Order + 1
	}
	if err := n.fill(v, "environment"); err != nil {
		return err
	}
	if v.ID == "" {
		v.ID = fresh(&s.Variables, "variable", e.ID, v.Name)
	}
	return insert(n, &s.Variables, v)
}

func (s seeding) cronjob(n seedNode, e *environment) error {
	j := &cronjob{Environment: e.ID, Frequency: "DAILY"}
	if err := n.fill(j, "environment"); err != nil {
		return err
	}
	if j.ID == "" {
		j.ID = fresh(&s.Cronjobs, "cronjob", e.ID, j.Command)
	}
	return insert(n, &s.Cronjobs, j)
}

func (s seeding) domains(n seedNode, e *environment) error {
	items, _ := n.fields["domains"].([]any)
	decided := slices.ContainsFunc(items, func(item any) bool {
		fields, _ := item.(object)
		_, present := fields["is_primary"]
		return present
	})
	return n.each("domains", func(n seedNode) error {
		d := newDomain("")
		d.Environment = e.ID
		d.IsPrimary = !decided && len(s.domainsOf(e.ID)) == 0
		if err := n.fill(d, "environment"); err != nil {
			return err
		}
		d.IsWildcard = d.IsWildcard || strings.HasPrefix(d.Name, "*.")
		if d.ID == "" {
			d.ID = fresh(&s.Domains, "domain", d.Name)
		}
		return insert(n, &s.Domains, d)
	})
}

func (s seeding) instance(n seedNode, a *application, e *environment) error {
	v, err := resolve(n, "service", &s.Services, noRow, serviceNames)
	if err != nil {
		return err
	}
	i := newInstance("", e.ID, a.Region, v.ID, v.Type, "DEFAULT", s.now)
	i.StatusRevision = s.Revision
	remaining, err := n.duration("provisioned_in")
	if err != nil {
		return err
	}
	if err := n.fill(i, "environment"); err != nil {
		return err
	}
	if !slices.Contains(serviceStatuses, i.ServiceStatus) {
		return fmt.Errorf("%s: want one of %s", n.at("service_status"), strings.Join(serviceStatuses, ", "))
	}
	if i.ID == "" {
		i.ID = fresh(&s.Instances, "service instance", e.ID, i.Type, i.Prefix)
	}
	if remaining > 0 {
		end := s.now.plus(remaining)
		i.ProvisionedAt = &end
	}
	if i.ServiceStatus == statusAttaching || i.ServiceStatus == statusDetaching {
		s.touch(e, "service-instances")
	}
	return insert(n, &s.Instances, i)
}

func (s seeding) deployment(n seedNode, a *application, e *environment) error {
	success := true
	d := &deployment{
		Environment: e.ID, Region: a.Region, BuildMode: "AUTO", ProvisionServices: true, Variables: map[string]any{},
		StartedAt: s.now, EndedAt: &s.now, EndsAt: s.now, Status: deploymentDone, IsUsable: true, Success: &success,
		GitCommit: e.commit(), Revision: s.Revision,
	}
	remaining, err := n.duration("ends_in")
	if err != nil {
		return err
	}
	if err := n.fill(d, "environment"); err != nil {
		return err
	}
	if remaining > 0 {
		d.WillFail = d.Success != nil && !*d.Success
		d.EndsAt, d.EndedAt, d.Success = s.now.plus(remaining), nil, nil
		d.IsUsable, d.Status = false, deploymentBuilding
	}
	if d.ID == "" {
		d.ID = fresh(&s.Deployments, "deployment", e.ID)
	}
	return insert(n, &s.Deployments, d)
}

// push adds a commit to an application, like a push to its repository.
func (s seeding) push(n seedNode) error {
	a, err := resolve(n, "application", &s.Applications, noRow, func(a *application) []string { return []string{a.Slug} })
	if err != nil {
		return err
	}
	branch, err := n.text("branch")
	if err != nil {
		return err
	}
	a.NoCode = false
	for _, e := range s.environmentsOf(a.ID) {
		if branch == "" || e.Branch == branch {
			e.addCommit()
		}
	}
	return n.none()
}
