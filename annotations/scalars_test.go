package annotations

import (
	"encoding"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestScalars(t *testing.T) {
	type unmarshaler = encoding.TextUnmarshaler
	duration := func() unmarshaler { return new(Duration) }
	memory := func() unmarshaler { return new(Memory) }
	list := func() unmarshaler { return new(List) }
	statuses := func() unmarshaler { return new(Statuses) }
	scope := func() unmarshaler { return new(Scope) }
	tests := []struct {
		make func() unmarshaler
		text string
		want any    // the value, when there is no error
		err  string // the whole error
		back string // what MarshalText gives, when it is not text
	}{
		{make: duration, text: "60", want: Duration(time.Minute), back: "1m"},
		{make: duration, text: "1.5", want: Duration(1500 * time.Millisecond), back: "1.5s"},
		{make: duration, text: "500ms", want: Duration(500 * time.Millisecond)},
		{make: duration, text: "1h30m", want: Duration(90 * time.Minute)},
		{make: duration, text: "24h", want: Duration(24 * time.Hour)},
		{make: duration, text: "1h0m5s", want: Duration(time.Hour + 5*time.Second)},
		{make: duration, text: "10m", want: Duration(10 * time.Minute)},
		{make: duration, text: "100us", want: Duration(100 * time.Microsecond), back: "100µs"},
		{make: duration, text: "0", err: `duration "0" is zero, expected more than zero`},
		{make: duration, text: "0s", err: `duration "0s" is zero, expected more than zero`},
		{make: duration, text: "-5", err: `duration "-5" is negative, expected more than zero`},
		{make: duration, text: "-5s", err: `duration "-5s" is negative, expected more than zero`},
		{make: duration, text: "", err: `"" is not a duration`},
		{make: duration, text: "5x", err: `"5x" is not a duration`},
		{make: duration, text: "5 s", err: `"5 s" is not a duration`},
		{make: duration, text: "1.2.3", err: `"1.2.3" is not a duration`},
		{make: duration, text: ".", err: `"." is not a duration`},
		{make: duration, text: "NaN", err: `"NaN" is not a duration`},
		{make: duration, text: "1e9", err: `"1e9" is not a duration`},
		{make: duration, text: "99999999999999999999", err: `duration "99999999999999999999" is too large, expected at most 290 years`},
		{make: duration, text: "9999999h", err: `duration "9999999h" is too large, expected at most 290 years`},

		{make: memory, text: "512", want: Memory(512), back: "512MB"},
		{make: memory, text: "512MB", want: Memory(512)},
		{make: memory, text: "512mib", want: Memory(512), back: "512MB"},
		{make: memory, text: "1GB", want: Memory(1024)},
		{make: memory, text: "1GiB", want: Memory(1024), back: "1GB"},
		{make: memory, text: "1.5GB", want: Memory(1536), back: "1536MB"},
		{make: memory, text: "0", err: `memory "0" is zero, expected more than zero`},
		{make: memory, text: "-1", err: `memory "-1" is negative, expected more than zero`},
		{make: memory, text: "-1GB", err: `memory "-1GB" is negative, expected more than zero`},
		{make: memory, text: "0.3", err: `memory "0.3" is not a whole number of MB`},
		{make: memory, text: "1TB", err: `"1TB" is not an amount of memory`},
		{make: memory, text: "GB", err: `"GB" is not an amount of memory`},
		{make: memory, text: "", err: `"" is not an amount of memory`},
		{make: memory, text: "1.2.3", err: `"1.2.3" is not an amount of memory`},
		{make: memory, text: "1e3", err: `"1e3" is not an amount of memory`},
		{make: memory, text: "Inf", err: `"Inf" is not an amount of memory`},
		{make: memory, text: "3000000GB", err: `memory "3000000GB" is too large, expected at most 2147483647 MB`},
		{make: memory, text: strings.Repeat("9", 400), err: `memory "` + strings.Repeat("9", 400) + `" is too large, expected at most 2147483647 MB`},

		{make: statuses, text: "201", want: Statuses{201}},
		{make: statuses, text: "200, 202,409", want: Statuses{200, 202, 409}, back: "200,202,409"},
		{make: statuses, text: "700", err: "found 700, expected 200 to 599"},
		{make: statuses, text: "201,ok", err: "found ok, expected 200 to 599"},
		{make: statuses, text: "201,+201", err: "the list names 201 twice"},
		{make: statuses, text: "", err: "the list is empty"},

		{make: list, text: "a", want: List{"a"}},
		{make: list, text: "a,b", want: List{"a", "b"}},
		{make: list, text: "a, b", want: List{"a", "b"}, back: "a,b"},
		{make: list, text: "", err: `the list is empty`},
		{make: list, text: "a,,b", err: `the list "a,,b" has an empty item`},
		{make: list, text: "a,", err: `the list "a," has an empty item`},
		{make: list, text: "a,b,a", err: `the list names "a" twice`},

		{make: scope, text: "request", want: Request},
		{make: scope, text: "reqest", err: `unknown scope "reqest", expected singleton, request or prototype`},
	}
	for _, test := range tests {
		v := test.make()
		err := v.UnmarshalText([]byte(test.text))
		got := reflect.ValueOf(v).Elem().Interface()
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%T %q: got %v, error %v, want error %s", got, test.text, got, err, test.err)
			}
			if !reflect.ValueOf(got).IsZero() {
				t.Errorf("%T %q: an error left %v behind", got, test.text, got)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%T %q: got %v, %v, want %v", got, test.text, got, err, test.want)
			continue
		}
		want := test.back
		if want == "" {
			want = test.text
		}
		back, err := got.(encoding.TextMarshaler).MarshalText()
		if string(back) != want || err != nil {
			t.Errorf("%T %q: marshals to %q, %v, want %q", got, test.text, back, err, want)
		}
		again := test.make()
		if err := again.UnmarshalText(back); err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("%T %q: %q reads as %v, %v, want %v", got, test.text, back, again, err, got)
		}
	}
}

func TestHint(t *testing.T) {
	var s Scope
	if got, want := Hint(s.UnmarshalText([]byte("reqest"))), `did you mean "request"?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Hint(s.UnmarshalText([]byte("nowhere"))); got != "" {
		t.Errorf("got %q for a word that is near nothing", got)
	}
	var d Duration
	if got := Hint(d.UnmarshalText([]byte("x"))); got != durationHint {
		t.Errorf("got %q", got)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"arg", "config", "event", "handler", "http", "inject", "provide", "timer"}
	tests := []struct{ found, want string }{
		{"handlr", "handler"}, {"Handler", "handler"}, {"hanlder", "handler"}, {"htpp", "http"}, {"provid", "provide"},
		{"time", "timer"}, {"timers", "timer"}, {"ag", "arg"}, {"args", "arg"}, {"HTTP", "http"},
		{"the", ""}, {"a", ""}, {"", ""}, {"ab", ""}, {"middleware", ""}, {"entirelyelse", ""}, {"é", ""},
	}
	for _, test := range tests {
		if got := Suggest(test.found, known); got != test.want {
			t.Errorf("Suggest(%q) = %q, want %q", test.found, got, test.want)
		}
	}
}

func TestJoin(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := Join(words, "or"); got != want {
			t.Errorf("Join(%q) = %q, want %q", words, got, want)
		}
	}
}

func TestWholeSeconds(t *testing.T) {
	for d, want := range map[time.Duration]int{0: 0, 999 * time.Millisecond: 0, 1500 * time.Millisecond: 1, time.Minute: 60} {
		if got := Duration(d).WholeSeconds(); got != want {
			t.Errorf("%s: %d, want %d", d, got, want)
		}
	}
}
