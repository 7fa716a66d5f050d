package resource_test

import (
	"testing"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestAddressMatch(t *testing.T) {
	for _, test := range []struct {
		pattern string
		address string
		want    bool
	}{
		{"domain.shop/live/*", "domain.shop/live/www.acme.example", true},
		{"domain.shop/*", "domain.shop/live/www.acme.example", false},
		{"domain.shop/**", "domain.shop/live/www.acme.example", true},
		{"**", "application.shop", true},
		{"*.shop/live", "environment.shop/live", true},
		{"variable.*/live/SECRET_*", "variable.shop/live/SECRET_KEY", true},
		{"variable.*/live/SECRET_*", "variable.shop/test/SECRET_KEY", false},
		{"cronjob.shop/live/**clear**", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.shop/live/*", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.*/live/sh*b", "cronjob.shop/live/sh /a/clear b", true},
		{"cronjob.shop/*", "cronjob.shop/live/sh /a/clear b", false},
		{"cronjob.*", "cronjob.shop/live/sh", false},
		{"service.*/live/*/DEFAULT", "service.shop/live/database/DEFAULT", true},
		{"application.shop", "application.shop2", false},
		{"application.shop*", "application.shop", true},
		{"", "application.shop", false},
	} {
		if got := parse(t, test.address).Match(test.pattern); got != test.want {
			t.Errorf("%q matches %q: %v", test.pattern, test.address, got)
		}
	}
}

func TestMatchesKind(t *testing.T) {
	for _, test := range []struct {
		pattern, kind string
		want          bool
	}{
		{"variable.shop/live/*", "variable", true},
		{"variable.shop/live/*", "domain", false},
		{"*.shop/live", "environment", true},
		{"**.shop", "environment", true},
		{"**", "environment", true},
		{"v*.shop/live/X", "variable", true},
		{"variable", "variable", true},
		{"var", "variable", false},
	} {
		if got := resource.MatchesKind(test.pattern, test.kind); got != test.want {
			t.Errorf("%q names the kind %s: %v", test.pattern, test.kind, got)
		}
	}
}

// A pattern reaches what holds something that it can name: a protected child protects
// its parents.
func TestReaches(t *testing.T) {
	for _, test := range []struct {
		name, pattern, address string
		want                   bool
	}{
		{"a child", "environment.shop/live", "application.shop", true},
		{"something deep below", "variable.shop/live/DEBUG", "application.shop", true},
		{"below a parent in between", "variable.shop/live/DEBUG", "environment.shop/live", true},
		{"not below its sibling", "variable.shop/live/DEBUG", "environment.shop/test", false},
		{"not below another root", "variable.shop/live/DEBUG", "application.stall", false},
		{"not what it names itself", "environment.shop/live", "environment.shop/live", false},
		{"not what stands above what it names", "application.shop", "environment.shop/live", false},
		{"a star for a part", "variable.*/live/DEBUG", "application.shop", true},
		{"a star within a part", "variable.sh*/live/DEBUG", "application.shop", true},
		{"a star that ends too early", "variable.sho*x/live/DEBUG", "application.shop", false},
		{"two stars cross parts", "variable.**/DEBUG", "environment.shop/live", true},
		{"two stars behind another part", "variable.stall/**", "application.shop", false},
		{"any kind", "*.shop/live", "application.shop", true},
		{"a kind that does not stand there", "webhook.shop/DATABASE", "application.shop", false},
		{"another root with that key", "webhook.shop/DATABASE", "repository.shop", true},
		{"a pattern of too few parts names nothing below", "variable.shop", "application.shop", false},
		{"a last part with slashes", "cronjob.shop/live/sh /a/b", "environment.shop/live", true},
		{"nothing stands below a leaf", "variable.shop/live/DEBUG/**", "variable.shop/live/DEBUG", false},
		{"no kind, no reach", "shop/live", "application.shop", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := shelves().Reaches(test.pattern, parse(t, test.address)); got != test.want {
				t.Errorf("%q reaches %s: %v", test.pattern, test.address, got)
			}
		})
	}
}
