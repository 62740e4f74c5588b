package timer

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine that runs the tests may have no zones
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestNext(t *testing.T) {
	tests := []struct{ cron, zone, after, want string }{ // times in the zone, with offset
		{"0 3 * * *", "UTC", "2026-01-01T02:59:59Z", "2026-01-01T03:00:00Z"},
		{"0 3 * * *", "UTC", "2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"},
		{"0 3 * * *", "UTC", "2026-01-01T02:59:59.9Z", "2026-01-01T03:00:00Z"},
		{"* * * * *", "UTC", "2026-12-31T23:59:30Z", "2027-01-01T00:00:00Z"},
		{"0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"0 9 13 * 5", "UTC", "2026-02-06T09:00:00Z", "2026-02-13T09:00:00Z"},
		{"0 9 13 * 5", "UTC", "2026-02-13T09:00:00Z", "2026-02-20T09:00:00Z"},
		{"0 9 */2 * 5", "UTC", "2026-02-01T00:00:00Z", "2026-02-13T09:00:00Z"}, // odd days that are Fridays
		{"30 8 * * mon-fri", "Asia/Shanghai", "2026-01-02T12:00:00+08:00", "2026-01-05T08:30:00+08:00"},
		// 2026-03-08 02:00 EST becomes 03:00 EDT.
		{"30 2 * * *", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		{"30 2 * * *", "America/New_York", "2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"},
		{"15,30 2 * * *", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		{"0 2,3 * * *", "America/New_York", "2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00"},
		{"30 * * * *", "America/New_York", "2026-03-08T01:30:00-05:00", "2026-03-08T03:30:00-04:00"},
		{"*/30 2 * * *", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-09T02:00:00-04:00"},
		// 2026-11-01 02:00 EDT becomes 01:00 EST.
		{"30 1 * * *", "America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T01:30:00-04:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T01:10:00-05:00", "2026-11-02T01:30:00-05:00"},
		{"30 * * * *", "America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"},
		// Samoa had no 30 December 2011.
		{"0 12 30 12 *", "Pacific/Apia", "2011-12-29T23:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		// Half an hour.
		{"15 2 * * *", "Australia/Lord_Howe", "2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00"},
	}
	for _, tt := range tests {
		c, err := ParseCron(tt.cron)
		if err != nil {
			t.Fatal(err)
		}
		after, err := time.Parse(time.RFC3339Nano, tt.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Next(after, zone(t, tt.zone)).Format(time.RFC3339); got != tt.want {
			t.Errorf("%q in %s after %s: got %s, want %s", tt.cron, tt.zone, tt.after, got, tt.want)
		}
	}
}

func TestNextNever(t *testing.T) {
	if got := (Cron{}).Next(time.Now(), nil); !got.IsZero() {
		t.Errorf("the zero Cron fires at %s", got)
	}
	never := Cron{Minute: Field{Bits: 1}, Hour: Field{Bits: 1}, DayOfMonth: Field{Bits: 1 << 31}, Month: Field{Bits: 1 << 2}, DayOfWeek: Field{Bits: 127, Star: true}}
	if got := never.Next(time.Now(), zone(t, "Europe/Berlin")); !got.IsZero() {
		t.Errorf("31 February is %s", got)
	}
}

// TestNextEqualsOracle compares with a walk through every minute, in the days around the changes of clocks.
func TestNextEqualsOracle(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut",
		"Pacific/Apia", "Africa/Casablanca", "America/Havana", "Antarctica/Troll", "Africa/Cairo", "Asia/Kathmandu", "Europe/Dublin", "America/Caracas"}
	rounds := 600
	seed := uint64(7)
	switch {
	case testing.Short():
		rounds = 60
	case os.Getenv("FAASGEN_SOAK") != "":
		rounds, seed = 60_000, rand.Uint64()
		t.Logf("seed %d", seed)
	}
	r := rand.New(rand.NewPCG(seed, 7))
	for range rounds {
		loc := zone(t, zones[r.IntN(len(zones))])
		start := time.Date(1986+r.IntN(45), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, loc)
		if _, change := start.ZoneBounds(); !change.IsZero() && r.IntN(8) > 0 {
			start = change.Add(-time.Duration(r.IntN(40*60)) * time.Minute).Truncate(time.Minute)
		}
		end := start.Add(72 * time.Hour)
		expression := randomCron(r)
		c, err := ParseCron(expression)
		if err != nil {
			t.Fatalf("%q: %v", expression, err)
		}
		want := walk(c, start, end, loc)
		var got []time.Time
		for at := c.Next(start, loc); !at.IsZero() && !at.After(end) && len(got) <= len(want); at = c.Next(at, loc) {
			got = append(got, at)
		}
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%q in %s from %s:\ngot  %v\nwant %v", expression, loc, start, got, want)
		}
	}
}

// walk is the rule of [Cron.Next] in its plainest form: look at the clock on the wall each minute.
func walk(c Cron, start, end time.Time, loc *time.Location) []time.Time {
	const format = "2006-01-02 15:04"
	var fires []time.Time
	shown := map[string]bool{}
	wall := func(t time.Time) time.Time {
		_, offset := t.In(loc).Zone()
		return time.Unix(t.Unix()+int64(offset), 0).UTC()
	}
	matches := func(w time.Time) bool {
		dom, dow := c.DayOfMonth.Has(w.Day()), c.DayOfWeek.Has(int(w.Weekday()))
		isDay := dom && dow
		if !c.DayOfMonth.Star && !c.DayOfWeek.Star {
			isDay = dom || dow
		}
		return isDay && c.Minute.Has(w.Minute()) && c.Hour.Has(w.Hour()) && c.Month.Has(int(w.Month()))
	}
	follows := c.Minute.Star || c.Hour.Star
	first := start.Add(-26 * time.Hour) // what the clocks showed before counts as shown
	last := wall(first)
	for t := first; !t.After(end); t = t.Add(time.Minute) {
		w := wall(t)
		fire := matches(w) && (follows || !shown[w.Format(format)])
		if !follows {
			for skipped := last.Add(time.Minute); skipped.Before(w); skipped = skipped.Add(time.Minute) {
				fire = fire || matches(skipped) && !shown[skipped.Format(format)]
			}
		}
		shown[w.Format(format)] = true
		last = w
		if fire && t.After(start) {
			fires = append(fires, t)
		}
	}
	return fires
}

func randomCron(r *rand.Rand) string {
	field := func(low, high int) string {
		switch r.IntN(6) {
		case 0, 1:
			return "*"
		case 2:
			return fmt.Sprintf("*/%d", 1+r.IntN(high-low))
		case 3:
			from := low + r.IntN(high-low)
			return fmt.Sprintf("%d-%d", from, from+r.IntN(high-from)+1)
		}
		var list []string
		for range 1 + r.IntN(3) {
			list = append(list, fmt.Sprint(low+r.IntN(high-low+1)))
		}
		return strings.Join(list, ",")
	}
	hour := field(0, 23)
	if r.IntN(2) == 0 {
		hour = fmt.Sprint(r.IntN(4)) // where the clocks change
	}
	minute := field(0, 59)
	if r.IntN(3) == 0 {
		minute = fmt.Sprint(r.IntN(60))
	}
	dom, dow := "*", "*"
	if r.IntN(3) == 0 {
		dom = fmt.Sprintf("1-%d", 1+r.IntN(31))
	}
	if r.IntN(3) == 0 {
		dow = field(0, 6)
	}
	return strings.Join([]string{minute, hour, dom, "*", dow}, " ")
}

func TestScheduleNext(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		s              Schedule
		after, want    string
		wantError      string
		wantZoneOffset int
	}{
		{s: Schedule{Name: "n", Cron: "0 3 * * *", Timezone: "Asia/Shanghai"}, after: "2026-01-01T00:00:00Z", want: "2026-01-01T19:00:00Z", wantZoneOffset: 8 * 3600},
		{s: Schedule{Name: "n", Cron: "0 3 * * *"}, after: "2026-01-01T00:00:00Z", want: "2026-01-01T03:00:00Z"},
		{s: Schedule{Name: "n", Every: 15 * time.Minute}, after: "2026-01-01T00:07:00Z", want: "2026-01-01T00:15:00Z"},
		{s: Schedule{Name: "n", Every: 15 * time.Minute}, after: "2026-01-01T00:15:00Z", want: "2026-01-01T00:30:00Z"},
		{s: Schedule{Name: "n", Every: 24 * time.Hour, Timezone: "Asia/Shanghai"}, after: "2026-01-01T10:00:00+08:00", want: "2026-01-02T00:00:00Z", wantZoneOffset: 8 * 3600},
		{s: Schedule{Name: "n"}, after: "2026-01-01T00:00:00Z", wantError: "timer n: found every 0s and no cron, expected one of them"},
		{s: Schedule{Name: "n", Every: -time.Second}, after: "2026-01-01T00:00:00Z", wantError: "timer n: found every -1s and no cron, expected one of them"},
		{s: Schedule{Name: "n", Cron: "* * * * *", Every: time.Second}, after: "2026-01-01T00:00:00Z", wantError: "timer n: found both cron and every, expected one"},
		{s: Schedule{Name: "n", Cron: "* * *"}, after: "2026-01-01T00:00:00Z", wantError: `timer n: cron "* * *": at byte 0: found 3 of five fields: minute hour day-of-month month day-of-week`},
		{s: Schedule{Name: "n", Cron: "* * * * *", Timezone: "Mars/Base"}, after: "2026-01-01T00:00:00Z", wantError: `timer n: time zone "Mars/Base": unknown time zone Mars/Base`},
		{s: Schedule{Name: "n", Cron: "* * * * *", Timezone: "../etc"}, after: "2026-01-01T00:00:00Z", wantError: `timer n: time zone "../etc": time: invalid location name`},
	}
	for _, tt := range tests {
		got, err := tt.s.Next(at(tt.after))
		if tt.wantError != "" {
			if fmt.Sprint(err) != tt.wantError {
				t.Errorf("%+v: got error %v, want %s", tt.s, err, tt.wantError)
			}
			continue
		}
		if err != nil || !got.Equal(at(tt.want)) {
			t.Errorf("%+v after %s: got %s, %v, want %s", tt.s, tt.after, got, err, tt.want)
		}
		if _, offset := got.Zone(); offset != tt.wantZoneOffset {
			t.Errorf("%+v: the time is in a zone of offset %d, want %d", tt.s, offset, tt.wantZoneOffset)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	loc := zone(b, "America/New_York")
	after := time.Date(2026, 3, 1, 12, 0, 0, 0, loc)
	for _, expression := range []string{"*/5 * * * *", "30 2 * * *", "0 0 29 2 *"} {
		c, err := ParseCron(expression)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(expression, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Next(after, loc)
			}
		})
	}
}
