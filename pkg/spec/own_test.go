package spec

import "testing"

func TestOwnSecretsIn(t *testing.T) {
	const token = "s3cr3t-t0k3n-of-the-api"
	for _, c := range []struct {
		secret, text string
		want         bool
	}{
		{token, token, true},
		{token + "\n", token, true},
		{token, "  " + token + "\r\n", true},
		{token, "machine api.divio.com password " + token, true},
		{token, "https://user:" + token + "@example.com", true},
		{token, "x" + token + "y", true},
		{token, "s3cr3t-t0k3n\n-of-the-api", true},
		{token, "s3cr3t-t0k3n -of\t-the\u00a0-api\nmore", true},
		{token, "s3cr3t-t0k3n-of-the", false},
		{token, "", false},
		{"", "anything", false},
		{" \n", "any thing", false},
		{"demo", "demo", true},
		{"demo", " de mo ", true},
		{"demo", "TOKEN=demo", true},
		{"demo", `{"token":"demo"}`, true},
		{"demo", "https://demo@example.com", true},
		{"demo", "demo.example.com", false},
		{"demo", "the-demo-shop", false},
		{"demo", "democracy", false},
		{"demo", "de mocracy", false},
		{"1", "10.11.12", false},
	} {
		if got := newOwnSecrets([]string{c.secret}).in(c.text); got != c.want {
			t.Errorf("the secret %q in %q: got %v, want %v", c.secret, c.text, got, c.want)
		}
	}
}
