// Package inflate decompresses what some log services send, and compresses what is made up in their place. It is a package of its own, imported by the codecs of logs alone:
// what it links is linked, and set up at start, wherever it is imported.
package inflate

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"github.com/faasgen/faasgen/framework/platform"
)

// Gzip decodes base64 and decompresses what is in it, limit bytes at most. What names it for the error.
func Gzip(what, text string, limit int) (json.RawMessage, error) {
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		return nil, platform.InvalidEvent("%s: found no gzip in base64", what)
	}
	raw, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	switch {
	case err != nil:
		return nil, platform.InvalidEvent("%s: found broken gzip in base64", what)
	case len(raw) > limit:
		return nil, platform.InvalidEvent("%s: found more than %d MB, decompressed", what, limit>>20)
	}
	return raw, nil
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
