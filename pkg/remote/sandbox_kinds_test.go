package remote_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/sandbox"
)

// The kinds that are hard to read, as the sandbox shows them, with requests that are in
// the contract. One repository tells nobody its url.
func TestSandboxOtherKinds(t *testing.T) {
	const hosted, closed = "iqbd4lzcnjczfc42qbidn6safu", "iqbd4lzcnjczfc42qbidn6saga"
	_, c := newSandbox(t, sandbox.Options{Empty: true}, `{
		"repositories": [
			{"uuid": "`+hosted+`", "url": "git@git.example.com:acme/hosted.git", "webhooks": [{"provider_class": "GITHUB"}]},
			{"uuid": "`+closed+`", "url": "https://git.example.com/acme/closed.git", "endpoint_status": 403}],
		"container_registries": [{"server": "registry.example.com", "username": "ci", "password": "canary"}],
		"applications": [{"slug": "shop", "repository": "`+hosted+`", "environments": [
			{"slug": "live", "services": [{"prefix": "DEFAULT", "service": "postgresql-15", "service_status": "ATTACHED"}]}]}]}`)
	state, err := remote.ReadAll(context.Background(), c, kinds.Catalog(), resource.Ref{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{}
	for _, r := range state.Resources {
		switch r.Kind.Name {
		case "application":
			fields[r.Address.String()] = resource.Show(r.Fields["repository"])
		case "service":
			fields[r.Address.String()] = resource.Show(r.Fields["service"]) + " attached " + resource.Show(r.Fields["attached"])
		case "repository":
			fields[r.Address.String()] = r.Text("url")
		case "webhook", "registry":
			fields[r.Address.String()] = len(r.Fields)
		}
	}
	if diff := cmp.Diff(map[string]any{
		"application.shop":                   "hosted",
		"service.shop/live/database/DEFAULT": "postgresql-15 attached true",
		"repository.hosted":                  "git@git.example.com:acme/hosted.git",
		"repository." + closed:               "",
		"webhook.hosted/GITHUB":              1,
		"registry.registry.example.com":      0,
	}, fields); diff != "" {
		t.Error(diff)
	}
}
