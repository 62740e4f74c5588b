package target

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	all := []string{"d", "h", "m", "s"}
	for _, c := range []struct {
		d     time.Duration
		units []string
		want  string
	}{
		{10 * time.Minute, all, "10m"}, {90 * time.Second, all, "90s"}, {48 * time.Hour, all, "2d"}, {25 * time.Hour, all, "25h"},
		{90 * time.Second, []string{"h", "m"}, "2m"}, {time.Second, []string{"m"}, "1m"},
	} {
		if got := Span(c.d, c.units...); got != c.want {
			t.Errorf("%s in %v: %s, want %s", c.d, c.units, got, c.want)
		}
	}
}
