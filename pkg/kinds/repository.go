package kinds

import (
	neturl "net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/divioctl/divioctl/pkg/resource"
)

// The ways in which Divio authenticates with a repository (SEEN in the reference).
const (
	authKeypair  = "KEYPAIR"
	authPassword = "USERPASS"
	authGithub   = "GITHUB_APP"
)

// The states of a repository. The check of one is asynchronous; CLONED and INVALID
// end it (SEEN: the official client).
const (
	repositoryCloned  = "CLONED"
	repositoryInvalid = "INVALID"
)

// registerKey is what a person must do about a new key, lostKey about one that no answer
// told.
const (
	registerKey = "the public key to register at the Git host, with access to read and write: %s"
	lostKey     = "the API did not return the public key: look it up in the control panel, and register it at the Git host, with access to read and write"
)

// checkDeadline bounds the wait for the check of a repository, which clones it.
const checkDeadline = 5 * time.Minute

// repository describes an external Git repository. Its name exists only in the files:
// repository_match.go decides which existing one it matches. The API never returns
// credentials, so only the ledger can tell whether they changed.
//
// A repository can be used once a check has cloned it. So that this compares like a
// field, every declared one has checked as true. The check of a new one with a key
// fails until the key is registered manually at the Git host: the next plan finds
// checked as false, and checks again.
func repository() *resource.Kind {
	return &resource.Kind{
		Name: "repository", Title: "repository", Plural: "repositories",
		Collection: "repositories", Form: resource.Mapping,
		Key: "name", KeyMax: 255,
		KeyPattern: `^[A-Za-z0-9][-A-Za-z0-9_.]*$`, KeyHint: "use letters, digits, hyphens, underscores and dots",
		ParentField: "organisation",
		Precious:    true,
		Doc:         "External Git repositories, by a name of your choice.",
		Fields: []resource.Field{
			{Name: "id", Type: resource.Text, Changes: resource.Identity,
				Doc: "Id of the existing repository; apply prints this line for a new one."},
			{Name: "url", Type: resource.Text, Need: resource.ForCreate, Changes: resource.Fixed, ReadOp: "GetRepositoryEndpoint",
				Doc: "URL, as for git clone. It cannot be changed."},
			{Name: "key_type", Type: resource.Enum, Values: []string{"ED25519", "ECDSA", "RSA"}, Changes: resource.CreateOnly,
				Doc: "Divio creates an SSH key of this type. Register its public key at the Git host."},
			{Name: "username", Type: resource.Text, WriteOnly: true, From: true, Changes: resource.OwnCall,
				Doc: "User name for an HTTPS URL. The API does not return it."},
			{Name: "password", Type: resource.Text, Display: resource.Masked, WriteOnly: true, From: true, Changes: resource.OwnCall,
				Doc: "Password or token for an HTTPS URL. The API does not return it; use value_from."},
			{Name: "github_installation_id", Type: resource.Int, WriteOnly: true, Changes: resource.OwnCall, Min: limit(1), Max: limit(maxInt),
				Doc: "Id of the installation of Divio's GitHub app. The API does not return it."},
			{Name: "authentication_type", Type: resource.Enum, Values: []string{authPassword, authKeypair, authGithub},
				Need: resource.Derived, Changes: resource.OwnCall},
			{Name: "checked", Type: resource.Bool, Need: resource.Derived, Changes: resource.OwnCall},
		},
		Ops: resource.Ops{
			Create: "CreateRepository", Get: "GetRepository", Update: "PartialUpdateRepository", Delete: "DestroyRepository",
		},
		Reads:    []resource.ListOp{{Op: "ListRepositories", Scope: resource.ByOrganisation}},
		Facts:    []string{"state", "state_message"},
		Match:    matchRepositories,
		Check:    checkRepositories,
		Complete: completeRepository,
		Derive: func(current *resource.Resource) map[string]resource.Value {
			state, told := current.Facts["state"].(string)
			if !told {
				return nil
			}
			return map[string]resource.Value{"checked": state == repositoryCloned}
		},
		Label: func(current *resource.Resource) string { return urlName(current.Text("url")) },
		Warn: func(current *resource.Resource) string {
			if current.Facts["state"] != repositoryInvalid {
				return ""
			}
			text := "its last check failed"
			if message, _ := current.Facts["state_message"].(string); message != "" {
				text += ": " + strings.TrimSuffix(message, ".")
			}
			if current.Text("authentication_type") == authKeypair {
				text += "; register its public key at the Git host, with access to read and write"
			}
			return text
		},
		Review:  reviewRepositories,
		Compile: compileRepository,
	}
}

// urlName is the last part of a URL without .git: the label of the repository. What a
// key cannot hold becomes a hyphen.
func urlName(url string) string {
	name := strings.TrimSuffix(strings.TrimRight(url, "/"), ".git")
	name = notInKeys.ReplaceAllString(name[strings.LastIndexAny(name, "/:")+1:], "-")
	return strings.TrimLeft(name, "-_.")
}

var notInKeys = regexp.MustCompile(`[^-A-Za-z0-9_.]`)

// authentication is the type of the credentials in the files, "" if there are none.
func authentication(r *resource.Resource) string {
	switch {
	case r.Has("github_installation_id"):
		return authGithub
	case r.Has("username"), r.Has("password"):
		return authPassword
	case r.Has("key_type"):
		return authKeypair
	}
	return ""
}

func completeRepository(r *resource.Resource) map[string]resource.Value {
	complete := map[string]resource.Value{"checked": true}
	if kind := authentication(r); kind != "" {
		complete["authentication_type"] = kind
	}
	return complete
}

func checkRepositories(siblings []*resource.Resource) []resource.Problem {
	var problems []resource.Problem
	ids, urls := map[string]*resource.Resource{}, map[string]*resource.Resource{}
	for _, r := range siblings {
		url := r.Text("url")
		if address, err := neturl.Parse(url); err == nil && address.User != nil {
			if _, has := address.User.Password(); has {
				problems = append(problems, resource.Problem{
					Resource: r, Field: "url", Message: "the url contains a password",
					Hint: "remove it from the url, and use username and password",
				})
			}
		}
		if other := urls[url]; other != nil && r.Text("id") == "" {
			problems = append(problems, resource.Problem{
				Resource: r, Field: "url", Other: other, Message: "two repositories have this url", Hint: "remove one of them, or add the id of each",
			})
		}
		if url != "" && r.Text("id") == "" { // with an id, it is clear which one is meant
			urls[url] = r
		}
		ways := 0
		for _, way := range []bool{r.Has("key_type"), r.Has("username") || r.Has("password"), r.Has("github_installation_id")} {
			if way {
				ways++
			}
		}
		switch {
		case ways > 1:
			problems = append(problems, resource.Problem{
				Resource: r, Message: "it has more than one kind of credentials",
				Hint: "use key_type, or username and password, or github_installation_id",
			})
		case r.Has("password") != r.Has("username"):
			problems = append(problems, resource.Problem{
				Resource: r, Message: "username and password must be used together", Hint: "add the missing one",
			})
		}
		if id := r.Text("id"); id != "" {
			if other := ids[id]; other != nil {
				problems = append(problems, resource.Problem{
					Resource: r, Field: "id", Other: other, Message: "two repositories have this id", Hint: "remove one of them",
				})
			}
			ids[id] = r
		}
	}
	return problems
}

// credentialFields are what lets Divio in. They are changed together, see authenticate.
var credentialFields = []string{"username", "password", "github_installation_id"}

// reviewRepositories says of a change of credentials that all of them are written, and
// leaves it out where the url is another one: it would be about the wrong repository.
func reviewRepositories(s resource.Siblings) []resource.Verdict {
	var verdicts []resource.Verdict
	for _, p := range s.Pairs {
		c := p.Change
		if c == nil || c.Action != resource.Update || !authenticates(c) {
			continue
		}
		v := resource.Verdict{Change: c}
		if ours, theirs := p.Desired.Text("url"), p.Current.Text("url"); ours != "" && theirs != "" && ours != theirs {
			v.Block = "its url cannot be changed, and these may be the credentials for the new one"
		}
		for _, name := range credentialFields {
			if value, declared := c.After.Fields[name]; declared && c.Field(name) == nil {
				v.Fields = append(v.Fields, resource.FieldChange{Name: name, After: value, Masked: c.After.IsMasked(name)})
			}
		}
		if kind, declared := c.After.Fields["key_type"]; declared && makesKey(c) {
			v.Fields = append(v.Fields, resource.FieldChange{Name: "key_type", After: kind})
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// makesKey reports whether an update creates a new SSH key.
func makesKey(c *resource.Change) bool {
	return c.Field("authentication_type") != nil && c.After.Text("authentication_type") == authKeypair
}

// authenticates reports whether an update changes the credentials.
func authenticates(c *resource.Change) bool {
	return slices.ContainsFunc(append([]string{"authentication_type"}, credentialFields...), func(name string) bool { return c.Field(name) != nil })
}

func compileRepository(c *resource.Change) []resource.Call {
	switch c.Action {
	case resource.Delete:
		return []resource.Call{destroy(c)}
	case resource.Create:
		create := postOnce(c, resource.Refuse, &resource.Probe{
			Op:    "ListRepositories",
			Where: map[string]resource.Value{"organisation": parentOf(c.After)},
			Known: c.Known,
			// The list does not say which repository it is.
			Detail: "GetRepositoryEndpoint", DetailWhere: map[string]resource.Value{"url": c.After.Text("url")},
		})
		// Its credentials cannot be compared. One after another, so that none takes what
		// this apply made, of which the API may hide the url, for somebody else's.
		create.Serial = true
		for name, value := range credentials(c.After) {
			create.Body[name] = value
		}
		key := resource.Tell{Text: registerKey, Field: "auth_info"}
		if authentication(c.After) == authKeypair {
			key.Else = lostKey
		}
		create.Tells = []resource.Tell{
			key,
			{Text: `the line to add under "` + c.After.Key + `" in the files: id: %s`},
		}
		return []resource.Call{create, check(c)}
	}
	var calls []resource.Call
	if authenticates(c) {
		calls = append(calls, authenticate(c))
	}
	if makesKey(c) {
		calls = append(calls, generateKey(c))
	}
	return append(calls, check(c))
}

// credentials are the credentials in the body of a create. key_type is a separate
// field.
func credentials(r *resource.Resource) map[string]resource.Value {
	body := map[string]resource.Value{}
	for _, name := range credentialFields {
		if value, declared := r.Fields[name]; declared {
			body[name] = value
		}
	}
	return body
}

// authenticate changes the credentials. The shape of the configuration is not
// documented: it contains what a create would send (INFERRED).
func authenticate(c *resource.Change) resource.Call {
	config := credentials(c.After)
	if kind, declared := c.After.Fields["key_type"]; declared {
		config["key_type"] = kind
	}
	return resource.Call{
		Does: "change the credentials of", Op: c.Kind.Ops.Update, Params: self(c),
		Body: map[string]resource.Value{
			"authentication_type":   c.After.Fields["authentication_type"],
			"authentication_config": config,
		},
	}
}

// generateKey makes the key of a repository that had none: only this operation returns the
// public one, and a key that cannot be registered is of no use.
func generateKey(c *resource.Change) resource.Call {
	call := resource.Call{
		Does: "generate the key of", Op: "GenerateRepositoryKeypair", Params: self(c),
		Tells: []resource.Tell{{Text: registerKey, Field: "public_key", Else: lostKey}},
	}
	if kind, declared := c.After.Fields["key_type"]; declared {
		call.Body = map[string]resource.Value{"key_type": kind}
	}
	return call
}

// check makes Divio clone the repository. Resources that use it come after that.
func check(c *resource.Change) resource.Call {
	return resource.Call{
		Does: "check", Op: "CheckRepository", Params: self(c),
		Until: &resource.Until{
			Probe: resource.Probe{
				Op: "GetRepository", Params: self(c), Where: map[string]resource.Value{"state": repositoryCloned},
			},
			For: repositoryCloned, Failed: []map[string]resource.Value{{"state": repositoryInvalid}}, Why: "state_message",
			Deadline: checkDeadline,
		},
		Gives: c.Address,
	}
}
