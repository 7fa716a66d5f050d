package sandbox

import (
	"cmp"
	"fmt"
)

// The ways in which Divio authenticates with a Git host, as the reference spells them.
const (
	authPassword  = "USERPASS"
	authKeypair   = "KEYPAIR"
	authGithubApp = "GITHUB_APP"
)

var authTypes = []string{authPassword, authKeypair, authGithubApp}

// authenticate replaces the credentials by empty ones of a type. The new ones are not verified yet, so the
// repository has to be checked again (INFERRED). The emulated Git host accepts every password and every
// installation. It accepts a key once it is registered there, which a seed does with "grant_access".
func (r *repository) authenticate(authType string) {
	r.AuthenticationType = authType
	r.Username, r.Password, r.KeyType, r.GithubInstallationID = "", "", "", 0
	r.State, r.StateMessage, r.CheckEndsAt = repositoryUnknown, "", nil
	r.NoAccess = authType == authKeypair
}

func (r *repository) usePassword(username, password string) {
	r.authenticate(authPassword)
	r.Username, r.Password = username, password
}

func (r *repository) useGithubApp(installation int64) {
	r.authenticate(authGithubApp)
	r.GithubInstallationID = installation
}

// useKeypair makes a new keypair and returns its public half.
func (r *repository) useKeypair(keyType string) string {
	r.authenticate(authKeypair)
	r.KeyType = keyType
	return newPublicKey(keyType)
}

// fits reports whether a repository with this URL supports a type of authentication (INFERRED): keys are for
// SSH, passwords for HTTPS, and the requirements of a GitHub installation are unknown.
func (r *repository) fits(authType string) bool {
	return authType == authGithubApp || (authType == authKeypair) == r.usesSSH()
}

// updateRepository changes how Divio authenticates. The shape of authentication_config is not documented: it
// takes the fields of a create that belong to the type (INFERRED). Its answer contains neither credentials nor
// a public key; generate-keypair returns one.
func updateRepository(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	authType := r.AuthenticationType
	var config object
	f := c.form()
	f.choice(&authType, "authentication_type", required, authTypes...)
	f.object(&config, "authentication_config", nullable)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if !r.fits(authType) {
		return answer{}, invalid("authentication_type", fmt.Sprintf("\"%s\" is not possible with the URL of the repository.", authType))
	}
	if authType != r.AuthenticationType || config != nil {
		next := *r
		item := &form{fields: config, partial: c.partial() && authType == r.AuthenticationType, problems: object{}}
		item.credentials(&next, authType)
		if len(item.problems) > 0 {
			f.problems["authentication_config"] = item.problems
			return answer{}, f.err()
		}
		*r = next
	}
	return ok(pick(fieldsOf(r), "uuid", "authentication_type", "authentication_config"))
}

// credentials reads those of a type into a repository. A partial form does not change absent fields.
func (f *form) credentials(r *repository, authType string) {
	switch authType {
	case authPassword:
		username, password := r.Username, r.Password
		f.text(&username, "username", textRule{need: required})
		f.text(&password, "password", textRule{need: required})
		r.usePassword(username, password)
	case authGithubApp:
		installation := r.GithubInstallationID
		f.integer(&installation, "github_installation_id", 1, maxInt)
		if _, sent := f.fields["github_installation_id"]; !sent && !f.partial {
			f.refuse("github_installation_id", "This field is required.")
		}
		r.useGithubApp(installation)
	case authKeypair:
		keyType := cmp.Or(r.KeyType, keyTypes[0])
		f.choice(&keyType, "key_type", optional, keyTypes...)
		if keyType != r.KeyType { // the same type again keeps the key
			r.useKeypair(keyType)
		}
	}
}

// generateKeypair follows the reference: "Returns None for HTTPS authentication."
func generateKeypair(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	keyType := keyTypes[0]
	f := c.form()
	f.choice(&keyType, "key_type", optional, keyTypes...)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if r.AuthenticationType != authKeypair {
		return ok(object{"public_key": nil})
	}
	return ok(object{"public_key": r.useKeypair(keyType)})
}
