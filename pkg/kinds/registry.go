package kinds

import (
	"errors"
	"strings"

	"golang.org/x/net/idna"

	"github.com/divioctl/divioctl/pkg/resource"
)

// registry describes a container registry of the organisation. The API never returns
// the credentials (reference: no answer contains username or password), so only the
// ledger can tell whether they changed.
func registry() *resource.Kind {
	return &resource.Kind{
		Name: "registry", Title: "container registry", Plural: "container registries",
		Collection: "container_registries", Form: resource.Mapping,
		Key: "server", KeyField: "server", KeyMax: 255, Normal: normalServer,
		ParentField: "organisation",
		Doc:         "Container registries by server.",
		Fields: []resource.Field{
			{Name: "username", Type: resource.Text, Need: resource.ForCreate, WriteOnly: true, From: true,
				Doc: "User name at the registry. The API does not return it."},
			{Name: "password", Type: resource.Text, Need: resource.ForCreate, Display: resource.Masked, WriteOnly: true, From: true,
				Doc: "Password or token at the registry. The API does not return it; use value_from."},
		},
		Ops: resource.Ops{
			Create: "CreateContainerRegistry", Get: "GetContainerRegistry",
			Update: "PartialUpdateContainerRegistry", Delete: "DestroyContainerRegistry",
		},
		Reads:    []resource.ListOp{{Op: "ListContainerRegistries", Filter: "organisation", Scope: resource.ByOrganisation}},
		Precious: true,
		Compile:  compileRegistry,
	}
}

// normalServer returns a host name in lower case and in its ASCII form, without a
// trailing dot. A port is kept.
func normalServer(server string) (string, error) {
	if strings.Contains(server, "://") {
		return "", errors.New("a server is a bare name such as registry.example.com, without https://")
	}
	if strings.ContainsAny(server, "/@ ?#*") {
		return "", errors.New("a server is a bare name such as registry.example.com, without a path or spaces")
	}
	host, port, ported := strings.Cut(server, ":")
	host, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false)).ToASCII(strings.TrimSuffix(host, "."))
	if err != nil || host == "" || ported && strings.Trim(port, "0123456789") != "" || ported && port == "" {
		return "", errors.New("a server looks like registry.example.com or registry.example.com:5000")
	}
	if ported {
		return host + ":" + port, nil
	}
	return host, nil
}

func compileRegistry(c *resource.Change) []resource.Call {
	switch c.Action {
	case resource.Create:
		return []resource.Call{post(c, resource.Once, &resource.Probe{
			Op:    "ListContainerRegistries",
			Query: map[string]resource.Value{"organisation": parentOf(c.After)},
			Where: map[string]resource.Value{"server": c.After.Key},
			Known: c.Known,
		})}
	case resource.Delete:
		return []resource.Call{destroy(c)}
	}
	return []resource.Call{patch(c, "update", updatable(c)...)}
}
