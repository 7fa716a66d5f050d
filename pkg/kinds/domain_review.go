package kinds

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Which changes of the domains of an environment are blocked, and which have to wait.
// The rules are a table; every rule that matches a change applies, and the first block
// is kept. The policy:
//
//   - An environment with domains has a primary one. If the files make another one
//     primary (the next primary), the current primary may be deleted, be transferred or
//     redirect; otherwise it may not.
//   - A domain that stops being primary waits until the next one is primary.
//   - An environment without domains: Divio makes the first one that is added its
//     primary (INFERRED). A domain that must not be primary waits for one that may be.

// siblingDomains is the input of the rules: the domains of one environment.
type siblingDomains struct {
	resource.Siblings
	// next is the declared primary, now the current one; nil for none.
	next, now *resource.Pair
	// empty: no domain remains in the environment; first is the change that adds the
	// first one that may be primary, nil if there is none.
	empty bool
	first *resource.Change
}

// domainRule returns a verdict for a change if it applies. leaving: the domain is
// transferred to another environment.
type domainRule struct {
	name    string
	applies func(d *siblingDomains, p *resource.Pair, leaving bool) bool
	verdict func(d *siblingDomains, p *resource.Pair) resource.Verdict
}

var domainRules = []domainRule{
	{"the primary is declared as not primary, and no other one is",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return p == d.now && losesPrimary(p) && !d.hasNext()
		},
		block("it is the primary domain: set primary: true on another domain of the environment"),
	},
	{"the primary is deleted, and no other one replaces it",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return p == d.now && deletes(p) && !d.hasNext() && d.othersRemain(p)
		},
		block("it is the primary domain and others remain: set primary: true on one of them"),
	},
	{"the primary would redirect to itself",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return p == d.now && p.Desired != nil && p.Desired.Is("redirect_to_primary") && !d.hasNext()
		},
		block("it is the primary domain and cannot redirect to itself: set primary: true on another domain of the environment"),
	},
	{"the primary is transferred to another environment, and no other one replaces it",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return leaving && p.Current.Is("primary") && !d.hasNext() && d.othersRemain(p)
		},
		func(d *siblingDomains, p *resource.Pair) resource.Verdict {
			return resource.Verdict{Block: "it is the primary domain of " + p.Current.Parent.String() + ", where others remain: set primary: true on one of them"}
		},
	},
	{"the primary is transferred once the next one is primary",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return leaving && p.Current.Is("primary") && d.hasNext() && d.othersRemain(p) &&
				d.next.Change != nil && d.next.Change.Action != resource.Transfer
		},
		afterNext,
	},
	{"the primary stops being primary once the next one is",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return !leaving && d.next != nil && p != d.next && d.next.Change != nil && p.Current != nil && losesPrimary(p)
		},
		afterNext,
	},
	{"the next primary replaces the current one",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return p == d.next && (d.replaces() || d.clearsRedirect())
		},
		func(d *siblingDomains, p *resource.Pair) resource.Verdict {
			reason := p.Change.Reason
			if d.replaces() {
				reason = "replaces the primary domain " + d.now.Current.Key
			}
			if d.clearsRedirect() {
				reason = strings.TrimPrefix(reason+"; its redirect is cleared first", "; ")
			}
			return resource.Verdict{Reason: reason}
		},
	},
	{"the current primary is deleted",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return p == d.now && deletes(p) && (d.next == nil || d.next.Change == nil)
		},
		func(d *siblingDomains, p *resource.Pair) resource.Verdict {
			return resource.Verdict{Reason: p.Change.Reason + "; it is the primary domain"}
		},
	},
	{"the first domain would become primary but must not",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return !leaving && d.empty && d.first == nil && p.Desired != nil && !mayBePrimary(p.Desired)
		},
		block("Divio makes the first domain of an environment its primary, but no declared one may be primary: set primary: true on one of them"),
	},
	{"domains that must not become primary wait for one that may",
		func(d *siblingDomains, p *resource.Pair, leaving bool) bool {
			return !leaving && d.empty && d.first != nil && p.Desired != nil && !mayBePrimary(p.Desired)
		},
		func(d *siblingDomains, p *resource.Pair) resource.Verdict {
			return resource.Verdict{After: []resource.Address{d.first.Address}}
		},
	},
}

func reviewDomains(s resource.Siblings) []resource.Verdict {
	d := seeDomains(s)
	var verdicts []resource.Verdict
	ask := func(p *resource.Pair, leaving bool) {
		if !isMade(p.Change) {
			return
		}
		for _, rule := range domainRules {
			if rule.applies(d, p, leaving) {
				v := rule.verdict(d, p)
				v.Change = p.Change
				verdicts = append(verdicts, v)
			}
		}
	}
	for _, p := range s.Pairs {
		ask(p, false)
	}
	for _, p := range s.Leaving {
		ask(p, true)
	}
	return verdicts
}

func seeDomains(s resource.Siblings) *siblingDomains {
	d := &siblingDomains{Siblings: s, empty: true}
	for _, p := range s.Pairs {
		arrives := p.Desired != nil && (p.Current == nil || p.Current.Parent != p.Desired.Parent)
		switch {
		case !arrives:
			d.empty = false
			if p.Current.Is("primary") {
				d.now = p
			}
		case isMade(p.Change) && mayBePrimary(p.Desired) && (d.first == nil || p.Desired.Is("primary")):
			d.first = p.Change
		}
		if p.Desired != nil && p.Desired.Is("primary") {
			d.next = p
		}
	}
	return d
}

// hasNext reports whether the files declare a primary that will be one.
func (d *siblingDomains) hasNext() bool {
	return d.next != nil && (d.next.Change == nil || d.next.Change.Blocked == "")
}

// replaces reports whether a domain other than the current primary becomes primary.
func (d *siblingDomains) replaces() bool {
	return d.now != nil && d.next != nil && d.now != d.next && d.next.Change != nil
}

// clearsRedirect reports whether the next primary still redirects, and the files do not
// declare this.
func (d *siblingDomains) clearsRedirect() bool {
	p := d.next
	return p != nil && p.Change != nil && p.Current != nil && p.Change.Action == resource.Update &&
		p.Current.Is("redirect_to_primary") && !p.Desired.Has("redirect_to_primary")
}

// othersRemain reports whether a domain other than p remains that could be made
// primary.
func (d *siblingDomains) othersRemain(p *resource.Pair) bool {
	for _, other := range d.Pairs {
		switch {
		case other == p, other.Desired == nil && lockedDomain(other.Current) != "":
		case deletes(other) && isMade(other.Change):
		case other.Change == nil || isMade(other.Change),
			// It is blocked, and stays.
			other.Change.Action != resource.Create && other.Change.Action != resource.Transfer:
			return true
		}
	}
	return false
}

func isMade(c *resource.Change) bool { return c != nil && c.Blocked == "" }

func deletes(p *resource.Pair) bool {
	return p.Change != nil && p.Change.Action == resource.Delete
}

func losesPrimary(p *resource.Pair) bool {
	f := p.Change.Field("primary")
	return f != nil && f.After == false
}

func block(reason string) func(*siblingDomains, *resource.Pair) resource.Verdict {
	return func(*siblingDomains, *resource.Pair) resource.Verdict { return resource.Verdict{Block: reason} }
}

func afterNext(d *siblingDomains, _ *resource.Pair) resource.Verdict {
	return resource.Verdict{After: []resource.Address{d.next.Change.Address}}
}
