// Package sign makes the signatures of requests to Tencent Cloud, TC3-HMAC-SHA256, for what sends some: calls of functions and the store
// of secrets.
package sign

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/call/wire"
)

const algorithm = "TC3-HMAC-SHA256"

// Credentials are those of the function's role.
type Credentials struct{ ID, Secret, Token string }

// FromEnvironment are the credentials that SCF sets, false if there are none.
func FromEnvironment() (Credentials, bool) {
	c := Credentials{os.Getenv("TENCENTCLOUD_SECRETID"), os.Getenv("TENCENTCLOUD_SECRETKEY"), os.Getenv("TENCENTCLOUD_SESSIONTOKEN")}
	return c, c.ID != "" && c.Secret != ""
}

// Signer makes signatures. A key serves for a day, and is kept. The zero value is ready; it is used by several goroutines at once.
type Signer struct {
	mu  sync.Mutex
	day string // of key
	key []byte
	of  string // the secret, and the service
}

// Authorization is the value of the header Authorization for a POST of body to the root of host. Signed are the type of the content,
// the host and the action. The token is not among what the vendor's clients sign: it is bound to the key, which is.
func (s *Signer) Authorization(c Credentials, service, contentType, host, action string, at time.Time, body []byte) string {
	const signed = "content-type;host;x-tc-action"
	canonical := "POST\n/\n\ncontent-type:" + contentType + "\nhost:" + host + "\nx-tc-action:" + strings.ToLower(action) + "\n\n" + signed + "\n" + wire.Hash(body)
	day := at.UTC().Format("2006-01-02")
	scope := day + "/" + service + "/tc3_request"
	signature := wire.HMAC(s.keyOf(c.Secret, day, service), algorithm+"\n"+strconv.FormatInt(at.Unix(), 10)+"\n"+scope+"\n"+wire.Hash([]byte(canonical)))
	return algorithm + " Credential=" + c.ID + "/" + scope + ", SignedHeaders=" + signed + ", Signature=" + hex.EncodeToString(signature)
}

func (s *Signer) keyOf(secret, day, service string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of := secret + "/" + service; s.key == nil || s.day != day || s.of != of {
		s.key = wire.HMAC(wire.HMAC(wire.HMAC([]byte("TC3"+secret), day), service), "tc3_request")
		s.day, s.of = day, of
	}
	return s.key
}
