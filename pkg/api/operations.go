package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Evidence says how certainly the method and the path of an operation are known.
type Evidence string

// The kinds of evidence, the best first.
const (
	Seen     Evidence = "seen"     // in a public client or document
	Router   Evidence = "router"   // follows from the collection's standard routes
	Inferred Evidence = "inferred" // a custom action; checked against the API's schema
)

// Operation is one operation of the API, by its id in the API's reference. Path begins
// with a slash and contains parameters in braces. Confidence is a percentage.
type Operation struct {
	ID, Method, Path string
	Evidence         Evidence
	Confidence       int
}

// Operations lists all operations of the table: the 141 of /apps/v3/ in the
// order of the API's reference, then the few of /iam/v3/ and /billing/v3/ that
// are used here. The caller may change the result.
func Operations() []Operation { return slices.Clone(table) }

// FindOperation returns the table's entry for an operation id.
func FindOperation(id string) (Operation, bool) {
	op, ok := byID[id]
	return op, ok
}

var byID = func() map[string]Operation {
	m := make(map[string]Operation, len(table))
	for _, op := range table {
		m[op.ID] = op
	}
	return m
}()

// answersWithStatus are the operations whose answer is {"status", "message", "code"}:
// HTTP status 200 with "status": false is a failure (source: the reference's response
// samples).
var answersWithStatus = map[string]bool{
	"ArchiveApplication":                     true,
	"MigrateApplicationToExternalRepository": true,
	"CheckRepository":                        true,
	"PullRepository":                         true,
	"ResetRepositoryToOrigin":                true,
	"VerifyRepository":                       true,
}

// Lists reports whether the operation answers with a list that has pages.
func (o Operation) Lists() bool { return strings.HasPrefix(o.ID, "List") }

// pageSize is the query parameter that asks for pages of a given size. All lists take
// page and page_size, except cron jobs, which take limit and offset (source: the
// reference).
func (o Operation) pageSize() string {
	if o.ID == "ListCronjobs" {
		return "limit"
	}
	return "page_size"
}

// Parameters names the path parameters in their order.
func (o Operation) Parameters() []string {
	var names []string
	for _, part := range strings.Split(o.Path, "/") {
		if name, ok := parameter(part); ok {
			names = append(names, name)
		}
	}
	return names
}

func parameter(part string) (string, bool) {
	if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") {
		return part[1 : len(part)-1], true
	}
	return "", false
}

// fill replaces path parameters by values, in the order of names (the table's; the
// names in the API's schema do not matter).
func fill(path string, names []string, values map[string]string) (string, error) {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if _, ok := parameter(part); !ok {
			continue
		}
		if len(names) == 0 {
			return "", fmt.Errorf("the path %s has more parameters than expected", path)
		}
		text := values[names[0]]
		// A value of dots would change the path.
		if text == "" || text == "." || text == ".." {
			return "", fmt.Errorf("path parameter %s is missing", names[0])
		}
		parts[i], names = url.PathEscape(text), names[1:]
	}
	return strings.Join(parts, "/"), nil
}
