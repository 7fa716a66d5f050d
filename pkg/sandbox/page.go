package sandbox

import (
	"maps"
	"net/http"
	"strconv"
)

// Lists come in pages of Options.PageSize; a client may ask for up to Options.MaxPageSize. Neither number is
// documented.
const (
	defaultPageSize    = 100
	defaultMaxPageSize = 1000
)

// paged answers a list with the parameters page and page_size, which every collection except cronjobs takes.
func paged[R record](c *call, rows []R, show func(*call, R) object) (answer, error) {
	size := c.size("page_size")
	last := max(1, (len(rows)+size-1)/size)
	number := 1
	if text := c.query.Get("page"); text != "" {
		parsed, err := strconv.Atoi(text)
		if err != nil || parsed < 1 || parsed > last {
			return answer{}, detail(http.StatusNotFound, "Invalid page.")
		}
		number = parsed
	}
	var next, previous any
	if number < last {
		next = c.link(map[string]int{"page": number + 1})
	}
	if number > 1 {
		before := number - 1
		if before == 1 {
			before = 0 // the first page has no number
		}
		previous = c.link(map[string]int{"page": before})
	}
	from := (number - 1) * size
	return envelope(c, rows, from, min(from+size, len(rows)), next, previous, show)
}

// windowed answers a list with the parameters limit and offset.
func windowed[R record](c *call, rows []R, show func(*call, R) object) (answer, error) {
	size := c.size("limit")
	offset, err := strconv.Atoi(c.query.Get("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	var next, previous any
	if offset < len(rows)-size {
		next = c.link(map[string]int{"limit": size, "offset": offset + size})
	}
	if offset > 0 {
		previous = c.link(map[string]int{"limit": size, "offset": max(0, offset-size)})
	}
	from := min(offset, len(rows))
	return envelope(c, rows, from, min(from+size, len(rows)), next, previous, show)
}

func envelope[R record](c *call, rows []R, from, to int, next, previous any, show func(*call, R) object) (answer, error) {
	items := showAll(c, rows[from:to], show)
	for _, item := range items {
		for _, key := range c.options.OmitFromLists {
			delete(item, key)
		}
	}
	return ok(object{"count": len(rows), "next": next, "previous": previous, "results": items})
}

// size reads the requested number of results. A value that is not a positive number is ignored.
func (c *call) size(parameter string) int {
	asked, err := strconv.Atoi(c.query.Get(parameter))
	if err != nil || asked < 1 {
		asked = c.options.PageSize
	}
	return min(asked, c.options.MaxPageSize)
}

// link is the absolute URL of the request with some parameters set; zero removes a parameter.
func (c *call) link(set map[string]int) string {
	query := maps.Clone(c.query)
	for name, number := range set {
		query.Set(name, strconv.Itoa(number))
		if number == 0 {
			query.Del(name)
		}
	}
	link := c.base + c.request.URL.EscapedPath()
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return link
}
