package tracecontext

import (
	"strings"
	"testing"
)

const (
	trace = "0af7651916cd43dd8448eb211c80319c"
	span  = "b7ad6b7169203331"
	none  = "0000000000000000"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"00-" + trace + "-" + span + "-01":                   trace + " " + span + " sampled decided",
		"00-" + trace + "-" + span + "-00":                   trace + " " + span + " decided",
		"00-" + trace + "-" + span + "-03":                   trace + " " + span + " sampled decided",
		"01-" + trace + "-" + span + "-01-more":              trace + " " + span + " sampled decided",
		"00-" + trace + "-" + span + "-01-more":              "",
		"01-" + trace + "-" + span + "-01more":               "",
		"ff-" + trace + "-" + span + "-01":                   "",
		"0g-" + trace + "-" + span + "-01":                   "",
		"00-" + strings.Repeat("0", 32) + "-" + span + "-01": "",
		"00-" + trace + "-" + none + "-01":                   "",
		"00-" + strings.ToUpper(trace) + "-" + span + "-01":  "",
		"00-" + trace + "-" + span + "-0x":                   "",
		"00-" + trace + "-" + span:                           "",
		"00-short-1-01":                                      "",
		"":                                                   "",
		"hello":                                              "",
		"Root=1-0af76519-16cd43dd8448eb211c80319c":           "",
	} {
		if got := said(Parse(text)); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestParseVendor(t *testing.T) {
	for text, want := range map[string]string{
		"Root=1-0af76519-16cd43dd8448eb211c80319c":                                           trace + " " + none,
		"Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=" + span + ";Sampled=1":             trace + " " + span + " sampled decided",
		"Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=" + span + ";Sampled=0;Lineage=a:1": trace + " " + span,
		"Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=1;Sampled=?":                        trace + " " + none,
		"Self=1-0; Root=1-0af76519-16cd43dd8448eb211c80319c; Lineage=a:b:":                   trace + " " + none,
		"Root=1-0af76519-16cd43dd8448eb211c80319cff":                                         "",
		"Root=1-0af76519":                             "",
		"Root=2-0af76519-16cd43dd8448eb211c80319c":    "",
		"Root=1-00000000-000000000000000000000000":    "",
		"Root=\n{\"level\":\"ERROR\"};Parent=1":       "",
		trace + ":" + span + ":0:1":                   trace + " " + span + " sampled decided",
		trace + ":" + span + ":0:0":                   trace + " " + span,
		"8448eb211c80319c:8448eb:0:01":                "00000000000000008448eb211c80319c 00000000008448eb sampled decided",
		trace + ":0:0:1":                              trace + " " + none + " sampled decided",
		":b7ad6b7169203331:0:1":                       "",
		trace + ":" + span + ":1":                     "",
		trace + ":" + span + ":0:1:2":                 "",
		"0:" + span + ":0:1":                          "",
		strings.Repeat("a", 33) + ":" + span + ":0:1": "",
		"Root=1-0af76519-16cd43dd8448eb211c80319c;" + strings.Repeat("a", 1<<20): "",
		"some words": "",
		"":           "",
	} {
		if got := said(ParseVendor(text)); got != want {
			t.Errorf("%.80q: found %q, want %q", text, got, want)
		}
	}
}

// said is a parent in words, "" for none.
func said(p Parent, ok bool) string {
	if !ok {
		if p != (Parent{}) {
			return "half of one"
		}
		return ""
	}
	inSpan := Parent{}
	copy(inSpan.Trace[:], p.Span[:])
	text := p.ID() + " " + inSpan.ID()[:16]
	if p.Sampled {
		text += " sampled"
	}
	if p.Decided {
		text += " decided"
	}
	return text
}

// Whatever comes, what is taken for a trace is one that can be passed on.
func FuzzParse(f *testing.F) {
	f.Add("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	f.Add("Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=1")
	f.Add("8448eb211c80319c:b7ad6b7169203331:0:1")
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (Parent, bool){Parse, ParseVendor} {
			p, ok := parse(text)
			if !ok {
				continue
			}
			again, ok := Parse("00-" + p.ID() + "-b7ad6b7169203331-00")
			if !ok || again.Trace != p.Trace {
				t.Errorf("%q: found %q, which is no trace id", text, p.ID())
			}
		}
	})
}
