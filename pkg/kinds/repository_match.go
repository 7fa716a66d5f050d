package kinds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Matching declared with existing repositories. The API has no name for one, and its
// url may be unreadable. The policy, in this order:
//
//  1. The id in the files.
//  2. The repository that is used by the application which declares this one: the files
//     describe the current state. But not if the url in the files is that of another
//     existing one, or its own url is that of another declared one: then the
//     application is to move to this one. Any other url is blocked.
//  3. The url, if it can be read. Several with the same url cannot be distinguished:
//     blocked until the files contain the id.
//  4. One that several applications declare, which use different ones, is blocked unless
//     all are to move to it: the files do not say which of them is meant.
//  5. The rest is created. But an existing one must not be created again because its
//     url could not be read: while an existing unused one has no readable url, the
//     create is blocked; and while there are others without a readable url, it needs
//     --allow-create.
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
	for i := range m.Desired {
		if j, referred := m.Referred[i]; referred && m.Desired[i].Text("id") == "" && !moves(m, i, j) {
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
			pairings[i].Blocked = fmt.Sprintf("%d repositories have this url (%s): add the id of one of them", len(alike), idsOf(m, alike))
		}
	}
	for i := range pairings {
		j, paired := found[i]
		switch {
		case paired:
			pairings[i].Current = j
			if ours, theirs := m.Desired[i].Text("url"), m.Current[j].Text("url"); m.Desired[i].Text("id") == "" && ours != "" && theirs != "" && ours != theirs {
				pairings[i].Blocked = fmt.Sprintf("the application that refers to it uses %s (%s), and a url cannot be changed: to move the application to this one, declare that one too, under a key of its own", theirs, m.Current[j].Handle)
			}
		case m.Desired[i].Text("id") != "":
			pairings[i].Blocked = "no repository with this id in the organisation: remove the id to create one"
		case pairings[i].Blocked == "":
			pairings[i].Blocked, pairings[i].Unsure = mayExist(m, i, taken)
		}
	}
	return pairings
}

// moves reports whether an application that declares i and uses j is to move: another
// existing repository has the url of i, or another declared one that of j.
func moves(m resource.Matching, i, j int) bool {
	ours, theirs := m.Desired[i].Text("url"), m.Current[j].Text("url")
	if ours == "" || ours == theirs {
		return false
	}
	return len(withURL(m, nil, ours)) > 0 || theirs != "" && slices.ContainsFunc(m.Desired, func(d *resource.Resource) bool {
		return d.Text("url") == theirs
	})
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

// mayExist says why a repository that was not found may exist anyway.
func mayExist(m resource.Matching, i int, taken map[int]bool) (blocked, unsure string) {
	if slices.ContainsFunc(m.Disputed[i], func(j int) bool { return !moves(m, i, j) }) {
		return fmt.Sprintf("the applications that refer to it use different repositories (%s): add the id of the one that is meant", idsOf(m, m.Disputed[i])), ""
	}
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
		return fmt.Sprintf("it may exist: the API does not return the url of %s, which no application uses; if it is one of these, add its id, otherwise delete them", idsOf(m, unused)), ""
	case len(used) > 0:
		return "", fmt.Sprintf("it may exist: the API does not return the url of %s", idsOf(m, used))
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
