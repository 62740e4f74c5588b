// Package sign makes the signatures of requests to Alibaba Cloud, ACS3-HMAC-SHA256, for what sends some: calls of functions and the store
// of secrets.
package sign

import (
	"encoding/hex"
	"os"

	"github.com/faasgen/faasgen/framework/call/wire"
)

const algorithm = "ACS3-HMAC-SHA256"

// Time is the form of x-acs-date, in UTC.
const Time = "2006-01-02T15:04:05Z"

// Credentials are those of the function's role.
type Credentials struct{ ID, Secret, Token string }

// FromEnvironment are the credentials that FC sets, false if there are none.
func FromEnvironment() (Credentials, bool) {
	c := Credentials{os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"), os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), os.Getenv("ALIBABA_CLOUD_SECURITY_TOKEN")}
	return c, c.ID != "" && c.Secret != ""
}

// Header is one that is signed. The name is lower case and the value as it is sent, without spaces at its ends.
type Header struct{ Name, Value string }

// Authorization is the value of the header Authorization for a request. Path and query are as they are sent, the headers sorted by
// name; hash is that of the body, which x-acs-content-sha256 has, too.
func Authorization(c Credentials, method, path, query string, headers []Header, hash string) string {
	b := make([]byte, 0, 1024+len(c.Token))
	b = append(append(b, method...), '\n')
	b = append(append(b, path...), '\n')
	b = append(append(b, query...), '\n')
	for _, h := range headers {
		b = append(append(append(append(b, h.Name...), ':'), h.Value...), '\n')
	}
	b = append(b, '\n')
	names := len(b)
	for i, h := range headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, h.Name...)
	}
	signed := string(b[names:])
	b = append(append(b, '\n'), hash...)
	signature := wire.HMAC([]byte(c.Secret), algorithm+"\n"+wire.Hash(b))

	b = append(append(b[:0], algorithm+" Credential="...), c.ID...)
	b = append(append(b, ",SignedHeaders="...), signed...)
	b = append(b, ",Signature="...)
	return string(hex.AppendEncode(b, signature))
}
