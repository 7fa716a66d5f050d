package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// filters reads the query of a list, as django-filter does (INFERRED): an empty value filters nothing, an
// unknown parameter is ignored, an unknown id matches nothing, and a malformed one is refused.
type filters struct {
	query    url.Values
	problems object
}

func (c *call) filters() *filters { return &filters{query: c.query, problems: object{}} }

func (q *filters) err() error {
	if len(q.problems) == 0 {
		return nil
	}
	return &refusal{status: http.StatusBadRequest, body: q.problems}
}

func (q *filters) values(name string) []string {
	return slices.DeleteFunc(slices.Clone(q.query[name]), func(v string) bool { return v == "" })
}

// last is the value that is used if a parameter is not an array.
func (q *filters) last(name string) string {
	values := q.query[name]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// ids matches any of the values of a repeated parameter.
func (q *filters) ids(name string) func(id string) bool { return q.oneOf(name, q.values(name)) }

// id matches one id.
func (q *filters) id(name string) func(id string) bool {
	if q.last(name) == "" {
		return q.oneOf(name, nil)
	}
	return q.oneOf(name, []string{q.last(name)})
}

func (q *filters) oneOf(name string, values []string) func(id string) bool {
	if len(values) == 0 {
		return func(string) bool { return true }
	}
	wanted := map[string]bool{}
	for _, value := range values {
		id, valid := parseID(value)
		if !valid {
			q.problems[name] = []string{"Enter a valid UUID."}
		}
		wanted[id] = true
	}
	return func(id string) bool { return wanted[id] }
}

// text matches exactly.
func (q *filters) text(name string) func(text string) bool {
	wanted := q.last(name)
	return func(text string) bool { return wanted == "" || text == wanted }
}

// search matches a part, in any case.
func (q *filters) search(name string) func(text string) bool {
	wanted := strings.ToLower(q.last(name))
	return func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) }
}

// boolean matches a flag; a value that is neither true nor false filters nothing.
func (q *filters) boolean(name string) func(flag bool) bool {
	switch strings.ToLower(q.last(name)) {
	case "true", "1":
		return func(flag bool) bool { return flag }
	case "false", "0":
		return func(flag bool) bool { return !flag }
	}
	return func(bool) bool { return true }
}

func (q *filters) choice(name string, choices ...string) func(text string) bool {
	if value := q.last(name); value != "" && !slices.Contains(choices, value) {
		q.problems[name] = []string{fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", value)}
	}
	return q.text(name)
}

// order sorts rows by the parameter "o", repeated or comma-separated, with a leading "-" for descending. Equal
// rows remain in server order.
func order[R any](q *filters, rows []R, by map[string]func(a, b R) int) {
	keys := strings.Split(strings.Join(q.values("o"), ","), ",")
	for _, key := range slices.Backward(keys) {
		compare, known := by[strings.TrimPrefix(key, "-")]
		switch {
		case key == "":
		case !known:
			q.problems["o"] = []string{fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", key)}
		case strings.HasPrefix(key, "-"):
			slices.SortStableFunc(rows, func(a, b R) int { return compare(b, a) })
		default:
			slices.SortStableFunc(rows, compare)
		}
	}
}
