package sandbox

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// route is one operation of the API with its path.
type route struct {
	method string
	path   string // from the root, with a slash at both ends
	id     string // operation id of the reference; "" for the few calls that it does not list
	run    operation
	open   bool // needs no token
}

// router finds routes by path. It is a tree of path segments, where a literal segment takes precedence over a
// variable one.
type router struct {
	root  node
	known []*route // in order of registration, without the alternative spellings
}

type node struct {
	literal  map[string]*node
	variable *node
	name     string // of the variable segment of this node
	routes   map[string]*route
}

// add serves a route under its path and under every alternative, which has to have the same variables.
func (rt *router) add(r route, alternatives ...string) {
	rt.known = append(rt.known, &r)
	for _, path := range append([]string{r.path}, alternatives...) {
		at := &rt.root
		for _, segment := range segments(path) {
			at = at.child(segment)
		}
		if at.routes == nil {
			at.routes = map[string]*route{}
		}
		at.routes[r.method] = &r
	}
}

func (n *node) child(segment string) *node {
	if name, isVariable := strings.CutPrefix(segment, "{"); isVariable {
		if n.variable == nil {
			n.variable = &node{name: strings.TrimSuffix(name, "}")}
		}
		return n.variable
	}
	if n.literal == nil {
		n.literal = map[string]*node{}
	}
	next, found := n.literal[segment]
	if !found {
		next = &node{}
		n.literal[segment] = next
	}
	return next
}

// actionName matches the valid names of a domain's additional actions in the reference.
var actionName = regexp.MustCompile(`^\w+(-*\w*)*$`)

// find returns the routes of a path by method, and the path's variables. The caller handles the trailing slash.
func (rt *router) find(path string) (map[string]*route, map[string]string) {
	at, params := &rt.root, map[string]string{}
	for _, segment := range segments(path) {
		next, isLiteral := at.literal[segment]
		if !isLiteral {
			next = at.variable
			if next == nil || segment == "" || next.name == "domain_action" && !actionName.MatchString(segment) {
				return nil, nil
			}
			params[next.name] = segment
		}
		at = next
	}
	return at.routes, params
}

func segments(path string) []string {
	return strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
}

// methods lists the methods of a path, for the Allow header.
func methods(routes map[string]*route) []string {
	list := []string{}
	for method := range routes {
		list = append(list, method)
		if method == http.MethodGet {
			list = append(list, http.MethodHead)
		}
	}
	slices.Sort(list)
	return list
}
