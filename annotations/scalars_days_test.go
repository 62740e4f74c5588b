package annotations

import "testing"

func TestDays(t *testing.T) {
	for text, want := range map[string]Days{"1": 1, "30": 30, "30d": 30, "4w": 28, "100000": 100000} {
		var d Days
		if err := d.UnmarshalText([]byte(text)); err != nil || d != want {
			t.Errorf("%q: %v, %v, want %v", text, d, err, want)
		}
		var again Days
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%q: %v is read as %v, %v", text, d, again, err)
		}
	}
	for text, want := range map[string]string{
		"": `"" is not a number of days`, "d": `"d" is not a number of days`, "1.5d": `"1.5d" is not a number of days`, "30h": `"30h" is not a number of days`,
		"+3": `"+3" is not a number of days`, "3dd": `"3dd" is not a number of days`, "3wd": `"3wd" is not a number of days`,
		"0": `span "0" is zero, expected more than zero`, "-2w": `span "-2w" is negative, expected more than zero`,
		"100001": `span "100001" is too large, expected at most 100000 days`, "14286w": `span "14286w" is too large, expected at most 100000 days`,
		"99999999999999999999": `span "99999999999999999999" is too large, expected at most 100000 days`,
	} {
		d := Days(5)
		if err := d.UnmarshalText([]byte(text)); err == nil || err.Error() != want || d != 5 {
			t.Errorf("%q: %v, %v, want %s", text, d, err, want)
		}
	}
}
