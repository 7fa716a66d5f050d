package spec

import (
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// Only a file that an export wrote for one resource is recognised as such, and an edit
// of it is seen.
func TestExported(t *testing.T) {
	catalog := kinds.Catalog()
	state := &resource.State{Organisation: resource.Ref{Name: "acme"}}
	address := func(slug string) resource.Address {
		return resource.NewAddress("application", resource.Address{}, slug)
	}
	for _, slug := range []string{"shop", "Shop"} {
		state.Resources = append(state.Resources, &resource.Resource{
			Kind: catalog.Kind("application"), Key: slug, Address: address(slug),
			Fields: map[string]resource.Value{"name": "A\nversion: 2"},
		})
	}
	files := Write(state, catalog, WriteOptions{Split: true}).Files
	shop := string(files["applications/shop-2.yaml"])
	for _, c := range []struct {
		what, name, content string
		want                ExportedFile
		ok                  bool
	}{
		{"its own file", "applications/shop-2.yaml", shop, ExportedFile{address("shop"), false}, true},
		{"its own file, without a number", "applications/shop.yaml", shop, ExportedFile{address("shop"), false}, true},
		{"the other file", "applications/Shop.yaml", string(files["applications/Shop.yaml"]), ExportedFile{address("Shop"), false}, true},
		{"an edited file", "applications/shop.yaml", shop + "# mine\n", ExportedFile{address("shop"), true}, true},
		{"without a checksum", "applications/shop.yaml", seal.ReplaceAllString(shop, ""), ExportedFile{address("shop"), true}, true},
		{"another name", "applications/mine.yaml", shop, ExportedFile{}, false},
		{"another directory", "mine/shop.yaml", shop, ExportedFile{}, false},
		{"a kind without files of its own", "repositories/shop.yaml", strings.ReplaceAll(shop, "applications", "repositories"), ExportedFile{}, false},
		{"no header", "applications/shop.yaml", strings.ReplaceAll(shop, writtenBy, "#"), ExportedFile{}, false},
		{"another key", "applications/shop.yaml", shop + "protect: [shop]\n", ExportedFile{}, false},
		{"two applications", "applications/shop.yaml", shop + "  next: {}\n", ExportedFile{}, false},
		{"two documents", "applications/shop.yaml", shop + "---\n", ExportedFile{}, false},
		{"no YAML", "applications/shop.yaml", shop + "\t", ExportedFile{}, false},
		{"the file for the rest", "divio.yaml", string(files["divio.yaml"]), ExportedFile{}, false},
		{"nothing", "applications/shop.yaml", "", ExportedFile{}, false},
	} {
		if got, ok := Exported(c.name, []byte(c.content), catalog); ok != c.ok || got != c.want {
			t.Errorf("%s: %v %v, want %v %v", c.what, got, ok, c.want, c.ok)
		}
	}
	if got := OrganisationOf(files["divio.yaml"]); got != "acme" {
		t.Errorf("organisation %q", got)
	}
}
