package kinds

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

func TestNormalService(t *testing.T) {
	for key, want := range map[string]string{
		"database/DEFAULT": "database/DEFAULT",
		"DATABASE/default": "database/DEFAULT",
		"Amqp/a_1":         "amqp/A_1",
	} {
		if got, err := normalService(key); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", key, got, err, want)
		}
	}
	for key, want := range map[string]string{
		"database":      "it looks like database/DEFAULT",
		"database/":     "it looks like database/DEFAULT",
		"":              "it looks like database/DEFAULT",
		"cache/DEFAULT": "the types are amqp, database, search, storage",
		"/DEFAULT":      "the types are amqp, database, search, storage",
	} {
		if got, err := normalService(key); err == nil || err.Error() != want {
			t.Errorf("%q: %q, %v, want %s", key, got, err, want)
		}
	}
}

func TestCheckServices(t *testing.T) {
	siblings := []*resource.Resource{
		declare("service.a/live/database/DEFAULT", nil), declare("service.a/live/database/DEFAULT__DIVIOCTL", nil),
	}
	want := []string{"database/DEFAULT__DIVIOCTL prefix: prefixes that end in __DIVIOCTL are reserved (divioctl uses them while it replaces a service instance; choose another prefix)"}
	if diff := cmp.Diff(want, problemLines(checkServices(siblings))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a status means for a plan, for each that there is.
func TestStatusOfService(t *testing.T) {
	type meaning struct {
		Derived fields
		Waiting string
	}
	for status, want := range map[string]meaning{
		statusNew:          {fields{"provisioned": false, "attached": true}, ""},
		statusFailed:       {fields{"provisioned": false, "attached": true}, ""},
		statusProvisioning: {fields{"provisioned": false, "attached": true}, ""},
		statusAttaching:    {fields{"provisioned": true, "attached": true}, "is pending attachment"},
		statusAttached:     {fields{"provisioned": true, "attached": true}, ""},
		statusDetaching:    {fields{"provisioned": true, "attached": false}, "is pending detachment"},
		statusDetached:     {fields{"provisioned": true, "attached": false}, ""},
		"":                 {nil, ""},
		"STRANGE":          {nil, ""},
	} {
		r := newResource("service.a/live/database/DEFAULT", nil)
		r.Facts["service_status"] = status
		if diff := cmp.Diff(want, meaning{r.Kind.Derive(r), r.Kind.Waiting(r)}); diff != "" {
			t.Errorf("%q (-want +got)\n%s", status, diff)
		}
	}
	r := declare("service.a/live/database/DEFAULT", nil)
	want := fields{"type": "DATABASE", "prefix": "DEFAULT", "provisioned": true, "attached": true}
	if diff := cmp.Diff(want, r.Fields); diff != "" {
		t.Errorf("declared (-want +got)\n%s", diff)
	}
}

func TestTemporaryServices(t *testing.T) {
	for address, want := range map[string]string{
		"service.a/live/database/DEFAULT__DIVIOCTL": "database/DEFAULT",
		"service.a/live/database/DEFAULT":           "",
		"service.a/live/database/__DIVIOCTL_X":      "",
	} {
		if got := leftoverService(exists(address, nil, nil)); got != want {
			t.Errorf("%s is left over from %q, want %q", address, got, want)
		}
	}
}

// What cannot be changed, whatever the status (TestServiceStatuses has the rest).
func TestServicesThatCannotChange(t *testing.T) {
	attached := facts{"service_status": statusAttached}
	database, old := fields{"service": resource.Ref{Handle: "new"}}, fields{"service": resource.Ref{Handle: "old"}}
	const fits, long = "service.a/live/database/ABCDEFGHIJKLMNOPQRSTUV", "service.a/live/database/ABCDEFGHIJKLMNOPQRSTUVW"
	unfinished := change(resource.Replace, exists(mainService, old, attached), declare(mainService, database))
	unfinished.Leftover = exists(temporaryName, database, attached)
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   string
	}{
		{
			"a replacement while another one is not finished", unfinished,
			"an earlier replacement is not finished: declare its current service, apply with --deploy, and then change it" +
				" (to keep the data of service.a/live/database/DEFAULT__DIVIOCTL, declare that with another prefix and a moved entry)",
		},
		{
			"a replacement whose prefix leaves no room for a temporary one", change(resource.Replace, exists(long, old, attached), declare(long, database)),
			"it must be replaced, but its prefix is too long for the temporary prefix of the old one (ABCDEFGHIJKLMNOPQRSTUVW__DIVIOCTL)",
		},
		{"a replacement whose prefix leaves just enough room", change(resource.Replace, exists(fits, old, attached), declare(fits, database)), ""},
		{
			"another type", change(resource.Update, exists("service.a/live/storage/MEDIA", old, attached), declare(mainService, old)),
			"the type of an existing service instance cannot be changed: remove the moved entry",
		},
		{"another prefix", change(resource.Update, exists("service.a/live/database/OLD", old, attached), declare(mainService, old)), ""},
		{"a create", change(resource.Create, nil, declare(mainService, database)), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := resource.Siblings{Pairs: []*resource.Pair{{Change: test.change}, {Current: exists(mainService, old, attached)}}}
			verdicts := reviewServices(s)
			if len(verdicts) != 1 || verdicts[0].Block != test.want {
				t.Errorf("%+v, want %q", verdicts, test.want)
			}
		})
	}
}
