package cron

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

func TestExpressions(t *testing.T) {
	type words struct{ aws, fc, scf string }
	for _, c := range []struct {
		timer annotations.Timer
		want  words
	}{
		{annotations.Timer{Cron: "*/5 * * * *"}, words{"cron(0/5 * * * ? *)", "0 0/5 * * * *", "0 0/5 * * * * *"}},
		{annotations.Timer{Cron: "0 4 * * *", Timezone: "Asia/Shanghai"}, words{"cron(0 4 * * ? *)", "CRON_TZ=Asia/Shanghai 0 0 4 * * *", "0 0 4 * * * *"}},
		{annotations.Timer{Cron: "0 20 * * *", Timezone: "UTC"}, words{"cron(0 20 * * ? *)", "0 0 20 * * *", "0 0 4 * * * *"}},
		{annotations.Timer{Cron: "30 9 * * 1-5", Timezone: "Asia/Shanghai"}, words{"cron(30 9 ? * MON-FRI *)", "CRON_TZ=Asia/Shanghai 0 30 9 * * MON-FRI", "0 30 9 * * MON-FRI *"}},
		{annotations.Timer{Cron: "0 0 * * 0,6"}, words{"cron(0 0 ? * SAT,SUN *)", "0 0 0 * * SAT,SUN", "0 0 8 * * SAT,SUN *"}},
		{annotations.Timer{Cron: "0 0 * * 7"}, words{"cron(0 0 ? * SUN *)", "0 0 0 * * SUN", "0 0 8 * * SUN *"}},
		{annotations.Timer{Cron: "0 9 * JAN,jun MON-fri"}, words{"cron(0 9 ? 1,6 MON-FRI *)", "0 0 9 * 1,6 MON-FRI", "0 0 17 * 1,6 MON-FRI *"}},
		{annotations.Timer{Cron: "0 18 * * 5"}, words{"cron(0 18 ? * FRI *)", "0 0 18 * * FRI", "0 0 2 * * SAT *"}},
		{annotations.Timer{Cron: "0 0 1 * *", Timezone: "Asia/Tokyo"}, words{"cron(0 0 1 * ? *)", "CRON_TZ=Asia/Tokyo 0 0 0 1 * *", "0 0 23 L * * *"}},
		{annotations.Timer{Cron: "0 9 13 * 5", Timezone: "Asia/Shanghai"}, words{"cron(0 9 13 * ? *) | cron(0 9 ? * FRI *)", "CRON_TZ=Asia/Shanghai 0 0 9 13 * * | CRON_TZ=Asia/Shanghai 0 0 9 * * FRI", "0 0 9 13 * * * | 0 0 9 * * FRI *"}},
		{annotations.Timer{Cron: "15,45 8-18/2 * 1-3 *", Timezone: "Asia/Kolkata"}, words{"cron(15,45 8,10,12,14,16,18 * 1-3 ? *)", "CRON_TZ=Asia/Kolkata 0 15,45 8,10,12,14,16,18 * 1-3 *", "0 45 10,12,14,16,18,20 * 1-3 * * | 0 15 11,13,15,17,19,21 * 1-3 * *"}},
		{annotations.Timer{Every: minute(1)}, words{"rate(1 minute)", "@every 1m", "0 * * * * * *"}},
		{annotations.Timer{Every: minute(15)}, words{"rate(15 minutes)", "@every 15m", "0 0/15 * * * * *"}},
		{annotations.Timer{Every: minute(60)}, words{"rate(1 hour)", "@every 60m", "0 0 * * * * *"}},
		{annotations.Timer{Every: minute(180)}, words{"rate(3 hours)", "@every 180m", "0 0 2/3 * * * *"}},
		{annotations.Timer{Every: minute(1440)}, words{"rate(1 day)", "@every 1440m", "0 0 8 * * * *"}},
		{annotations.Timer{Every: minute(2880)}, words{"rate(2 days)", "@every 2880m", "every: timers there have no intervals, and 48h divides neither an hour nor a day"}},
		{annotations.Timer{Every: minute(7)}, words{"rate(7 minutes)", "@every 7m", "every: timers there have no intervals, and 7m divides neither an hour nor a day"}},
		{annotations.Timer{Every: minute(1) + 1}, words{
			"every: an interval is a whole number of minutes, found 1m0.000000001s",
			"every: an interval is a whole number of minutes, found 1m0.000000001s",
			"every: an interval is a whole number of minutes, found 1m0.000000001s",
		}},
		{annotations.Timer{Cron: "0 4 * * *", Timezone: "Europe/Berlin"}, words{"cron(0 4 * * ? *)", "CRON_TZ=Europe/Berlin 0 0 4 * * *", "timezone: timers there run in UTC+8 all year, and the clocks of Europe/Berlin change"}},
		{annotations.Timer{Cron: "0 4 */2 * 1-5"}, words{
			"cron: a day has to match the day of month and the day of week",
			"cron: a day has to match the day of month and the day of week",
			"cron: a day has to match the day of month and the day of week",
		}},
		{annotations.Timer{Cron: "0 20 * 6 1"}, words{"cron(0 20 ? 6 MON *)", "0 0 20 * 6 MON", "cron: in UTC+8 the time is on another day, and days of the week in some months cannot be moved to it"}},
		{annotations.Timer{Cron: "0 20 28 2 *"}, words{"cron(0 20 28 2 ? *)", "0 0 20 28 2 *", "cron: in UTC+8 the time is on another day, which at the end of February depends on the year"}},
		{annotations.Timer{Cron: "0 20 28,29 2 *"}, words{"cron(0 20 28,29 2 ? *)", "0 0 20 28,29 2 *", "0 0 4 1 3 * * | 0 0 4 29 2 * *"}},
	} {
		for _, d := range []struct {
			name      string
			translate func(*annotations.Timer) (Plan, error)
			want      string
		}{{"AWS", AWS, c.want.aws}, {"FC", FC, c.want.fc}, {"SCF", SCF, c.want.scf}} {
			plan, err := d.translate(&c.timer)
			got := strings.Join(plan.Expressions, " | ")
			if e, ok := err.(*Error); ok {
				got = e.Argument + ": " + e.Message
			}
			if got != d.want {
				t.Errorf("%s(%+v)\n got %s\nwant %s", d.name, c.timer, got, d.want)
			}
			if twice := c.timer.Cron == "0 9 13 * 5"; plan.Twice != twice {
				t.Errorf("%s(%+v): Twice is %v", d.name, c.timer, plan.Twice)
			}
		}
	}
}

func minute(n int) annotations.Duration { return annotations.Duration(time.Duration(n) * time.Minute) }

// dialect reads the expressions of one vendor by that vendor's documents, apart from the code under test.
type dialect struct {
	minute, hour, dom, month, dow int // the places of the fields
}

var dialects = map[string]dialect{"AWS": {0, 1, 2, 3, 4}, "FC": {1, 2, 3, 4, 5}, "SCF": {1, 2, 3, 4, 5}}

type expression struct {
	minute, hour, dom, month, dow map[int]bool
	last                          bool
}

func (d dialect) read(text string) expression {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "cron("), ")")
	if rest, ok := strings.CutPrefix(text, "CRON_TZ="); ok {
		_, text, _ = strings.Cut(rest, " ")
	}
	f := strings.Fields(text)
	e := expression{
		minute: set(f[d.minute], 0, 59), hour: set(f[d.hour], 0, 23), month: set(f[d.month], 1, 12), dow: set(f[d.dow], 0, 6),
	}
	if e.last = f[d.dom] == "L"; !e.last {
		e.dom = set(f[d.dom], 1, 31)
	}
	return e
}

func set(text string, low, high int) map[int]bool {
	values := map[int]bool{}
	number := func(s string) int {
		if i := strings.Index("SUNMONTUEWEDTHUFRISAT", s); i >= 0 && len(s) == 3 {
			return i / 3
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			panic(fmt.Sprintf("no vendor takes %q in %q", s, text))
		}
		return n
	}
	for item := range strings.SplitSeq(text, ",") {
		from, to, step := low, high, 1
		if start, by, ok := strings.Cut(item, "/"); ok {
			from, step = number(start), number(by)
		} else if a, b, ok := strings.Cut(item, "-"); ok {
			if from, to = number(a), number(b); from >= to {
				panic("empty range " + item)
			}
		} else if item != "*" && item != "?" {
			from = number(item)
			to = from
		}
		for n := from; n <= to; n += step {
			values[n] = true
		}
	}
	return values
}

func (e expression) takes(t time.Time) bool {
	day := e.dom[t.Day()] || e.last && t.AddDate(0, 0, 1).Day() == 1
	return e.minute[t.Minute()] && e.hour[t.Hour()] && e.month[int(t.Month())] && e.dow[int(t.Weekday())] && day
}

// fires lists the next times after start, by the clock of loc; limit bounds the search.
func fires(expressions []expression, start time.Time, loc *time.Location, count int, limit time.Time) []int64 {
	var times []int64
	for t := start.Truncate(time.Minute).Add(time.Minute).In(loc); len(times) < count && t.Before(limit); {
		any := slices.ContainsFunc(expressions, func(e expression) bool { return e.dayMayFire(t) })
		if !any { // skip the rest of the day, by the hour: days have 23 to 25 of them
			t = t.Add(time.Duration(60-t.Minute()) * time.Minute)
			continue
		}
		if slices.ContainsFunc(expressions, func(e expression) bool { return e.takes(t) }) {
			times = append(times, t.Unix())
		}
		t = t.Add(time.Minute)
	}
	return times
}

func (e expression) dayMayFire(t time.Time) bool {
	return e.hour[t.Hour()] && e.month[int(t.Month())] && e.dow[int(t.Weekday())] && (e.last || e.dom[t.Day()])
}

// TestFireTimes compares the vendors' expressions, read by their own rules, with what timer.Cron does: the next fire
// times of random expressions from random starts are the same, in each zone.
func TestFireTimes(t *testing.T) {
	rounds, seed := 1500, uint64(1)
	if os.Getenv("FAASGEN_SOAK") != "" {
		rounds, seed = 150_000, rand.Uint64()
		t.Logf("seed %d", seed)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	zones := []string{
		"", "UTC", "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "America/Bogota", "Pacific/Kiritimati", "Pacific/Pago_Pago",
		"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
	}
	checked := map[string]int{}
	for range rounds {
		text := randomCron(r)
		if r.IntN(2) == 0 {
			text = named(text, r)
		}
		c, err := timer.ParseCron(text)
		if err != nil {
			continue
		}
		zone := zones[r.IntN(len(zones))]
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2024+r.IntN(6), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC)
		// A vendor's way with times that the clocks skip or repeat is its own. Expressions that follow the clock on the
		// wall have to agree there too; for others the clock stands still.
		clock := loc
		if !c.Minute.Star && !c.Hour.Star {
			clock = time.UTC
		}
		timerOf := &annotations.Timer{Cron: text, Timezone: zone}
		for name, translate := range map[string]func(*annotations.Timer) (Plan, error){"AWS": AWS, "FC": FC, "SCF": SCF} {
			plan, err := translate(timerOf)
			if err != nil {
				if _, ok := err.(*Error); !ok {
					t.Fatalf("%s(%q, %q): %v", name, text, zone, err)
				}
				continue
			}
			from, to := clock, clock
			if name == "SCF" {
				from, to = loc, time.FixedZone("UTC+8", 8*60*60)
			}
			limit := start.AddDate(9, 0, 0)
			var want []int64
			for at := c.Next(start, from); len(want) < 100 && !at.IsZero() && at.Before(limit); at = c.Next(at, from) {
				want = append(want, at.Unix())
			}
			var expressions []expression
			for _, e := range plan.Expressions {
				expressions = append(expressions, dialects[name].read(e))
			}
			got := fires(expressions, start, to, 100, limit)
			if !slices.Equal(got, want) {
				for i := range min(len(got), len(want)) {
					if got[i] != want[i] {
						got, want = got[i:i+1], want[i:i+1]
						break
					}
				}
				t.Fatalf("%q in %q is %q for %s\n got %v\nwant %v", text, zone, plan.Expressions, name, inWords(got), inWords(want))
			}
			if !plan.Twice {
				once(t, expressions, got, to)
			}
			checked[name]++
		}
	}
	for _, name := range []string{"AWS", "FC", "SCF"} {
		if checked[name] < 300 {
			t.Errorf("only %d expressions could be expressed for %s", checked[name], name)
		}
	}
}

// TestIntervals: an interval that is written as a time of day fires at the multiples of the interval in UTC, for a hundred
// times from anywhere.
func TestIntervals(t *testing.T) {
	count := 0
	for n := 1; n <= 24*60; n++ {
		plan, err := SCF(&annotations.Timer{Every: minute(n)})
		if err != nil {
			if 60%n == 0 || n%60 == 0 && 24%(n/60) == 0 {
				t.Errorf("every %d minutes: %v", n, err)
			}
			continue
		}
		count++
		start := time.Date(2026, 3, 28, 11, 7*n%60, 1, 0, time.UTC)
		var want []int64
		for at := start.Truncate(time.Duration(n) * time.Minute); len(want) < 100; {
			at = at.Add(time.Duration(n) * time.Minute)
			want = append(want, at.Unix())
		}
		var expressions []expression
		for _, e := range plan.Expressions {
			expressions = append(expressions, dialects["SCF"].read(e))
		}
		got := fires(expressions, start, time.FixedZone("UTC+8", 8*60*60), 100, start.AddDate(1, 0, 0))
		if !slices.Equal(got, want) {
			t.Errorf("every %d minutes is %v\n got %v\nwant %v", n, plan.Expressions, inWords(got), inWords(want))
		}
	}
	if count != 19 {
		t.Errorf("%d intervals can be written, want 12 that divide an hour and 7 more that divide a day", count)
	}
}

// named writes single days of the week by name.
func named(text string, r *rand.Rand) string {
	fields := strings.Fields(text)
	if n, err := strconv.Atoi(fields[4]); err == nil {
		name := "SUNMONTUEWEDTHUFRISATSUN"[n*3 : n*3+3]
		if r.IntN(2) == 0 {
			name = strings.ToLower(name)
		}
		fields[4] = name
	}
	return strings.Join(fields, " ")
}

// once makes sure that no two expressions of one timer fire together.
func once(t *testing.T, expressions []expression, times []int64, loc *time.Location) {
	for _, at := range times {
		n := 0
		for _, e := range expressions {
			if e.takes(time.Unix(at, 0).In(loc)) {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("%d expressions fire at %v", n, time.Unix(at, 0).UTC())
		}
	}
}

func inWords(times []int64) []string {
	var words []string
	for _, at := range times[:min(len(times), 3)] {
		words = append(words, time.Unix(at, 0).UTC().Format(time.RFC1123))
	}
	return words
}

func randomCron(r *rand.Rand) string {
	field := func(low, high int, anyChance float64) string {
		switch {
		case r.Float64() < anyChance:
			return "*"
		case r.IntN(6) == 0:
			return "*/" + strconv.Itoa(1+r.IntN(max(1, (high-low)/2)))
		}
		var items []string
		for range 1 + r.IntN(3) {
			n := low + r.IntN(high-low+1)
			if m := n + r.IntN(high-n+1); r.IntN(3) == 0 && m > n {
				items = append(items, fmt.Sprintf("%d-%d", n, m))
			} else {
				items = append(items, strconv.Itoa(n))
			}
		}
		return strings.Join(items, ",")
	}
	return strings.Join([]string{field(0, 59, 0.2), field(0, 23, 0.3), field(1, 31, 0.5), field(1, 12, 0.6), field(0, 7, 0.5)}, " ")
}
