package sandbox

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// writableApplication is the application of the path, unless it is locked.
func (c *call) writableApplication() (*application, error) {
	a, err := find(c, &c.Applications)
	if err != nil {
		return nil, err
	}
	return a, unlocked(a)
}

// archiveApplication hides an application and everything in it. Its domains are free at once; its slug only if
// it is deleted immediately (INFERRED).
func archiveApplication(c *call) (answer, error) {
	a, err := c.writableApplication()
	if err != nil {
		return answer{}, err
	}
	var verify string
	var immediately bool
	f := c.form()
	f.text(&verify, "verify_name", textRule{need: required})
	f.boolean(&immediately, "delete_immediately")
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if verify != a.Name {
		return answer{}, invalid("verify_name", "The name does not match the application's.")
	}
	for _, env := range c.environmentsOf(a.ID) {
		c.removeEnvironment(env)
	}
	c.Applications.remove(func(other *application) bool { return other == a })
	if !immediately {
		c.ArchivedApplications.add(&archivedApplication{ID: a.ID, Slug: a.Slug, Name: a.Name, ArchivedAt: c.now})
	}
	return ok(done("The application has been archived."))
}

func transferApplication(c *call) (answer, error) {
	a, err := c.writableApplication()
	if err != nil {
		return answer{}, err
	}
	target := a.Organisation
	f := c.form()
	f.id(&target, "organisation", required, has(&c.Organisations))
	if err := f.err(); err != nil {
		return answer{}, err
	}
	a.Organisation = target
	return ok(pick(fieldsOf(a), "uuid", "organisation"))
}

// migrateApplication moves an application from Divio's Git server to an external repository. Divio's
// documentation says that this cannot be undone; that it is only possible once is INFERRED.
func migrateApplication(c *call) (answer, error) {
	a, err := c.writableApplication()
	if err != nil {
		return answer{}, err
	}
	var target string
	f := c.form()
	f.id(&target, "repository", required, has(&c.Repositories))
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if a.Repository != nil {
		return answer{}, &refusal{status: http.StatusBadRequest, body: object{
			"status": false, "message": "The application already uses an external repository.", "code": "already-external",
		}}
	}
	if err := c.verified(target); err != nil {
		return answer{}, err
	}
	a.Repository = &target
	if a.NoCode { // the external repository has code (INFERRED)
		a.NoCode = false
		for _, e := range c.environmentsOf(a.ID) {
			e.addCommit()
		}
	}
	return ok(done("The application has been migrated."))
}

// verified refuses a repository that no check has cloned: in the official client an application can use one
// only after that. The wording is INFERRED.
func (c *call) verified(repository string) error {
	if r, _ := c.Repositories.get(repository); r.State != repositoryCloned {
		return invalid("repository", "The repository has not been verified.")
	}
	return nil
}

// copyTypes are the values of an application's copy_type; a copy through the API is one of the last two.
var copyTypes = []string{"COPY", "FORK", "MIRROR"}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// copyApplication makes a fork or a mirror with copies of the environments. The slug comes from the name, with
// a number if it is taken (INFERRED).
func copyApplication(c *call) (answer, error) {
	from, err := find(c, &c.Applications)
	if err != nil {
		return answer{}, err
	}
	to := *from
	var kind string
	f := c.form()
	f.text(&to.Name, "target_name", textRule{need: required, max: 255})
	f.id(&to.Organisation, "target_organisation", required, has(&c.Organisations))
	f.choice(&kind, "type", required, copyTypes[1:]...)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(to.Name), "-"), "-")
	if slug == "" {
		slug = "application"
	}
	to.Slug = slug
	for i := 2; c.slugTaken(to.Slug); i++ {
		to.Slug = slug + "-" + strconv.Itoa(i)
	}
	to.ID, to.CreatedAt, to.CopyType, to.CopiedFrom = newID(), c.now, &kind, &from.ID
	to.IsLocked = false
	c.Applications.add(&to)
	for _, env := range c.environmentsOf(from.ID) {
		c.copyEnvironmentTo(&to, env, env.Slug)
	}
	return ok(showApplication(c, &to))
}

// receivePicture accepts an avatar or a screenshot and discards it: no client reads them.
func receivePicture(c *call) (answer, error) {
	if _, err := c.writableApplication(); err != nil {
		return answer{}, err
	}
	if _, isFile := c.body.fields["file"].(uploadedFile); !isFile {
		return answer{}, invalid("file", "No file was submitted.")
	}
	return ok(object{})
}

func deletePicture(c *call) (answer, error) {
	if _, err := c.writableApplication(); err != nil {
		return answer{}, err
	}
	return empty()
}
