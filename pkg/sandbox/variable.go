package sandbox

import (
	"cmp"
	"slices"
)

// variable has the fields of the reference's GetEnvironmentVariable.
type variable struct {
	ID                         string    `json:"uuid"`
	Name                       string    `json:"name"`
	Environment                string    `json:"environment"`
	Value                      string    `json:"value"`
	Order                      int64     `json:"order"`
	IsSensitive                bool      `json:"is_sensitive"`
	IsReadOnly                 bool      `json:"is_read_only"`
	IsPatternReplacementActive bool      `json:"is_pattern_replacement_active"`
	DateCreated                timestamp `json:"date_created"`
	DateModified               timestamp `json:"date_modified"`
}

func (v *variable) key() string { return v.ID }

// maxVariableValue is the limit in the reference, in characters.
const maxVariableValue = 10000

// variablesOf returns the variables of an environment in their order.
func (st *state) variablesOf(environment string) []*variable {
	rows := st.Variables.where(func(v *variable) bool { return v.Environment == environment })
	slices.SortStableFunc(rows, func(a, b *variable) int { return cmp.Compare(a.Order, b.Order) })
	return rows
}

// showVariable leaves the value of a sensitive variable out: not null, not masked, but absent. The official
// client relies on this for lists; for the detail and for answers to writes it is a choice, because it is not
// documented. It is made only here.
func showVariable(_ *call, v *variable) object {
	out := fieldsOf(v)
	if v.IsSensitive {
		delete(out, "value")
	}
	return out
}

func echoVariable(c *call, v *variable) object {
	return pick(showVariable(c, v), "uuid", "name", "environment", "value", "is_sensitive", "is_read_only",
		"is_pattern_replacement_active", "order")
}

func variables(c *call) *table[*variable] { return &c.Variables }

// listVariables requires an application or an environment, as in the official client; the answer without one is
// INFERRED. Environments are in server order, the variables of each in their own order.
func listVariables(c *call) (answer, error) {
	q := c.filters()
	app, env, id := q.ids("application"), q.ids("environment"), q.ids("uuid")
	slug, name := q.text("environment_slug"), q.text("name")
	readOnly, sensitive := q.boolean("is_read_only"), q.boolean("is_sensitive")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	if len(q.values("application")) == 0 && len(q.values("environment")) == 0 {
		return answer{}, invalidTogether("Either application or environment is required.")
	}
	wanted := map[string]int{} // environment to its position
	for i, e := range c.Environments.rows {
		if c.appeared(e) && app(e.Application) && env(e.ID) && slug(e.Slug) {
			wanted[e.ID] = i
		}
	}
	rows := c.Variables.where(func(v *variable) bool {
		_, in := wanted[v.Environment]
		return in && id(v.ID) && name(v.Name) && readOnly(v.IsReadOnly) && sensitive(v.IsSensitive)
	})
	slices.SortStableFunc(rows, func(a, b *variable) int {
		return cmp.Or(cmp.Compare(wanted[a.Environment], wanted[b.Environment]), cmp.Compare(a.Order, b.Order))
	})
	return paged(c, rows, showVariable)
}

func createVariable(c *call) (answer, error) {
	v := &variable{ID: newID(), DateCreated: c.now, DateModified: c.now}
	f := c.form()
	f.id(&v.Environment, "environment", required, c.hasEnvironment)
	f.variable(v)
	f.boolean(&v.IsSensitive, "is_sensitive")
	if err := f.err(); err != nil {
		return answer{}, err
	}
	e, err := c.writable(v.Environment)
	if err != nil {
		return answer{}, err
	}
	if err := c.nameFree(v); err != nil {
		return answer{}, err
	}
	if siblings := c.variablesOf(e.ID); len(siblings) > 0 { // a new one is the last (INFERRED)
		v.Order = siblings[len(siblings)-1].Order + 1
	}
	c.Variables.add(v)
	c.touch(e, "environment-variables")
	return created(echoVariable(c, v))
}

// variable reads the fields that create and update share. Spaces around a value are part of it, as
// Divio's documentation says.
func (f *form) variable(v *variable) {
	f.text(&v.Name, "name", textRule{need: required, max: 255})
	f.text(&v.Value, "value", textRule{blank: true, raw: true, max: maxVariableValue})
	f.boolean(&v.IsPatternReplacementActive, "is_pattern_replacement_active")
}

// nameFree refuses a second variable with the same name in an environment (INFERRED at 90 %).
func (c *call) nameFree(v *variable) error {
	if c.Variables.any(func(o *variable) bool { return o.ID != v.ID && o.Environment == v.Environment && o.Name == v.Name }) {
		return invalidTogether("The fields environment, name must make a unique set.")
	}
	return nil
}

// writableVariable is the variable of the path with its environment, unless it is read-only or locked.
func (c *call) writableVariable() (*variable, *environment, error) {
	v, err := find(c, &c.Variables)
	if err != nil {
		return nil, nil, err
	}
	e, err := c.writable(v.Environment)
	if err != nil {
		return nil, nil, err
	}
	if v.IsReadOnly {
		return nil, nil, forbidden("This environment variable is read-only.")
	}
	return v, e, nil
}

func updateVariable(c *call) (answer, error) {
	v, e, err := c.writableVariable()
	if err != nil {
		return answer{}, err
	}
	next, f := *v, c.form()
	f.variable(&next)
	if err := f.err(); err != nil {
		return answer{}, err
	}
	if err := c.nameFree(&next); err != nil {
		return answer{}, err
	}
	next.DateModified = c.now
	*v = next
	c.touch(e, "environment-variables")
	return ok(echoVariable(c, v))
}

func destroyVariable(c *call) (answer, error) {
	v, e, err := c.writableVariable()
	if err != nil {
		return answer{}, err
	}
	c.Variables.remove(func(other *variable) bool { return other == v })
	c.touch(e, "environment-variables")
	return empty()
}

// moveVariable puts a variable directly before or after another one of the same environment (distance 0 or 1
// from the target's position). All variables of the environment are renumbered; only the moved one counts as
// modified. INFERRED: both of these, and that order matters to a deployment.
func moveVariable(distance int) operation {
	return func(c *call) (answer, error) {
		v, e, err := c.writableVariable()
		if err != nil {
			return answer{}, err
		}
		var target string
		f := c.form()
		f.id(&target, "target", required, has(&c.Variables))
		if err := f.err(); err != nil {
			return answer{}, err
		}
		if other, _ := c.Variables.get(target); other.Environment != v.Environment {
			return answer{}, invalid("target", "The target belongs to another environment.")
		}
		if target != v.ID {
			rest := slices.DeleteFunc(c.variablesOf(e.ID), func(o *variable) bool { return o == v })
			at := slices.IndexFunc(rest, func(o *variable) bool { return o.ID == target }) + distance
			for i, o := range slices.Insert(rest, at, v) {
				o.Order = int64(i)
			}
			v.DateModified = c.now
			c.touch(e, "environment-variables")
		}
		return ok(object{"target": target})
	}
}
