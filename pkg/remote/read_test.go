package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/resource"
)

// A basket of fruit on the API's operations: baskets hold fruits, fruits have
// seeds, and labels are unique everywhere.
func basketCatalog() *resource.Catalog {
	noCalls := func(*resource.Change) []resource.Call { return nil }
	return resource.NewCatalog(
		&resource.Kind{
			Name: "basket", Title: "basket", Plural: "baskets", Collection: "baskets", Doc: "Baskets.",
			Key: "slug", KeyField: "slug", ParentField: "organisation",
			TransferFrom: "from",
			Fields: []resource.Field{
				{Name: "name", Doc: "The name."},
				{Name: "region", Doc: "The region.", Type: resource.Reference, Target: "region", Need: resource.ForCreate, Changes: resource.Fixed},
				{Name: "plan", Doc: "The plan.", API: "plan_group", Type: resource.Reference, Target: "plan_group", Need: resource.ForCreate, Changes: resource.CreateOnly},
				{Name: "from", Doc: "Where it comes from.", Type: resource.Reference, Target: "organisation", Changes: resource.OwnCall},
				{Name: "port", Doc: "The port.", Type: resource.Int, Nullable: true},
			},
			Ops:     resource.Ops{Get: "GetApplication", Update: "PartialUpdateApplication"},
			Reads:   []resource.ListOp{{Op: "ListApplications", Filter: "organisation", Scope: resource.ByOrganisation}},
			Facts:   []string{"is_locked"},
			Compile: noCalls,
		},
		&resource.Kind{
			Name: "fruit", Title: "fruit", Plural: "fruits", Collection: "fruits", Doc: "Fruits.", Parent: "basket",
			Key: "slug", KeyField: "slug", ParentField: "application",
			Fields: []resource.Field{{Name: "branch", Doc: "The branch."}},
			Ops:    resource.Ops{Get: "GetEnvironment", Update: "PartialUpdateEnvironment"},
			Reads: []resource.ListOp{
				{Op: "ListEnvironments", Filter: "application", Scope: resource.ByParent},
				{Op: "ListEnvironments", Filter: "organisation", Scope: resource.ByOrganisation},
			},
			Compile: noCalls,
		},
		&resource.Kind{
			Name: "seed", Title: "seed", Plural: "seeds", Collection: "seeds", Doc: "Seeds.", Parent: "fruit",
			Key: "name", KeyField: "name", ParentField: "environment",
			Fields: []resource.Field{
				{Name: "value", Doc: "The value.", Type: resource.TypedText, Display: resource.MaskedIf, If: "sensitive", From: true},
				{Name: "sensitive", Doc: "It is not shown.", API: "is_sensitive", Type: resource.Bool},
				{Name: "rare", Doc: "Only a detail shows it."},
				{Name: "tags", Doc: "The tags.", Type: resource.Tags, Items: []resource.Field{{Name: "name"}, {Name: "value"}}},
			},
			Ops:     resource.Ops{Get: "GetEnvironmentVariable", Update: "PartialUpdateEnvironmentVariable"},
			Reads:   []resource.ListOp{{Op: "ListEnvironmentVariables", Filter: "environment", Scope: resource.ByParent, Repeat: true}},
			Facts:   []string{"is_read_only", "order"},
			Compile: noCalls,
		},
		&resource.Kind{
			Name: "worm", Title: "worm", Plural: "worms", Collection: "worms", Doc: "Worms.", Parent: "fruit",
			Form: resource.Sequence, ParentField: "environment",
			Fields: []resource.Field{{Name: "command", Doc: "The command.", Need: resource.Always}},
			Ops:    resource.Ops{Update: "PartialUpdateCronjob"},
			Reads: []resource.ListOp{
				{Op: "ListCronjobs", Filter: "environment", Scope: resource.ByParent},
				{Op: "ListCronjobs", Scope: resource.Everything},
			},
			Compile: noCalls,
		},
		&resource.Kind{
			Name: "label", Title: "label", Plural: "labels", Collection: "labels", Doc: "Labels.", Parent: "fruit",
			Key: "name", KeyField: "name", ParentField: "environment", Global: true,
			Normal:  func(key string) (string, error) { return strings.ToLower(key), nil },
			Fields:  []resource.Field{{Name: "primary", Doc: "It is the first one.", API: "is_primary", Type: resource.Bool}},
			Ops:     resource.Ops{Get: "GetDomain", Update: "PartialUpdateDomain"},
			Reads:   []resource.ListOp{{Op: "ListDomains", Filter: "organisation", Scope: resource.ByOrganisation}},
			Compile: noCalls,
		},
	)
}

// at gives the address of something in a basket or in the garden.
func at(text string) resource.Address {
	address, err := gardenCatalog().Parse(text)
	if err != nil {
		panic(err)
	}
	return address
}

// orchard answers lists and details from objects by collection. It filters as
// the API does.
type orchard map[string][]map[string]any

// objects reads a JSON list.
func objects(text string) (list []map[string]any) {
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		panic(err)
	}
	return list
}

func newOrchard() orchard {
	return orchard{
		"organisations":           objects(`[{"uuid": "acme", "name": "Acme"}, {"uuid": "rival", "name": "Rival"}]`),
		"regions":                 objects(`[{"uuid": "r1", "name": "Zurich", "short_name": "eu-ch", "is_default": true}, {"uuid": "r2", "name": "Ohio", "short_name": "us"}]`),
		"application-plan-groups": objects(`[{"uuid": "p1", "name": "Standard"}]`),
		"applications": objects(`[
			{"uuid": "b1", "slug": "shop", "name": "Shop", "organisation": "acme", "region": {"uuid": "r1"}, "is_locked": true, "surprise": {"new": 1}},
			{"uuid": "b2", "slug": "blog", "name": "Blog", "organisation": {"uuid": "acme"}, "region": "r2"},
			{"uuid": "b3", "slug": "old", "name": "Old", "organisation": "acme", "region": null},
			{"uuid": "b9", "slug": "theirs", "name": "Theirs", "organisation": "rival"}]`),
		"environments": objects(`[
			{"uuid": "f2", "slug": "test", "application": {"uuid": "b1", "slug": "shop"}, "branch": "develop"},
			{"uuid": "f1", "slug": "live", "application": "b1", "branch": null},
			{"uuid": "f3", "slug": "live", "application": "b2", "branch": "main"},
			{"uuid": "f4", "slug": "live", "application": "b3", "branch": "main"},
			{"uuid": "f9", "slug": "live", "application": "b9", "branch": "main"}]`),
		"environment-variables": objects(`[
			{"uuid": "s3", "name": "C", "environment": "f1", "order": 3, "is_sensitive": true, "is_read_only": false},
			{"uuid": "s1", "name": "A", "environment": "f1", "order": 1, "is_sensitive": false, "value": "1", "tags": [{"name": "b", "value": "2", "uuid": "x"}, {"name": "a", "value": "1"}]},
			{"uuid": "s2", "name": "B", "environment": "f1", "order": 2, "is_sensitive": true, "value": "` + canarySecret + `"},
			{"uuid": "s4", "name": "D", "environment": "f1", "order": 4, "value": "` + canarySecret + `"},
			{"uuid": "s5", "name": "A", "environment": "f2", "order": 1, "is_sensitive": false, "value": "x"}]`),
		"environment-variables/s1": objects(`[{"uuid": "s1", "name": "A", "rare": "found", "value": "changed", "is_sensitive": false}]`),
		"environment-variables/s5": objects(`[{"uuid": "s5", "name": "A", "rare": "too", "value": "x", "is_sensitive": false}]`),
		"environment-variables/s2": objects(`[{"uuid": "s2", "name": "B", "rare": "also", "value": "` + canarySecret + `", "is_sensitive": true}]`),
		"cronjobs":                 objects(`[{"uuid": "w1", "command": "run", "environment": "f1"}, {"uuid": "w2", "command": "run", "environment": "f3"}, {"uuid": "w3", "environment": "gone", "command": "theirs"}]`),
		"domains": objects(`[
			{"uuid": "l1", "name": "A.example.org", "environment": "f1", "is_primary": true},
			{"uuid": "l2", "name": "b.example.org", "environment": "f4", "is_primary": null},
			{"uuid": "l3", "name": "c.example.org", "environment": "f3"},
			{"uuid": "l4", "name": "d.example.org", "environment": "gone"}]`),
	}
}

func (o orchard) handle(r *http.Request, n int) (*http.Response, error) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) > 3 {
		if detail, ok := o[strings.Join(parts[2:], "/")]; ok {
			return object(detail[0])
		}
		for _, item := range o[parts[2]] {
			if len(parts) == 4 && item["uuid"] == parts[3] {
				return object(item)
			}
		}
		return step("404")
	}
	results := []map[string]any{}
	for _, item := range o[parts[2]] {
		fits := true
		for key, values := range r.URL.Query() {
			if value := resource.IDIn(item[key]); value != "" {
				fits = fits && slices.ContainsFunc(values, func(v string) bool { return resource.SameID(v, value) })
			}
		}
		if fits {
			results = append(results, item)
		}
	}
	return object(map[string]any{"count": len(results), "next": nil, "results": results})
}

func object(v any) (*http.Response, error) {
	data, err := json.Marshal(v)
	return answer(200, string(data)), err
}

// want makes a desired state out of addresses; a trailing "/" declares an empty
// collection ("seed.shop/live/"). Values follow a "?".
func want(catalog *resource.Catalog, declared ...string) *resource.State {
	state := &resource.State{Organisation: resource.Ref{Name: "acme"}, Collections: map[resource.CollectionID]resource.Collection{}}
	for _, text := range declared {
		text, fields, _ := strings.Cut(text, "?")
		name, path, _ := strings.Cut(text, ".")
		kind := catalog.Kind(name)
		if above, empty := strings.CutSuffix(path, "/"); empty {
			state.Collections[resource.CollectionID{Parent: at(kind.Parent + "." + above), Kind: name}] = resource.Collection{}
			continue
		}
		address := at(text)
		state.Collections[resource.CollectionID{Parent: address.Parent(), Kind: name}] = resource.Collection{}
		r := &resource.Resource{Kind: kind, Address: address, Key: address.Key(), Parent: address.Parent(), Fields: map[string]resource.Value{}}
		for _, field := range strings.Split(fields, "&") {
			if name, value, _ := strings.Cut(field, "="); name != "" {
				r.Fields[name] = value
				if f := kind.Field(name); f.Type == resource.Reference {
					r.Fields[name] = resource.Ref{Name: value}
				} else if f.Type == resource.Bool {
					r.Fields[name] = value == "true"
				}
			}
		}
		state.Resources = append(state.Resources, r)
	}
	return state
}

// show gives a state as text: "address#id field=value ...".
func show(s *resource.State) []string {
	lines := []string{}
	for _, r := range s.Resources {
		line := r.Address.String() + "#" + r.Handle
		for _, name := range resource.SortedKeys(r.Fields) {
			line += " " + name + "=" + resource.Show(r.Fields[name])
		}
		lines = append(lines, line)
	}
	return lines
}

func TestRead(t *testing.T) {
	baskets := []string{
		`basket.shop#b1 name="Shop" region=r1`,
		`basket.blog#b2 name="Blog" region=r2`,
		`basket.old#b3 name="Old" region=null`,
	}
	list := func(path string) string { return "GET " + path }
	organisations, applications := list("/iam/v3/organisations/?page_size=100"), list("/apps/v3/applications/?organisation=acme&page_size=100")
	environments := list("/apps/v3/environments/?application=b1&page_size=100")
	for _, test := range []struct {
		name     string
		declared []string
		requests []string // in any order
		want     []string
		complete []string
	}{
		{"nothing", nil, []string{organisations}, nil, nil},
		{"roots", []string{"basket.shop"}, []string{organisations, applications}, baskets, []string{"basket under "}},
		{
			"a collection", []string{"basket.shop", "fruit.shop/"}, []string{organisations, applications, environments},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`),
			[]string{"basket under ", "fruit under basket.shop"},
		},
		{"a parent that does not exist", []string{"basket.new?region=us", "fruit.new/live"}, []string{organisations, applications, list("/apps/v3/regions/?page_size=100"), list("/billing/v3/application-plan-groups/?organisation=acme&page_size=100")},
			[]string{`basket.shop#b1 name="Shop" region=eu-ch`, `basket.blog#b2 name="Blog" region=us`, baskets[2]}, []string{"basket under "}},
		{"a region that is compared, a plan that is not", []string{"basket.shop?region=eu-ch&plan=Standard"}, []string{organisations, applications, list("/apps/v3/regions/?page_size=100")},
			[]string{`basket.shop#b1 name="Shop" region=eu-ch`, `basket.blog#b2 name="Blog" region=us`, baskets[2]}, []string{"basket under "}},
		{
			"three parents: one list", []string{"basket.shop", "fruit.shop/", "fruit.blog/live", "fruit.old/"},
			[]string{organisations, applications, list("/apps/v3/environments/?organisation=acme&page_size=100")},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`, `fruit.blog/live#f3 branch="main"`, `fruit.old/live#f4 branch="main"`),
			[]string{"basket under ", "fruit under basket.blog", "fruit under basket.old", "fruit under basket.shop"},
		},
		{
			"a repeated filter, order, secrets, details", []string{"basket.shop", "fruit.shop/live", "fruit.shop/test", "seed.shop/live/A?rare=x", "seed.shop/live/B?rare=x&value=v&sensitive=true", "seed.shop/test/"},
			[]string{organisations, applications, environments, list("/apps/v3/environment-variables/?environment=f2&environment=f1&page_size=100"), list("/apps/v3/environment-variables/s1/"), list("/apps/v3/environment-variables/s2/")},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`,
				`seed.shop/test/A#s5 sensitive=false value="x"`,
				`seed.shop/live/A#s1 rare="found" sensitive=false tags=[{"name":"a","value":"1"},{"name":"b","value":"2"}] value="1"`,
				`seed.shop/live/B#s2 rare="also" sensitive=true`, `seed.shop/live/C#s3 sensitive=true`, `seed.shop/live/D#s4`),
			[]string{"basket under ", "fruit under basket.shop", "seed under fruit.shop/live", "seed under fruit.shop/test"},
		},
		{
			"no key", []string{"basket.shop", "fruit.shop/live", "worm.shop/live/run"},
			[]string{organisations, applications, environments, list("/apps/v3/cronjobs/?environment=f1&limit=100")},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`, `worm.shop/live/run#w1 command="run"`),
			[]string{"basket under ", "fruit under basket.shop", "worm under fruit.shop/live"},
		},
		{
			"everything, for many parents", []string{"basket.shop", "fruit.shop/", "fruit.blog/", "worm.shop/live/run", "worm.shop/test/", "worm.blog/live/"},
			[]string{organisations, applications, environments, list("/apps/v3/environments/?application=b2&page_size=100"), list("/apps/v3/cronjobs/?limit=100")},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`, `fruit.blog/live#f3 branch="main"`,
				`worm.shop/live/run#w1 command="run"`, `worm.blog/live/run#w2 command="run"`),
			[]string{"basket under ", "fruit under basket.blog", "fruit under basket.shop", "worm under fruit.blog/live", "worm under fruit.shop/live", "worm under fruit.shop/test"},
		},
		{
			"unique everywhere", []string{"basket.shop", "fruit.shop/live", "label.shop/live/a.example.org", "label.shop/live/b.example.org", "label.shop/live/d.example.org"},
			[]string{organisations, applications, environments, list("/apps/v3/domains/?organisation=acme&page_size=100"), list("/apps/v3/environments/f4/"), list("/apps/v3/environments/gone/")},
			append(slices.Clone(baskets), `fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`,
				`label.shop/live/a.example.org#l1 primary=true`, `label.old/live/b.example.org#l2 primary=false`, `label.gone/d.example.org#l4`),
			[]string{"basket under ", "fruit under basket.shop", "label under fruit.shop/live"},
		},
		{
			"unique everywhere, and no parent yet", []string{"basket.new?region=us", "fruit.new/live", "label.new/live/c.example.org"},
			[]string{organisations, applications, list("/apps/v3/domains/?organisation=acme&page_size=100"), list("/apps/v3/environments/f3/"), list("/apps/v3/regions/?page_size=100"), list("/billing/v3/application-plan-groups/?organisation=acme&page_size=100")},
			[]string{`basket.shop#b1 name="Shop" region=eu-ch`, `basket.blog#b2 name="Blog" region=us`, baskets[2], `label.blog/live/c.example.org#l3`},
			[]string{"basket under "},
		},
		{
			"transferred from another organisation", []string{"basket.theirs?from=rival", "fruit.theirs/live"},
			[]string{organisations, applications, list("/apps/v3/applications/?organisation=rival&page_size=100"), list("/apps/v3/environments/?application=b9&page_size=100")},
			append(slices.Clone(baskets), `basket.theirs#b9 from=Rival name="Theirs"`, `fruit.theirs/live#f9 branch="main"`),
			[]string{"basket under ", "fruit under basket.theirs"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			catalog := basketCatalog()
			c, f := newFake(t, newOrchard().handle)
			got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, test.declared...)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{}, test.want...), show(got)); diff != "" {
				t.Errorf("resources: %s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.requests)), slices.Sorted(slices.Values(f.Requests()))); diff != "" {
				t.Errorf("requests: %s", diff)
			}
			if diff := cmp.Diff(test.complete, complete(got)); diff != "" {
				t.Errorf("complete: %s", diff)
			}
			if got.Organisation != (resource.Ref{Name: "Acme", Handle: "acme"}) {
				t.Errorf("organisation %+v", got.Organisation)
			}
		})
	}
}

func complete(s *resource.State) []string {
	var out []string
	for id, c := range s.Collections {
		if c.Complete {
			out = append(out, fmt.Sprintf("%s under %s", id.Kind, id.Parent))
		}
	}
	slices.Sort(out)
	return out
}

func TestFactsAreCopied(t *testing.T) {
	catalog := basketCatalog()
	c, _ := newFake(t, newOrchard().handle)
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/live", "seed.shop/live/")})
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]map[string]any{}
	for _, r := range got.Resources {
		if len(r.Facts) > 0 {
			facts[r.Address.String()] = r.Facts
		}
	}
	wanted := map[string]map[string]any{
		"basket.shop":      {"is_locked": true},
		"seed.shop/live/A": {"order": int64(1)}, "seed.shop/live/B": {"order": int64(2)},
		"seed.shop/live/C": {"order": int64(3), "is_read_only": false}, "seed.shop/live/D": {"order": int64(4)},
	}
	if diff := cmp.Diff(wanted, facts); diff != "" {
		t.Error(diff)
	}
	if _, read := got.Choices["region"]; read {
		t.Error("the regions were read without need")
	}
}

// The state is the same whatever the order in which answers arrive, and so is
// the number of requests.
func TestReadIsDeterministic(t *testing.T) {
	catalog := basketCatalog()
	desired := want(catalog, "basket.shop?region=us", "fruit.shop/live", "fruit.blog/", "fruit.old/", "seed.shop/live/A?rare=x", "seed.shop/test/A?rare=y",
		"worm.shop/live/run", "worm.shop/test/", "worm.blog/live/", "label.shop/live/b.example.org", "label.shop/live/c.example.org")
	var first *resource.State
	requests := 0
	for range 30 {
		orchard := newOrchard()
		c, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
			<-time.After(time.Duration(rand.IntN(300)) * time.Microsecond)
			return orchard.handle(r, n)
		})
		got, err := Read(context.Background(), c, catalog, Wanted{Desired: desired})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, requests = got, c.Requests()
		}
		if diff := cmp.Diff(show(first), show(got)); diff != "" || c.Requests() != requests || !maps.Equal(first.Collections, got.Collections) {
			t.Fatalf("%d requests, then %d: %s", requests, c.Requests(), diff)
		}
	}
}

// A list without a filter may be a list of nothing; then every parent is asked.
func TestUnfilteredListIsNotTrusted(t *testing.T) {
	catalog := basketCatalog()
	orchard := newOrchard()
	c, f := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		if r.URL.Path == "/apps/v3/cronjobs/" && !r.URL.Query().Has("environment") {
			return step("none")
		}
		return orchard.handle(r, n)
	})
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/", "fruit.blog/", "worm.shop/live/run", "worm.shop/test/", "worm.blog/live/")})
	if err != nil {
		t.Fatal(err)
	}
	worms := slices.DeleteFunc(show(got), func(line string) bool { return !strings.HasPrefix(line, "worm.") })
	if diff := cmp.Diff([]string{`worm.shop/live/run#w1 command="run"`, `worm.blog/live/run#w2 command="run"`}, worms); diff != "" {
		t.Errorf("%s\nafter %v", diff, f.Requests())
	}
}

func TestOrganisations(t *testing.T) {
	catalog := basketCatalog()
	for _, test := range []struct {
		ref  resource.Ref
		want string
	}{
		{resource.Ref{Name: "Acme"}, "acme"}, {resource.Ref{Name: "ACME"}, "acme"}, {resource.Ref{Name: "rival"}, "rival"}, {resource.Ref{Handle: "rival"}, "rival"},
		{resource.Ref{Name: "other"}, `error: organisation "other": not found, or ambiguous: choose one of Acme (acme), Rival (rival)`},
		{resource.Ref{}, `error: no organisation given: choose one of Acme (acme), Rival (rival)`},
	} {
		c, _ := newFake(t, newOrchard().handle)
		desired := want(catalog)
		desired.Organisation = test.ref
		got, err := Read(context.Background(), c, catalog, Wanted{Desired: desired})
		if message, fails := strings.CutPrefix(test.want, "error: "); fails {
			var choice *ChoiceError
			if !errors.As(err, &choice) || len(choice.Candidates) != 2 || err.Error() != message || got == nil {
				t.Errorf("%+v: got %v", test.ref, err)
			}
		} else if err != nil || got.Organisation.Handle != test.want {
			t.Errorf("%+v: got %+v, %v", test.ref, got.Organisation, err)
		}
	}
	alone := newOrchard()
	alone["organisations"] = alone["organisations"][:1]
	c, _ := newFake(t, alone.handle)
	desired := want(catalog)
	desired.Organisation = resource.Ref{}
	if got, err := Read(context.Background(), c, catalog, Wanted{Desired: desired}); err != nil || got.Organisation.Handle != "acme" {
		t.Errorf("the only one: %+v, %v", got, err)
	}
}

// A read that fails leaves the others alone, and its collections incomplete.
func TestPartialRead(t *testing.T) {
	catalog := basketCatalog()
	orchard := newOrchard()
	c, _ := newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/apps/v3/environment-variables/") {
			return answer(403, `{"detail": "You do not have permission to perform this action."}`), nil
		}
		return orchard.handle(r, n)
	})
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/live", "seed.shop/live/A", "worm.shop/live/run")})
	if !api.IsAuth(err) || err.Error() != "read seeds: GET /apps/v3/environment-variables/: 403: You do not have permission to perform this action." {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"basket under ", "fruit under basket.shop", "worm under fruit.shop/live"}, complete(got)); diff != "" {
		t.Error(diff)
	}
	if lines := show(got); len(lines) != 6 {
		t.Errorf("got %v", lines)
	}
	if diff := cmp.Diff([]string{"seed"}, got.Unread); diff != "" {
		t.Error(diff)
	}
	c, _ = newFake(t, func(r *http.Request, n int) (*http.Response, error) {
		if r.URL.Path == "/apps/v3/regions/" {
			return answer(403, ""), nil
		}
		return orchard.handle(r, n)
	})
	got, err = Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop?region=eu-ch")})
	if diff := cmp.Diff([]string{"basket"}, got.Unread); diff != "" || !api.IsAuth(err) {
		t.Errorf("%v, %s", err, diff)
	}
}

func TestOddAnswers(t *testing.T) {
	for name, change := range map[string]func(orchard){
		"without an id":                 func(o orchard) { delete(o["applications"][0], "uuid") },
		"an organisation without an id": func(o orchard) { delete(o["organisations"][0], "uuid") },
		"two parents": func(o orchard) {
			for _, i := range []int{0, 4} {
				o["environment-variables"][i]["environment"] = []any{"f1"}
			}
		},
		"a child of two parents": func(o orchard) { o["environment-variables"][4]["uuid"] = "s1" },
		"without a key":          func(o orchard) { o["applications"][0]["slug"] = nil },
		"without a parent": func(o orchard) {
			delete(o["environment-variables"][0], "environment")
			delete(o["environment-variables"][4], "environment")
		},
		"not an object": func(o orchard) { o["applications"] = []map[string]any{nil} },
	} {
		orchard := newOrchard()
		change(orchard)
		catalog := basketCatalog()
		c, _ := newFake(t, orchard.handle)
		if _, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/live", "seed.shop/live/", "seed.shop/test/")}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// Two with one key are both kept.
	duplicates := newOrchard()
	duplicates["applications"][1]["slug"] = "shop"
	catalog := basketCatalog()
	c, _ := newFake(t, duplicates.handle)
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/live")})
	if err != nil || len(got.Resources) != 6 || got.Resources[0].Address != got.Resources[1].Address {
		t.Errorf("duplicates: %v, %v", show(got), err)
	}
}

func TestReadAll(t *testing.T) {
	catalog := basketCatalog()
	c, f := newFake(t, newOrchard().handle)
	all, err := ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		`basket.shop#b1 name="Shop" region=eu-ch`, `basket.blog#b2 name="Blog" region=us`, `basket.old#b3 name="Old" region=null`,
		`fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#f1 branch=""`, `fruit.blog/live#f3 branch="main"`, `fruit.old/live#f4 branch="main"`,
		`seed.shop/test/A#s5 rare="too" sensitive=false value="x"`,
		`seed.shop/live/A#s1 rare="found" sensitive=false tags=[{"name":"a","value":"1"},{"name":"b","value":"2"}] value="1"`,
		`seed.shop/live/B#s2 rare="also" sensitive=true`, `seed.shop/live/C#s3 sensitive=true`, `seed.shop/live/D#s4`,
		`worm.shop/live/run#w1 command="run"`, `worm.blog/live/run#w2 command="run"`,
		`label.shop/live/a.example.org#l1 primary=true`, `label.blog/live/c.example.org#l3`, `label.old/live/b.example.org#l2 primary=false`,
	}, show(all)); diff != "" {
		t.Errorf("%s\nafter %v", diff, f.Requests())
	}
	c, _ = newFake(t, newOrchard().handle)
	one, err := ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, []string{"blog"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		`basket.blog#b2 name="Blog" region=us`, `fruit.blog/live#f3 branch="main"`, `worm.blog/live/run#w2 command="run"`, `label.blog/live/c.example.org#l3`,
	}, show(one)); diff != "" {
		t.Error(diff)
	}
	if slices.Contains(complete(one), "basket under ") || !slices.Contains(complete(one), "fruit under basket.blog") {
		t.Errorf("complete: %v", complete(one))
	}
	c, _ = newFake(t, newOrchard().handle)
	_, err = ReadAll(context.Background(), c, catalog, resource.Ref{Name: "acme"}, []string{"blogg"})
	var choice *ChoiceError
	if !errors.As(err, &choice) || !slices.Equal(choice.Candidates, []string{"shop", "blog", "old"}) {
		t.Errorf("got %v", err)
	}
}

// The API may write one id in base32 here and in hexadecimal there.
func TestIDsInTwoForms(t *testing.T) {
	const base32, hex = "iqbd4lzcnjczfc42qbidn6safu", "44023e2f-226a-4592-8b9a-805036fa402d"
	catalog := basketCatalog()
	orchard := newOrchard()
	orchard["organisations"][0]["uuid"] = base32
	for _, basket := range orchard["applications"][:3] {
		basket["organisation"] = hex
	}
	orchard["environments"][1]["uuid"] = hex
	orchard["environment-variables"][0]["environment"] = base32
	c, _ := newFake(t, orchard.handle)
	got, err := Read(context.Background(), c, catalog, Wanted{Desired: want(catalog, "basket.shop", "fruit.shop/", "fruit.blog/", "seed.shop/live/")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		`basket.shop#b1 name="Shop" region=r1`, `basket.blog#b2 name="Blog" region=r2`, `basket.old#b3 name="Old" region=null`,
		`fruit.shop/test#f2 branch="develop"`, `fruit.shop/live#` + hex + ` branch=""`, `fruit.blog/live#f3 branch="main"`,
		`seed.shop/live/C#s3 sensitive=true`,
	}, show(got)); diff != "" {
		t.Error(diff)
	}
}
