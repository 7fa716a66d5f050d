package kinds

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/divioctl/divioctl/pkg/resource"
)

const (
	mainService   = "service.a/live/database/DEFAULT"
	temporaryName = "service.a/live/database/DEFAULT__DIVIOCTL"
)

var (
	wantedService = fields{"service": resource.Ref{Name: "postgresql-15", Handle: "s15"}}
	olderService  = fields{"service": resource.Ref{Name: "postgresql-13", Handle: "s13"}}
)

// serviceOutcome is what is done about a service instance in some statuses: the first
// reason for which it is blocked, or else the calls in short.
type serviceOutcome struct {
	statuses []string
	reason   string
	keeps    bool
	block    string
	calls    []string
}

// Every status, in every situation in which a plan can find an instance.
func TestServiceStatuses(t *testing.T) {
	all := []string{
		statusNew, statusProvisioning, statusFailed, statusAttaching, statusAttached, statusDetaching, statusDetached, "", "STRANGE",
	}
	const (
		provisioning = "provisioning is in progress: re-run when it has ended"
		unset        = `unsupported status (""): delete it in the control panel`
		strange      = `unsupported status ("STRANGE"): delete it in the control panel`

		lost          = "pruned; its data is lost"
		lostLater     = "pruned; its data is lost; it is detached by a deployment, and then deleted"
		replaced      = "another service replaces it, and its data is lost"
		replacedLater = "another service replaces it, and its data is lost; the old one is detached by a deployment, and then deleted"
		takesBack     = "restores the prefix that an interrupted replacement changed"
		oldDeleted    = "the old one is left; its data is lost"
		finishes      = "finishes a replacement: the data of service.a/live/database/DEFAULT__DIVIOCTL is lost"
		finishesLater = "finishes a replacement: the data of service.a/live/database/DEFAULT__DIVIOCTL is lost; it is detached by a deployment, and then deleted"
		newToo        = "it was created and not provisioned; the old one is left; its data is lost"

		renameOld  = "give a temporary prefix to DEFAULT, now DEFAULT__DIVIOCTL"
		renameBack = "give its prefix back to DEFAULT__DIVIOCTL, now DEFAULT"
		create     = "create DEFAULT"
		provision  = "provision DEFAULT"
		attach     = "attach DEFAULT"
		waitNew    = "wait for the provisioning of DEFAULT"
		wait       = "[deployment] wait for the attachment of DEFAULT"
		detachOld  = "detach the replaced DEFAULT__DIVIOCTL"
		deleteOld  = "delete the replaced DEFAULT__DIVIOCTL"
		deleteNext = "[deployment] delete the replaced DEFAULT__DIVIOCTL"
	)
	for _, situation := range []struct {
		name     string
		change   func(told facts) *resource.Change
		outcomes []serviceOutcome
	}{
		{
			"declared, and found",
			func(told facts) *resource.Change {
				return change(resource.Update, exists(mainService, wantedService, told), declare(mainService, wantedService))
			},
			[]serviceOutcome{
				{statuses: []string{statusAttaching, statusAttached, "", "STRANGE"}},
				{statuses: []string{statusProvisioning}, reason: "it is being provisioned: apply waits for that", calls: []string{waitNew, wait}},
				{statuses: []string{statusNew}, reason: "it was created and not provisioned", calls: []string{provision, wait}},
				{statuses: []string{statusFailed}, reason: "its provisioning failed: it is tried again", calls: []string{provision, wait}},
				{statuses: []string{statusDetaching}, reason: "its detachment is cancelled", calls: []string{attach}},
				{statuses: []string{statusDetached}, reason: "it is detached: the next deployment attaches it again", calls: []string{attach, wait}},
			},
		},
		{
			"deleted",
			func(told facts) *resource.Change {
				c := change(resource.Delete, exists(mainService, olderService, told), nil)
				c.Reason = "pruned"
				return c
			},
			[]serviceOutcome{
				{statuses: []string{statusNew, statusFailed, statusDetached}, reason: lost, calls: []string{"delete DEFAULT"}},
				{statuses: []string{statusAttaching}, reason: lost, calls: []string{"detach DEFAULT", "delete DEFAULT"}},
				{statuses: []string{statusAttached}, reason: lostLater, calls: []string{"detach DEFAULT", "[deployment] delete DEFAULT"}},
				{statuses: []string{statusDetaching}, reason: lostLater, calls: []string{"[deployment] delete DEFAULT"}},
				{statuses: []string{statusProvisioning}, reason: lost, block: provisioning},
				{statuses: []string{""}, reason: lost, block: unset},
				{statuses: []string{"STRANGE"}, reason: lost, block: strange},
			},
		},
		{
			"replaced by another service",
			func(told facts) *resource.Change {
				return change(resource.Replace, exists(mainService, olderService, told), declare(mainService, wantedService))
			},
			[]serviceOutcome{
				{statuses: []string{statusNew, statusFailed, statusDetached}, reason: replaced, calls: []string{renameOld, create, provision, deleteOld, wait}},
				{statuses: []string{statusAttaching}, reason: replaced, calls: []string{renameOld, create, provision, detachOld, deleteOld, wait}},
				{statuses: []string{statusAttached}, reason: replacedLater, calls: []string{renameOld, create, provision, detachOld, wait, deleteNext}},
				{statuses: []string{statusDetaching}, reason: replacedLater, calls: []string{renameOld, create, provision, wait, deleteNext}},
				{statuses: []string{statusProvisioning}, reason: replaced, block: provisioning},
				{statuses: []string{""}, reason: replaced, block: unset},
				{statuses: []string{"STRANGE"}, reason: replaced, block: strange},
			},
		},
		{
			"left over alone, and the files went back to its service",
			func(told facts) *resource.Change {
				c := change(resource.Replace, nil, declare(mainService, wantedService))
				c.Leftover = exists(temporaryName, wantedService, told)
				return c
			},
			[]serviceOutcome{
				{statuses: []string{statusAttaching, statusAttached, "", "STRANGE"}, reason: takesBack, keeps: true, calls: []string{renameBack}},
				{statuses: []string{statusProvisioning}, reason: takesBack, keeps: true, calls: []string{renameBack, waitNew, wait}},
				{statuses: []string{statusNew, statusFailed}, reason: takesBack, keeps: true, calls: []string{renameBack, provision, wait}},
				{statuses: []string{statusDetaching}, reason: takesBack, keeps: true, calls: []string{renameBack, attach}},
				{statuses: []string{statusDetached}, reason: takesBack, keeps: true, calls: []string{renameBack, attach, wait}},
			},
		},
		{
			"left over alone, and another service is declared",
			func(told facts) *resource.Change {
				c := change(resource.Replace, nil, declare(mainService, wantedService))
				c.Leftover = exists(temporaryName, olderService, told)
				return c
			},
			[]serviceOutcome{
				{statuses: []string{statusNew, statusFailed, statusDetached}, reason: finishes, calls: []string{create, provision, deleteOld, wait}},
				{statuses: []string{statusAttaching}, reason: finishes, calls: []string{create, provision, detachOld, deleteOld, wait}},
				{statuses: []string{statusAttached}, reason: finishesLater, calls: []string{create, provision, detachOld, wait, deleteNext}},
				{statuses: []string{statusDetaching}, reason: finishesLater, calls: []string{create, provision, wait, deleteNext}},
				{statuses: []string{statusProvisioning}, reason: finishes, block: provisioning},
				{statuses: []string{""}, reason: finishes, block: unset},
				{statuses: []string{"STRANGE"}, reason: finishes, block: strange},
			},
		},
		{
			"left over beside the new one",
			func(told facts) *resource.Change {
				c := change(resource.Update, exists(mainService, wantedService, facts{"service_status": statusAttached}), declare(mainService, wantedService))
				c.Leftover, c.Reason = exists(temporaryName, olderService, told), "the old one is left"
				return c
			},
			[]serviceOutcome{
				{statuses: []string{statusNew, statusFailed, statusDetached}, reason: oldDeleted, calls: []string{deleteOld}},
				{statuses: []string{statusAttaching}, reason: oldDeleted, calls: []string{detachOld, deleteOld}},
				{statuses: []string{statusAttached}, reason: oldDeleted, calls: []string{detachOld, deleteNext}},
				{statuses: []string{statusDetaching}, reason: oldDeleted, calls: []string{deleteNext}},
				{statuses: []string{statusProvisioning}, reason: oldDeleted, block: provisioning},
				{statuses: []string{""}, reason: oldDeleted, block: unset},
				{statuses: []string{"STRANGE"}, reason: oldDeleted, block: strange},
			},
		},
		{
			"left over beside a new one that was not provisioned yet",
			func(told facts) *resource.Change {
				c := change(resource.Update, exists(mainService, wantedService, facts{"service_status": statusNew}), declare(mainService, wantedService))
				c.Leftover, c.Reason = exists(temporaryName, olderService, told), "the old one is left"
				return c
			},
			[]serviceOutcome{
				{statuses: []string{statusNew, statusFailed, statusDetached}, reason: newToo, calls: []string{provision, deleteOld, wait}},
				{statuses: []string{statusAttaching}, reason: newToo, calls: []string{provision, detachOld, deleteOld, wait}},
				{statuses: []string{statusAttached}, reason: newToo, calls: []string{provision, detachOld, wait, deleteNext}},
				{statuses: []string{statusDetaching}, reason: newToo, calls: []string{provision, wait, deleteNext}},
				{statuses: []string{statusProvisioning}, reason: newToo, block: provisioning},
				{statuses: []string{""}, reason: newToo, block: unset},
				{statuses: []string{"STRANGE"}, reason: newToo, block: strange},
			},
		},
	} {
		t.Run(situation.name, func(t *testing.T) {
			tried := map[string]bool{}
			for _, want := range situation.outcomes {
				for _, status := range want.statuses {
					tried[status] = true
					got := outcomeOf(situation.change(facts{"service_status": status}))
					got.statuses = want.statuses
					if diff := cmp.Diff(want, got, cmp.AllowUnexported(serviceOutcome{})); diff != "" {
						t.Errorf("%q (-want +got)\n%s", status, diff)
					}
				}
			}
			for _, status := range all {
				if !tried[status] {
					t.Errorf("no outcome for the status %q", status)
				}
			}
		})
	}
}

// outcomeOf asks the hooks about a change as a plan does: one without a difference is
// none, and one that is blocked has no calls.
func outcomeOf(c *resource.Change) serviceOutcome {
	if c.Action == resource.Update && len(c.Fields) == 0 && c.Leftover == nil {
		return serviceOutcome{}
	}
	v := reviewServices(resource.Siblings{Pairs: []*resource.Pair{{Current: c.Before, Desired: c.After, Change: c}}})[0]
	out := serviceOutcome{reason: v.Reason, keeps: v.Keeps, block: v.Block}
	if v.Block == "" {
		for _, call := range compileService(c) {
			out.calls = append(out.calls, shortly(call))
		}
	}
	return out
}

// shortly says what a call does, and to the instance of which prefix.
func shortly(c resource.Call) string {
	prefix := func(a resource.Address) string { return a.Key()[strings.Index(a.Key(), "/")+1:] }
	on := c.Gives
	if id, ok := c.Params["uuid"].(resource.HandleOf); ok {
		on = id.Address
	} else if c.Until != nil {
		on = c.Until.Params["uuid"].(resource.HandleOf).Address
	}
	text := c.Does + " " + prefix(on)
	if c.Op == "PartialUpdateServiceInstance" {
		text += ", now " + prefix(c.Gives)
	}
	if c.AfterDeployment {
		text = "[deployment] " + text
	}
	return text
}

// Where the files do not say which service, what is left is the one that is meant.
func TestLeftoverReturnsWithoutAService(t *testing.T) {
	c := change(resource.Replace, nil, declare(mainService, nil))
	c.Leftover = exists(temporaryName, olderService, facts{"service_status": statusAttached})
	if got := outcomeOf(c); !got.keeps || !slices.Equal(got.calls, []string{"give its prefix back to DEFAULT__DIVIOCTL, now DEFAULT"}) {
		t.Errorf("%+v", got)
	}
}

func TestCompileService(t *testing.T) {
	const (
		name      = "<" + mainService + ">"
		old       = "<" + temporaryName + ">"
		provision = "provision: ProvisionServiceInstance " + name + " · read back GetServiceInstance " + name + ` not {service_status: "NEW"}` +
			" · until GetServiceInstance " + name + ` not {service_status: "PROVISIONING"} · for the end of provisioning · fails at {service_status: "PROVISIONING_FAILED"} · phase 1`
		wait = "wait for the attachment of: · until GetServiceInstance " + name +
			` {service_status: "ATTACHED"} · for ATTACHED · fails at {service_status: "PROVISIONING_FAILED"} · phase 2 · after a deployment`
		create = `create: CreateServiceInstance {environment: <environment.a/live>, prefix: "DEFAULT", service: "s15"}` +
			` · once ListServiceInstances?{environment: <environment.a/live>} {prefix: "DEFAULT"} new beside i1 · refuses · phase 1 · gives ` + mainService
	)
	status := func(s string) facts { return facts{"service_status": s} }
	known := func(c *resource.Change) *resource.Change {
		c.Known = []string{"i1"}
		return c
	}
	for _, test := range []struct {
		name   string
		change *resource.Change
		want   []string
	}{
		{"a create", known(change(resource.Create, nil, declare(mainService, wantedService))), []string{create, provision, wait}},
		{
			"a replacement",
			known(change(resource.Replace, exists(mainService, olderService, status(statusAttached)), declare(mainService, wantedService))),
			[]string{
				"give a temporary prefix to: PartialUpdateServiceInstance " + name + ` {prefix: "DEFAULT__DIVIOCTL"} · gives ` + temporaryName,
				create, provision,
				"detach the replaced: DetachServiceInstance " + old + " · read back GetServiceInstance " + old + ` not {service_status: "ATTACHED"} · phase 1`,
				wait,
				"delete the replaced: DestroyServiceInstance " + old + " · phase 2 · after a deployment",
			},
		},
		{
			"a rename of one that is detached",
			change(resource.Update, exists("service.a/live/database/OLD", olderService, status(statusDetached)), declare(mainService, olderService)),
			[]string{
				"rename: PartialUpdateServiceInstance " + name + ` {prefix: "DEFAULT"} · gives ` + mainService,
				"attach: AttachServiceInstance " + name + " · read back GetServiceInstance " + name + ` not {service_status: "DETACHED"} · phase 1`,
				wait,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, compiled(test.change)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
