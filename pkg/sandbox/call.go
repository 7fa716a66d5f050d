package sandbox

import (
	"net/http"
	"net/url"
)

// call is one request to an operation, together with the state that it reads and changes.
type call struct {
	*state
	options Options
	now     timestamp
	request *http.Request
	base    string // scheme and host under which the client reached the sandbox, for absolute URLs
	path    map[string]string
	query   url.Values
	body    body
	routes  *router
}

// operation implements one operation of the API. It checks everything before it changes anything, because a
// refusal does not undo changes.
type operation func(*call) (answer, error)

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// partial distinguishes a PATCH from a PUT: no field is required.
func (c *call) partial() bool { return c.request.Method == http.MethodPatch }

// find returns the object that the path names.
func find[R record](c *call, t *table[R]) (R, error) {
	var none R
	// The status of this text was not recorded; 400 is INFERRED.
	id, valid := parseID(c.path["uuid"])
	if !valid {
		return none, detail(http.StatusBadRequest, "Invalid UUID.")
	}
	row, found := t.get(id)
	if !found {
		return none, notFound()
	}
	return row, nil
}

// has returns the test whether a table holds an id, for fields that refer to another object.
func has[R record](t *table[R]) func(id string) bool {
	return func(id string) bool {
		_, found := t.get(id)
		return found
	}
}

// get answers a detail operation: the complete object of the path.
func get[R record](t func(*call) *table[R], show func(*call, R) object) operation {
	return func(c *call) (answer, error) {
		row, err := find(c, t(c))
		if err != nil {
			return answer{}, err
		}
		return ok(show(c, row))
	}
}

// plain shows a record whose JSON form is already the API's answer.
func plain[R record](_ *call, row R) object { return fieldsOf(row) }

// showAll shows rows one by one.
func showAll[R record](c *call, rows []R, show func(*call, R) object) []object {
	out := make([]object, len(rows))
	for i, row := range rows {
		out[i] = show(c, row)
	}
	return out
}
