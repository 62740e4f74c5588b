package inflate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/inflate"
)

func TestGzip(t *testing.T) {
	zipped := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return base64.StdEncoding.EncodeToString(b.Bytes())
	}
	const limit = 1 << 20
	tests := []struct{ name, text, want, err string }{
		{"text", zipped(`{"a":1}`), `{"a":1}`, ""},
		{"as much as there may be", zipped(strings.Repeat("x", limit)), strings.Repeat("x", limit), ""},
		{"a byte more", zipped(strings.Repeat("x", limit+1)), "", "invalid_event: data: found more than 1 MB, decompressed"},
		{"cut short", zipped(strings.Repeat("x", 1000))[:24], "", "invalid_event: data: found broken gzip in base64"},
		{"no gzip", "aGk=", "", "invalid_event: data: found no gzip in base64"},
		{"no base64", "%", "", "invalid_event: data: found no gzip in base64"},
		{"nothing", "", "", "invalid_event: data: found no gzip in base64"},
	}
	for _, tt := range tests {
		got, err := inflate.Gzip("data", tt.text, limit)
		failure := ""
		if err != nil {
			failure = err.Error()
		}
		if string(got) != tt.want || failure != tt.err {
			t.Errorf("%s: %.40q, %s; want %.40q, %s", tt.name, got, failure, tt.want, tt.err)
		}
	}
}
