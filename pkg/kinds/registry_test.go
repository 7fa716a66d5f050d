package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestNormalServer(t *testing.T) {
	for server, want := range map[string]string{
		"Registry.Example.com":      "registry.example.com",
		"registry.example.com.":     "registry.example.com",
		"registry.example.com:5000": "registry.example.com:5000",
		"Registry.Example.com.:443": "registry.example.com:443",
		"bücher.example":            "xn--bcher-kva.example",
		"localhost:5000":            "localhost:5000",
		"192.0.2.1:5000":            "192.0.2.1:5000",
	} {
		if got, err := normalServer(server); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", server, got, err, want)
		}
	}
	const looks = "a server looks like registry.example.com or registry.example.com:5000"
	const bare = "a server is a bare name such as registry.example.com, without a path or spaces"
	for server, want := range map[string]string{
		"https://registry.example.com": "a server is a bare name such as registry.example.com, without https://",
		"registry.example.com/team":    bare,
		"ci@registry.example.com":      bare,
		"registry.example.com ":        bare,
		"*.example.com":                bare,
		"":                             looks,
		":5000":                        looks,
		"registry.example.com:":        looks,
		"registry.example.com:http":    looks,
		"registry.example.com:5000:1":  looks,
		"xn--a.example":                looks,
	} {
		if got, err := normalServer(server); err == nil || err.Error() != want {
			t.Errorf("%q: %q, %v, want %s", server, got, err, want)
		}
	}
}

func TestCompileRegistry(t *testing.T) {
	const name = "registry.registry.example.com:5000"
	create := change(resource.Create, nil, declare(name, fields{"username": "ci", "password": canary}))
	create.Known = []string{"g1"}
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{
			"a create", create,
			[]string{`create: CreateContainerRegistry {organisation: <organisation>, password: "(sensitive)", server: "registry.example.com:5000", username: "ci"} · once ListContainerRegistries?{organisation: <organisation>} {server: "registry.example.com:5000"} new beside g1 · gives ` + name},
		},
		{
			"an update writes one of the credentials without the other",
			change(resource.Update, exists(name, fields{"username": "ci"}, nil), declare(name, fields{"username": "ci", "password": canary})),
			[]string{"update: PartialUpdateContainerRegistry <" + name + `> {password: "(sensitive)"}`},
		},
		{"a delete", change(resource.Delete, exists(name, nil, nil), nil), []string{"delete: DestroyContainerRegistry <" + name + ">"}},
	} {
		if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}
