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
//   - They run only where the command line allows it. Whoever can change the files
//     can have any program run, on a machine that holds the API token.
//   - The arguments are a list. No shell sees them.
//   - A bare name is looked up in PATH; the program runs in the directory of the
//     YAML file, with no standard input, and without divioctl's own secrets in its
//     environment.
//   - Its standard output is the value, less one line break at the end. Its
//     standard error is dropped: it may quote the secret.
//   - Each distinct command runs once, one after another, since the program may
//     ask a person for a password.

const (
	execTimeout = time.Minute
	// execGrace is how long a program that has ended, or was stopped, may keep its
	// output open through its children.
	execGrace = time.Second
)

// takeExec runs a program for the value that it prints.
func (l *lookup) takeExec(ctx context.Context, source resource.Source) taken {
	name := source.Exec[0]
	if !l.AllowExec {
		return wrong("check what it runs, then pass --allow-exec; anyone who can change the files can have any program run",
			"value_from would run the program %s, which needs --allow-exec", name)
	}
	const byHand = "run it by hand in the directory of the YAML file; what it says is not shown here, since it may hold a secret"
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
		return wrong(byHand, "the program %s did not end within %s", name, timeout)
	case out.full:
		return wrong("is it the right program?", "the program %s printed more than 1 MB", name)
	case errors.As(err, &exit):
		return wrong(byHand, "the program %s failed: %s", name, exit.ProcessState)
	case errors.Is(err, exec.ErrWaitDelay):
		return wrong(byHand, "the program %s ended, but something that it started keeps its output open", name)
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return wrong("install it, or correct PATH; a path such as ./program is relative to the YAML file", "there is no program %s", name)
	case err != nil:
		return wrong(byHand, "the program %s cannot be run: %s", name, reason(err))
	case !utf8.Valid(out.kept.Bytes()):
		return wrong(encodeIt, "what the program %s prints is not UTF-8 text", name)
	}
	text := withoutNewline(out.kept.String())
	if text == "" {
		return wrong(`if an empty value is meant, write value: ""; otherwise `+byHand, "the program %s printed nothing", name)
	}
	return taken{text: text}
}

// environment is that of this process without our own secrets.
func (l *lookup) environment() []string {
	kept := []string{} // nil would be all of it
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

// Write fails once there is too much, which ends the program's output.
func (b *bounded) Write(data []byte) (int, error) {
	if b.kept.Len()+len(data) > maxSourceSize {
		b.full = true
		return 0, errors.New("too much")
	}
	return b.kept.Write(data)
}
