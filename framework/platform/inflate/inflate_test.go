package inflate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"runtime"
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
	const memory, limit = 4, 1 << 20
	const tooMuch = "invalid_event: data: found more than 1 MB, decompressed, expected no more than a quarter of the function's 4 MB"
	parts := func(texts ...string) string { // as gzip files may be put together
		var b []byte
		for _, text := range texts {
			part, err := base64.StdEncoding.DecodeString(zipped(text))
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, part...)
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	lying := func(text string, size byte) string { // of that size in its last byte
		b, err := base64.StdEncoding.DecodeString(zipped(text))
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)-1] = size
		return base64.StdEncoding.EncodeToString(b)
	}
	tests := []struct{ name, text, want, err string }{
		{"text", zipped(`{"a":1}`), `{"a":1}`, ""},
		{"as much as there may be", zipped(strings.Repeat("x", limit)), strings.Repeat("x", limit), ""},
		{"a byte more", zipped(strings.Repeat("x", limit+1)), "", tooMuch},
		{"nothing in it", zipped(""), "", ""},
		{"two parts", parts("abc", "d"), "abcd", ""},
		{"parts as large as there may be", parts(strings.Repeat("x", limit-1), "y"), strings.Repeat("x", limit-1) + "y", ""},
		{"parts of a byte more", parts(strings.Repeat("x", limit), "y"), "", tooMuch},
		{"parts, the last one cut short", parts("abc", strings.Repeat("x", 1000))[:64], "", "invalid_event: data: found broken gzip in base64"},
		{"a size that is made up", lying("abc", 0xff), "", "invalid_event: data: found broken gzip in base64"},
		{"text of several lines", zipped("abc")[:8] + "\n" + zipped("abc")[8:] + "\n", "abc", ""},
		{"lines at the end", zipped("abc") + "\n\n\n\n\n\n\n\n", "abc", ""},
		{"lines around the end", zipped("abc")[:len(zipped("abc"))-4] + "\n\n\n\n" + zipped("abc")[len(zipped("abc"))-4:], "abc", ""},
		{"cut short", zipped(strings.Repeat("x", 1000))[:24], "", "invalid_event: data: found broken gzip in base64"},
		{"no gzip", "aGk=", "", "invalid_event: data: found no gzip in base64"},
		{"no base64", "%", "", "invalid_event: data: found no gzip in base64"},
		{"nothing", "", "", "invalid_event: data: found no gzip in base64"},
	}
	for _, tt := range tests {
		got, err := inflate.Gzip("data", tt.text, memory)
		failure := ""
		if err != nil {
			failure = err.Error()
		}
		if string(got) != tt.want || failure != tt.err {
			t.Errorf("%s: %.40q, %s; want %.40q, %s", tt.name, got, failure, tt.want, tt.err)
		}
	}
}

// TestMemory: what is decompressed takes its own size and no more, however the sender wrote it.
func TestMemory(t *testing.T) {
	const size = 16 << 20
	part := func(n int) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(bytes.Repeat([]byte("a line\n"), n/7+1)[:n])
		_ = z.Close()
		return b.Bytes()
	}
	for name, zipped := range map[string][]byte{"one part": part(size), "a large part and a small one": append(part(size-10), part(10)...)} {
		text := base64.StdEncoding.EncodeToString(zipped)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		raw, err := inflate.Gzip("data", text, 0)
		runtime.ReadMemStats(&after)
		if err != nil || len(raw) != size {
			t.Fatalf("%s: %d bytes, %v; want %d", name, len(raw), err, size)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > size+size/16 {
			t.Errorf("%s: allocated %d KB for %d KB", name, used>>10, size>>10)
		}
	}
}

// TestBound: a function may have too little memory for what others take.
func TestBound(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, 33<<20))
	_ = z.Close()
	text := base64.StdEncoding.EncodeToString(b.Bytes())
	for memory, fits := range map[int]bool{0: true, 64: false, 128: false, 132: true, 256: true, 10240: true} {
		if _, err := inflate.Gzip("data", text, memory); (err == nil) != fits {
			t.Errorf("with %d MB: %v, want that 33 MB fit: %t", memory, err, fits)
		}
	}
}
