package kinds

import (
	"errors"
	"slices"
	"strings"

	"github.com/divioctl/divioctl/pkg/resource"
)

// gitHosts are the providers of a webhook (SEEN in the reference).
var gitHosts = []string{"GITLAB", "GITHUB", "BITBUCKET"}

// webhook describes a webhook of a repository: the Git host notifies Divio of pushes.
// The API has no update; there is one per provider.
func webhook() *resource.Kind {
	return &resource.Kind{
		Name: "webhook", Title: "webhook", Plural: "webhooks",
		Collection: "webhooks", Parent: "repository", Form: resource.Sequence,
		KeyFields: []string{"provider"}, Normal: normalProvider,
		ParentField: "repository",
		Shorthand:   "provider",
		Doc:         "Webhooks by provider.",
		Fields: []resource.Field{
			{Name: "provider", ReadAs: "provider_class", Type: resource.Enum, Values: gitHosts, Need: resource.Always, Changes: resource.Fixed,
				Doc: "The Git host that notifies Divio of pushes."},
		},
		Ops:     resource.Ops{Create: "CreateWebhook", Get: "GetWebhook", Delete: "DestroyWebhook"},
		Reads:   []resource.ListOp{{Op: "ListWebhooks", Filter: "repository", Scope: resource.ByParent}, {Op: "ListWebhooks", Scope: resource.Everything}},
		Compile: compileWebhook,
	}
}

func normalProvider(key string) (string, error) {
	if upper := strings.ToUpper(key); slices.Contains(gitHosts, upper) {
		return upper, nil
	}
	return "", errors.New("the providers are " + strings.ToLower(strings.Join(gitHosts, ", ")))
}

func compileWebhook(c *resource.Change) []resource.Call {
	if c.Action == resource.Delete {
		return []resource.Call{destroy(c)}
	}
	return []resource.Call{postOnce(c, resource.Adopt, &resource.Probe{
		Op:    "ListWebhooks",
		Query: map[string]resource.Value{"repository": parentOf(c.After)},
		Where: map[string]resource.Value{"repository": parentOf(c.After), "provider_class": c.After.Text("provider")},
		Known: c.Known,
	})}
}
