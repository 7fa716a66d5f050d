package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// The names by which a seed document refers to objects, besides their ids.
func organisationNames(o *organisation) []string { return []string{o.Name} }
func regionNames(r *region) []string             { return []string{r.ShortName, r.Name} }
func planGroupNames(p *planGroup) []string       { return []string{p.Name} }
func repositoryNames(r *repository) []string     { return []string{r.URL} }
func serviceNames(s *service) []string           { return []string{s.Identifier, s.Name} }

func anyRow[R record](R) bool { return true }
func noRow[R record](R) bool  { return false }

func (s seeding) organisation(n seedNode) error {
	o := &organisation{CreatedAt: s.now}
	if err := n.fill(o); err != nil {
		return err
	}
	if o.ID == "" {
		o.ID = fresh(&s.Organisations, "organisation", o.Name)
	}
	return insert(n, &s.Organisations, o)
}

func (s seeding) region(n seedNode) error {
	r := &region{IsPublic: true}
	if err := n.fill(r); err != nil {
		return err
	}
	if r.ID == "" {
		r.ID = fresh(&s.Regions, "region", r.ShortName)
	}
	return insert(n, &s.Regions, r)
}

// regionIDs takes the key "regions", a list of names; absent, it is all regions.
func (s seeding) regionIDs(n seedNode) ([]string, error) {
	_, present := n.fields["regions"]
	names, err := n.texts("regions")
	if err != nil {
		return nil, err
	}
	ids := []string{}
	if !present {
		for _, r := range s.Regions.rows {
			ids = append(ids, r.ID)
		}
	}
	for _, name := range names {
		r, err := named(n.at("regions"), &s.Regions, name, regionNames)
		if err != nil {
			return nil, err
		}
		ids = append(ids, r.ID)
	}
	return ids, nil
}

func (s seeding) planGroup(n seedNode) error {
	p := &planGroup{}
	var err error
	if p.Regions, err = s.regionIDs(n); err != nil {
		return err
	}
	names, err := n.texts("organisations")
	if err != nil {
		return err
	}
	for _, name := range names {
		o, err := named(n.at("organisations"), &s.Organisations, name, organisationNames)
		if err != nil {
			return err
		}
		p.Organisations = append(p.Organisations, o.ID)
	}
	if err := n.fill(p); err != nil {
		return err
	}
	if p.ID == "" {
		p.ID = fresh(&s.PlanGroups, "plan group", p.Name)
	}
	return insert(n, &s.PlanGroups, p)
}

func (s seeding) service(n seedNode) error {
	v := &service{IsSelfManageable: true, RequiresSubscriptions: []any{}}
	var err error
	if v.Regions, err = s.regionIDs(n); err != nil {
		return err
	}
	if err := n.fill(v); err != nil {
		return err
	}
	if v.Name == "" {
		v.Name = v.Identifier
	}
	if v.ID == "" {
		v.ID = fresh(&s.Services, "service", v.Identifier)
	}
	if !slices.Contains(serviceTypes, v.Type) {
		return fmt.Errorf("%s: want one of %s", n.at("type"), strings.Join(serviceTypes, ", "))
	}
	return insert(n, &s.Services, v)
}

func (s seeding) containerRegistry(n seedNode) error {
	o, err := resolve(n, "organisation", &s.Organisations, anyRow, organisationNames)
	if err != nil {
		return err
	}
	r := &containerRegistry{Organisation: o.ID}
	if err := n.fill(r, "organisation"); err != nil {
		return err
	}
	if r.ID == "" {
		r.ID = fresh(&s.ContainerRegistries, "container registry", o.ID, r.Server)
	}
	return insert(n, &s.ContainerRegistries, r)
}
