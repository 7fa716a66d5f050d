package sandbox

// The states of a repository. The reference shows UNKNOWN; the official client knows the others.
//
//	UNKNOWN ─check─▶ CLONING ─▶ CLONED
//	                    ╰─────▶ INVALID ─check─▶ CLONING
const (
	repositoryUnknown = "UNKNOWN"
	repositoryCloning = "CLONING"
	repositoryCloned  = "CLONED"
	repositoryInvalid = "INVALID"
)

var repositoryStates = []string{repositoryUnknown, repositoryCloning, repositoryCloned, repositoryInvalid}

// report is the body of an action on a repository. Clients rely on the code "success"; the other codes, and
// that a failed attempt is also answered with 200, are INFERRED.
func report(success bool, code, message string) object {
	return object{"status": success, "code": code, "message": message}
}

const noAccessMessage = "Could not read from the remote repository: access denied."

// pull tries to read from the Git host.
func (r *repository) pull(now timestamp) object {
	success := !r.NoAccess
	r.LastPullSuccess, r.LastPulledAt = &success, &now
	return attempted(success)
}

// push tries to write to the Git host.
func (r *repository) push(now timestamp) object {
	success := !r.NoAccess
	r.LastPushSuccess, r.LastPushedAt = &success, &now
	return attempted(success)
}

func attempted(success bool) object {
	if !success {
		return report(false, "no-access", noAccessMessage)
	}
	return done("The Git host accepts the credentials.")
}

// checkRepository behaves as the official client expects: the first check starts to clone, GetRepository shows
// the progress, and a check of a cloned repository tries to push at once. Its answer while it clones is
// INFERRED. The branch and the content, which matter for a migration, are not checked.
func checkRepository(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	var migrate bool
	var branch string
	f := c.form()
	f.boolean(&migrate, "migrate")
	f.text(&branch, "branch", textRule{})
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if r.State == repositoryCloned {
		return ok(r.push(c.now))
	}
	if r.CheckEndsAt == nil {
		ends := c.now.plus(c.options.CheckTime)
		r.State, r.StateMessage, r.CheckEndsAt = repositoryCloning, "", &ends
	}
	return ok(report(false, "cloning", "The repository is being cloned."))
}

// finishCheck ends the cloning that a check started.
func (r *repository) finishCheck(at timestamp) {
	r.CheckEndsAt = nil
	r.pull(at)
	r.State, r.StateMessage = repositoryCloned, ""
	if r.NoAccess {
		r.State, r.StateMessage = repositoryInvalid, noAccessMessage
	}
}

// verifyRepository tries both at once and does not change the state (INFERRED).
func verifyRepository(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	r.pull(c.now)
	return ok(r.push(c.now))
}

// updateClone is pull and reset-to-origin. They are equivalent here, since the emulator's copy is never
// changed.
func updateClone(c *call) (answer, error) {
	r, err := find(c, &c.Repositories)
	if err != nil {
		return answer{}, err
	}
	return ok(r.update(c.now))
}

// update pulls new commits, which needs a clone (INFERRED).
func (r *repository) update(now timestamp) object {
	if r.State != repositoryCloned {
		return report(false, "not-cloned", "The repository has not been cloned.")
	}
	return r.pull(now)
}

// getRepositoryCommits answers an empty list: the emulator has no Git history. The answer is not in the
// reference; it also omits the envelope of other lists (INFERRED).
func getRepositoryCommits(c *call) (answer, error) {
	if _, err := find(c, &c.Repositories); err != nil {
		return answer{}, err
	}
	if c.query.Get("lookup") == "" {
		return answer{}, invalid("lookup", "This field is required.")
	}
	return ok(object{"count": 0, "next": nil, "previous": nil, "results": []any{}})
}
