package app

import (
	"io"
	"log/slog"

	"duban/config"
)

// NewLog returns a logger as a configuration wants it. Its times are in the
// configured zone, those of the lines and those that lines mention.
func NewLog(c config.Config, w io.Writer) *slog.Logger {
	zone := c.Location()
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindTime {
			a.Value = slog.TimeValue(a.Value.Time().In(zone))
		}
		return a
	}}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
