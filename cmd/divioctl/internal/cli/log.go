package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/divioctl/divioctl/pkg/render"
)

// Log holds the loggers of a run.
type Log struct {
	Main *slog.Logger // what happened
	HTTP *slog.Logger // every request
	file io.Closer
}

// OpenLog opens the log that the flags ask for: a file, else w.
func OpenLog(flags *Globals, w io.Writer) (*Log, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(flags.LogLevel)); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	log := &Log{file: io.NopCloser(nil)}
	w = render.LogWriter(w)
	if flags.LogFile != "" {
		file, err := os.OpenFile(flags.LogFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open the log: %w", err)
		}
		log.file, w = file, file
	}
	at := func(level slog.Level) *slog.Logger {
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
	}
	log.Main, log.HTTP = at(level), at(level)
	if flags.LogHTTP {
		// Requests are logged at the level debug, which --log-http asks for alone.
		log.HTTP = at(slog.LevelDebug)
	}
	return log, nil
}

// Close closes the log. A write error of the log does not make a command fail.
func (l *Log) Close() { _ = l.file.Close() }
