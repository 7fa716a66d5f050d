package remote

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestReadWanted(t *testing.T) {
	baskets := []string{"organisations/", "applications/?organisation=acme"}
	ofShop := append(slices.Clone(baskets), "environments/?application=b1")
	for _, test := range []struct {
		name string
		Wanted
		declared, base []string
		removed        []string // "address", or "address id"
		requests       []string // in any order, without the page size
		want           []string // all but baskets
	}{
		{
			name: "removed, and nothing on the way declared", removed: []string{"seed.shop/live/A"},
			requests: append(slices.Clone(ofShop), "environment-variables/?environment=f1"),
			want:     []string{"fruit.shop/test", "fruit.shop/live", "seed.shop/live/A", "seed.shop/live/B", "seed.shop/live/C", "seed.shop/live/D"},
		},
		{
			name: "removed, and not there", removed: []string{"seed.new/live/A"}, requests: baskets,
		},
		{
			name: "removed with all below", declared: []string{"basket.shop", "fruit.shop/live"}, removed: []string{"fruit.shop/test f2"},
			requests: append(slices.Clone(ofShop), "environment-variables/?environment=f2", "cronjobs/?environment=f2", "domains/?organisation=acme", "service-instances/?environment=f2"),
			want:     []string{"fruit.shop/test", "fruit.shop/live", "seed.shop/test/A", "juice.shop/test/DATABASE/DEFAULT"},
		},
		{
			name: "another one than removed", removed: []string{"fruit.shop/test other"}, requests: ofShop,
			want: []string{"fruit.shop/test", "fruit.shop/live"},
		},
		{
			name: "pruned with all below", Wanted: Wanted{Prune: []string{"fruits"}}, declared: []string{"basket.shop", "fruit.shop/live", "seed.shop/live/A"},
			requests: append(slices.Clone(ofShop), "environment-variables/?environment=f2&environment=f1", "cronjobs/?environment=f2", "domains/?organisation=acme", "service-instances/?environment=f2"),
			want: []string{
				"fruit.shop/test", "fruit.shop/live", "seed.shop/test/A", "seed.shop/live/A", "seed.shop/live/B", "seed.shop/live/C", "seed.shop/live/D",
				"juice.shop/test/DATABASE/DEFAULT",
			},
		},
		{
			name: "pruned at the top", Wanted: Wanted{Prune: []string{"baskets"}}, declared: []string{"basket.shop", "basket.old"},
			requests: append(slices.Clone(baskets), "environments/?application=b2", "environment-variables/?environment=f3", "cronjobs/?environment=f3", "domains/?organisation=acme", "service-instances/?environment=f3"),
			want:     []string{"fruit.blog/live pending", "worm.blog/live/run", "label.blog/live/c.example.org"},
		},
		{
			name: "pruned, and foreign", Wanted: Wanted{Prune: []string{"fruits"}}, declared: []string{"basket.old", "fruit.old/"},
			requests: append(slices.Clone(baskets), "environments/?application=b3"),
			want:     []string{"fruit.old/live"},
		},
		{
			name: "pruned elsewhere", Wanted: Wanted{Prune: []string{"fruits"}}, declared: []string{"basket.shop"}, requests: baskets,
		},
		{
			name: "declared by an earlier version", declared: []string{"basket.shop", "fruit.shop/live"}, base: []string{"basket.shop", "fruit.shop/live", "fruit.shop/test", "seed.shop/test/A?rare=x"},
			requests: append(slices.Clone(ofShop), "environment-variables/?environment=f2", "environment-variables/s5/"),
			want:     []string{"fruit.shop/test", "fruit.shop/live", "seed.shop/test/A"},
		},
		{
			name: "declared by an earlier version, and pruned", Wanted: Wanted{Prune: []string{"fruits"}}, declared: []string{"basket.shop", "fruit.shop/live"}, base: []string{"basket.shop", "fruit.shop/live", "fruit.shop/test"},
			requests: append(slices.Clone(ofShop), "environment-variables/?environment=f2", "cronjobs/?environment=f2", "domains/?organisation=acme", "service-instances/?environment=f2"),
			want:     []string{"fruit.shop/test", "fruit.shop/live", "seed.shop/test/A", "juice.shop/test/DATABASE/DEFAULT"},
		},
		{
			name: "removed by its label", removed: []string{"tree.apple"},
			requests: []string{"organisations/", "repositories/", "schema/?format=json", "repositories/t1/endpoint/", "repositories/t2/endpoint/", "repositories/t3/endpoint/", "webhooks/?repository=t1"},
			want:     []string{"tree.apple", "tree.pear", "tree.t3", "bird.apple/GITHUB"},
		},
		{
			name: "removed below a label", removed: []string{"bird.apple/GITHUB"},
			requests: []string{"organisations/", "repositories/", "schema/?format=json", "repositories/t1/endpoint/", "repositories/t2/endpoint/", "repositories/t3/endpoint/", "webhooks/"},
			want:     []string{"tree.apple", "tree.pear", "tree.t3", "bird.apple/GITHUB", "bird.t3/GITLAB"},
		},
		{
			name: "pruned, and only the plan knows which", Wanted: Wanted{Prune: []string{"trees"}}, declared: []string{"tree.mine"},
			requests: []string{"organisations/", "repositories/", "schema/?format=json", "repositories/t1/endpoint/", "repositories/t2/endpoint/", "repositories/t3/endpoint/", "webhooks/"},
			want:     []string{"tree.apple", "tree.pear", "tree.t3", "bird.apple/GITHUB", "bird.t3/GITLAB"},
		},
		{
			name: "what waits for a deployment", Wanted: Wanted{Pending: true}, declared: []string{"basket.shop", "fruit.shop/live"},
			requests: append(slices.Clone(ofShop), "environments/f1/"), want: []string{"fruit.shop/test", "fruit.shop/live pending"},
		},
		{
			name: "what waits for a deployment, as the list says", Wanted: Wanted{Pending: true}, declared: []string{"basket.blog", "fruit.blog/live"},
			requests: append(slices.Clone(baskets), "environments/?application=b2"), want: []string{"fruit.blog/live pending"},
		},
		{
			name: "what waits for a deployment is not asked", declared: []string{"basket.shop", "fruit.shop/live"},
			requests: ofShop, want: []string{"fruit.shop/test", "fruit.shop/live"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog, garden := gardenCatalog(), newGarden()
			garden["environments"][2]["pending"] = true // blog/live
			garden["environments"][3]["foreign"] = true // old/live
			garden["environments"][1]["pending"] = nil  // shop/live
			garden["environments/f1"] = objects(`[{"uuid": "f1", "pending": true, "branch": "other"}]`)
			test.Desired = want(catalog, test.declared...)
			if test.base != nil {
				test.Base = want(catalog, test.base...)
			}
			for _, entry := range test.removed {
				address, id, _ := strings.Cut(entry, " ")
				test.Removed = append(test.Removed, resource.Removed{Address: at(address), ID: id})
			}
			c, f := newFake(t, garden.handle)
			got, err := Read(context.Background(), c, catalog, test.Wanted)
			if err != nil {
				t.Fatal(err)
			}
			var there []string
			for _, r := range got.Resources {
				if id := (resource.CollectionID{Parent: r.Parent, Kind: r.Kind.Name}); !got.Collections[id].Complete {
					t.Errorf("%s: its collection is not complete", r.Address)
				}
				line := r.Address.String()
				if r.Fact("pending") {
					line += " pending"
				}
				if r.Kind.Name != "basket" {
					there = append(there, line)
				}
			}
			if diff := cmp.Diff(test.want, there); diff != "" {
				t.Errorf("resources: %s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.requests)), short(f.Requests())); diff != "" {
				t.Errorf("requests: %s", diff)
			}
		})
	}
}

// short gives requests without what they have in common, sorted.
func short(requests []string) []string {
	out := []string{}
	for _, request := range requests {
		address, err := url.Parse(strings.TrimPrefix(request, "GET "))
		if err != nil {
			panic(err)
		}
		query := address.Query()
		query.Del("page_size")
		query.Del("limit")
		address.RawQuery = query.Encode()
		_, path, _ := strings.Cut(address.String(), "/v3/")
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// A reference to a kind of ours is for the plan: what it can mean is read, as resources.
func TestReferencesToKinds(t *testing.T) {
	lists := []string{"applications/?organisation=acme", "organisations/"}
	for _, test := range []struct {
		name     string
		declared []string
		requests []string
		want     []string
	}{
		{"none", []string{"basket.shop"}, lists, nil},
		{"an id", []string{"basket.shop?tree=t1"}, append(slices.Clone(lists), "repositories/"), []string{"tree.t1", "tree.t2", "tree.t3"}},
		{"a key", []string{"basket.shop?tree=mine", "tree.mine?auth=KEY"}, append(slices.Clone(lists), "repositories/"), []string{"tree.t1", "tree.t2", "tree.t3"}},
		{"of what is created", []string{"basket.new?tree=t1&region=eu-ch&plan=Standard"},
			append(slices.Clone(lists), "application-plan-groups/?organisation=acme", "regions/", "repositories/"), []string{"tree.t1", "tree.t2", "tree.t3"}},
	} {
		catalog := gardenCatalog()
		c, f := newFake(t, newGarden().handle)
		got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, test.declared...)})
		if err != nil {
			t.Fatal(err)
		}
		var trees []string
		for _, r := range got.Resources {
			if r.Kind.Name == "tree" {
				trees = append(trees, r.Address.String())
			}
		}
		if diff := cmp.Diff(test.want, trees); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(test.requests)), short(f.Requests())); diff != "" {
			t.Errorf("%s: requests: %s", test.name, diff)
		}
		if _, chosen := got.Choices["tree"]; chosen || slices.Contains(complete(got), "tree under ") != (trees != nil) {
			t.Errorf("%s: choices %v, complete %v", test.name, got.Choices, complete(got))
		}
	}
}

// Where the kind that is referred to cannot be read, what refers to it is not whole.
func TestReferencesToUnreadKinds(t *testing.T) {
	garden := newGarden()
	handle := func(r *http.Request, n int) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/apps/v3/repositories/") {
			return answer(403, ""), nil
		}
		return garden.handle(r, n)
	}
	catalog := gardenCatalog()
	c, _ := newFake(t, handle)
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop?tree=t1")})
	if err == nil || !slices.Equal(got.Unread, []string{"tree", "basket"}) {
		t.Errorf("got %v, unread %v", err, got.Unread)
	}
	c, _ = newFake(t, handle)
	got, err = Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "tree.mine")})
	if err == nil || !slices.Equal(got.Unread, []string{"tree"}) {
		t.Errorf("got %v, unread %v", err, got.Unread)
	}
}

// An export names what it refers to by the keys that it writes, and asks only about that.
func TestReadAllOfAGarden(t *testing.T) {
	garden := newGarden()
	garden["applications"][0]["repository"] = map[string]any{"uuid": "t1"}
	garden["applications"][1]["repository"] = "t3"
	garden["service-instances/j1"] = objects(`[{"uuid": "j1", "plan": "small"}]`)
	garden["service-instances/j3"] = objects(`[{"uuid": "j3", "plan": "small"}]`)
	catalog := gardenCatalog()
	c, _ := newFake(t, garden.handle)
	all, err := ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		`basket.shop#b1 name="Shop" region=eu-ch tree=apple`, `basket.blog#b2 name="Blog" region=us tree=t3`, `basket.old#b3 name="Old" region=null`,
		`tree.apple#t1 auth="KEY" url="git@example.org:acme/apple.git"`, `tree.pear#t2 auth="KEY" url="https://example.org/pear"`, `tree.t3#t3 auth="KEY"`,
		`bird.apple/GITHUB#h1 provider="GITHUB" song="chirp"`, `bird.t3/GITLAB#h2 provider="GITLAB"`,
		`juice.shop/test/DATABASE/DEFAULT#j3 attached=false plan="small" prefix="DEFAULT" type="DATABASE"`,
		`juice.shop/live/DATABASE/DEFAULT#j1 attached=true plan="small" prefix="default" type="DATABASE"`,
		`juice.shop/live/STORAGE/DEFAULT#j2 attached=false plan="large" prefix="DEFAULT" size="L" type="STORAGE"`,
	}, slices.DeleteFunc(show(all), func(line string) bool {
		kind, _, _ := strings.Cut(line, ".")
		return !slices.Contains([]string{"basket", "tree", "bird", "juice"}, kind)
	})); diff != "" {
		t.Error(diff)
	}
	if all.Choices.Name("tree", "t1") != "apple" || all.Choices.Name("tree", "t3") != "" {
		t.Errorf("choices: %v", all.Choices["tree"])
	}
	c, f := newFake(t, garden.handle)
	one, err := ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, []string{"shop"})
	if err != nil {
		t.Fatal(err)
	}
	if lines := show(one); lines[0] != `basket.shop#b1 name="Shop" region=eu-ch tree=apple` || slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, "pear") }) {
		t.Errorf("got %v", lines)
	}
	asked := slices.DeleteFunc(f.Requests(), func(request string) bool { return !strings.HasSuffix(request, "/endpoint/") })
	if diff := cmp.Diff([]string{"GET /apps/v3/repositories/t1/endpoint/"}, asked); diff != "" {
		t.Error(diff)
	}
	// A list that fails is not a list without the one that was asked for.
	c, _ = newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		if r.URL.Path == "/apps/v3/applications/" {
			return answer(403, ""), nil
		}
		return garden.handle(r, n)
	})
	_, err = ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, []string{"shop"})
	var choice *ChoiceError
	if err == nil || errors.As(err, &choice) {
		t.Errorf("got %v", err)
	}
}
