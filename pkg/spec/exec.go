package spec

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/divioctl/divioctl/pkg/resource"
)

// Programs as sources, which is how sops, vault, op and pass are used:
//
//   - They run only if the command line allows it. Anyone who can change the files can
//     run any program, on a machine with the API token.
//   - The arguments are a list. No shell is used.
//   - A bare name is looked up in PATH; the program runs in the directory of the YAML
//     file, with no standard input, and without divioctl's own secrets in its
//     environment.
//   - Its standard output is the value, without one line break at the end. Its standard
//     error is dropped: it may contain the secret.
//   - Each distinct command runs once, one at a time, since the program may ask the
//     user for a password.

const (
	execTimeout = time.Minute
	// execGrace is how long a program that has ended, or was stopped, may keep its
	// output open through its children.
	execGrace = time.Second
)

// takeExec runs a program and takes its output as the value.
func (l *lookup) takeExec(ctx context.Context, source resource.Source) taken {
	name := source.Exec[0]
	if !l.AllowExec {
		return wrong("check what it runs, then pass --allow-exec; anyone who can change the files can run any program",
			"value_from would run the program %s, which requires --allow-exec", name)
	}
	const byHand = "run it manually in the directory of the YAML file; its output is not shown, because it may contain a secret"
	timeout := l.Timeout
	if timeout == 0 {
		timeout = execTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	command := exec.CommandContext(limited, name, source.Exec[1:]...)
	command.Dir, command.Env, command.WaitDelay = source.Dir, l.environment(), execGrace
	var out bounded
	command.Stdout = &out
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return wrong("", "the program %s was interrupted", name)
	case limited.Err() != nil:
		return wrong(byHand, "the program %s timed out after %s", name, timeout)
	case out.full:
		return wrong("check that it is the right program", "the program %s printed more than 1 MB", name)
	case errors.As(err, &exit):
		return wrong(byHand, "the program %s failed: %s", name, exit.ProcessState)
	case errors.Is(err, exec.ErrWaitDelay):
		return wrong(byHand, "the program %s ended, but a process that it started keeps its output open", name)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return wrong("install it, or fix PATH; a path such as ./program is relative to the YAML file", "program %s not found", name)
	case err != nil:
		return wrong(byHand, "the program %s cannot be run: %s", name, reason(err))
	case !utf8.Valid(out.kept.Bytes()):
		return wrong(encodeIt, "the output of the program %s is not UTF-8 text", name)
	}
	text := withoutNewline(out.kept.String())
	if text == "" {
		return wrong(`for an empty value, write value: ""; otherwise `+byHand, "the program %s printed nothing", name)
	}
	return taken{text: text}
}

// environment is the environment of this process without divioctl's own secrets.
func (l *lookup) environment() []string {
	kept := []string{} // nil would mean the whole environment
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); !l.refuses(name) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// bounded keeps what is written to it, up to the limit.
type bounded struct {
	kept bytes.Buffer
	full bool
}

// Write fails beyond the limit, which ends the program's output.
func (b *bounded) Write(data []byte) (int, error) {
	if b.kept.Len()+len(data) > maxSourceSize {
		b.full = true
		return 0, errors.New("too much")
	}
	return b.kept.Write(data)
}
