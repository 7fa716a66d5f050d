package sandbox

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

const sshURL, httpsURL = "git@git.example.com:acme/shop.git", "https://git.example.com/acme/shop.git"

// addRepository creates a repository with extra fields and returns its path and the answer.
func (h *harness) addRepository(url, extra string) (path string, answer object) {
	h.Helper()
	org, _ := h.list("/iam/v3/organisations/", "uuid")[0].(string)
	answer = h.do("POST", "repositories/", `{"organisation": "`+org+`", "url": "`+url+`"`+extra+`}`, 201)
	return "repositories/" + text(answer, "uuid") + "/", answer
}

// TestRepositoryKey follows a repository from the create over the registration of its key to its first application.
func TestRepositoryKey(t *testing.T) {
	h := start(t, Options{CheckTime: time.Minute})
	path, made := h.addRepository(sshURL, `, "key_type": "ED25519"`)
	if key := text(made, "auth_info"); !strings.HasPrefix(key, "ssh-ed25519 ") {
		t.Errorf("auth_info: %q", key)
	}
	state := func() []any {
		t.Helper()
		shown := h.do("GET", path, "", 200)
		return []any{shown["state"], shown["state_message"], shown["last_pull_success"], shown["last_push_success"]}
	}
	check := func() any {
		t.Helper()
		return h.do("POST", path+"check/", `{"branch": "main", "migrate": true}`, 200)["code"]
	}
	shown := h.do("GET", path, "", 200)
	h.want("new", []any{shown["authentication_type"], shown["authentication_config"], shown["state"], shown["dsn"]},
		[]any{"KEYPAIR", object{}, "UNKNOWN", sshURL})

	h.want("begins to clone", check(), "cloning")
	h.want("cloning", state(), []any{"CLONING", "", nil, nil})
	h.want("once is enough", check(), "cloning")
	h.clock.advance(time.Minute)
	h.want("nobody registered the key", state(), []any{"INVALID", noAccessMessage, false, nil})
	h.want("pull without a clone", h.do("POST", path+"pull/", "", 200)["code"], "not-cloned")
	h.want("verify", h.do("POST", path+"verify/", "", 200)["code"], "no-access")

	create := func(status int) object {
		t.Helper()
		return h.do("POST", "applications/", jsonBody(h, object{
			"name": "Shop", "slug": "shop", "region": h.one("regions/?short_name=eu-ch"), "organisation": h.one("/iam/v3/organisations/"),
			"plan_group": h.list("/billing/v3/application-plan-groups/", "uuid")[0], "repository": strings.Split(path, "/")[1],
		}), status)
	}
	unverified := object{"repository": []string{"The repository has not been verified."}}
	h.want("no application on it", create(400), unverified)
	h.seed(`{"applications": [{"slug": "hosted", "environments": []}]}`)
	h.want("nor a migration to it", h.do("POST", "applications/"+h.one("applications/")+"/migrate-to-external-repository/",
		jsonBody(h, object{"repository": strings.Split(path, "/")[1]}), 400), unverified)

	h.seed(`{"grant_access": ["` + sshURL + `"]}`)
	h.want("a registration alone changes nothing", h.do("GET", path, "", 200)["state"], "INVALID")
	h.want("again", check(), "cloning")
	h.clock.advance(time.Minute)
	h.want("cloned", state(), []any{"CLONED", "", true, false})
	h.want("the second check pushes", check(), "success")
	h.want("pushed", state(), []any{"CLONED", "", true, true})
	for _, action := range []string{"verify/", "pull/", "reset-to-origin/"} {
		h.want(action, h.do("POST", path+action, "", 200)["code"], "success")
	}
	h.do("GET", path+"commits/?lookup=a..b", "", 200)

	h.want("an application can use it", create(201)["repository"], strings.Split(path, "/")[1])
	h.want("and shows it", h.list("applications/?slug=shop", "repository"), []string{strings.Split(path, "/")[1]})
	h.want("its code waits", h.list("environments/", "pending_commit_count"), []int{1, 1})

	for keyType, prefix := range map[string]string{"ED25519": "ssh-ed25519", "ECDSA": "ecdsa-sha2-nistp256", "RSA": "ssh-rsa"} {
		key := strings.Fields(text(h.do("POST", path+"generate-keypair/", `{"key_type": "`+keyType+`"}`, 200), "public_key"))
		if blob, err := base64.StdEncoding.DecodeString(key[1]); err != nil || key[0] != prefix || !strings.HasPrefix(string(blob[4:]), prefix) {
			t.Errorf("%s: got %q", keyType, key)
		}
		h.want("a new key is unknown to the host", h.do("GET", path, "", 200)["state"], "UNKNOWN")
	}
}

// TestRepositoryCredentials holds the other ways to authenticate, and that no answer gives credentials back.
func TestRepositoryCredentials(t *testing.T) {
	h := start(t, Options{CheckTime: time.Minute})
	path, made := h.addRepository(httpsURL, `, "username": "ci", "password": "canary"`)
	h.want("no key", made["auth_info"], nil)
	h.want("no key either", h.do("POST", path+"generate-keypair/", "", 200), object{"public_key": nil})
	h.do("POST", path+"check/", "", 200)
	h.clock.advance(time.Minute)
	h.want("check", h.do("POST", path+"check/", "", 200)["code"], "success")

	id := strings.Split(path, "/")[1]
	h.want("nothing to change", h.do("PATCH", path, `{"authentication_type": "USERPASS", "authentication_config": null}`, 200),
		object{"uuid": id, "authentication_type": "USERPASS", "authentication_config": object{}})
	h.want("still cloned", h.do("GET", path, "", 200)["state"], "CLONED")
	h.do("PATCH", path, `{"authentication_config": {"password": "next"}}`, 200)
	h.want("one of them", h.dump(), "organisation acme\n  repository "+httpsURL+" state=UNKNOWN username=\"ci\" password=\"next\"\n")
	h.do("PATCH", path, `{"authentication_type": "GITHUB_APP", "authentication_config": {"github_installation_id": 7}}`, 200)
	h.want("an installation", h.dump(), "organisation acme\n  repository "+httpsURL+" state=UNKNOWN github-installation=7\n")
	h.do("PUT", path, `{"authentication_type": "USERPASS", "authentication_config": {"username": "x", "password": "y"}}`, 200)
	for _, answer := range []object{h.do("GET", path, "", 200), h.do("GET", path+"endpoint/", "", 200), h.do("PUT", path, `{"authentication_type": "USERPASS"}`, 200)} {
		for _, key := range []string{"authentication_config", "authentication_info"} {
			if value, present := answer[key]; present {
				h.want(key, value, object{})
			}
		}
	}

	app, made := h.addRepository("https://github.com/acme/shop", `, "github_installation_id": 5`)
	h.want("no key for an installation", made["auth_info"], nil)
	h.want("type", h.do("GET", app, "", 200)["authentication_type"], "GITHUB_APP")
	ssh, _ := h.addRepository("ssh://git@git.example.com:22/acme/shop.git", "")
	h.seed(`{"grant_access": ["` + strings.Split(ssh, "/")[1] + `"]}`)
	h.do("POST", ssh+"check/", "", 200)
	h.clock.advance(time.Minute)
	h.do("PATCH", ssh, `{"authentication_config": {"key_type": "ED25519"}}`, 200)
	h.want("the same type keeps the key", h.do("GET", ssh, "", 200)["state"], "CLONED")
	h.do("PATCH", ssh, `{"authentication_config": {"key_type": "RSA"}}`, 200)
	h.want("another is a new key", h.do("GET", ssh, "", 200)["state"], "UNKNOWN")
	h.do("PATCH", ssh, `{"authentication_config": {}}`, 200)
	if dump := h.dump(); !strings.Contains(dump, "shop.git state=UNKNOWN key-type=RSA no-access\n") {
		t.Errorf("nothing named, and yet changed:\n%s", dump)
	}
}

// TestRepositoryUse holds what a repository means to others.
func TestRepositoryUse(t *testing.T) {
	h := start(t, Options{}, `{"organisations": [{"name": "other"}], "repositories": [{"url": "`+sshURL+`"}],
		"applications": [{"slug": "shop", "repository": "`+sshURL+`", "environments": []}]}`)
	path := "repositories/" + h.one("repositories/") + "/"
	h.want("in use", h.do("DELETE", path, "", 400), object{"detail": "An application uses the repository."})
	other := h.list("/iam/v3/organisations/", "uuid")[1]
	h.want("transfer", h.do("POST", path+"transfer/", jsonBody(h, object{"organisation": other}), 200), object{"organisation": other})
	h.want("transferred", h.do("GET", path, "", 200)["organisation"], other)
	h.do("POST", "applications/"+h.one("applications/")+"/archive/", `{"verify_name": "shop"}`, 200)
	h.do("DELETE", path, "", 204)
	h.want("gone", h.names("repositories/", "uuid"), "")
}

// TestRepositoryEndpoint holds repositories whose URL nobody can read.
func TestRepositoryEndpoint(t *testing.T) {
	h := start(t, Options{}, `{"repositories": [
		{"url": "`+sshURL+`", "endpoint_status": 404, "key_type": "RSA", "state": "INVALID", "no_access": true, "is_read_only": true},
		{"url": "`+httpsURL+`", "endpoint_status": 403, "authentication_type": "USERPASS", "username": "ci"}]}`)
	ids := h.list("repositories/", "uuid")
	h.want("not found", h.do("GET", "repositories/"+ids[0].(string)+"/endpoint/", "", 404)["detail"], "Not found.")
	h.do("GET", "repositories/"+ids[1].(string)+"/endpoint/", "", 403)
	h.want("nor in the list", h.list("repositories/", "dsn"), []any{nil, nil})
	h.want("dump", h.dump(), strings.TrimPrefix(`
organisation acme
  repository git@git.example.com:acme/shop.git state=INVALID key-type=RSA endpoint=404 no-access read-only
  repository https://git.example.com/acme/shop.git username="ci" password="" endpoint=403
`, "\n"))
}
