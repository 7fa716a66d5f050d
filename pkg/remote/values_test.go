package remote

import (
	"strings"
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestPathTexts(t *testing.T) {
	for _, test := range []struct {
		name      string
		value     resource.Value
		want, err string
	}{
		{"text", "x1", "x1", ""},
		{"reference", resource.Ref{Handle: "h"}, "h", ""},
		{"unresolved", resource.HandleOf{Address: at("basket.shop")}, "", "the id of basket.shop is unknown"},
		{"secret", resource.NewSecret(canarySecret), "", "cannot be part of a URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := pathTexts("GetDomain", map[string]resource.Value{"uuid": test.value})
			if got["uuid"] != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.err)
			}
			mustNotLeak(t, err)
		})
	}
}
