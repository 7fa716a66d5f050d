package resource

import "time"

// Call is one request to the API, as data: an operation by its id and what to
// send, how it may be repeated, how its effect is recognised and where it
// stands in the order among its siblings. Values may hold a [HandleOf] that
// apply replaces by an id before the call is made.
type Call struct {
	// Does says for people what the call does ("make primary").
	Does string
	// Op is the operation id; "" for a call that only waits for Until.
	Op     string
	Params map[string]Value // path parameters
	Body   map[string]Value
	Retry  Retry
	// Probe recognises the effect (retry classes ReadBack, LookUp, Once).
	Probe *Probe
	// Until must show before the next call of the change is made.
	Until *Until
	// Gives is the address whose handle the answer's id becomes, zero for none.
	Gives Address

	// Phase orders the calls of one collection: a call starts when all calls
	// of lower phases in the collection have ended, well or not. Serial calls
	// of one phase run one after another, in plan order. Gate: when it fails,
	// the later phases of its collection are skipped.
	Phase  int
	Serial bool
	Gate   bool
	// Needs are further addresses whose handles must exist and whose changes
	// must have been made.
	Needs []Address
	// Tells is what a person must be told when the call is done.
	Tells []Tell
	// AfterDeployment: between the calls before it and this one, a deployment of
	// what the resource stands in must have brought those into effect. Where none
	// is made, the call waits for a later run.
	AfterDeployment bool
}

// Retry is how a call may be repeated when its outcome is unclear (no answer, or a
// 502, 503 or 504). A 429, and a request that surely never left, is repeated in
// every class.
type Retry int

// The retry classes.
const (
	// Repeat: doing it twice is the same as once (GET, PUT, PATCH, DELETE,
	// move, make-primary). A 404 to a repeated DELETE is success.
	Repeat Retry = iota
	// ReadBack: look whether Probe shows the effect; if not, repeat.
	ReadBack
	// LookUp: look for the natural key with Probe and adopt what is found;
	// if nothing is, repeat.
	LookUp
	// Once: look with Probe for an id that was not Known with the body that was
	// sent; if there is none, the call ends as unknown. Never repeated.
	Once
)

// Probe is a read that recognises something. The operation lists (then some
// result must match Where) or gets (then the object must). Gone turns it round:
// nothing may match, and a 404 counts.
type Probe struct {
	Op     string
	Params map[string]Value
	Query  map[string]Value
	Where  map[string]Value
	// Known are handles that do not count.
	Known []string
	Gone  bool
}

// Until is a probe that is repeated until it matches, at most for Deadline. For
// says for people what it waits for ("ATTACHED"). An object that matches one of
// Failed will never match: the wait ends, and the field Why says why.
type Until struct {
	Probe
	For      string
	Failed   []map[string]Value
	Why      string
	Deadline time.Duration
}

// Tell is something that a person must be told: Text, in which %s stands for the
// field of the answer, or for the id where Field is "". Where the answer does not hold
// it, since it was lost, say, Else is told, if there is one.
type Tell struct{ Text, Field, Else string }

// HandleOf stands in a call for the id of a resource that may not exist yet.
type HandleOf struct{ Address Address }

// Answer is what a call gave. Handle is the id in the answer, or of what a
// probe found.
type Answer struct {
	Handle string
	Body   map[string]any
}
