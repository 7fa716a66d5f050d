package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
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

func (versionCmd) run(_ context.Context, s *session) (exitCode, error) {
	b := thisBuild()
	if s.format == formatJSON {
		text, err := json.MarshalIndent(b, "", "  ")
		if err != nil {
			return exitFailed, err
		}
		return s.write(append(text, '\n'))
	}
	text := fmt.Sprintf("divioctl %s\n", b.Version)
	if b.Commit != "" {
		text += fmt.Sprintf("commit %s (%s)", b.Commit, b.Date)
		if b.Modified {
			text += ", with local changes"
		}
		text += "\n"
	}
	text += fmt.Sprintf("built with %s for %s\n", b.Go, b.Platform)
	return s.write([]byte(text))
}
