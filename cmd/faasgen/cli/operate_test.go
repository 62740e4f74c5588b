package cli

import (
	"bufio"
	"bytes"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "30s": 30 * time.Second, "10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour,
		"d": -1, "1.5d": -1, "-1d": -1, "99999d": -1, "0s": -1, "0d": -1, "-10m": -1, "1.5s": -1, "1ms": -1, "10": -1, "yesterday": -1,
	} {
		got, err := span(text)
		if want < 0 && err == nil || want >= 0 && (got != want || err != nil) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestFunctionOf(t *testing.T) {
	for line, want := range map[string]string{
		`{"msg":"a","function":"f"}`:                                               "f",
		`2026-01-02T03:04:05 {"msg":"a","function":"f"}` + "\n":                    "f",
		"\x1b[36mc-1\x1b[0m {\"msg\":\"\x1b[31merror\x1b[0m\",\"function\":\"f\"}": "f",
		`{"msg":"a","function":"f"} and more`:                                      "f",
		`{"msg":"a"}`:                                                              "",
		`{"function":"f"}`:                                                         "",
		`{"msg":"a","function":1}`:                                                 "",
		`{"msg":"a","function":"f"`:                                                "",
		`REPORT RequestId: 1`:                                                      "",
		``:                                                                         "",
	} {
		if got := functionOf([]byte(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestLines: however the output is cut into pieces, lines come out whole, in order, and no other.
func TestLines(t *testing.T) {
	long := strings.Repeat("x", maxLogLine+10) + "drop"
	text := "a\ndrop b\n\n" + long + "\ndrop\nc drop\nd"
	want := "a\n\n" + long + "\nd"
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var out bytes.Buffer
		l := &lines{to: &out, keep: func(line []byte) bool { return !bytes.Contains(line, []byte("drop")) }}
		for rest := text; rest != ""; {
			n := 1 + random.IntN(min(len(rest), 1<<random.IntN(21)))
			if m, err := l.Write([]byte(rest[:n])); m != n || err != nil {
				t.Fatal(m, err)
			}
			rest = rest[n:]
		}
		if l.end(); out.String() != want {
			t.Fatalf("got %d bytes, want %d", out.Len(), len(want))
		}
	}
}

// TestWitness: what is looked for is found wherever the output is cut.
func TestWitness(t *testing.T) {
	const text = "some output\n\x1b[31mremove \x1b[0merror: no\nmore\n"
	for at := range len(text) {
		var out bytes.Buffer
		w := &witness{to: &out, failed: regexp.MustCompile("remove error:")}
		for _, part := range []string{text[:at], text[at:]} {
			if _, err := w.Write([]byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		if !w.seen || out.String() != text {
			t.Errorf("cut at %d: seen %v, passed on %q", at, w.seen, out.String())
		}
	}
}

func TestConfirmName(t *testing.T) {
	for answer, want := range map[string]bool{"shop-prod\n": true, " shop-prod \r\n": true, "shop-prod": true, "": false, "y\n": false, "yes\n": false, "shop\n": false, "Shop-prod\n": false} {
		var out bytes.Buffer
		err := (&tool{err: &out}).confirmName(bufio.NewReader(strings.NewReader(answer)), "shop-prod")
		if (err == nil) != want || out.String() != "type shop-prod to remove it: " {
			t.Errorf("%q: %v, asked %q", answer, err, out.String())
		}
	}
	broken := errors.New("gone")
	if err := (&tool{err: new(bytes.Buffer)}).confirmName(bufio.NewReader(iotest.ErrReader(broken)), "shop"); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
