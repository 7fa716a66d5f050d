// Package build gives the version of the program.
package build

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Build is the version of the program and of its toolchain, as far as the Go toolchain
// recorded them.
type Build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// This returns the build of the running program.
func This() Build {
	b := Build{Version: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
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

// String is the build as text.
func (b Build) String() string {
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
