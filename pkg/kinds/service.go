package kinds

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The states of a service instance. NEW and PROVISIONING_FAILED are the reference's
// spelling; the others are the states of Divio's documentation, spelled alike
// (INFERRED).
const (
	statusNew          = "NEW"
	statusProvisioning = "PROVISIONING"
	statusFailed       = "PROVISIONING_FAILED"
	statusAttaching    = "PENDING_ATTACHMENT"
	statusAttached     = "ATTACHED"
	statusDetaching    = "PENDING_DETACHMENT"
	statusDetached     = "DETACHED"
)

// Phases of the calls on the service instances of one environment: a prefix is free
// once the instance that had it is renamed; calls after a deployment come last.
const (
	phaseRename = iota
	phaseBegin
	phaseFinish
)

// Deadlines of the waits for a service instance.
const (
	provisionDeadline = 20 * time.Minute
	attachDeadline    = 2 * time.Minute // after the deployment, which attaches
)

// temporaryPrefix is the suffix of the prefix of a service instance while another one
// replaces it. Prefixes with this suffix are reserved.
const temporaryPrefix = "__DIVIOCTL"

// maxPrefix is the length that the API allows (reference).
const maxPrefix = 32

var serviceTypes = []string{"AMQP", "DATABASE", "SEARCH", "STORAGE"}

// service describes a service instance of an environment: a database, a storage. It is
// identified by its type and prefix, which are part of the names of its variables
// (DEFAULT_DATABASE_DSN).
//
// Attaching and detaching take effect with the next deployment. So that the status of
// an instance compares like a field, it is split into two fields that are true for
// every declared instance: provisioned and attached. An instance that already waits for
// a deployment (PENDING_ATTACHMENT) counts as attached: only the deployment remains.
func service() *resource.Kind {
	return &resource.Kind{
		Name: "service", Title: "service instance", Plural: "service instances",
		Collection: "services", Parent: "environment", Form: resource.Sequence,
		KeyFields: []string{"type", "prefix"}, Normal: normalService,
		ParentField: "environment",
		Renames:     true,
		Precious:    true,
		Doc:         "Service instances by type and prefix.",
		Fields: []resource.Field{
			{Name: "type", Type: resource.Enum, Values: serviceTypes, Need: resource.Always, Changes: resource.Identity,
				Doc: "Type of the service: database, storage, search or amqp."},
			{Name: "prefix", Type: resource.Text, Upper: true, Need: resource.Always, MaxLength: maxPrefix,
				Pattern: `^[A-Za-z_][A-Za-z0-9_]*$`, Hint: "use letters, digits and underscores, such as DEFAULT",
				Doc: "Prefix of the names of its variables: DEFAULT results in DEFAULT_DATABASE_DSN."},
			{Name: "service", Type: resource.Reference, Target: "service_offering", TypeFrom: "type", Need: resource.ForCreate, Changes: resource.Replaces,
				Doc: "The service, such as postgresql-15, by name or id. A change replaces the instance, and its data is lost."},
			{Name: "provisioned", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall},
			{Name: "attached", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall},
		},
		Ops: resource.Ops{
			Create: "CreateServiceInstance", Get: "GetServiceInstance",
			Update: "PartialUpdateServiceInstance", Delete: "DestroyServiceInstance",
		},
		Reads: []resource.ListOp{
			{Op: "ListServiceInstances", Filter: "environment", Scope: resource.ByParent},
			{Op: "ListServiceInstances", Scope: resource.Everything},
		},
		Facts: []string{"service_status"},
		Check: checkServices,
		Complete: func(*resource.Resource) map[string]resource.Value {
			return map[string]resource.Value{"provisioned": true, "attached": true}
		},
		Derive:   deriveService,
		Waiting:  waitingService,
		Leftover: leftoverService,
		Review:   reviewServices,
		Compile:  compileService,
	}
}

// normalService returns "database/DEFAULT": the type in lower case, the prefix in upper
// case, as in Divio.
func normalService(key string) (string, error) {
	kind, prefix, ok := strings.Cut(key, "/")
	switch {
	case !ok || prefix == "":
		return "", errors.New("it looks like database/DEFAULT")
	case !slices.Contains(serviceTypes, strings.ToUpper(kind)):
		return "", errors.New("the types are " + strings.ToLower(strings.Join(serviceTypes, ", ")))
	}
	return strings.ToLower(kind) + "/" + strings.ToUpper(prefix), nil
}

func checkServices(siblings []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	for _, r := range siblings {
		if strings.HasSuffix(r.Text("prefix"), temporaryPrefix) {
			problems = append(problems, resource.Problem{
				Resource: r, Field: "prefix",
				Message: "prefixes that end in " + temporaryPrefix + " are reserved",
				Hint:    "divioctl uses them while it replaces a service instance; choose another prefix",
			})
		}
	}
	return problems
}

func statusOf(r *resource.Resource) string {
	status, _ := r.Facts["service_status"].(string)
	return status
}

// deriveService derives the fields from the status. An unknown status results in none.
func deriveService(current *resource.Resource) map[string]resource.Value {
	switch statusOf(current) {
	case statusNew, statusFailed, statusProvisioning:
		return map[string]resource.Value{"provisioned": false, "attached": true}
	case statusAttaching, statusAttached:
		return map[string]resource.Value{"provisioned": true, "attached": true}
	case statusDetaching, statusDetached:
		return map[string]resource.Value{"provisioned": true, "attached": false}
	}
	return nil
}

func waitingService(current *resource.Resource) string {
	switch statusOf(current) {
	case statusAttaching:
		return "is pending attachment"
	case statusDetaching:
		return "is pending detachment"
	}
	return ""
}

func leftoverService(current *resource.Resource) string {
	if prefix, ok := strings.CutSuffix(current.Text("prefix"), temporaryPrefix); ok {
		return strings.ToLower(current.Text("type")) + "/" + prefix
	}
	return ""
}

// whyServiceChanges says, per status, what is done about an instance that is declared.
var whyServiceChanges = map[string]string{
	statusNew:          "it was created and not provisioned",
	statusProvisioning: "it is being provisioned: apply waits for that",
	statusFailed:       "its provisioning failed: it is tried again",
	statusDetaching:    "its detachment is cancelled",
	statusDetached:     "it is detached: the next deployment attaches it again",
}

// join joins two reasons, of which either may be "".
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func reviewServices(s resource.Siblings) []resource.Verdict {
	var verdicts []resource.Verdict
	for _, p := range s.Pairs {
		c := p.Change
		if c == nil {
			continue
		}
		v := resource.Verdict{Change: c, Block: cannotChangeService(c)}
		switch {
		case returns(c):
			v.Keeps = true
			v.Reason = "restores the prefix that an interrupted replacement changed"
		case c.Action == resource.Replace && c.Before == nil:
			v.Reason = "finishes a replacement: the data of " + c.Leftover.Address.String() + " is lost" + detachesFirst(c.Leftover, "it")
		case c.Action == resource.Replace:
			v.Reason = "another service replaces it, and its data is lost" + detachesFirst(c.Before, "the old one")
		case c.Action == resource.Delete:
			v.Reason = c.Reason + "; its data is lost" + detachesFirst(c.Before, "it")
		case c.Leftover != nil:
			v.Reason = join(whyServiceChanges[statusOf(c.Before)], c.Reason+"; its data is lost")
		case c.Action == resource.Update:
			v.Reason = join(c.Reason, whyServiceChanges[statusOf(c.Before)])
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// cannotChangeService says why a change cannot be made, or "".
func cannotChangeService(c *resource.Change) string {
	for _, r := range []*resource.Resource{c.Before, c.Leftover} {
		if r == nil || c.Action == resource.Create {
			continue
		}
		removes := r == c.Leftover && !returns(c) || c.Action == resource.Delete || c.Action == resource.Replace && r == c.Before
		switch {
		case removes && statusOf(r) == statusProvisioning:
			return "provisioning is in progress: re-run when it has ended"
		case removes && !slices.Contains([]string{statusNew, statusFailed, statusAttaching, statusAttached, statusDetaching, statusDetached}, statusOf(r)):
			return "unsupported status (" + resource.Show(statusOf(r)) + "): delete it in the control panel"
		}
	}
	switch {
	case c.Action == resource.Replace && c.Before != nil && c.Leftover != nil:
		return "an earlier replacement is not finished: declare its current service, apply with --deploy, and then change it" +
			" (to keep the data of " + c.Leftover.Address.String() + ", declare that with another prefix and a moved entry)"
	case c.Action == resource.Replace && c.After != nil && len(c.After.Text("prefix"))+len(temporaryPrefix) > maxPrefix:
		return "it must be replaced, but its prefix is too long for the temporary prefix of the old one (" + c.After.Text("prefix") + temporaryPrefix + ")"
	case c.Before != nil && c.After != nil && c.Before.Text("type") != c.After.Text("type"):
		return "the type of an existing service instance cannot be changed: remove the moved entry"
	}
	return ""
}

// returns reports whether only the declared instance is left of an interrupted
// replacement, under its temporary prefix: its prefix is restored, and nothing is lost.
func returns(c *resource.Change) bool {
	return c.Action == resource.Replace && c.Before == nil && c.Leftover != nil &&
		(!c.After.Has("service") || resource.Equal(c.After.Fields["service"], c.Leftover.Fields["service"]))
}

// detachesFirst says that a running application may use the instance, so that it is
// deleted after a deployment, or "". what is what to call it.
func detachesFirst(r *resource.Resource, what string) string {
	if statusOf(r) == statusAttached || statusOf(r) == statusDetaching {
		return "; " + what + " is detached by a deployment, and then deleted"
	}
	return ""
}
