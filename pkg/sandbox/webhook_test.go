package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestWebhooks(t *testing.T) {
	h := start(t, Options{}, `{"repositories": [
		{"url": "`+sshURL+`", "webhooks": [{"provider_class": "GITLAB"}]},
		{"url": "`+httpsURL+`", "authentication_type": "USERPASS", "no_access": true, "webhooks": [{"provider_class": "BITBUCKET", "secret": "x"}]}]}`)
	repositories := h.list("repositories/", "uuid")
	ssh, https := repositories[0].(string), repositories[1].(string)
	made := h.do("POST", "webhooks/", `{"provider": "GITHUB", "repository": "`+ssh+`"}`, 201)
	path := "webhooks/" + text(made, "uuid") + "/"
	h.want("the echo has another key", made, object{"uuid": text(made, "uuid"), "provider": "GITHUB", "repository": ssh})
	shown := h.do("GET", path, "", 200)
	h.want("shown", []any{shown["provider_class"], shown["provider_config"], shown["trigger_url"], shown["last_dispatch_at"]},
		[]any{"GITHUB", nil, host + root + path + "trigger/", nil})
	h.want("by repository", h.names("webhooks/?repository="+ssh, "provider_class"), "GITLAB GITHUB")
	h.do("PATCH", path, `{}`, 405)

	secret := text(h.do("POST", path+"generate-secret/", "", 200), "secret")
	if secret == "" || secret == text(h.do("POST", path+"generate-secret/", "", 200), "secret") {
		t.Errorf("secret: %q", secret)
	}
	h.do("POST", path+"remote-install/", "", 204)
	h.want("dump", h.dump(), strings.TrimPrefix(`
organisation acme
  repository git@git.example.com:acme/shop.git
    webhook GITHUB secret installed
    webhook GITLAB
  repository https://git.example.com/acme/shop.git username="" password="" no-access
    webhook BITBUCKET secret
`, "\n"))

	h.do("DELETE", path, "", 204)
	h.do("GET", path, "", 404)
	h.do("DELETE", "repositories/"+https+"/", "", 204)
	h.want("a repository takes its webhooks along", h.names("webhooks/", "provider_class"), "GITLAB")
}

// TestWebhookTrigger holds that anybody may call the trigger, and what a push brings.
func TestWebhookTrigger(t *testing.T) {
	h := start(t, Options{}, `{"repositories": [{"url": "`+sshURL+`", "webhooks": [{"provider_class": "GITHUB"}]}],
		"applications": [{"slug": "shop", "repository": "`+sshURL+`"}, {"slug": "blog"}]}`)
	path := "webhooks/" + h.one("webhooks/") + "/"
	trigger := func() []any {
		t.Helper()
		request := h.request("POST", root+path+"trigger/", "application/json", `{"ref": "refs/heads/main"}`)
		request.Header.Del("Authorization")
		response, err := h.RoundTripper().RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		h.want("status", response.StatusCode, http.StatusNoContent)
		shown := h.do("GET", path, "", 200)
		return []any{shown["last_dispatch_at"], shown["last_dispatch_success"], shown["last_dispatch_message"]}
	}
	h.want("pulled", trigger(), []any{"2026-01-31T12:00:00Z", true, "The Git host accepts the credentials."})
	trigger()
	h.want("waiting", h.list("environments/?with_pending_commits=true", "pending_commit_count"), []int{2, 2})

	h.do("POST", "repositories/"+h.one("repositories/")+"/generate-keypair/", "", 200)
	h.want("not cloned", trigger(), []any{"2026-01-31T12:00:00Z", false, "The repository has not been cloned."})
	h.want("no more", h.list("environments/?with_pending_commits=true", "pending_commit_count"), []int{2, 2})
}
