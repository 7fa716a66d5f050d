package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
	"github.com/divioctl/divioctl/pkg/spec"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// TestRemove: a file that holds another application by now is not deleted.
func TestRemove(t *testing.T) {
	catalog := kinds.Catalog()
	o := &Options{Command: Command{Force: true}, Workflow: workflow.New(workflow.Options{})}
	exported := func(slug string) ([]byte, resource.Address) {
		address := resource.NewAddress("application", resource.Address{}, slug)
		state := &resource.State{Resources: []*resource.Resource{{Kind: catalog.Kind("application"), Key: slug, Address: address}}}
		return spec.Write(state, catalog, spec.WriteOptions{Split: true}).Files["applications/"+slug+".yaml"], address
	}
	dir := t.TempDir()
	var files []goneFile
	for _, name := range []string{"gone.yaml", "Shop.yaml"} {
		content, _ := exported(map[string]string{"gone.yaml": "gone", "Shop.yaml": "shop"}[name])
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, address := exported(name[:len(name)-len(".yaml")])
		files = append(files, goneFile{name: "applications/" + name, path: path, address: address})
	}
	removed, err := o.remove(files)
	if err != nil || len(removed) != 1 || removed[0] != files[0].path {
		t.Errorf("removed %v, %v", removed, err)
	}
	if _, err := os.Stat(files[1].path); err != nil {
		t.Error(err)
	}
}
