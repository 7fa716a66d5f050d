package resource

import "time"

// Call is one request to the API, as data: an operation by its id and what to send, how
// it may be retried, how its effect is recognised and its position in the order among
// its siblings. Values may contain a [HandleOf] that apply replaces by an id before the
// call is made.
type Call struct {
	// Does describes what the call does ("make primary").
	Does string
	// Op is the operation id; "" for a call that only waits for Until.
	Op     string
	Params map[string]Value // path parameters
	Body   map[string]Value
	Retry  Retry
	// Probe recognises the effect (retry classes ReadBack, LookUp, Once).
	Probe *Probe
	// IfAppeared, where it is not Unwatched: Probe is made right before the call too, and
	// says what to do if it matches. The call belongs to the class Once.
	IfAppeared IfAppeared
	// Until must match before the next call of the change is made.
	Until *Until
	// Gives is the address whose handle is the answer's id, zero for none.
	Gives Address

	// Phase orders the calls of one collection: a call starts when all calls of lower
	// phases in the collection have ended, successfully or not. Serial calls of one
	// phase run one after another, in plan order. Gate: if it fails, the later phases
	// of its collection are skipped.
	Phase  int
	Serial bool
	Gate   bool
	// Needs are further addresses whose handles must exist and whose changes
	// must have been made.
	Needs []Address
	// Tells are messages that the user must see when the call is done.
	Tells []Tell
	// AfterDeployment: a deployment of the parent must have brought the earlier calls
	// into effect before this one. If none is made, the call waits for a later run.
	AfterDeployment bool
}

// Retry is how a call may be retried if its outcome is unclear (no answer, or a 502,
// 503 or 504). A 429, and a request that was certainly not sent, is retried in every
// class.
type Retry int

// The retry classes.
const (
	// Repeat: the call is idempotent (GET, PUT, PATCH, DELETE, move, make-primary). A
	// 404 to a retried DELETE is success.
	Repeat Retry = iota
	// ReadBack: check with Probe whether the call took effect; if not, retry.
	ReadBack
	// LookUp: search the natural key with Probe and adopt the match; if there is none,
	// retry.
	LookUp
	// Once: search with Probe for an id that is not in Known, with the body that was
	// sent; if there is none, the call ends as unknown. Never retried.
	Once
)

// IfAppeared says what to do if an object equal to what a create would make has appeared
// since the plan was made: another apply made it, and the API has no key that would keep
// the two from making it twice.
type IfAppeared int

// What to do with an equal object.
const (
	// Unwatched: it is not looked for.
	Unwatched IfAppeared = iota
	// Adopt: it is used in place of a new one. All that the create sends can be compared.
	Adopt
	// Refuse: the call fails without being sent. A new plan finds the object and does
	// what remains.
	Refuse
)

// Probe is a read that checks for an object. The operation lists (then some result must
// match Where) or gets (then the object must). Gone inverts it: nothing must match, and
// a 404 is a match.
//
// Detail, if set, is an operation that takes the id of a match and returns what the list
// does not: a match that differs from DetailWhere there is none. What it does not return,
// or refuses to, is not compared.
type Probe struct {
	Op     string
	Params map[string]Value
	Query  map[string]Value
	Where  map[string]Value
	// Known are handles that are ignored.
	Known []string
	Gone  bool

	Detail      string
	DetailWhere map[string]Value
}

// Until is a probe that is repeated until it matches, at most for Deadline. For
// describes what it waits for ("ATTACHED"). An object that matches one of Failed will
// never match: the wait ends, and the field Why gives the reason.
type Until struct {
	Probe
	For      string
	Failed   []map[string]Value
	Why      string
	Deadline time.Duration
}

// Tell is a message that the user must see: Text, in which %s is replaced by the field
// of the answer, or by the id if Field is "". If the answer does not contain it, because
// it was lost, the message is Else, or none if that is "".
type Tell struct{ Text, Field, Else string }

// HandleOf represents in a call the id of a resource that may not exist yet.
type HandleOf struct{ Address Address }

// Answer is the result of a call. Handle is the id in the answer, or of the object that
// a probe found. Adopted: that object had appeared before the call, which was not sent.
type Answer struct {
	Handle  string
	Body    map[string]any
	Adopted bool
}
