package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// dump writes the applications of each organisation as an indented text. Applications, environments, domains
// and services are sorted by name, cron jobs by command; variables are in their order. Flags are shown only if
// they are set, and empty values are left out.
func dump(st *state) string {
	d := &dumper{st: st}
	for _, o := range sorted(st.Organisations.rows, func(o *organisation) string { return o.Name }) {
		d.line(0, "organisation %s", o.Name)
		for _, r := range sorted(st.ContainerRegistries.rows, func(r *containerRegistry) string { return r.Server }) {
			if r.Organisation == o.ID {
				d.line(1, "container registry %s username=%q password=%q", r.Server, r.Username, r.Password)
			}
		}
		for _, r := range sorted(st.Repositories.rows, func(r *repository) string { return r.URL }) {
			if r.Organisation == o.ID {
				d.repository(r)
			}
		}
		for _, a := range sorted(st.Applications.rows, func(a *application) string { return a.Slug }) {
			if a.Organisation == o.ID {
				d.application(a)
			}
		}
	}
	for _, a := range sorted(st.ArchivedApplications.rows, func(a *archivedApplication) string { return a.Slug }) {
		d.line(0, "archived application %s", a.Slug)
	}
	return d.out.String()
}

type dumper struct {
	st  *state
	out strings.Builder
}

func (d *dumper) line(depth int, format string, args ...any) {
	d.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&d.out, format+"\n", args...)
}

func sorted[R any](rows []R, by func(R) string) []R {
	return slices.SortedStableFunc(slices.Values(rows), func(a, b R) int { return cmp.Compare(by(a), by(b)) })
}

// flags renders pairs of a word and whether it is set.
func flags(pairs ...any) string {
	out := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if holds, _ := pairs[i+1].(bool); holds {
			out += fmt.Sprintf(" %s", pairs[i])
		}
	}
	return out
}

// repository shows the differences from a cloned repository with a key of the default type.
func (d *dumper) repository(r *repository) {
	text := "repository " + r.URL
	if r.State != repositoryCloned {
		text += " state=" + r.State
	}
	switch {
	case r.AuthenticationType == authPassword:
		text += fmt.Sprintf(" username=%q password=%q", r.Username, r.Password)
	case r.AuthenticationType == authGithubApp:
		text += fmt.Sprintf(" github-installation=%d", r.GithubInstallationID)
	case r.KeyType != keyTypes[0]:
		text += " key-type=" + r.KeyType
	}
	if r.EndpointStatus != 0 {
		text += fmt.Sprintf(" endpoint=%d", r.EndpointStatus)
	}
	d.line(1, "%s%s", text, flags("no-access", r.NoAccess, "read-only", r.IsReadOnly))
	for _, w := range sorted(d.st.webhooksOf(r.ID), func(w *webhook) string { return w.Provider }) {
		d.line(2, "webhook %s%s", w.Provider, flags("secret", w.Secret != "", "installed", w.Installed))
	}
}

func (d *dumper) application(a *application) {
	region, _ := d.st.Regions.get(a.Region)
	group, known := d.st.PlanGroups.get(a.PlanGroup)
	plan := ""
	if known {
		plan = " plan=" + group.Name
	}
	d.line(1, "application %s name=%q region=%s%s%s", a.Slug, a.Name, region.ShortName, plan,
		flags("locked", a.IsLocked, "suspended", a.IsSuspended, "no-room", !a.CanAddEnvironment))
	if a.Repository != nil {
		if r, found := d.st.Repositories.get(*a.Repository); found {
			d.line(2, "repository %s", r.URL)
		}
	}
	for _, c := range a.ReleaseCommands {
		d.line(2, "release command %s: %s", c.Label, c.Command)
	}
	for _, t := range a.Tags {
		d.line(2, "tag %s=%s", t.Name, t.Value)
	}
	if a.Port != nil {
		d.line(2, "port %d", *a.Port)
	}
	d.line(2, "startup probe retries=%d request=%ds retry=%ds", a.StartupProbeMaxRetries, a.StartupProbeRequestTimeout, a.StartupProbeRetryTimeout)
	if a.MaintenanceWindowDuration != 0 {
		d.line(2, "maintenance window start=%d duration=%d", a.MaintenanceWindowStart, a.MaintenanceWindowDuration)
	}
	for _, e := range sorted(d.st.environmentsOf(a.ID), func(e *environment) string { return e.Slug }) {
		d.environment(e)
	}
}

func (d *dumper) environment(e *environment) {
	d.line(2, "environment %s branch=%s%s", e.Slug, e.Branch, flags("pending-changes", len(e.Pending) > 0, "pending-commits", e.HasPendingCommits))
	if e.AlternativeDockerfile != nil {
		d.line(3, "dockerfile %s", *e.AlternativeDockerfile)
	}
	for _, v := range d.st.variablesOf(e.ID) {
		d.line(3, "variable %s=%q%s", v.Name, v.Value,
			flags("sensitive", v.IsSensitive, "read-only", v.IsReadOnly, "pattern-replacement", v.IsPatternReplacementActive))
	}
	jobs := d.st.Cronjobs.where(func(j *cronjob) bool { return j.Environment == e.ID })
	for _, j := range sorted(jobs, func(j *cronjob) string { return j.Command + "\x00" + j.Frequency + j.Time }) {
		timeout := ""
		if j.CustomTimeout != nil {
			timeout = fmt.Sprintf(" timeout=%d", *j.CustomTimeout)
		}
		d.line(3, "cronjob %q %s %q%s", j.Command, j.Frequency, j.Time, timeout)
	}
	for _, x := range sorted(d.st.domainsOf(e.ID), func(x *domain) string { return x.Name }) {
		d.line(3, "domain %s%s", x.Name, flags("primary", x.IsPrimary, "redirect", x.IsRedirectToPrimary,
			"managed", x.IsManagedByDivio, "not-editable", !x.IsEditable, "configured", len(x.DomainConfig) > 0))
	}
	for _, i := range sorted(d.st.instancesOf(e.ID), func(i *serviceInstance) string { return i.Type + "\x00" + i.Prefix }) {
		s, _ := d.st.Services.get(i.Service)
		d.line(3, "service %s %s %s %s", strings.ToLower(i.Type), i.Prefix, s.Identifier, i.ServiceStatus)
	}
	for n, run := range d.st.deploymentsOf(e.ID) {
		outcome := "running"
		switch {
		case run.EndedAt != nil && run.succeeded():
			outcome = "succeeded"
		case run.EndedAt != nil:
			outcome = "failed"
		}
		d.line(3, "deployment %d %s", n+1, outcome)
	}
}
