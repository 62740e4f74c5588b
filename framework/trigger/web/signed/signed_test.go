package signed_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/signed"
)

func ExampleSigner() {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s, err := signed.New(bytes.Repeat([]byte("k"), signed.MinKey)) // from a secret, in an application
	if err != nil {
		panic(err)
	}
	c, err := s.Sign("session", []byte("ann"), now.Add(time.Hour))
	if err != nil {
		panic(err)
	}
	back := &web.Request{Header: web.Header{"Cookie": {c.Name + "=" + c.Value}}}
	user, err := s.Value(back, "session", now)
	fmt.Printf("%s %v\n", user, err)
	_, err = s.Value(back, "session", now.Add(2*time.Hour))
	fmt.Println(err)
	// Output:
	// ann <nil>
	// the cookie has expired
}

func signer(t testing.TB, keys ...byte) *signed.Signer {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte{k}, signed.MinKey))
	}
	s, err := signed.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func request(name, value string) *web.Request {
	return &web.Request{Header: web.Header{"Cookie": {name + "=" + value}}}
}

func TestValue(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := signer(t, 'a')
	c, err := s.Sign("session", []byte("ann\x00"), now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if line, err := c.Header(); err != nil || !strings.HasSuffix(line, "; Path=/; Expires=Fri, 02 Jan 2026 03:05:05 GMT; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("%s, %v", line, err)
	}
	for _, tt := range []struct {
		name   string
		signer *signed.Signer
		r      *web.Request
		cookie string
		now    time.Time
		want   error
	}{
		{"as it was", s, request("session", c.Value), "session", now, nil},
		{"after the key was changed", signer(t, 'b', 'a'), request("session", c.Value), "session", now, nil},
		{"without the key", signer(t, 'b'), request("session", c.Value), "session", now, signed.ErrInvalid},
		{"in its last second", s, request("session", c.Value), "session", now.Add(59 * time.Second), nil},
		{"later", s, request("session", c.Value), "session", now.Add(time.Minute), signed.ErrExpired},
		{"under another name", s, request("admin", c.Value), "admin", now, signed.ErrInvalid},
		{"absent", s, request("other", c.Value), "session", now, signed.ErrNone},
		{"empty", s, request("session", ""), "session", now, signed.ErrInvalid},
		{"no base64", s, request("session", "!"), "session", now, signed.ErrInvalid},
		{"short", s, request("session", c.Value[:40]), "session", now, signed.ErrInvalid},
		{"longer", s, request("session", c.Value+"AAAA"), "session", now, signed.ErrInvalid},
	} {
		v, err := tt.signer.Value(tt.r, tt.cookie, tt.now)
		if !errors.Is(err, tt.want) || tt.want == nil && (err != nil || string(v) != "ann\x00") {
			t.Errorf("%s: %q, %v; want %v", tt.name, v, err, tt.want)
		}
	}
	for i := range c.Value { // no byte of it may be another
		other := []byte(c.Value)
		if other[i]++; other[i] == '[' || other[i] == '{' || other[i] == ':' || other[i] == '.' || other[i] == '`' {
			other[i] = 'A'
		}
		if v, err := s.Value(request("session", string(other)), "session", now); err == nil {
			t.Errorf("byte %d changed: %q", i, v)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, err := signed.New(); err == nil {
		t.Error("no key: want an error")
	}
	if _, err := signed.New(make([]byte, signed.MinKey), make([]byte, signed.MinKey-1)); err == nil || err.Error() != "signed cookies: key 2 has 31 bytes, expected 32 at least" {
		t.Errorf("%v", err)
	}
	s := signer(t, 'a')
	if _, err := s.Sign("n", make([]byte, signed.MaxValue+1), time.Now()); err == nil {
		t.Error("a long value: want an error")
	}
	c, err := s.Sign("n", make([]byte, signed.MaxValue), time.Now().Add(time.Hour))
	if line, e := c.Header(); err != nil || e != nil || len(line) > 4096 {
		t.Errorf("the longest value: %d bytes, %v, %v", len(line), err, e)
	}
	if line, err := s.Clear("n").Header(); err != nil || line != "n=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("%s, %v", line, err)
	}
}

// FuzzValue: nothing but what was signed is ever accepted, and nothing panics.
func FuzzValue(f *testing.F) {
	s := signer(f, 'a')
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c, err := s.Sign("session", []byte("ann"), now.Add(time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Value)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := s.Value(request("session", text), "session", now)
		if err == nil && (string(v) != "ann" || !strings.Contains(text, c.Value)) {
			t.Fatalf("%q was accepted as %q", text, v)
		}
	})
}
