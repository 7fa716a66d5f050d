package kinds

import (
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// readDomains reads the domains of the environment live, a line each:
//
//	NAME: WHERE [primary] [redirect] [locked] → WHAT [FIELD=VALUE …] [blocked]
//
// WHERE is new, here, or there (in another environment). WHAT is undeclared, deleted,
// leaves (declared in the other environment), or declared, which fields say too.
func readDomains(lines []string) resource.Siblings {
	var s resource.Siblings
	for _, text := range lines {
		name, rest, _ := strings.Cut(text, ": ")
		is, to, _ := strings.Cut(rest, "→")
		p := &resource.Pair{Current: readCurrent(name, strings.Fields(is)), Desired: readDesired(name, strings.Fields(to))}
		p.Change = domainChange(p, strings.Contains(to, "deleted"))
		if p.Change != nil && strings.Contains(to, "blocked") {
			p.Change.Block("something else is in the way")
		}
		if strings.Contains(to, "leaves") {
			s.Leaving = append(s.Leaving, p)
		} else {
			s.Pairs = append(s.Pairs, p)
		}
	}
	return s
}

func readCurrent(name string, words []string) *resource.Resource {
	if words[0] == "new" {
		return nil
	}
	environment := map[string]string{"here": "live", "there": "test"}[words[0]]
	r := domainNamed(environment, name)
	r.Facts = facts{"is_editable": true}
	r.Fields = fields{"primary": false, "redirect_to_primary": false, "domain_config": fields{}}
	for _, word := range words[1:] {
		switch word {
		case "primary":
			r.Fields["primary"] = true
		case "redirect":
			r.Fields["redirect_to_primary"] = true
		case "locked":
			r.Facts["is_editable"] = false
		}
	}
	return r
}

func readDesired(name string, words []string) *resource.Resource {
	environment := "live"
	switch words[0] {
	case "undeclared", "deleted":
		return nil
	case "leaves":
		environment = "test"
	}
	r := domainNamed(environment, name)
	for _, word := range words {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "primary":
			r.Fields["primary"] = value == "true"
		case "redirect":
			r.Fields["redirect_to_primary"] = value == "true"
		case "config":
			r.Fields["domain_config"] = fields{value: true}
		}
	}
	return r
}

// domainNamed has a name of one part, which no real one has, to be short.
func domainNamed(environment, name string) *resource.Resource {
	parent := at("environment.a/" + environment)
	return &resource.Resource{
		Kind: catalog.Kind("domain"), Key: name, Parent: parent, Address: resource.NewAddress("domain", parent, name), Fields: fields{},
	}
}

func domainChange(p *resource.Pair, deleted bool) *resource.Change {
	switch {
	case deleted:
		c := change(resource.Delete, p.Current, nil)
		c.Reason = "pruned"
		return c
	case p.Desired == nil:
		return nil
	case p.Current == nil:
		return change(resource.Create, nil, p.Desired)
	case p.Current.Parent != p.Desired.Parent:
		return change(resource.Transfer, p.Current, p.Desired)
	}
	if c := change(resource.Update, p.Current, p.Desired); len(c.Fields) > 0 {
		return c
	}
	return nil
}
