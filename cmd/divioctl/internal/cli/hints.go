package cli

import (
	"errors"
	"net"
	"net/http"
	"os"

	"github.com/divioctl/divioctl/pkg/api"
	"github.com/divioctl/divioctl/pkg/ledger"
	"github.com/divioctl/divioctl/pkg/plan"
	"github.com/divioctl/divioctl/pkg/remote"
	"github.com/divioctl/divioctl/pkg/sandbox"
	"github.com/divioctl/divioctl/pkg/workflow"
)

// hintFor says what to do about an error. This is the only place that does, so
// that the same trouble is answered the same way wherever it comes from.
// Diagnostics bring hints of their own, each at its place.
func hintFor(err error) string {
	var usage *UsageError
	var base *workflow.BaseError
	var stopped *StoppedError
	var status *api.StatusError
	var unknown *api.UnknownError
	var choice *remote.ChoiceError
	var lookup *net.DNSError
	var transport *api.TransportError
	var selection *plan.SelectionError
	var stale *plan.StaleError
	var undeployed *UndeployedError
	var seed *SeedError
	var state *sandbox.StateError
	switch {
	case errors.Is(err, ErrInterrupted) && Classify(err) == ExitInterrupted:
		return "" // whoever interrupts knows why
	case errors.As(err, &usage) && usage.Hint != "":
		return usage.Hint
	case errors.As(err, &usage):
		return "Run " + usage.Help + " --help to see how it is meant."
	case errors.As(err, &base):
		return base.Hint
	case errors.Is(err, ledger.ErrShortKey):
		return "Without the variable the ledger is not used."
	case errors.As(err, &selection):
		return "Addresses look like variable.shop/live/DEBUG; * stands for anything within a part, ** across. --with-dependencies adds what is needed."
	case errors.As(err, &stopped):
		return stopped.Hint
	case errors.As(err, &stale):
		return "Make the plan again, and look at it before it is applied."
	case errors.Is(err, plan.ErrNotAPlan):
		return "Make the plan again with divioctl plan --out FILE."
	case errors.As(err, &unknown) && !errors.As(err, &undeployed):
		// Before what is inside: what went wrong in a look for its effect, say.
		return "Run the command again: it looks what is there first, and makes only what is missing."
	case errors.Is(err, api.ErrNoToken):
		return "Set " + EnvToken + " (in CI, as a protected variable of the project) or give --token-file. To try without an account, add --sandbox."
	case errors.As(err, &status):
		return hintForStatus(status)
	case errors.As(err, &undeployed):
		return "The changes themselves are made. They take effect with the next deployment that succeeds."
	case errors.As(err, &choice) && choice.What == "organisation":
		return "Name it with --organisation NAME."
	case errors.As(err, &lookup):
		return "Is the address right? --endpoint, --zone, " + EnvEndpoint + " and " + EnvZone + " say where the API is."
	case errors.Is(err, http.ErrSchemeMismatch):
		return "The server there speaks plain http: give --endpoint http://..., which is for servers on this machine alone."
	case errors.As(err, &transport):
		return "Nothing answers. Check the network, the proxy settings (HTTPS_PROXY) and the address (--endpoint, " + EnvEndpoint + ")."
	case errors.As(err, &state):
		return "Begin anew with divioctl sandbox reset --sandbox=" + state.File + ": what the file holds is lost then."
	case errors.As(err, &seed):
		return "A seed is JSON, as divioctl sandbox seed --help and docs/sandbox.md show it."
	case errors.Is(err, os.ErrPermission):
		return "The file's permissions do not allow it."
	}
	return ""
}

// hintForStatus says what to do about a clear answer of the API.
func hintForStatus(err *api.StatusError) string {
	switch {
	case err.Status == http.StatusUnauthorized:
		return "The token is not accepted. Has it expired, or does it belong to another zone?"
	case err.Status == http.StatusForbidden:
		return "The token works, but its account may not do this. Ask an owner of the organisation for the permission."
	case err.Status == http.StatusNotFound && err.Method == http.MethodDelete:
		return "Run plan again: it does not delete what is gone, and still shows what this account may not delete."
	case err.Status == http.StatusNotFound:
		return "It is not there, or this account cannot see it."
	case err.Status == http.StatusTooManyRequests:
		return "The API wants fewer requests: give --rate N (per second) or a smaller --parallelism."
	case err.Status >= http.StatusInternalServerError:
		return "The API reported a server error. Try again later: running the command again is safe."
	}
	return ""
}
