package remote

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The choices of references. Choices are read only if a name must be turned into an id
// (a declared resource refers to it and is compared or does not exist yet), if a
// default may be needed, or, if everything is read, if an id must be shown as a name.
//
// If only declared resources are read, a managed kind has no choices: the plan finds
// the resource that such a reference means. An export writes their keys.
//
// Where the names come from (source: the reference, and the official client for plan
// groups): the first name is the preferred one. If several services share an identifier
// in different regions, the regions of a choice are ignored, and the name is ambiguous.
var choiceLists = map[string]struct {
	op string
	// filter takes the organisation's id, "" for none.
	filter string
	names  []string
}{
	"region":           {op: "ListRegions", names: []string{"short_name", "name"}},
	"plan_group":       {op: "ListApplicationPlanGroups", filter: "organisation", names: []string{"name"}},
	"service_offering": {op: "ListServices", names: []string{"identifier", "name"}},
}

const organisationTarget = "organisation"

// readOrganisation finds the organisation: the given one, or the only one that the
// token can access.
func (r *reader) readOrganisation(ctx context.Context, want resource.Ref) error {
	objects, err := r.client.List(ctx, "ListOrganisations", nil, nil)
	if err != nil {
		return fmt.Errorf("read organisations: %w", err)
	}
	for _, object := range objects {
		if api.IDOf(object) == "" { // it would stand for every organisation in filters
			return &AnswerError{Op: "ListOrganisations", Problem: "an organisation has no id"}
		}
		r.choices[organisationTarget] = append(r.choices[organisationTarget], choiceOf(object, []string{"name"}))
	}
	r.organisation, err = r.findOrganisation(want)
	return err
}

// findOrganisation looks up a reference: by id, else by name, else by name in any case.
// An empty one means the only organisation.
func (r *reader) findOrganisation(want resource.Ref) (resource.Ref, error) {
	entries := r.choices[organisationTarget]
	name := want.Handle
	if name == "" {
		name = want.Name
	}
	for _, fits := range []func(resource.Choice) bool{
		func(e resource.Choice) bool { return resource.SameID(e.Handle, name) },
		func(e resource.Choice) bool { return name == "" || slices.Contains(e.Names, name) },
		func(e resource.Choice) bool {
			return slices.ContainsFunc(e.Names, func(n string) bool { return strings.EqualFold(n, name) })
		},
	} {
		var found []resource.Choice
		for _, e := range entries {
			if fits(e) {
				found = append(found, e)
			}
		}
		if len(found) == 1 {
			return resource.Ref{Name: r.choices.Name(organisationTarget, found[0].Handle), Handle: found[0].Handle}, nil
		}
		if len(found) > 1 {
			break
		}
	}
	choice := &ChoiceError{What: organisationTarget, Name: name}
	for _, e := range entries {
		text := e.Handle
		if len(e.Names) > 0 {
			text = fmt.Sprintf("%s (%s)", e.Names[0], e.Handle)
		}
		choice.Candidates = append(choice.Candidates, text)
	}
	return resource.Ref{}, choice
}

func choiceOf(object map[string]any, names []string) resource.Choice {
	e := resource.Choice{Handle: api.IDOf(object), Default: object["is_default"] == true}
	e.Type, _ = object["type"].(string)
	for _, key := range names {
		name, _ := object[key].(string)
		if name = resource.Trim(name); name != "" && !slices.Contains(e.Names, name) {
			e.Names = append(e.Names, name)
		}
	}
	return e
}

// readChoices reads the choices that are needed, in parallel.
func (r *reader) readChoices(ctx context.Context) []error {
	var targets []string
	for target := range r.neededTargets() {
		if target != organisationTarget {
			targets = append(targets, target)
		}
	}
	slices.Sort(targets)
	entries := make([][]resource.Choice, len(targets))
	errs := make([]error, len(targets))
	var all sync.WaitGroup
	for i, target := range targets {
		read := api.Safely(func() (err error) {
			entries[i], err = r.readTarget(ctx, target)
			return err
		})
		all.Go(func() { errs[i] = read() })
	}
	all.Wait()
	for i, target := range targets {
		if errs[i] != nil {
			errs[i] = fmt.Errorf("read the %s catalogue: %w", strings.ReplaceAll(target, "_", " "), errs[i])
			r.miss(r.refersTo(target)...)
			continue
		}
		r.choices[target] = entries[i]
	}
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// refersTo names the kinds that have a field of that target.
func (r *reader) refersTo(target string) []string {
	var names []string
	for _, kind := range r.catalog.Kinds() {
		if slices.ContainsFunc(kind.Fields, func(f resource.Field) bool { return f.Target == target }) {
			names = append(names, kind.Name)
		}
	}
	return names
}

func (r *reader) readTarget(ctx context.Context, target string) ([]resource.Choice, error) {
	if r.catalog.Kind(target) != nil {
		return r.keysOf(target), nil
	}
	source, known := choiceLists[target]
	if !known {
		return nil, errors.New("no operation lists it")
	}
	var query url.Values
	if source.filter != "" {
		query = url.Values{source.filter: {r.organisation.Handle}}
	}
	objects, err := r.client.List(ctx, source.op, nil, query)
	if err != nil {
		return nil, err
	}
	forms := r.formsOfOrganisations()
	entries := []resource.Choice{}
	for _, object := range objects {
		value := object[organisationTarget]
		owner := resource.IDIn(value)
		switch {
		case value == nil, value == "", resource.SameID(owner, r.organisation.Handle):
			entries = append(entries, choiceOf(object, source.names))
		case !forms[resource.FormOf(owner)]: // whether it is ours is unknown
			return nil, &AnswerError{Op: source.op, Problem: fmt.Sprintf("%s belongs to organisation %q, which does not have the form of the other ids", api.IDOf(object), owner)}
		}
	}
	return entries, nil
}

// keysOf returns the resources of a kind as choices, by their keys.
func (r *reader) keysOf(kind string) []resource.Choice {
	var entries []resource.Choice
	for _, it := range r.listings[kind].items {
		entry := resource.Choice{Handle: it.Handle}
		if it.Key != it.Handle {
			entry.Names = []string{it.Key}
		}
		entries = append(entries, entry)
	}
	return entries
}

// neededTargets says which choices are needed.
func (r *reader) neededTargets() map[string]bool {
	if r.extent.Desired == nil {
		return r.shownTargets()
	}
	exists := map[resource.Address]bool{}
	for _, l := range r.listings {
		for _, it := range l.items {
			exists[it.Address] = true
		}
	}
	needed := map[string]bool{}
	for _, state := range r.extent.states() {
		for _, d := range state.Resources {
			for _, f := range d.Kind.Fields {
				if f.Type == resource.Reference && r.catalog.Kind(f.Target) == nil && needs(d, &f, exists[d.Address]) {
					needed[f.Target] = true
				}
			}
		}
	}
	return needed
}

// needs reports whether the choices of a field must be known for a declared resource.
func needs(d *resource.Resource, f *resource.Field, exists bool) bool {
	if d.Has(f.Name) {
		return !exists || f.Changes != resource.CreateOnly
	}
	return !exists && f.Need == resource.ForCreate
}

// shownTargets returns the targets of the references in what was read.
func (r *reader) shownTargets() map[string]bool {
	shown := map[string]bool{}
	for _, l := range r.listings {
		for _, it := range l.items {
			for _, f := range it.Kind.Fields {
				if _, refers := it.Fields[f.Name].(resource.Ref); refers {
					shown[f.Target] = true
				}
			}
		}
	}
	return shown
}

// nameReferences replaces the ids of references in what was read by names.
func (r *reader) nameReferences() {
	for _, l := range r.listings {
		for _, it := range l.items {
			for _, f := range it.Kind.Fields {
				if ref, ok := it.Fields[f.Name].(resource.Ref); ok && ref.Name == "" {
					ref.Name = r.choices.Name(f.Target, ref.Handle)
					it.Fields[f.Name] = ref
				}
			}
		}
	}
}
