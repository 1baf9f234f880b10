// Package telemetry makes what the program does visible to its operator.
package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger of lines as text, or as JSON for a machine that reads them.
func NewLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
