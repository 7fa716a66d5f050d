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

// PatternHint says what a pattern looks like.
const PatternHint = "A pattern is a path (shop/live: everything in it) or an address (variable.shop/live/DEBUG); * matches anything within a part, ** across parts."

// hintFor says what to do about an error. Hints are added only here, so that the same
// error has the same hint wherever it occurs. Diagnostics have their own hints.
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
	var unverified *UnverifiedError
	var seed *SeedError
	var state *sandbox.StateError
	if hint := hintForTime(err); hint != "" {
		return hint
	}
	switch {
	case errors.Is(err, ErrInterrupted) && Classify(err) == ExitInterrupted:
		return "" // the user knows why
	case errors.As(err, &unverified):
		return "All changes were made. To check them, run divioctl plan: it should find nothing to change."
	case errors.As(err, &usage) && usage.Hint != "":
		return usage.Hint
	case errors.As(err, &usage):
		return "Run " + usage.Help + " --help for the usage."
	case errors.As(err, &base):
		return base.Hint
	case errors.Is(err, ledger.ErrShortKey):
		return "Without the variable the ledger is not used."
	case errors.As(err, &selection):
		return hintForSelection(selection)
	case errors.As(err, &stopped):
		return stopped.Hint
	case errors.As(err, &stale):
		return "Re-run plan, and review the new plan before you apply it."
	case errors.Is(err, plan.ErrNotAPlan):
		return "Save the plan again with divioctl plan --out FILE. The files themselves are given with --file."
	case errors.As(err, &unknown) && !errors.As(err, &undeployed):
		// Before the cause: that may be a failed check for the effect, for example.
		return "Re-run the command: it reads the current state first, and makes only the remaining changes."
	case errors.Is(err, api.ErrNoToken):
		return "Set " + EnvToken + " (in CI, from a secret of the pipeline) or pass --token-file. To try divioctl without an account, pass --sandbox."
	case errors.As(err, &status):
		return hintForStatus(status)
	case errors.As(err, &undeployed):
		return "The changes were made. They take effect with the next successful deployment."
	case errors.As(err, &choice) && choice.What == "organisation":
		return "Pass --organisation NAME."
	case errors.As(err, &lookup), errors.As(err, &transport), errors.Is(err, http.ErrSchemeMismatch):
		return hintForConnection(err)
	case errors.As(err, &state):
		return "Start over with divioctl sandbox reset --sandbox=" + state.File + ": this deletes the content of the file."
	case errors.As(err, &seed):
		return "A seed is JSON; see divioctl sandbox seed --help and docs/sandbox.md."
	case errors.Is(err, os.ErrPermission):
		return "Check the permissions of the file."
	}
	return hintForRead(err)
}

func hintForSelection(err *plan.SelectionError) string {
	if err.Lacks {
		return "Select it too, or pass --with-dependencies to add what a change needs."
	}
	return PatternHint
}

// hintForTime says what to do when something takes too long.
func hintForTime(err error) string {
	var wait *api.LongWaitError
	switch {
	case errors.As(err, &wait):
		return "Re-run the command after that time: it reads the current state first."
	case errors.Is(err, api.ErrTimeUp):
		return "Re-run the command: it reads the current state first. --timeout gives it more time."
	}
	return ""
}

// hintForRead says what to do about a current state that could not be read.
func hintForRead(err error) string {
	var answer *remote.AnswerError
	switch {
	case errors.As(err, &answer), errors.Is(err, api.ErrEndlessList):
		return "Nothing is created or deleted in a list that was not read completely. Exclude it (--exclude) to plan the rest, and report this to the maintainers of divioctl."
	}
	return ""
}

// hintForConnection says what to do about a server that does not answer.
func hintForConnection(err error) string {
	var lookup *net.DNSError
	switch {
	case errors.As(err, &lookup):
		return "Check the address: --endpoint, --zone, " + EnvEndpoint + " and " + EnvZone + " give the API's address."
	case errors.Is(err, http.ErrSchemeMismatch):
		return "The server uses plain http: pass --endpoint http://..., which is allowed only for servers on this machine."
	}
	return "No server answers. Check the network, the proxy settings (HTTPS_PROXY) and the address (--endpoint, " + EnvEndpoint + ")."
}

// hintForStatus says what to do about an error status of the API.
func hintForStatus(err *api.StatusError) string {
	switch {
	case err.Status == http.StatusUnauthorized:
		return "The API rejected the token. Check that it has not expired and belongs to this zone."
	case err.Status == http.StatusForbidden:
		return "The token is valid, but its account has no permission to do this. Ask an owner of the organisation for it."
	case err.Status == http.StatusNotFound && err.Method == http.MethodDelete:
		return "Re-run plan: if the resource no longer exists, the plan does not delete it; otherwise this account may not delete it."
	case err.Status == http.StatusNotFound:
		return "It does not exist, or this account has no access to it."
	case err.Status == http.StatusTooManyRequests:
		return "The API limits the number of requests: pass --rate N (per second) or a smaller --parallelism."
	case err.Status >= http.StatusInternalServerError:
		return "The API reported a server error. Try again later: it is safe to re-run the command."
	}
	return ""
}
