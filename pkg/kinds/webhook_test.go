package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestNormalProvider(t *testing.T) {
	for key, want := range map[string]string{"github": "GITHUB", "GitLab": "GITLAB", "BITBUCKET": "BITBUCKET"} {
		if got, err := normalProvider(key); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", key, got, err, want)
		}
	}
	for _, key := range []string{"", "gitea", "github "} {
		if got, err := normalProvider(key); err == nil || err.Error() != "the providers are gitlab, github, bitbucket" {
			t.Errorf("%q: %q, %v", key, got, err)
		}
	}
}

func TestCompileWebhook(t *testing.T) {
	const name = "webhook.r/GITHUB"
	create := change(resource.Create, nil, declare(name, nil))
	create.Known = []string{"w1"}
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create, whose answers call the provider otherwise", create,
			[]string{`create: CreateWebhook {provider: "GITHUB", repository: <repository.r>} · once ListWebhooks?{repository: <repository.r>} {provider_class: "GITHUB", repository: <repository.r>} new beside w1 · adopts · gives webhook.r/GITHUB`},
		},
		{"a delete", change(resource.Delete, exists(name, nil, nil), nil), []string{"delete: DestroyWebhook <webhook.r/GITHUB>"}},
	} {
		if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}
