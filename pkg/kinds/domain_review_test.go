package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// domainCase is the domains of the environment live, a line each (see readDomains), and
// what the review says of their changes. applies: the rule under which the case stands
// applies to one of them; else it nearly does.
type domainCase struct {
	name    string
	applies bool
	domains []string
	want    []string
}

const (
	otherMustBePrimary = "it is the primary domain: set primary: true on another domain of the environment"
	oneMustBePrimary   = "it is the primary domain and others remain: set primary: true on one of them"
	noneMayBePrimary   = "Divio makes the first domain of an environment its primary, but no declared one may be primary: set primary: true on one of them"
)

// domainCases are the cases of each rule, by its name.
var domainCases = map[string][]domainCase{
	"the primary is declared as not primary, and no other one is": {
		{
			"no other one is declared as primary", true,
			[]string{"old: here primary → primary=false", "other: here → declared"},
			[]string{"old: block " + otherMustBePrimary},
		},
		{
			"it is the only domain", true,
			[]string{"old: here primary → primary=false"},
			[]string{"old: block " + otherMustBePrimary},
		},
		{
			"the other one is blocked", true,
			[]string{"old: here primary → primary=false", "next: here → primary=true blocked"},
			[]string{"old: block " + otherMustBePrimary, "old: after next"},
		},
		{
			"another one takes over", false,
			[]string{"old: here primary → primary=false", "next: here → primary=true"},
			[]string{"old: after next", "next: reason replaces the primary domain old"},
		},
	},
	"the primary is deleted, and no other one replaces it": {
		{
			"an undeclared one remains", true,
			[]string{"old: here primary → deleted", "other: here → undeclared"},
			[]string{"old: block " + oneMustBePrimary, "old: reason pruned; it is the primary domain"},
		},
		{
			"one that arrives remains", true,
			[]string{"old: here primary → deleted", "other: new → primary=false"},
			[]string{"old: block " + oneMustBePrimary, "old: reason pruned; it is the primary domain"},
		},
		{
			"one whose deletion is blocked remains", true,
			[]string{"old: here primary → deleted", "other: here → deleted blocked"},
			[]string{"old: block " + oneMustBePrimary, "old: reason pruned; it is the primary domain"},
		},
		{
			"the one that was to take over is blocked", true,
			[]string{"old: here primary → deleted", "next: here → primary=true blocked", "other: here → undeclared"},
			[]string{"old: block " + oneMustBePrimary},
		},
		{
			"all domains are deleted", false,
			[]string{"old: here primary → deleted", "other: here → deleted"},
			[]string{"old: reason pruned; it is the primary domain"},
		},
		{
			"all that remains is Divio's, and cannot be made primary", false,
			[]string{"old: here primary → deleted", "other: here locked → undeclared"},
			[]string{"old: reason pruned; it is the primary domain"},
		},
		{
			"another one takes over", false,
			[]string{"old: here primary → deleted", "next: new → primary=true"},
			[]string{"next: reason replaces the primary domain old"},
		},
	},
	"the primary would redirect to itself": {
		{
			"no other one is declared as primary", true,
			[]string{"old: here primary → redirect=true"},
			[]string{"old: block it is the primary domain and cannot redirect to itself: set primary: true on another domain of the environment"},
		},
		{
			"another one takes over", false,
			[]string{"old: here primary → redirect=true", "next: new → primary=true"},
			[]string{"next: reason replaces the primary domain old"},
		},
		{
			"another domain redirects", false,
			[]string{"now: here primary → undeclared", "other: here → redirect=true"},
			nil,
		},
	},
	"the primary is transferred to another environment, and no other one replaces it": {
		{
			"an undeclared one remains", true,
			[]string{"old: here primary → leaves", "other: here → undeclared"},
			[]string{"old: block it is the primary domain of environment.a/live, where others remain: set primary: true on one of them"},
		},
		{
			"the one that was to take over is blocked", true,
			[]string{"old: here primary → leaves", "next: here → primary=true blocked", "other: here → undeclared"},
			[]string{"old: block it is the primary domain of environment.a/live, where others remain: set primary: true on one of them"},
		},
		{
			"it is the only domain", false,
			[]string{"old: here primary → leaves"},
			nil,
		},
		{
			"all others leave too, or are deleted", false,
			[]string{"old: here primary → leaves", "other: here → leaves", "third: here → deleted"},
			nil,
		},
		{
			"what leaves is not the primary", false,
			[]string{"now: here primary → undeclared", "other: here → leaves"},
			nil,
		},
	},
	"the primary is transferred once the next one is primary": {
		{
			"one that is here takes over", true,
			[]string{"old: here primary → leaves", "next: here → primary=true"},
			[]string{"old: after next"},
		},
		{
			"a new one takes over", true,
			[]string{"old: here primary → leaves", "next: new → primary=true"},
			[]string{"old: after next"},
		},
		{
			"two environments swap their primaries", false,
			[]string{"old: here primary → leaves", "next: there primary → primary=true"},
			nil,
		},
	},
	"the primary stops being primary once the next one is": {
		{
			"one that is here takes over", true,
			[]string{"old: here primary → primary=false", "next: here → primary=true"},
			[]string{"old: after next", "next: reason replaces the primary domain old"},
		},
		{
			"a new one takes over", true,
			[]string{"old: here primary → primary=false", "next: new → primary=true"},
			[]string{"old: after next", "next: reason replaces the primary domain old"},
		},
		{
			"it comes from another environment, where it was primary", true,
			[]string{"now: here → undeclared", "old: there primary → primary=false", "next: here → primary=true"},
			[]string{"old: after next"},
		},
		{
			"nothing is said of the present one", false,
			[]string{"old: here primary → config=x", "next: here → primary=true"},
			[]string{"next: reason replaces the primary domain old"},
		},
	},
	"the next primary replaces the current one": {
		{
			"it takes over", true,
			[]string{"old: here primary → undeclared", "next: here → primary=true"},
			[]string{"next: reason replaces the primary domain old"},
		},
		{
			"it still redirects", true,
			[]string{"old: here primary → undeclared", "next: here redirect → primary=true"},
			[]string{"next: reason replaces the primary domain old; its redirect is cleared first"},
		},
		{
			"it still redirects, and none is primary", true,
			[]string{"next: here redirect → primary=true"},
			[]string{"next: reason its redirect is cleared first"},
		},
		{
			"the files say themselves that it redirects no more", false,
			[]string{"next: here redirect → primary=true redirect=false"},
			nil,
		},
		{
			"it is the present one", false,
			[]string{"now: here primary → primary=true config=x"},
			nil,
		},
		{
			"there was none", false,
			[]string{"next: new → primary=true"},
			nil,
		},
	},
	"the current primary is deleted": {
		{
			"and nothing remains", true,
			[]string{"old: here primary → deleted"},
			[]string{"old: reason pruned; it is the primary domain"},
		},
		{
			"another one takes over", false,
			[]string{"old: here primary → deleted", "next: here → primary=true"},
			[]string{"next: reason replaces the primary domain old"},
		},
		{
			"another domain is deleted", false,
			[]string{"now: here primary → undeclared", "other: here → deleted"},
			nil,
		},
	},
	"the first domain would become primary but must not": {
		{
			"all that arrive must not", true,
			[]string{"one: new → redirect=true", "other: there → primary=false"},
			[]string{"one: block " + noneMayBePrimary, "other: block " + noneMayBePrimary},
		},
		{
			"what may is blocked", true,
			[]string{"one: new → primary=false", "other: new → declared blocked"},
			[]string{"one: block " + noneMayBePrimary},
		},
		{
			"one that arrives may", false,
			[]string{"one: new → declared"},
			nil,
		},
		{
			"it is not the first", false,
			[]string{"now: here primary → undeclared", "one: new → redirect=true"},
			nil,
		},
	},
	"domains that must not become primary wait for one that may": {
		{
			"nothing is said of the other one", true,
			[]string{"one: new → redirect=true", "other: new → declared"},
			[]string{"one: after other"},
		},
		{
			"the declared primary comes first", true,
			[]string{"one: new → declared", "other: new → primary=false", "next: new → primary=true"},
			[]string{"other: after next"},
		},
		{
			"it is not the first", false,
			[]string{"now: here primary → undeclared", "one: new → redirect=true", "other: new → declared"},
			nil,
		},
	},
}

// Every rule has a case in which it applies and one in which it nearly does, and the
// review as a whole says what is wanted.
func TestDomainRules(t *testing.T) {
	rules := map[string]bool{}
	for _, rule := range domainRules {
		rules[rule.name] = true
		tried := map[bool]int{}
		for _, test := range domainCases[rule.name] {
			tried[test.applies]++
			t.Run(rule.name+"/"+test.name, func(t *testing.T) {
				s := readDomains(test.domains)
				if got := appliesSomewhere(rule, s); got != test.applies {
					t.Errorf("the rule applies: %v, want %v", got, test.applies)
				}
				if diff := cmp.Diff(test.want, verdictLines(reviewDomains(s))); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		}
		if tried[true] == 0 || tried[false] == 0 {
			t.Errorf("rule %q applies in %d cases and nearly in %d: it needs one of each", rule.name, tried[true], tried[false])
		}
	}
	for name := range domainCases {
		if !rules[name] {
			t.Errorf("cases of a rule that does not exist: %q", name)
		}
	}
}

func appliesSomewhere(rule domainRule, s resource.Siblings) bool {
	d := seeDomains(s)
	for _, p := range s.Pairs {
		if isMade(p.Change) && rule.applies(d, p, false) {
			return true
		}
	}
	for _, p := range s.Leaving {
		if isMade(p.Change) && rule.applies(d, p, true) {
			return true
		}
	}
	return false
}
