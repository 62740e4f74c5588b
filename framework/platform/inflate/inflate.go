// Package inflate decompresses what some log services send, and compresses what is made up in their place. It is a package of its own, imported by the codecs of logs alone:
// what it links is linked, and set up at start, wherever it is imported.
package inflate

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
)

// most bounds what is decompressed, in bytes. The clouds take 6 MB of it compressed.
const most = 64 << 20

// limit is the bound in a function with that many MB, zero for unknown: a quarter of them, since the same bytes are there
// again as the events that are decoded, next to what the process needs by itself.
func limit(memory int) int {
	if memory > 0 && memory < most>>20*4 {
		return memory << 20 / 4
	}
	return most
}

// Gzip decodes base64 and decompresses what is in it into no more memory than it needs, a quarter of the function's at most and
// 64 MB at most. Memory is the function's in MB, zero for unknown. What names it for the error.
func Gzip(what, text string, memory int) (json.RawMessage, error) {
	limit := limit(memory)
	z, err := open(text)
	if err != nil {
		return nil, platform.InvalidEvent("%s: found no gzip in base64", what)
	}
	raw := make([]byte, min(declared(text), limit)+1) // one more shows the end
	n, err := fill(z, raw)
	if err == nil && n == len(raw) && n <= limit {
		// The declared size is wrong. The rest is counted and decompressed again, since to grow a buffer takes several times the memory.
		var rest int64
		if rest, err = io.Copy(io.Discard, io.LimitReader(z, int64(limit+1-n))); err == nil {
			if n += int(rest); n <= limit {
				if z, err = open(text); err == nil {
					raw = make([]byte, n)
					n, err = fill(z, raw)
				}
			}
		}
	}
	switch {
	case err != nil:
		return nil, platform.InvalidEvent("%s: found broken gzip in base64", what)
	case n > limit && limit < most:
		return nil, platform.InvalidEvent("%s: found more than %d MB, decompressed, expected no more than a quarter of the function's %d MB", what, limit>>20, memory)
	case n > limit:
		return nil, platform.InvalidEvent("%s: found more than %d MB, decompressed", what, limit>>20)
	}
	return raw[:n], nil
}

// Entries is how many objects with that member raw has, so that the slices for them need not grow: several copies of a slice
// would be there at a time. Each is what an object takes next to its text, in bytes. It is an error if raw, its texts and
// these do not fit into seven eighths of the function's memory. The number is not exact, as JSON may be written in many ways,
// and at most what makes the slices a few times as large as raw.
func Entries(what string, raw []byte, member string, each, memory int) (int, error) {
	n := bytes.Count(raw, []byte(`"`+member+`":`))
	if memory > 0 && 2*len(raw)+n*each > memory<<20/8*7 {
		return 0, platform.InvalidEvent("%s: found %d entries in %d MB, decompressed, expected no more than fit into the function's %d MB", what, n, len(raw)>>20, memory)
	}
	const least = 32 // of an object, in bytes
	return min(n, len(raw)/least), nil
}

func open(text string) (*gzip.Reader, error) {
	return gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
}

// declared is the size that gzip notes at its end, which the sender may have made up: it is at most what can come of the text. It is zero
// if there is none, and that of the last part if there are several.
func declared(text string) int {
	if len(text) < 8 {
		return 0
	}
	end, err := base64.StdEncoding.DecodeString(text[len(text)-8:])
	if err != nil || len(end) < 4 { // line breaks, which do not count
		return 0
	}
	const ratio = 1032 // the best that deflate does
	size := int64(binary.LittleEndian.Uint32(end[len(end)-4:]))
	return int(min(size, int64(len(text))*ratio))
}

// fill reads until raw is full or the text ends.
func fill(from io.Reader, raw []byte) (n int, err error) {
	for n < len(raw) {
		k, err := from.Read(raw[n:])
		n += k
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Deflate is what Gzip reads: JSON, compressed and in base64.
func Deflate(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
