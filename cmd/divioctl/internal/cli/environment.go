package cli

import "github.com/divioctl/divioctl/pkg/ledger"

// The variables of the environment that divioctl reads for itself. Token and ledger
// key are refused as sources of values (value_from).
const (
	EnvEndpoint  = "DIVIO_ENDPOINT"
	EnvZone      = "DIVIO_ZONE"
	EnvToken     = "DIVIO_API_TOKEN"
	EnvLedgerKey = ledger.KeyVariable
)
