package sandbox

// containerRegistry has the fields of the reference's GetContainerRegistry and the credentials, which no answer
// contains.
type containerRegistry struct {
	ID           string `json:"uuid"`
	Server       string `json:"server"`
	Organisation string `json:"organisation"`
	Username     string `json:"username" api:"-"`
	Password     string `json:"password" api:"-"`
}

func (r *containerRegistry) key() string { return r.ID }

func containerRegistries(c *call) *table[*containerRegistry] { return &c.ContainerRegistries }

func listContainerRegistries(c *call) (answer, error) {
	q := c.filters()
	org := q.id("organisation")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, c.ContainerRegistries.where(func(r *containerRegistry) bool { return org(r.Organisation) }), plain)
}

// containerRegistry reads the fields that create and update share.
func (c *call) containerRegistry(r *containerRegistry) error {
	f := c.form()
	f.text(&r.Server, "server", textRule{need: required, max: 255})
	f.id(&r.Organisation, "organisation", required, has(&c.Organisations))
	f.text(&r.Username, "username", textRule{need: required})
	f.text(&r.Password, "password", textRule{need: required})
	if err := f.err(); err != nil {
		return err
	}
	// An organisation has one set of credentials per server (INFERRED).
	if c.ContainerRegistries.any(func(o *containerRegistry) bool {
		return o.ID != r.ID && o.Organisation == r.Organisation && o.Server == r.Server
	}) {
		return invalidTogether("The fields server, organisation must make a unique set.")
	}
	return nil
}

func createContainerRegistry(c *call) (answer, error) {
	r := &containerRegistry{ID: newID()}
	if err := c.containerRegistry(r); err != nil {
		return answer{}, err
	}
	c.ContainerRegistries.add(r)
	return created(fieldsOf(r))
}

func updateContainerRegistry(c *call) (answer, error) {
	r, err := find(c, &c.ContainerRegistries)
	if err != nil {
		return answer{}, err
	}
	next := *r
	if err := c.containerRegistry(&next); err != nil {
		return answer{}, err
	}
	*r = next
	return ok(fieldsOf(r))
}

func destroyContainerRegistry(c *call) (answer, error) {
	r, err := find(c, &c.ContainerRegistries)
	if err != nil {
		return answer{}, err
	}
	c.ContainerRegistries.remove(func(other *containerRegistry) bool { return other == r })
	return empty()
}
