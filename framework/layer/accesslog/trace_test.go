package accesslog

import (
	"strings"
	"testing"
)

func TestTraceIDs(t *testing.T) {
	const id = "0af7651916cd43dd8448eb211c80319c"
	for text, want := range map[string]string{
		"00-" + id + "-b7ad6b7169203331-01":                              id,
		"01-" + id + "-b7ad6b7169203331-01-more":                         id,
		"00-" + id + "-b7ad6b7169203331-01-more":                         "",
		"ff-" + id + "-b7ad6b7169203331-01":                              "",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01":        "",
		"00-" + strings.ToUpper(id) + "-b7ad6b7169203331-01":             "",
		"Root=1-0af76519-16cd43dd8448eb211c80319c":                       id,
		"Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=1;Sampled=1":    id,
		"Self=1-0;Root=1-0af76519-16cd43dd8448eb211c80319c;Lineage=a:b:": id,
		"Root=1-0af76519-16cd43dd8448eb211c80319cff":                     "",
		"Root=1-0af76519":                          "",
		"Root=2-0af76519-16cd43dd8448eb211c80319c": "",
		id + ":b7ad6b7169203331:0:1":               id,
		"8448eb211c80319c:b7ad6b7169203331:0:1":    "00000000000000008448eb211c80319c",
		":b7ad6b7169203331:0:1":                    "",
		"":                                         "",
		"hello":                                    "",
	} {
		if got := ofVendor(text); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func FuzzTraceIDs(f *testing.F) {
	f.Add("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	f.Add("Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=1")
	f.Add("8448eb211c80319c:b7ad6b7169203331:0:1")
	f.Fuzz(func(t *testing.T, text string) {
		if id := ofVendor(text); id != "" && (len(id) != 32 || !isHex(id)) {
			t.Errorf("%q: found %q, which is no trace id", text, id)
		}
	})
}
