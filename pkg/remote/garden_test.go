package remote

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// The garden is the basket's catalog with deployments of fruits, and what is harder to read: trees, whose keys
// only the files know and whose urls are shown apart; birds on trees, with a field that has two names; juices of
// fruits, with a key of two fields and fields that nobody declares.
func gardenCatalog() *resource.Catalog {
	noCalls := func(*resource.Change) []resource.Call { return nil }
	tree := &resource.Kind{
		Name: "tree", Title: "tree", Plural: "trees", Collection: "trees", Doc: "Trees.",
		Key: "key", ParentField: "organisation",
		Fields: []resource.Field{
			{Name: "url", Doc: "The url.", Need: resource.ForCreate, Changes: resource.Fixed, ReadOp: "GetRepositoryEndpoint"},
			{Name: "auth", Doc: "How it is read.", API: "authentication_type"},
			{Name: "note", Doc: "Only a detail shows it."},
		},
		Ops:   resource.Ops{Get: "GetRepository", Update: "PartialUpdateRepository"},
		Reads: []resource.ListOp{{Op: "ListRepositories", Scope: resource.Everything}},
		Label: func(current *resource.Resource) string {
			_, name := path.Split(current.Text("url"))
			return strings.TrimSuffix(name, ".git")
		},
		Compile: noCalls,
	}
	bird := &resource.Kind{
		Name: "bird", Title: "bird", Plural: "birds", Collection: "birds", Doc: "Birds.", Parent: "tree",
		Form: resource.Sequence, KeyFields: []string{"provider"}, ParentField: "repository",
		Fields: []resource.Field{
			{Name: "provider", Doc: "The sort.", ReadAs: "provider_class", Type: resource.Enum, Values: []string{"GITHUB", "GITLAB"}, Need: resource.Always, Changes: resource.Fixed},
			{Name: "song", Doc: "Only a detail shows it.", Changes: resource.Fixed},
		},
		Ops: resource.Ops{Get: "GetWebhook"},
		Reads: []resource.ListOp{
			{Op: "ListWebhooks", Filter: "repository", Scope: resource.ByParent},
			{Op: "ListWebhooks", Scope: resource.Everything},
		},
		Compile: noCalls,
	}
	juice := &resource.Kind{
		Name: "juice", Title: "juice", Plural: "juices", Collection: "juices", Doc: "Juices.", Parent: "fruit",
		Form: resource.Sequence, KeyFields: []string{"type", "prefix"}, ParentField: "environment",
		Normal: func(key string) (string, error) { return strings.ToUpper(key), nil },
		Fields: []resource.Field{
			{Name: "type", Doc: "The sort.", Type: resource.Enum, Values: []string{"DATABASE", "STORAGE"}, Need: resource.Always, Changes: resource.Fixed},
			{Name: "prefix", Doc: "The prefix.", Need: resource.Always, Changes: resource.Fixed},
			{Name: "plan", Doc: "Only a detail shows it.", Changes: resource.Fixed},
			{Name: "attached", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall},
			{Name: "size", Need: resource.Derived, Changes: resource.OwnCall},
		},
		Ops:   resource.Ops{Get: "GetServiceInstance"},
		Reads: []resource.ListOp{{Op: "ListServiceInstances", Filter: "environment", Scope: resource.ByParent}},
		Facts: []string{"service_status"},
		Complete: func(*resource.Resource) map[string]resource.Value {
			return map[string]resource.Value{"attached": true, "size": "L"}
		},
		Derive: func(current *resource.Resource) map[string]resource.Value {
			status, told := current.Facts["service_status"].(string)
			if !told {
				return nil
			}
			return map[string]resource.Value{"attached": status == "ATTACHED"}
		},
		Compile: noCalls,
	}
	basket, fruit := *basketCatalog().Kind("basket"), *basketCatalog().Kind("fruit")
	basket.Fields = append(slices.Clone(basket.Fields), resource.Field{
		Name: "tree", Doc: "Where it grows.", API: "repository", Type: resource.Reference, Target: "tree", Changes: resource.OwnCall,
	})
	fruit.Facts = []string{"pending", "pending_names", "commits", "commit_count", "foreign"}
	fruit.Foreign = func(current *resource.Resource) bool { return current.Fact("foreign") }
	fruit.Deploy = &resource.Deploy{HasChanges: "pending", Changes: "pending_names", HasCommits: "commits", Commits: "commit_count"}
	kinds := append([]*resource.Kind{&basket, &fruit}, basketCatalog().Kinds()[2:]...)
	return resource.NewCatalog(append(kinds, tree, bird, juice)...)
}

// newGarden answers for what grows in the garden.
func newGarden() orchard {
	garden := newOrchard()
	garden["applications"][0]["repository"] = nil
	garden["repositories"] = objects(`[
		{"uuid": "t1", "organisation": "acme", "authentication_type": "KEY"},
		{"uuid": "t2", "organisation": {"uuid": "acme"}, "authentication_type": "KEY"},
		{"uuid": "t3", "organisation": "acme", "authentication_type": "KEY", "url": null},
		{"uuid": "t9", "organisation": "rival", "authentication_type": "KEY"}]`)
	garden["repositories/t1/endpoint"] = objects(`[{"connection_info": {"url": "git@example.org:acme/apple.git"}, "authentication_info": {"url": null}}]`)
	garden["repositories/t2/endpoint"] = objects(`[{"url": "https://example.org/pear", "connection_info": {"url": "other"}}]`)
	garden["webhooks"] = objects(`[
		{"uuid": "h1", "repository": "t1", "provider_class": "github"},
		{"uuid": "h2", "repository": "t3", "provider_class": "GITLAB"}]`)
	garden["webhooks/h1"] = objects(`[{"uuid": "h1", "repository": "t1", "provider_class": "GITHUB", "song": "chirp"}]`)
	garden["service-instances"] = objects(`[
		{"uuid": "j1", "environment": "f1", "type": "DATABASE", "prefix": "default", "service_status": "ATTACHED", "attached": "?"},
		{"uuid": "j2", "environment": "f1", "type": "STORAGE", "prefix": "DEFAULT"},
		{"uuid": "j3", "environment": "f2", "type": "DATABASE", "prefix": "DEFAULT", "service_status": "DETACHED"}]`)
	garden["service-instances/j2"] = objects(`[{"uuid": "j2", "plan": "large", "service_status": "NEW", "size": "L"}]`)
	return garden
}

func TestReadGarden(t *testing.T) {
	organisations, trees := "GET /iam/v3/organisations/?page_size=100", "GET /apps/v3/repositories/?page_size=100"
	users := "GET /apps/v3/applications/?organisation=acme&page_size=100" // of trees
	toFruits := []string{organisations, users, "GET /apps/v3/environments/?application=b1&page_size=100"}
	apple := `tree.apple#t1 auth="KEY" url="git@example.org:acme/apple.git"`
	pear := `tree.pear#t2 auth="KEY" url="https://example.org/pear"`
	schema := "GET /apps/v3/schema/?format=json" // where the path of an endpoint is looked up
	urls := []string{schema, "GET /apps/v3/repositories/t1/endpoint/", "GET /apps/v3/repositories/t2/endpoint/", "GET /apps/v3/repositories/t3/endpoint/"}
	for _, test := range []struct {
		name     string
		declared []string
		change   func(orchard)
		requests []string // in any order
		want     []string // all but baskets and fruits
		complete []string
	}{
		{
			name: "a key of two fields, and a derived field", declared: []string{"basket.shop", "fruit.shop/live", "juice.shop/live/DATABASE/DEFAULT?type=DATABASE&prefix=DEFAULT"},
			requests: append(slices.Clone(toFruits), "GET /apps/v3/service-instances/?environment=f1&page_size=100"),
			want:     []string{`juice.shop/live/DATABASE/DEFAULT#j1 attached=true prefix="default" type="DATABASE"`, `juice.shop/live/STORAGE/DEFAULT#j2 prefix="DEFAULT" type="STORAGE"`},
			complete: []string{"basket under ", "fruit under basket.shop", "juice under fruit.shop/live"},
		},
		{
			name: "a detail shows a field, and a fact from which another follows", declared: []string{"basket.shop", "fruit.shop/live", "juice.shop/live/STORAGE/DEFAULT?plan=x&attached=true"},
			requests: append(slices.Clone(toFruits), "GET /apps/v3/service-instances/?environment=f1&page_size=100", "GET /apps/v3/service-instances/j2/"),
			want:     []string{`juice.shop/live/DATABASE/DEFAULT#j1 attached=true prefix="default" type="DATABASE"`, `juice.shop/live/STORAGE/DEFAULT#j2 attached=false plan="large" prefix="DEFAULT" size="L" type="STORAGE"`},
			complete: []string{"basket under ", "fruit under basket.shop", "juice under fruit.shop/live"},
		},
		{
			name: "keys of files", declared: []string{"tree.mine?url=x&auth=KEY"},
			requests: append(slices.Clone(urls), organisations, users, trees),
			want:     []string{apple, pear, `tree.t3#t3 auth="KEY"`}, complete: []string{"basket under ", "tree under "},
		},
		{
			name: "no url is asked for", declared: []string{"tree.mine?auth=KEY"},
			requests: []string{organisations, trees},
			want:     []string{`tree.t1#t1 auth="KEY"`, `tree.t2#t2 auth="KEY"`, `tree.t3#t3 auth="KEY"`}, complete: []string{"tree under "},
		},
		{
			name: "urls that the list shows, and a detail", declared: []string{"tree.mine?url=x&note=y"},
			change: func(o orchard) {
				for i, tree := range o["repositories"] {
					tree["url"] = []string{"a", "b", "c", "d"}[i]
				}
				o["repositories/t2"] = objects(`[{"uuid": "t2", "note": "old", "url": "other"}]`)
			},
			requests: []string{organisations, users, trees, "GET /apps/v3/repositories/t1/", "GET /apps/v3/repositories/t2/", "GET /apps/v3/repositories/t3/"},
			want:     []string{`tree.a#t1 auth="KEY" url="a"`, `tree.b#t2 auth="KEY" note="old" url="b"`, `tree.c#t3 auth="KEY" url="c"`}, complete: []string{"basket under ", "tree under "},
		},
		{
			name: "labels that are not unique", declared: []string{"tree.mine?url=x"},
			change: func(o orchard) {
				o["repositories"][0]["url"] = "other/pear.git"
				o["repositories"][2]["url"] = "https://example.org/quince" // t3
				o["repositories"][3] = objects(`[{"uuid": "quince", "organisation": "acme"}]`)[0]
			},
			requests: []string{organisations, users, trees, schema, urls[2], "GET /apps/v3/repositories/quince/endpoint/"},
			want: []string{
				`tree.t1#t1 auth="KEY" url="other/pear.git"`, `tree.t2#t2 auth="KEY" url="https://example.org/pear"`,
				`tree.t3#t3 auth="KEY" url="https://example.org/quince"`, `tree.quince#quince`,
			},
			complete: []string{"basket under ", "tree under "},
		},
		{
			name: "below keys of files", declared: []string{"tree.mine?url=x", "bird.mine/GITHUB?song=chirp"},
			requests: append(slices.Clone(urls), organisations, users, trees, "GET /apps/v3/webhooks/?page_size=100", "GET /apps/v3/webhooks/h1/"),
			want:     []string{apple, pear, `tree.t3#t3 auth="KEY"`, `bird.apple/GITHUB#h1 provider="GITHUB" song="chirp"`, `bird.t3/GITLAB#h2 provider="GITLAB"`},
			complete: []string{"basket under ", "bird under tree.apple", "bird under tree.pear", "bird under tree.t3", "tree under "},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog, garden := gardenCatalog(), newGarden()
			if test.change != nil {
				test.change(garden)
			}
			c, f := newFake(t, garden.handle)
			got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, test.declared...)})
			if err != nil {
				t.Fatal(err)
			}
			lines := slices.DeleteFunc(show(got), func(line string) bool { return strings.HasPrefix(line, "basket.") || strings.HasPrefix(line, "fruit.") })
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("resources: %s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.requests)), slices.Sorted(slices.Values(f.Requests()))); diff != "" {
				t.Errorf("requests: %s", diff)
			}
			if diff := cmp.Diff(test.complete, complete(got)); diff != "" {
				t.Errorf("complete: %s", diff)
			}
		})
	}
}

// What has no key although the API should know it makes the read fail.
func TestGardenOddAnswers(t *testing.T) {
	for name, change := range map[string]func(orchard){
		"without a part of its key": func(o orchard) { delete(o["service-instances"][0], "prefix") },
		"with an empty part":        func(o orchard) { o["service-instances"][0]["type"] = nil },
	} {
		catalog, garden := gardenCatalog(), newGarden()
		change(garden)
		c, _ := newFake(t, garden.handle)
		_, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/live", "juice.shop/live/")})
		if err == nil || !strings.Contains(err.Error(), "read juices: the answer contains an object (id j1) without a ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An operation that is refused leaves the field unknown, and any other failure is one.
func TestFieldReadApart(t *testing.T) {
	for _, test := range []struct {
		status int
		fails  bool
	}{{403, false}, {404, false}, {405, false}, {401, true}, {400, true}, {503, true}} {
		catalog, garden := gardenCatalog(), newGarden()
		c, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/t1/endpoint/") {
				return answer(test.status, `{"detail": "No."}`), nil
			}
			return garden.handle(r, n)
		})
		got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "tree.mine?url=x")})
		trees := slices.DeleteFunc(slices.Clone(got.Resources), func(r *resource.Resource) bool { return r.Kind.Name != "tree" })
		var status *api.StatusError
		switch {
		case test.fails && (!errors.As(err, &status) || status.Status != test.status || !slices.Equal(complete(got), []string{"basket under "}) || !slices.Equal(got.Unread, []string{"tree"})):
			t.Errorf("%d: got %v, complete %v, unread %v", test.status, err, complete(got), got.Unread)
		case !test.fails && (err != nil || trees[0].Has("url") || trees[1].Key != "pear"):
			t.Errorf("%d: got %v, %v", test.status, err, show(got))
		}
	}
}

// What breaks down while a field is read apart ends in an error too.
func TestBugsInFieldsReadApart(t *testing.T) {
	catalog, garden := gardenCatalog(), newGarden()
	c, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/endpoint/") {
			panic("no such thing")
		}
		return garden.handle(r, n)
	})
	_, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "tree.mine?url=x")})
	var bug interface{ Stack() []byte }
	if !errors.As(err, &bug) || len(bug.Stack()) == 0 {
		t.Errorf("got %v", err)
	}
}

// An interrupted read says of each kind once that it is not whole.
func TestInterruptedRead(t *testing.T) {
	for _, last := range []string{"/repositories/", "/repositories/t1/endpoint/"} {
		ctx, cancel := context.WithCancel(context.Background())
		catalog, garden := gardenCatalog(), newGarden()
		c, f := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, last) {
				cancel()
				return nil, ctx.Err()
			}
			return garden.handle(r, n)
		})
		got, err := Read(ctx, c, catalog, Wanted{Desired: want(catalog, "tree.mine?url=x", "bird.mine/GITHUB")})
		if !errors.Is(err, context.Canceled) || strings.Count(err.Error(), "read trees") != 1 || !slices.Contains(got.Unread, "tree") {
			t.Errorf("%s: got %v, unread %v after %v", last, err, got.Unread, f.Requests())
		}
		cancel()
	}
}
