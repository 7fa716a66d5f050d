package kinds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Which declared repository is which existing one. The API has no name for one, and
// its url may be unreadable. The policy, in this order:
//
//  1. The id that the files give.
//  2. The repository that an application uses which declares this one: the files
//     describe what is there. Not where another existing one has the url that the
//     files give: the application is to use that one.
//  3. The url, where it can be read. Several with one url cannot be told apart:
//     blocked until the files give the id.
//  4. What is left is created. But one that exists must not be created again because
//     its url could not be read: while an existing one that nothing uses has no
//     readable url, the create is blocked; and while there are others whose urls
//     cannot be read, it needs --allow-create.
func matchRepositories(m resource.Matching) []resource.Pairing {
	taken := map[int]bool{}
	found := map[int]int{}
	take := func(i, j int) {
		if _, done := found[i]; !done && !taken[j] {
			found[i], taken[j] = j, true
		}
	}
	for i, d := range m.Desired {
		for j, r := range m.Current {
			if id := d.Text("id"); id != "" && resource.SameID(id, r.Handle) {
				take(i, j)
			}
		}
	}
	for i, d := range m.Desired {
		if j, referred := m.Referred[i]; referred && d.Text("id") == "" && (m.Current[j].Text("url") == d.Text("url") || len(withURL(m, taken, d.Text("url"))) == 0) {
			take(i, j)
		}
	}
	pairings := make([]resource.Pairing, len(m.Desired))
	for i, d := range m.Desired {
		pairings[i] = resource.Pairing{Desired: i, Current: -1}
		if _, done := found[i]; done || d.Text("id") != "" {
			continue
		}
		switch alike := withURL(m, taken, d.Text("url")); len(alike) {
		case 0:
		case 1:
			take(i, alike[0])
		default:
			pairings[i].Blocked = fmt.Sprintf("%d repositories have this url (%s): say which is meant, with its id", len(alike), idsOf(m, alike))
		}
	}
	for i := range pairings {
		j, paired := found[i]
		switch {
		case paired:
			pairings[i].Current = j
		case m.Desired[i].Text("id") != "":
			pairings[i].Blocked = "there is no repository with this id in the organisation: remove the id to create one"
		case pairings[i].Blocked == "":
			pairings[i].Blocked, pairings[i].Unsure = mayExist(m, taken)
		}
	}
	return pairings
}

func withURL(m resource.Matching, taken map[int]bool, url string) []int {
	var found []int
	for j, r := range m.Current {
		if !taken[j] && url != "" && r.Text("url") == url {
			found = append(found, j)
		}
	}
	return found
}

// mayExist says why a repository that was not found may exist all the same.
func mayExist(m resource.Matching, taken map[int]bool) (blocked, unsure string) {
	var unused, used []int
	for j, r := range m.Current {
		switch {
		case taken[j] || r.Has("url"):
		case m.Used[j]:
			used = append(used, j)
		default:
			unused = append(unused, j)
		}
	}
	switch {
	case len(unused) > 0:
		return fmt.Sprintf("it may exist: the API does not show the url of %s, which no application uses; add its id if it is meant, or delete it", idsOf(m, unused)), ""
	case len(used) > 0:
		return "", fmt.Sprintf("it may exist: the API does not show the url of %s", idsOf(m, used))
	}
	return "", ""
}

func idsOf(m resource.Matching, indices []int) string {
	var ids []string
	for _, j := range indices {
		ids = append(ids, m.Current[j].Handle)
	}
	slices.Sort(ids)
	return strings.Join(ids, ", ")
}
