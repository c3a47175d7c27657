package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"duban/app"
	"duban/config"
)

// TestNewLog logs the same moment in two zones, neither of which need be that of the
// computer.
func TestNewLog(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"Asia/Shanghai":    "2026-03-02T09:00:00.000+08:00",
		"America/New_York": "2026-03-01T20:00:00.000-05:00",
	} {
		for _, format := range []string{"text", "json"} {
			var b bytes.Buffer
			c := config.Defaults()
			c.Zone, c.Log.Format = zone, format
			app.NewLog(c, &b).With("since", at).Info("fired", "instant", at)
			line := strings.ReplaceAll(b.String(), ".000", "")
			if strings.Count(line, strings.ReplaceAll(want, ".000", "")) != 2 || strings.Count(line, want[len(want)-6:]) != 3 {
				t.Errorf("in %s as %s: got %s, want %s twice and all times of that zone", zone, format, line, want)
			}
		}
	}
}
