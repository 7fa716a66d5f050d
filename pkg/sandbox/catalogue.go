package sandbox

import "slices"

// Objects that cannot be changed through the API: the account, organisations, regions, plan groups and
// services.

// account is the owner of the token, as in GET /iam/v3/me/.
type account struct {
	ID        string    `json:"uuid"`
	FirstName string    `json:"first_name"`
	LastName  string    `json:"last_name"`
	Email     string    `json:"email"`
	CreatedAt timestamp `json:"created_at"`
	Timezone  string    `json:"timezone"`
}

func (a *account) key() string { return a.ID }

func getMe(c *call) (answer, error) { return ok(fieldsOf(&c.Account)) }

type organisation struct {
	ID        string    `json:"uuid"`
	Name      string    `json:"name"`
	CreatedAt timestamp `json:"created_at"`
}

func (o *organisation) key() string { return o.ID }

func organisations(c *call) *table[*organisation] { return &c.Organisations }

func listOrganisations(c *call) (answer, error) { return paged(c, c.Organisations.rows, plain) }

type planGroup struct {
	ID            string   `json:"uuid"`
	Name          string   `json:"name"`
	Regions       []string `json:"regions"`
	Organisations []string `json:"organisations,omitempty" api:"-"` // who may choose it; empty means everybody
}

func (p *planGroup) key() string { return p.ID }

func (p *planGroup) offeredTo(organisation string) bool {
	return len(p.Organisations) == 0 || slices.Contains(p.Organisations, organisation)
}

func planGroups(c *call) *table[*planGroup] { return &c.PlanGroups }

func listPlanGroups(c *call) (answer, error) {
	q := c.filters()
	wanted := q.id("organisation")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	found := c.PlanGroups.where(func(p *planGroup) bool {
		return c.Organisations.any(func(o *organisation) bool { return wanted(o.ID) && p.offeredTo(o.ID) })
	})
	// The list contains uuid and name; the official client takes the regions from the detail.
	return paged(c, found, func(c *call, p *planGroup) object { return pick(fieldsOf(p), "uuid", "name") })
}

type region struct {
	ID                   string  `json:"uuid"`
	Name                 string  `json:"name"`
	ShortName            string  `json:"short_name"`
	ShortDescriptionHTML string  `json:"short_description_html"`
	IconDarkMode         *string `json:"icon_dark_mode"`
	CloudspaceHash       string  `json:"cloudspace_hash"`
	IsPublic             bool    `json:"is_public"`
	IsDefault            bool    `json:"is_default"`
	RAMUnitSize          int64   `json:"ram_unit_size"`
	RAMUnitPrice         string  `json:"ram_unit_price"`
	DiskUnitSize         int64   `json:"disk_unit_size"`
	DiskUnitPrice        string  `json:"disk_unit_price"`
	TransferUnitSize     int64   `json:"transfer_unit_size"`
	TransferUnitPrice    string  `json:"transfer_unit_price"`
}

func (r *region) key() string { return r.ID }

func regions(c *call) *table[*region] { return &c.Regions }

func listRegions(c *call) (answer, error) {
	q := c.filters()
	// The effect of the organisation filter is not documented; private regions are not emulated, so there is
	// none.
	id, name, short := q.ids("uuid"), q.text("name"), q.text("short_name")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	return paged(c, c.Regions.where(func(r *region) bool {
		return id(r.ID) && name(r.Name) && short(r.ShortName)
	}), plain)
}

type service struct {
	ID                    string   `json:"uuid"`
	Name                  string   `json:"name"`
	Type                  string   `json:"type"`
	Description           string   `json:"description"`
	IsBackupable          bool     `json:"is_backupable"`
	IsSelfManageable      bool     `json:"is_self_manageable"`
	Identifier            string   `json:"identifier"`
	RequiresSubscriptions []any    `json:"requires_subscriptions"`
	Regions               []string `json:"regions" api:"-"` // where it is available
}

func (s *service) key() string { return s.ID }

// serviceTypes are the values of a service's type.
var serviceTypes = []string{"AMQP", "DATABASE", "SEARCH", "STORAGE"}

func services(c *call) *table[*service] { return &c.Services }

func listServices(c *call) (answer, error) {
	q := c.filters()
	in, app := q.ids("region"), q.id("website")
	kind, identifier, name := q.choice("type", serviceTypes...), q.text("identifier"), q.text("name")
	backupable, manageable := q.boolean("is_backupable"), q.boolean("is_self_manageable")
	if err := q.err(); err != nil {
		return answer{}, err
	}
	// "website" is an application: the services of its region (INFERRED).
	offered := func(s *service) bool { return true }
	if q.last("website") != "" {
		apps := c.Applications.where(func(a *application) bool { return app(a.ID) })
		offered = func(s *service) bool {
			return len(apps) > 0 && slices.Contains(s.Regions, apps[0].Region)
		}
	}
	found := c.Services.where(func(s *service) bool {
		return slices.ContainsFunc(s.Regions, in) && offered(s) && kind(s.Type) && identifier(s.Identifier) &&
			name(s.Name) && backupable(s.IsBackupable) && manageable(s.IsSelfManageable)
	})
	return paged(c, found, plain)
}
