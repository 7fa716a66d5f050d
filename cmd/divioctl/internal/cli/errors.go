package cli

// The errors that decide about an exit code and a hint, and that commands return. Those
// of the packages below (diag, plan, remote, workflow) are also classified.

// UsageError is a wrong use of the command line. Help is the command whose help
// describes the right use ("divioctl plan"); Hint, if set, is printed instead.
type UsageError struct{ Message, Help, Hint string }

// Error gives the message.
func (e *UsageError) Error() string { return e.Message }

// StoppedError is an apply that a limit or blocked changes stopped before anything was
// written.
type StoppedError struct{ Message, Hint string }

// Error gives the message.
func (e *StoppedError) Error() string { return e.Message }

// PartlyError is an apply that wrote, but not everything.
type PartlyError struct{ Err error }

// Error is that of the cause.
func (e *PartlyError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *PartlyError) Unwrap() error { return e.Err }

// DiffersError is an apply after which --verify found a difference, or of which a
// deployment did not succeed.
type DiffersError struct{ Err error }

// Error is that of the cause.
func (e *DiffersError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *DiffersError) Unwrap() error { return e.Err }

// UnverifiedError is an apply that made everything, and was interrupted while it read
// again for --verify.
type UnverifiedError struct{ Err error }

// Error names the cause.
func (e *UnverifiedError) Error() string { return "applied, but not verified: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *UnverifiedError) Unwrap() error { return e.Err }

// UndeployedError is an apply whose changes were made but not all deployed. The causes
// have been printed one by one.
type UndeployedError struct {
	Message string
	Causes  error
}

// Error gives the message.
func (e *UndeployedError) Error() string { return e.Message }

// Unwrap gives the causes.
func (e *UndeployedError) Unwrap() error { return e.Causes }

// SeedError is a mistake in a seed file of the sandbox.
type SeedError struct{ Err error }

// Error is that of the cause.
func (e *SeedError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *SeedError) Unwrap() error { return e.Err }
