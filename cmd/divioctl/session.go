package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/divioctl/divioctl/pkg/kinds"
	"github.com/divioctl/divioctl/pkg/resource"
)

// session is what every command works with: the flags, the streams, the catalog
// of kinds and the log. It lasts for one run of the program.
type session struct {
	flags   *Globals
	io      streams
	signals *signals
	kinds   []*resource.Kind
	format  string
	copies  copies
	writing bool // an apply has begun: something may have been written
	ledger  ledgerFile

	log     *slog.Logger // what happened
	httpLog *slog.Logger // every request
	logFile *os.File
}

func newSession(flags *Globals, io streams, signals *signals) *session {
	silent := slog.New(slog.DiscardHandler)
	format := flags.Format
	if format != formatJSON && format != formatMarkdown { // also where the arguments were wrong
		format = formatText
	}
	return &session{
		flags: flags, io: io, signals: signals, kinds: kinds.All(), format: format,
		log: silent, httpLog: silent,
	}
}

// openLog begins the log as the flags say.
func (s *session) openLog() error {
	out := s.io.err
	if s.flags.LogFile != "" {
		file, err := os.OpenFile(s.flags.LogFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("open the log: %w", err)
		}
		s.logFile, out = file, file
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.flags.LogLevel)); err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	at := func(level slog.Level) *slog.Logger {
		return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
	}
	s.log, s.httpLog = at(level), at(level)
	if s.flags.LogHTTP {
		// Requests are logged at the level debug, which --log-http asks for alone.
		s.httpLog = at(slog.LevelDebug)
	}
	return nil
}

func (s *session) closeLog() {
	if s.logFile != nil {
		s.logFile.Close()
	}
}

// write prints a result.
func (s *session) write(text []byte) (exitCode, error) {
	if _, err := s.io.out.Write(text); err != nil {
		return 0, fmt.Errorf("write the result to standard output: %w", err)
	}
	return exitDone, nil
}

// say tells a person something that is not the result: progress, or what to do
// next. In JSON as well, since standard error is for people in every format.
func (s *session) say(format string, args ...any) {
	fmt.Fprintf(s.io.err, format+"\n", args...)
}
