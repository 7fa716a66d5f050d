package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
)

// stateVersion is the layout of the state file. It is increased if an older program could not read a newer
// file.
const stateVersion = 1

// state is the state of the emulated platform. Its JSON form is the state file: one array per collection, in
// server order, with the API's own key names.
type state struct {
	Version  int   `json:"version"`
	Revision int64 `json:"revision"` // counts the writes; orders changes against deployments without a clock

	Account              account                     `json:"account"`
	Organisations        table[*organisation]        `json:"organisations"`
	Regions              table[*region]              `json:"regions"`
	PlanGroups           table[*planGroup]           `json:"application_plan_groups"`
	Services             table[*service]             `json:"services"`
	ContainerRegistries  table[*containerRegistry]   `json:"container_registries"`
	Repositories         table[*repository]          `json:"repositories"`
	Webhooks             table[*webhook]             `json:"webhooks"`
	Applications         table[*application]         `json:"applications"`
	ArchivedApplications table[*archivedApplication] `json:"archived_applications"`
	Environments         table[*environment]         `json:"environments"`
	Variables            table[*variable]            `json:"environment_variables"`
	Cronjobs             table[*cronjob]             `json:"cronjobs"`
	Domains              table[*domain]              `json:"domains"`
	Instances            table[*serviceInstance]     `json:"service_instances"`
	Deployments          table[*deployment]          `json:"deployments"`
}

func decodeState(data []byte) (*state, error) {
	st := &state{}
	if err := json.Unmarshal(data, st); err != nil {
		return nil, err
	}
	switch {
	case st.Version == 0:
		return nil, errors.New("no \"version\": this is not a sandbox state")
	case st.Version > stateVersion:
		return nil, fmt.Errorf("version %d was written by a newer program; this one reads up to %d", st.Version, stateVersion)
	}
	return st, st.check()
}

// check finds dangling references, which a manually edited file may contain. The operations rely on it.
func (st *state) check() error {
	for _, a := range st.Applications.rows {
		if !has(&st.Organisations)(a.Organisation) || !has(&st.Regions)(a.Region) {
			return fmt.Errorf("application %s: its organisation or region is missing", a.ID)
		}
	}
	for _, e := range st.Environments.rows {
		if !has(&st.Applications)(e.Application) {
			return fmt.Errorf("environment %s: its application is missing", e.ID)
		}
	}
	for _, w := range st.Webhooks.rows {
		if !has(&st.Repositories)(w.Repository) {
			return fmt.Errorf("webhook %s: its repository is missing", w.ID)
		}
	}
	return errors.Join(
		belongs(st, "environment_variables", &st.Variables, func(v *variable) string { return v.Environment }),
		belongs(st, "cronjobs", &st.Cronjobs, func(j *cronjob) string { return j.Environment }),
		belongs(st, "domains", &st.Domains, func(d *domain) string { return d.Environment }),
		belongs(st, "service_instances", &st.Instances, func(i *serviceInstance) string { return i.Environment }),
		belongs(st, "deployments", &st.Deployments, func(d *deployment) string { return d.Environment }),
	)
}

func belongs[R record](st *state, name string, t *table[R], environment func(R) string) error {
	for _, row := range t.rows {
		if !has(&st.Environments)(environment(row)) {
			return fmt.Errorf("%s: %s: its environment is missing", name, row.key())
		}
	}
	return nil
}

func (st *state) encode() ([]byte, error) {
	data, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}

// advance applies everything that is due by now. It runs before each request, so the platform progresses
// although nothing runs in the background, and two processes on one file see the same state.
func (st *state) advance(now timestamp) {
	for _, r := range st.Repositories.rows {
		if r.CheckEndsAt != nil && r.CheckEndsAt.reached(now) {
			r.finishCheck(*r.CheckEndsAt)
		}
	}
	for _, run := range st.Deployments.rows {
		if run.EndedAt == nil && run.EndsAt.reached(now) {
			st.finishDeployment(run, run.EndsAt)
		}
	}
	for _, inst := range st.Instances.rows {
		if inst.ProvisionedAt != nil && inst.ProvisionedAt.reached(now) {
			st.finishProvisioning(inst, *inst.ProvisionedAt)
		}
	}
}
