package sandbox

import (
	"bytes"
	_ "embed" // for the documents below
	"fmt"
	"io"
	"slices"
	"strconv"
)

// A seed document is JSON that people write by hand. Objects are nested, refer to others by name, and may set
// any key of the API's answers, including read-only ones; absent keys have the default of a create. Order is
// server order. Only types and names are validated, so a seed can contain duplicates and other states that a
// client could not create. Unknown keys are errors.
//
//	{
//	  "account":       {"email": "..."},
//	  "organisations": [{"name": "other"}],
//	  "regions":       [{"name": "Region", "short_name": "eu-xx"}],
//	  "plan_groups":   [{"name": "tiny", "regions": ["eu-xx"], "organisations": ["other"]}],
//	  "services":      [{"identifier": "postgresql-15", "type": "DATABASE", "regions": ["eu-xx"]}],
//	  "container_registries": [{"organisation": "other", "server": "registry.example.com", "username": "ci", "password": "x"}],
//	  "repositories":  [
//	    {"organisation": "other", "url": "git@git.example.com:other/shop.git", "key_type": "ECDSA",
//	     "no_access": true, "state": "INVALID", "webhooks": [{"provider_class": "GITHUB", "secret": "x"}]},
//	    {"url": "https://git.example.com/blog.git", "authentication_type": "USERPASS", "username": "ci", "password": "x", "endpoint_status": 403}
//	  ],
//	  "grant_access":  ["git@git.example.com:other/shop.git"],
//	  "applications":  [{
//	    "slug": "shop", "name": "Acme Shop", "organisation": "other", "region": "eu-xx", "plan_group": "tiny",
//	    "repository": "git@git.example.com:other/shop.git", "is_locked": false, "can_add_environment": true,
//	    "environments": [{
//	      "slug": "live", "branch": "main", "pending_changes": ["cronjobs"], "fail_deployments": true,
//	      "variables":   [{"name": "A", "value": "1", "is_sensitive": true, "is_read_only": false}],
//	      "cronjobs":    [{"command": "true", "frequency": "DAILY", "time": "02:30"}],
//	      "domains":     [{"name": "www.acme.example", "is_primary": true}],
//	      "services":    [{"prefix": "DEFAULT", "service": "postgresql-15", "service_status": "ATTACHED"}],
//	      "deployments": [{"success": true}, {"ends_in": "10m", "success": false}]
//	    }]
//	  }],
//	  "pushes":        [{"application": "shop", "branch": "main"}]
//	}
//
// The defaults are: "organisation" and "plan_group" the first one, "region" the default one, "name" of an
// application its slug, "regions" all of them, and "environments" test and live. Ids are derived from names, so
// a document has the same ids everywhere, unless "uuid" is given.
//
//   - Of several domains in an environment the first is primary, unless one of them has "is_primary".
//   - "fail_deployments" makes the next deployment fail, and "fail_provisioning" on a service its next
//     provisioning. A service that is PROVISIONING remains so until a deployment ends, or for "provisioned_in".
//     One that is PENDING_ATTACHMENT or PENDING_DETACHMENT is a pending change of its environment.
//   - Deployments are oldest first and finished, except those with "ends_in". The pending changes and commits
//     of an environment are newer than all of them.
//   - An application has code, unless it has "no_code". "pushes" pushes a commit: it waits in the environments
//     of the application that are on the branch, or in all of them.
//   - A repository is CLONED, unless it has a "state". With "no_access" its Git host refuses Divio, so that a
//     check ends as INVALID, until "grant_access" names its URL or id. One that is CLONING remains so until it is
//     checked. With "endpoint_status" (403 or 404) its URL cannot be read.
//
// "pushes" and "grant_access" may also name existing objects of the sandbox: they represent actions outside of
// the API.
type seeding struct {
	*state
	now timestamp
}

var (
	//go:embed seeds/base.json
	baseSeed []byte // organisation, regions, plan groups and services
	//go:embed seeds/demo.json
	demoSeed []byte // demo applications
)

// freshState is the initial state of a sandbox.
func freshState(withoutApplications bool, now timestamp) (*state, error) {
	st := &state{Version: stateVersion}
	documents := [][]byte{baseSeed, demoSeed}
	if withoutApplications {
		documents = documents[:1]
	}
	for _, document := range documents {
		if err := seed(st, bytes.NewReader(document), now); err != nil {
			return nil, err
		}
	}
	st.Revision++
	return st, nil
}

// seed applies a document to the state, or nothing of it if it has an error.
func seed(st *state, r io.Reader, now timestamp) error {
	document, err := readSeed(r)
	if err != nil {
		return err
	}
	data, err := st.encode()
	if err != nil {
		return err
	}
	trial, err := decodeState(data)
	if err != nil {
		return err
	}
	if err := (seeding{trial, now}).document(document); err != nil {
		return err
	}
	*st = *trial
	return nil
}

func (s seeding) document(n seedNode) error {
	if value, present := n.take("account"); present {
		fields, isObject := value.(object)
		if !isObject {
			return fmt.Errorf("%s: want an object", n.at("account"))
		}
		s.Account.ID, s.Account.CreatedAt = seedID("account"), s.now
		if err := (seedNode{n.at("account"), fields}).fill(&s.Account); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		key string
		add func(seedNode) error
	}{
		{"organisations", s.organisation},
		{"regions", s.region},
		{"plan_groups", s.planGroup},
		{"services", s.service},
		{"container_registries", s.containerRegistry},
		{"repositories", s.repository},
		{"applications", s.application},
	} {
		if err := n.each(part.key, part.add); err != nil {
			return err
		}
	}
	if err := firstError(s.grantAccess(n), n.each("pushes", s.push)); err != nil {
		return err
	}
	return n.none()
}

// fresh is the id for an object of a table: that of its words, with a number if it is taken.
func fresh[R record](t *table[R], words ...string) string {
	id := seedID(words...)
	for i := 2; ; i++ {
		if _, taken := t.get(id); !taken {
			return id
		}
		id = seedID(append(slices.Clone(words), strconv.Itoa(i))...)
	}
}

// insert adds a seeded row. Its id may be from the document, so it is checked.
func insert[R record](n seedNode, t *table[R], row R) error {
	id, valid := parseID(row.key())
	if !valid || id != row.key() {
		return fmt.Errorf("%s: not an id of 26 lower-case base32 characters", n.at("uuid"))
	}
	if _, taken := t.get(id); taken {
		return fmt.Errorf("%s: the id is taken", n.at("uuid"))
	}
	t.add(row)
	return nil
}

// resolve takes a key that names an object and returns the object. If the key is absent it returns the
// fallback.
func resolve[R record](n seedNode, key string, t *table[R], fallback func(R) bool, names func(R) []string) (R, error) {
	var none R
	_, present := n.fields[key]
	name, err := n.text(key)
	if err != nil {
		return none, err
	}
	if !present {
		if found := t.where(fallback); len(found) > 0 {
			return found[0], nil
		}
		return none, fmt.Errorf("%s: missing", n.at(key))
	}
	return named(n.at(key), t, name, names)
}

func named[R record](path string, t *table[R], name string, names func(R) []string) (R, error) {
	found := t.where(func(row R) bool { return row.key() == name || slices.Contains(names(row), name) })
	if len(found) == 0 {
		var none R
		return none, fmt.Errorf("%s: %q not found", path, name)
	}
	return found[0], nil
}
