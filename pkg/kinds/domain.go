package kinds

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Phases of the calls on one environment's domains. An environment has at most
// one primary domain, the primary cannot redirect to itself, and redirects must
// never point at the wrong domain; so
//
//	new and transferred domains · the redirect of the next primary is cleared ·
//	it is made primary · other fields and redirects · deletions, the old primary
//	last
//
// Divio makes the first domain of an environment its primary (INFERRED), so those that
// may be primary are added first. If making the primary fails, the later phases are
// skipped.
const (
	phaseArriveFirst = iota
	phaseArrive
	phaseClear
	phasePrimary
	phaseFields
	phaseRemove
	phaseRemovePrimary
)

// domain describes a domain of an environment. Its name is globally unique, so a
// declared domain that is in another environment is transferred. PATCH
// is_redirect_to_primary is used instead of toggle-redirect, because it is idempotent.
func domain() *resource.Kind {
	return &resource.Kind{
		Name: "domain", Title: "domain", Plural: "domains",
		Collection: "domains", Parent: "environment", Form: resource.Mapping,
		Key: "name", KeyField: "name", KeyMax: 255, Normal: normalDomain,
		ParentField: "environment", Global: true,
		Doc: "Domains by name.",
		Fields: []resource.Field{
			{Name: "primary", API: "is_primary", Type: resource.Bool, Changes: resource.OwnCall, HasDefault: true, Default: false,
				Doc: "The primary domain of its environment."},
			{Name: "redirect_to_primary", API: "is_redirect_to_primary", Type: resource.Bool, Changes: resource.UpdateOnly,
				HasDefault: true, Default: false, Doc: "Redirects to the primary domain."},
			{Name: "domain_config", Type: resource.FreeObject, Changes: resource.UpdateOnly, HasDefault: true, Default: map[string]any{},
				Doc: "Further configuration, sent unchanged."},
		},
		Ops: resource.Ops{
			Create: "CreateDomain", Get: "GetDomain", Update: "PartialUpdateDomain", Delete: "DestroyDomain",
		},
		Reads: []resource.ListOp{{Op: "ListDomains", Filter: "organisation", Scope: resource.ByOrganisation}},
		Unique: &resource.Unique{
			Op: "ListDomains", Filter: "name", Organisation: "organisation",
			Hint: "delete it in %s first",
		},
		Facts: []string{"is_managed_by_divio", "is_editable"},
		Check: checkDomains,
		Foreign: func(current *resource.Resource) bool {
			return lockedDomain(current) != ""
		},
		Locked:  lockedDomain,
		Review:  reviewDomains,
		Compile: compileDomain,
	}
}

// maxLabel is the length that a part of a domain may have (RFC 1035).
const maxLabel = 63

// normalDomain returns the name in lower case, in its ASCII form, without a trailing
// dot. A leading "*." is kept.
func normalDomain(name string) (string, error) {
	if strings.Contains(name, "://") {
		return "", errors.New("a domain is a bare name, without https://")
	}
	if strings.ContainsAny(name, "/:@ ?#") {
		return "", errors.New("a domain is a bare name, without a path, port or spaces")
	}
	rest, wildcard := strings.CutPrefix(strings.TrimSuffix(name, "."), "*.")
	if strings.Contains(rest, "*") {
		return "", errors.New("* must be the whole first part of a domain")
	}
	if _, err := netip.ParseAddr(rest); err == nil {
		return "", errors.New("an IP address is not a domain")
	}
	ascii, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false)).ToASCII(rest)
	switch {
	case err != nil:
		return "", errors.New("a domain looks like www.example.com")
	case ascii == "", strings.HasPrefix(ascii, "."), strings.HasSuffix(ascii, "."), strings.Contains(ascii, ".."):
		return "", errors.New("a part is empty: check the dots")
	case !strings.Contains(ascii, "."):
		return "", errors.New("it has only one part; a domain looks like www.example.com")
	}
	for _, part := range strings.Split(ascii, ".") {
		if len(part) > maxLabel {
			return "", fmt.Errorf("a part is longer than %d characters", maxLabel)
		}
	}
	if wildcard {
		ascii = "*." + ascii
	}
	return ascii, nil
}

func checkDomains(siblings []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	var primary *resource.Resource
	for _, r := range siblings {
		if !r.Is("primary") {
			continue
		}
		if primary != nil {
			problems = append(problems, resource.Problem{
				Resource: r, Field: "primary", Other: primary,
				Message: "an environment has two primary domains",
				Hint:    "set primary: true on only one domain of the environment",
			})
		} else {
			primary = r
		}
		if r.Is("redirect_to_primary") {
			problems = append(problems, resource.Problem{
				Resource: r, Field: "redirect_to_primary",
				Message: "the primary domain cannot redirect to itself",
				Hint:    "remove redirect_to_primary, or make another domain primary",
			})
		}
	}
	return problems
}

func lockedDomain(current *resource.Resource) string {
	switch {
	case current.Fact("is_managed_by_divio"):
		return "the domain is managed by Divio"
	case isFalse(current, "is_editable"):
		return "the API says that the domain cannot be edited"
	}
	return ""
}

// mayBePrimary: the files do not exclude it.
func mayBePrimary(r *resource.Resource) bool {
	return r.Is("primary") || !r.Has("primary") && !r.Is("redirect_to_primary")
}

// arrival is the phase in which a new or transferred domain is added.
func arrival(r *resource.Resource) int {
	if mayBePrimary(r) {
		return phaseArriveFirst
	}
	return phaseArrive
}

func compileDomain(c *resource.Change) []resource.Call {
	if c.Action == resource.Delete {
		remove := destroy(c)
		remove.Phase = phaseRemove
		if c.Before.Is("primary") {
			remove.Phase = phaseRemovePrimary
		}
		return []resource.Call{remove}
	}

	var calls []resource.Call
	environment := parentOf(c.After)
	switch c.Action {
	case resource.Create:
		create := post(c, resource.LookUp, &resource.Probe{
			Op:    "ListDomains",
			Query: map[string]resource.Value{"name": c.After.Key},
			Where: map[string]resource.Value{"name": c.After.Key, "environment": environment},
		})
		create.Phase, create.Serial = arrival(c.After), true
		calls = append(calls, create)
	case resource.Transfer:
		calls = append(calls, resource.Call{
			Does: "transfer", Op: "TransferDomain", Params: self(c),
			Body:  map[string]resource.Value{"target_environment": environment},
			Retry: resource.ReadBack,
			Probe: &resource.Probe{
				Op: "GetDomain", Params: self(c),
				Where: map[string]resource.Value{"environment": environment},
			},
			Phase: arrival(c.After), Serial: true,
		})
	}

	names := updatable(c)
	if becomesPrimary(c) {
		// A domain that arrived just now does not redirect.
		if c.Before != nil && c.Before.Is("redirect_to_primary") {
			clearing := resource.Call{
				Does: "clear the redirect", Op: c.Kind.Ops.Update, Params: self(c),
				Body:  map[string]resource.Value{"is_redirect_to_primary": false},
				Phase: phaseClear,
			}
			calls = append(calls, clearing)
			names = without(names, "redirect_to_primary")
		}
		calls = append(calls, resource.Call{
			Does: "make primary", Op: "MakePrimaryDomain", Params: self(c),
			Phase: phasePrimary, Gate: true,
		})
	}
	if len(names) > 0 {
		update := patch(c, "update", names...)
		update.Phase = phaseFields
		calls = append(calls, update)
	}
	return calls
}

// becomesPrimary: the file asks for it, and it is not primary yet. Divio may make a
// created or transferred domain primary; the call is harmless then.
func becomesPrimary(c *resource.Change) bool {
	if !c.After.Is("primary") {
		return false
	}
	return c.Action != resource.Update || c.Field("primary") != nil
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}
