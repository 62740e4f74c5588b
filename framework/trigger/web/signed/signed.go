// Package signed keeps small values in cookies that the client can read and not change: who is signed in, which form was begun. A value
// is signed with HMAC-SHA256 together with the name of its cookie and the time that it ends, so that it stands for nothing else and not
// for longer. It is not encrypted, and a copy of it is as good as the original until it ends: what must end earlier needs a record on the
// server's side, of which the cookie has the key.
package signed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// MinKey is the length of a key in bytes at least, and MaxValue that of a value at most: browsers keep cookies of 4096 bytes.
const (
	MinKey   = 32
	MaxValue = 2800
)

// ErrNone is the error of a request without the cookie, ErrInvalid that of a cookie which was changed, was signed with another key, or is
// another cookie's, ErrExpired that of one whose time is over.
var (
	ErrNone    = errors.New("the request has no such cookie")
	ErrInvalid = errors.New("the cookie is not one of ours")
	ErrExpired = errors.New("the cookie has expired")
)

// Signer signs cookies and checks them.
type Signer struct{ keys [][]byte }

// New returns a signer. The first key signs, and each of them is good for checking: to change keys, put the new one first, and drop the
// old one when the last cookie that it signed has expired. Keys are random bytes, [MinKey] at least.
func New(keys ...[]byte) (*Signer, error) {
	if len(keys) == 0 {
		return nil, errors.New("signed cookies: found no key, expected one or more")
	}
	s := &Signer{}
	for i, k := range keys {
		if len(k) < MinKey {
			return nil, fmt.Errorf("signed cookies: key %d has %d bytes, expected %d at least", i+1, len(k), MinKey)
		}
		s.keys = append(s.keys, append([]byte(nil), k...))
	}
	return s, nil
}

// Sign returns the cookie that holds value until the given time, for [web.Exchange.SetCookie]: Secure, HttpOnly, SameSite=Lax and for
// the whole host, to be changed where that does not fit. The error is of a value over [MaxValue] bytes.
func (s *Signer) Sign(name string, value []byte, until time.Time) (web.Cookie, error) {
	if len(value) > MaxValue {
		return web.Cookie{}, fmt.Errorf("cookie %s: the value has %d bytes, expected at most %d", name, len(value), MaxValue)
	}
	body := binary.BigEndian.AppendUint64(make([]byte, 0, sha256.Size+8+len(value)), uint64(until.Unix()))
	body = append(body, value...)
	text := base64.RawURLEncoding.EncodeToString(append(sum(s.keys[0], name, body), body...))
	return web.Cookie{Name: name, Value: text, Path: "/", Expires: until, Secure: true, HttpOnly: true, SameSite: "Lax"}, nil
}

// Value returns what the request's cookie of that name holds. The error is [ErrNone], [ErrInvalid] or [ErrExpired].
func (s *Signer) Value(r *web.Request, name string, now time.Time) ([]byte, error) {
	text, ok := r.Cookie(name)
	if !ok {
		return nil, ErrNone
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < sha256.Size+8 {
		return nil, ErrInvalid
	}
	mac, body := raw[:sha256.Size], raw[sha256.Size:]
	for _, key := range s.keys {
		if !hmac.Equal(mac, sum(key, name, body)) {
			continue
		}
		if now.Unix() >= int64(binary.BigEndian.Uint64(body)) {
			return nil, ErrExpired
		}
		return body[8:], nil
	}
	return nil, ErrInvalid
}

// Clear returns the cookie that deletes the one of that name.
func (*Signer) Clear(name string) web.Cookie {
	return web.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: "Lax"}
}

// sum signs a body for one cookie. The name comes with its length, so that no other name and body are written as the same bytes.
func sum(key []byte, name string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(name))))
	h.Write([]byte(name))
	h.Write(body)
	return h.Sum(nil)
}
