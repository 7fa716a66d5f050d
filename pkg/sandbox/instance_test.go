package sandbox

import (
	"strings"
	"testing"
	"time"
)

// TestServiceStatuses holds what each status allows: the status after the action, "gone", or "" for a refusal, with
// "!" where the environment then waits for a deployment.
func TestServiceStatuses(t *testing.T) {
	table := map[string]struct{ attach, detach, provision, destroy, deployed, deployedWithout string }{
		"NEW":                 {provision: "PROVISIONING!", destroy: "gone", deployed: "ATTACHED", deployedWithout: "NEW"},
		"PROVISIONING":        {destroy: "gone", deployed: "ATTACHED", deployedWithout: "ATTACHED"},
		"PROVISIONING_FAILED": {provision: "PROVISIONING!", destroy: "gone", deployed: "ATTACHED", deployedWithout: "PROVISIONING_FAILED"},
		"PENDING_ATTACHMENT":  {detach: "DETACHED!", deployed: "ATTACHED", deployedWithout: "ATTACHED"},
		"ATTACHED":            {detach: "PENDING_DETACHMENT!", deployed: "ATTACHED", deployedWithout: "ATTACHED"},
		"PENDING_DETACHMENT":  {attach: "ATTACHED!", destroy: "gone!", deployed: "DETACHED", deployedWithout: "DETACHED"},
		"DETACHED":            {attach: "PENDING_ATTACHMENT!", destroy: "gone", deployed: "DETACHED", deployedWithout: "DETACHED"},
		"REMOVED":             {destroy: "gone", deployed: "REMOVED", deployedWithout: "REMOVED"},
	}
	for _, status := range serviceStatuses {
		want, known := table[status]
		if !known {
			t.Errorf("%s is not in the table", status)
		}
		// after carries an action out and tells what became of the instance.
		after := func(act func(h *harness, instance string) bool) string {
			h := start(t, Options{}, `{"applications": [{"slug": "shop", "environments": [{"slug": "live",
				"services": [{"service": "postgresql-15", "service_status": "`+status+`"}]}]}]}`)
			if !act(h, "service-instances/"+h.one("service-instances/")+"/") {
				return ""
			}
			result := h.names("service-instances/", "service_status")
			if result == "" {
				result = "gone"
			}
			if h.list("environments/", "has_pending_changes")[0] == true {
				result += "!"
			}
			return result
		}
		send := func(method, action string) func(h *harness, instance string) bool {
			return func(h *harness, instance string) bool {
				response, err := h.RoundTripper().RoundTrip(h.request(method, root+instance+action, "", ""))
				if err != nil {
					t.Fatal(err)
				}
				return response.StatusCode == 204
			}
		}
		deploy := func(options string) func(h *harness, _ string) bool {
			return func(h *harness, _ string) bool {
				h.do("POST", "deployments/", `{"environment": "`+h.one("environments/")+`"`+options+`}`, 201)
				h.clock.advance(time.Minute)
				return true
			}
		}
		h := start(t, Options{})
		h.want("attach "+status, after(send("POST", "attach/")), want.attach)
		h.want("detach "+status, after(send("POST", "detach/")), want.detach)
		h.want("provision "+status, after(send("POST", "provision/")), want.provision)
		h.want("destroy "+status, after(send("DELETE", "")), want.destroy)
		h.want("deploy "+status, after(deploy("")), want.deployed)
		h.want("deploy without provisioning "+status, after(deploy(`, "provision_services": false`)), want.deployedWithout)
	}
}

func TestServicePrefix(t *testing.T) {
	h := start(t, Options{}, `{"applications": [{"slug": "shop", "environments": [{"slug": "live", "services": [
		{"service": "postgresql-15", "service_status": "ATTACHED"}, {"service": "s3-storage"}]}]}]}`)
	env := h.one("environments/")
	database := "service-instances/" + h.list("service-instances/", "uuid")[0].(string) + "/"
	h.want("created in upper case", h.do("POST", "service-instances/",
		`{"environment": "`+env+`", "prefix": "default", "service": "`+h.one("services/?identifier=rabbitmq-3")+`"}`, 201)["prefix"], "DEFAULT")
	h.want("two of a type need two prefixes", h.do("POST", "service-instances/",
		`{"environment": "`+env+`", "prefix": "Default", "service": "`+h.one("services/?identifier=mysql-8")+`"}`, 400),
		object{"non_field_errors": []string{"The fields environment, type, prefix must make a unique set."}})
	h.want("changed", h.do("PATCH", database, `{"prefix": "old_`+strings.Repeat("x", 28)+`"}`, 200)["prefix"], "OLD_"+strings.Repeat("X", 28))
	h.want("its variables", h.do("GET", database, "", 200)["environment_variables"], []string{"OLD_" + strings.Repeat("X", 28) + "_DATABASE_DSN"})
	h.want("waits", h.do("GET", "environments/"+env+"/", "", 200)["pending_changes"], []string{"service-instances"})

	// How an API looks that does not let anybody change a prefix.
	h.Inject(Fault{Method: "PATCH", Path: "/apps/v3/service-instances/*", Status: 400, Body: `{"prefix": ["This field cannot be changed."]}`})
	h.want("refused", h.do("PATCH", database, `{"prefix": "NEXT"}`, 400), object{"prefix": []string{"This field cannot be changed."}})
}

// TestServiceCatalogue holds that a file can ask for each type, and for one of several databases.
func TestServiceCatalogue(t *testing.T) {
	h := start(t, Options{}, `{"services": [{"identifier": "managed", "type": "DATABASE", "is_self_manageable": false, "regions": ["us-va"]}]}`)
	for kind, want := range map[string]string{
		"DATABASE": "postgresql-15 postgresql-16 mysql-8 managed", "STORAGE": "s3-storage", "SEARCH": "opensearch-2", "AMQP": "rabbitmq-3",
	} {
		h.want(kind, h.names("services/?type="+kind, "identifier"), want)
	}
	swiss, irish := h.one("regions/?short_name=eu-ch"), h.one("regions/?short_name=eu-ie")
	h.want("in any of two regions", h.names("services/?type=DATABASE&region="+swiss+"&region="+irish, "identifier"), "postgresql-15 postgresql-16 mysql-8")
	h.want("not self-manageable", h.names("services/?is_self_manageable=false", "identifier"), "managed")
}
