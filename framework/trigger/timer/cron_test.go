package timer

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestParseCron(t *testing.T) {
	tests := []struct{ in, want string }{
		{"* * * * *", "* * * * *"},
		{"  0\t3  * * * ", "0 3 * * *"},
		{"*/5 * * * *", "*/5 * * * *"},
		{"0 9 13 * 5", "0 9 13 * 5"},
		{"0 0 * * 7", "0 0 * * 0"},
		{"0 0 * * 0,7", "0 0 * * 0"},
		{"0 0 * * 5-7", "0 0 * * 0,5,6"},
		{"0 0 * * 0-7", "0 0 * * 0-6"},
		{"0 0 * * fri-SUN", "0 0 * * 0,5,6"},
		{"0 0 * * SUN-tue", "0 0 * * 0-2"},
		{"0 0 1 jan,Jul *", "0 0 1 1,7 *"},
		{"0 0 1 JAN-DEC *", "0 0 1 * *"},
		{"0 0 1 1-12/3 *", "0 0 1 1,4,7,10 *"},
		{"5,1,3,2 * * * *", "1-3,5 * * * *"},
		{"0-59 0-23 1-31 * *", "0-59 0-23 1-31 * *"},
		{"*/1 * * * *", "* * * * *"},
		{"*,5 * * * *", "* * * * *"},
		{"*/20,5 * * * *", "*/20,5 * * * *"},
		{"10-30/10 */4 */2 * */3", "10,20,30 */4 */2 * */3"},
		{"0 0 29 2 *", "0 0 29 2 *"},
		{"0 0 31 2,3 *", "0 0 31 2,3 *"},
		{"0 0 30 2 1", "0 0 30 2 1"}, // either day: there is always a Monday
		{"@hourly", "0 * * * *"},
		{"@daily", "0 0 * * *"},
		{"@midnight", "0 0 * * *"},
		{"@weekly", "0 0 * * 0"},
		{"@monthly", "0 0 1 * *"},
		{"@yearly", "0 0 1 1 *"},
		{" @annually ", "0 0 1 1 *"},
	}
	for _, tt := range tests {
		c, err := ParseCron(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if c.String() != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, c, tt.want)
		}
		if again, err := ParseCron(c.String()); err != nil || again != c {
			t.Errorf("%q: the canonical form gives %+v, %v, want %+v", tt.in, again, err, c)
		}
	}
}

func TestParseCronErrors(t *testing.T) {
	tests := []struct {
		in             string
		offset, length int
		message        string
	}{
		{"", 0, 0, "found nothing, expected five fields: minute hour day-of-month month day-of-week"},
		{" \t ", 0, 3, "found nothing, expected five fields: minute hour day-of-month month day-of-week"},
		{"0 3 * *", 0, 7, "found 4 of five fields: minute hour day-of-month month day-of-week"},
		{"0 0 3 * * *", 10, 1, "found 6 fields, expected five: minute hour day-of-month month day-of-week; fields for seconds and years are not in this language; leave them out"},
		{"0 0 3 * * * 2026", 10, 6, "found 7 fields, expected five: minute hour day-of-month month day-of-week; fields for seconds and years are not in this language; leave them out"},
		{"60 * * * *", 0, 2, `found "60" in the minute field, expected 0 to 59`},
		{"0 24 * * *", 2, 2, `found "24" in the hour field, expected 0 to 23`},
		{"0 0 0 * *", 4, 1, `found "0" in the day of month field, expected 1 to 31`},
		{"0 0 32 * *", 4, 2, `found "32" in the day of month field, expected 1 to 31`},
		{"0 0 * 13 *", 6, 2, `found "13" in the month field, expected 1 to 12 or JAN to DEC`},
		{"0 0 * * 8", 8, 1, `found "8" in the day of week field, expected 0 to 7 or SUN to SAT`},
		{"0 0 ? * 1", 4, 1, `found "?" in the day of month field, expected 1 to 31; write * where other dialects have ?`},
		{"0 0 L * *", 4, 1, `found "L" in the day of month field, expected 1 to 31; L, W and # are not in this language`},
		{"0 0 15W * *", 4, 3, `found "15W" in the day of month field, expected 1 to 31; L, W and # are not in this language`},
		{"0 0 * * 5#2", 8, 3, `found "5#2" in the day of week field, expected 0 to 7 or SUN to SAT; L, W and # are not in this language`},
		{"0 0 * * Monday", 8, 6, `found "Monday" in the day of week field, expected 0 to 7 or SUN to SAT; write MON`},
		{"0 0 * MON *", 6, 3, `found "MON" in the month field, expected 1 to 12 or JAN to DEC`},
		{"x * * * *", 0, 1, `found "x" in the minute field, expected 0 to 59`},
		{"-1 * * * *", 0, 1, `found "" in the minute field, expected 0 to 59`},
		{"+1 * * * *", 0, 2, `found "+1" in the minute field, expected 0 to 59`},
		{"1,,2 * * * *", 2, 1, "found an empty place in the list of the minute field"},
		{"1, * * * *", 2, 1, "found an empty place in the list of the minute field"},
		{"* * * * 1,", 10, 0, "found an empty place in the list of the day of week field"},
		{"0 0 * ANFang *", 6, 6, `found "ANFang" in the month field, expected 1 to 12 or JAN to DEC`},
		{"5/15 * * * *", 0, 4, `found "5/15", expected a range before the step; write 5-59/15`},
		{"*/0 * * * *", 2, 1, `found the step "0", expected a number from 1`},
		{"*/ * * * *", 2, 1, `found the step "", expected a number from 1`},
		{"*/x * * * *", 2, 1, `found the step "x", expected a number from 1`},
		{"*/60 * * * *", 2, 2, "found the step 60, which is longer than minute 0 to 59; write 0"},
		{"*/90 * * * *", 2, 2, "found the step 90, which is longer than minute 0 to 59; write 0"},
		{"0 9-17/9 * * *", 7, 1, "found the step 9, which is longer than hour 9 to 17; write 9"},
		{"0 22-6 * * *", 2, 4, "found the range 22-6, whose end is before its start; write 22-23,0-6"},
		{"0 0 * * FRI-MON", 8, 7, "found the range FRI-MON, whose end is before its start; write FRI-SAT,SUN-MON"},
		{"0 0 30 2 *", 4, 2, "found the day of month 30, which month 2 never has: this would never fire"},
		{"0 0 31 2,4,6 *", 4, 2, "found the day of month 31, which month 2,4,6 never has: this would never fire"},
		{"@every 5m", 0, 6, "found @every, expected a cron expression; an interval is an argument of its own: every=5m"},
		{"@reboot", 0, 7, `found "@reboot", expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually`},
		{"@daily x", 7, 1, `found "x" after @daily, expected nothing`},
		{"TZ=Asia/Tokyo 0 3 * * *", 0, 13, `found "TZ=Asia/Tokyo", expected a field; the time zone is an argument of its own: timezone`},
	}
	for _, tt := range tests {
		_, err := ParseCron(tt.in)
		var ce *CronError
		if !errors.As(err, &ce) {
			t.Errorf("%q: got %v, want a *CronError", tt.in, err)
			continue
		}
		if want := (CronError{tt.offset, tt.length, tt.message}); *ce != want {
			t.Errorf("%q:\ngot  %+v\nwant %+v", tt.in, *ce, want)
		}
	}
	_, err := ParseCron("0 24 * * *")
	if got, want := fmt.Sprint(err), `at byte 2: found "24" in the hour field, expected 0 to 23`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFields(t *testing.T) {
	c, err := ParseCron("0,30 9-11 */10 jan 5-7")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		name string
		Field
		want []int
		star bool
	}{
		{"minute", c.Minute, []int{0, 30}, false},
		{"hour", c.Hour, []int{9, 10, 11}, false},
		{"day of month", c.DayOfMonth, []int{1, 11, 21, 31}, true},
		{"month", c.Month, []int{1}, false},
		{"day of week", c.DayOfWeek, []int{0, 5, 6}, false},
	} {
		if got := f.Values(); !reflect.DeepEqual(got, f.want) || f.Star != f.star {
			t.Errorf("%s: got %v, star %v, want %v, %v", f.name, got, f.Star, f.want, f.star)
		}
		if !f.Has(f.want[0]) || f.Has(40) || f.Has(-1) || f.Has(64) {
			t.Errorf("%s: Has does not agree with Values", f.name)
		}
	}
	if c.EitherDay() {
		t.Error("a day field starts with *, so a day must be in both")
	}
}

// FuzzParseCron: what is accepted has a canonical form that means the same, and the place of an error is one.
func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"* * * * *", "*/5 1-3,7 1 JAN mon-sun", "@daily", "0 0 31 2 *", "1,,2 * * * *", "*/20,5 * * * *", "0 0 ? * 1", "\xff * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCron(s)
		if err != nil {
			var ce *CronError
			if !errors.As(err, &ce) || ce.Offset < 0 || ce.Length < 0 || ce.Offset+ce.Length > len(s) || strings.ContainsAny(ce.Message, "\n\r") {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		again, err := ParseCron(c.String())
		if err != nil || again != c {
			t.Fatalf("%q: canonical %q gives %+v, %v, want %+v", s, c, again, err, c)
		}
		for _, f := range []Field{c.Minute, c.Hour, c.DayOfMonth, c.Month, c.DayOfWeek} {
			if f.Bits == 0 {
				t.Fatalf("%q: a field takes nothing", s)
			}
		}
	})
}
