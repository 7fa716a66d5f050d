package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Which declared repository is which existing one: each rule, and what comes before it.
func TestMatchRepositories(t *testing.T) {
	const (
		url, otherURL = "git@git.example.com:acme/shop.git", "git@git.example.com:acme/site.git"
		noSuchID      = "no repository with this id in the organisation: remove the id to create one"
		usesAnother   = "the application that refers to it uses git@git.example.com:acme/site.git (r1), and a url cannot be changed: to move the application to this one, declare that one too, under a key of its own"
		base32        = "bfn6mfnivvgdhdu4y5qs7p3mt4"
		hexadecimal   = "095be615-a8ad-4c33-8e9c-c7612fbf6c9f"
	)
	// with makes an existing repository; of one without a url the API does not show it.
	with := func(id, url string) *resource.Resource {
		r := exists("repository."+id, nil, nil)
		r.Handle = id
		if url != "" {
			r.Fields["url"] = url
		}
		return r
	}
	wants := func(f ...fields) []*resource.Resource {
		var out []*resource.Resource
		for _, f := range f {
			out = append(out, declare("repository.r", f))
		}
		return out
	}
	for _, test := range []struct {
		name     string
		matching resource.Matching
		want     []resource.Pairing
	}{
		{
			"by id",
			resource.Matching{Desired: wants(fields{"id": "r2"}), Current: []*resource.Resource{with("r1", url), with("r2", "")}},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"by an id in another spelling",
			resource.Matching{Desired: wants(fields{"id": hexadecimal}), Current: []*resource.Resource{with("r1", ""), with(base32, "")}},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"by id, whatever the url and the application say",
			resource.Matching{
				Desired: wants(fields{"id": "r2", "url": url}), Current: []*resource.Resource{with("r1", url), with("r2", otherURL)},
				Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"an id that does not exist is no reason to create one",
			resource.Matching{Desired: wants(fields{"id": "r9", "url": url}), Current: []*resource.Resource{with("r1", url)}, Referred: map[int]int{0: 0}},
			[]resource.Pairing{{Desired: 0, Current: -1, Blocked: noSuchID}},
		},
		{
			"by the application that uses it",
			resource.Matching{Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", ""), with("r2", "")}, Referred: map[int]int{0: 1}},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"by its url rather than by the application, which is to use that one",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL), with("r2", url)}, Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"by its url also where that of the one that is used cannot be read",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", ""), with("r2", url)}, Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"by the application where nothing that exists has the url: blocked, as a url cannot be changed",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL), with("r2", "git@git.example.com:acme/x.git")},
				Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: 0, Blocked: usesAnother}},
		},
		{
			"by the application, of several with the url",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", url), with("r2", url)}, Referred: map[int]int{0: 1},
			},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"not by the application where several others have the url",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL), with("r2", url), with("r3", url)},
				Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: -1, Blocked: "2 repositories have this url (r2, r3): add the id of one of them"}},
		},
		{
			"not by the application where the one with the url is taken by its id: a create",
			resource.Matching{
				Desired: wants(fields{"url": url}, fields{"id": "r2"}), Current: []*resource.Resource{with("r1", otherURL), with("r2", url)},
				Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: -1}, {Desired: 1, Current: 1}},
		},
		{
			"what an id names is nobody else's",
			resource.Matching{
				Desired: wants(fields{"url": url}, fields{"id": "r1"}), Current: []*resource.Resource{with("r1", url)}, Referred: map[int]int{0: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: -1}, {Desired: 1, Current: 0}},
		},
		{
			"by url",
			resource.Matching{Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL), with("r2", url), with("r3", "")}},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"several with one url cannot be told apart",
			resource.Matching{Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r2", url), with("r1", url)}},
			[]resource.Pairing{{Desired: 0, Current: -1, Blocked: "2 repositories have this url (r1, r2): add the id of one of them"}},
		},
		{
			"unless all but one of them are taken",
			resource.Matching{Desired: wants(fields{"url": url}, fields{"id": "r2"}), Current: []*resource.Resource{with("r2", url), with("r1", url)}},
			[]resource.Pairing{{Desired: 0, Current: 1}, {Desired: 1, Current: 0}},
		},
		{
			"two that an application refers to one by: the second is found by its url",
			resource.Matching{
				Desired: wants(fields{"url": url}, fields{"url": otherURL}), Current: []*resource.Resource{with("r1", url), with("r2", otherURL)},
				Referred: map[int]int{0: 0, 1: 0},
			},
			[]resource.Pairing{{Desired: 0, Current: 0}, {Desired: 1, Current: 1}},
		},
		{
			"one that two applications refer to, which use different ones",
			resource.Matching{
				Desired: wants(fields{"key_type": "RSA"}), Current: []*resource.Resource{with("r2", url), with("r1", "")}, Disputed: map[int][]int{0: {0, 1}},
			},
			[]resource.Pairing{{Desired: 0, Current: -1, Blocked: "the applications that refer to it use different repositories (r1, r2): add the id of the one that is meant"}},
		},
		{
			"unless its url is that of one of them",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL), with("r2", url)}, Disputed: map[int][]int{0: {0, 1}},
			},
			[]resource.Pairing{{Desired: 0, Current: 1}},
		},
		{
			"or all of them are declared, so that the applications move",
			resource.Matching{
				Desired:  wants(fields{"url": url}, fields{"url": otherURL}, fields{"url": "https://third.example"}),
				Current:  []*resource.Resource{with("r1", otherURL), with("r2", "https://third.example")},
				Disputed: map[int][]int{0: {0, 1}},
			},
			[]resource.Pairing{{Desired: 0, Current: -1}, {Desired: 1, Current: 0}, {Desired: 2, Current: 1}},
		},
		{
			"all urls can be read, and none is this one: a create",
			resource.Matching{Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r1", otherURL)}},
			[]resource.Pairing{{Desired: 0, Current: -1}},
		},
		{
			"there are none: a create",
			resource.Matching{Desired: wants(fields{"url": url})},
			[]resource.Pairing{{Desired: 0, Current: -1}},
		},
		{
			"without a url nothing is alike",
			resource.Matching{Desired: wants(fields{"key_type": "RSA"}), Current: []*resource.Resource{with("r1", otherURL)}},
			[]resource.Pairing{{Desired: 0, Current: -1}},
		},
		{
			"nothing uses one whose url cannot be read: it may be this one",
			resource.Matching{
				Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r3", ""), with("r1", ""), with("r2", "")}, Used: map[int]bool{2: true},
			},
			[]resource.Pairing{{Desired: 0, Current: -1, Blocked: "it may exist: the API does not return the url of r1, r3, which no application uses; if it is one of these, add its id, otherwise delete them"}},
		},
		{
			"one whose url cannot be read is used: it may be this one all the same",
			resource.Matching{Desired: wants(fields{"url": url}), Current: []*resource.Resource{with("r2", ""), with("r1", "")}, Used: map[int]bool{0: true, 1: true}},
			[]resource.Pairing{{Desired: 0, Current: -1, Unsure: "it may exist: the API does not return the url of r1, r2"}},
		},
		{
			"what is declared by its id is known",
			resource.Matching{Desired: wants(fields{"url": url}, fields{"id": "r1"}), Current: []*resource.Resource{with("r1", "")}},
			[]resource.Pairing{{Desired: 0, Current: -1}, {Desired: 1, Current: 0}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, matchRepositories(test.matching)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
