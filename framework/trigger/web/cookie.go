package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cookie is one Set-Cookie header. Only Name and Value are required.
type Cookie struct {
	Name, Value string
	// Path and Domain say what the cookie is sent to; empty is the folder of the request and its host.
	Path, Domain string
	// Expires ends the cookie at a time. Zero is the end of the session.
	Expires time.Time
	// MaxAge ends the cookie after so many seconds; zero says nothing, a negative number deletes the cookie.
	MaxAge int
	// Secure sends it over https only. HttpOnly hides it from scripts.
	Secure, HttpOnly bool
	// SameSite is Lax, Strict or None; empty leaves it to the browser.
	SameSite string
	// Partitioned keeps it apart for each top-level site (CHIPS).
	Partitioned bool
}

// cookieSpace is what may surround a cookie and its name. Line breaks are in it because a platform that sends headers as
// JSON can send them, and a cookie that is there with one vendor must not be gone with another.
const cookieSpace = " \t\r\n"

// Cookie returns the value of the named cookie. Where the client sent several of one name, the first is the most specific.
func (r *Request) Cookie(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	for _, line := range r.Header["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			n, v, _ := strings.Cut(strings.Trim(pair, cookieSpace), "=")
			if strings.TrimRight(n, cookieSpace) != name {
				continue
			}
			if v, ok := cookieValue(v); ok {
				return v, true
			}
		}
	}
	return "", false
}

// cookieValue unquotes a value and refuses one with a byte that no cookie can have.
func cookieValue(v string) (string, bool) {
	if len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	for i := range len(v) {
		if !isCookieByte(v[i]) {
			return "", false
		}
	}
	return v, true
}

// isCookieByte is what RFC 6265 allows in a value, and space and comma, which servers send in quotes.
func isCookieByte(c byte) bool {
	return ' ' <= c && c < 0x7f && c != '"' && c != ';' && c != '\\'
}

// Header returns the value of the Set-Cookie header. What could end the value early or start another header is an
// error: nothing is cut out in silence.
func (c Cookie) Header() (string, error) {
	if !validName(c.Name) {
		return "", fmt.Errorf("cookie name %q: found a byte that is not allowed in a name", c.Name)
	}
	for i := range len(c.Value) {
		if !isCookieByte(c.Value[i]) {
			return "", fmt.Errorf("cookie %s: found %q in the value, expected printable ASCII without quotes, semicolon and backslash; encode it", c.Name, c.Value[i])
		}
	}
	var b strings.Builder
	b.Grow(len(c.Name) + len(c.Value) + 80)
	b.WriteString(c.Name)
	b.WriteByte('=')
	if strings.ContainsAny(c.Value, " ,") {
		b.WriteString(`"` + c.Value + `"`)
	} else {
		b.WriteString(c.Value)
	}
	if err := c.attributes(&b); err != nil {
		return "", fmt.Errorf("cookie %s: %w", c.Name, err)
	}
	return b.String(), nil
}

func (c Cookie) attributes(b *strings.Builder) error {
	if c.Path != "" {
		for i := range len(c.Path) {
			if p := c.Path[i]; !isCookieByte(p) {
				return fmt.Errorf("found %q in the path %q", p, c.Path)
			}
		}
		b.WriteString("; Path=" + c.Path)
	}
	if c.Domain != "" {
		if !validDomain(c.Domain) {
			return fmt.Errorf("found the domain %q, expected a host name", c.Domain)
		}
		b.WriteString("; Domain=" + strings.TrimPrefix(c.Domain, "."))
	}
	if !c.Expires.IsZero() {
		if c.Expires.UTC().Year() < 1601 || c.Expires.UTC().Year() > 9999 {
			return fmt.Errorf("found the year %d in Expires, expected 1601 to 9999", c.Expires.UTC().Year())
		}
		b.WriteString("; Expires=" + c.Expires.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	}
	if c.MaxAge > 0 {
		b.WriteString("; Max-Age=" + strconv.Itoa(c.MaxAge))
	} else if c.MaxAge < 0 {
		b.WriteString("; Max-Age=0")
	}
	if c.HttpOnly {
		b.WriteString("; HttpOnly")
	}
	if c.Secure {
		b.WriteString("; Secure")
	}
	switch c.SameSite {
	case "":
	case "Lax", "Strict", "None":
		b.WriteString("; SameSite=" + c.SameSite)
	default:
		return fmt.Errorf("found SameSite %q, expected Lax, Strict or None", c.SameSite)
	}
	if c.Partitioned {
		if !c.Secure {
			return fmt.Errorf("found Partitioned without Secure, and browsers refuse that")
		}
		b.WriteString("; Partitioned")
	}
	return nil
}

func validDomain(d string) bool {
	for i := range len(d) {
		c := d[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == ':' || c == '_') {
			return false
		}
	}
	return len(d) <= 255 && strings.Trim(d, ".") != ""
}
