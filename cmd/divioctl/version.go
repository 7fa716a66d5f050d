package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

type versionCmd struct{}

// Help is the second part of the command's help.
func (versionCmd) Help() string {
	return `
Example:

    divioctl version
    divioctl version --format json
`
}

// build says what the program was made of, as far as the Go toolchain recorded it.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Date = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

// versionFlag is --version: the same as the command, for whoever tries that first.
type versionFlag bool

// BeforeReset is called by kong as soon as it has read the flag.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprint(app.Stdout, thisBuild())
	app.Exit(int(exitDone))
	return nil
}

// String is the version for people.
func (b build) String() string {
	text := fmt.Sprintf("divioctl %s\n", b.Version)
	if b.Commit != "" {
		text += fmt.Sprintf("commit %s (%s)", b.Commit, b.Date)
		if b.Modified {
			text += ", with local changes"
		}
		text += "\n"
	}
	return text + fmt.Sprintf("built with %s for %s\n", b.Go, b.Platform)
}

func (versionCmd) run(_ context.Context, s *session) (exitCode, error) {
	b := thisBuild()
	if s.format == formatJSON {
		text, err := json.MarshalIndent(b, "", "  ")
		if err != nil {
			return exitFailed, err
		}
		return s.write(append(text, '\n'))
	}
	return s.write([]byte(b.String()))
}
