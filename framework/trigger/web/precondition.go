package web

import (
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// Version tells one state of a resource from the others: by an ETag, by when it was changed, or by both.
type Version struct {
	// ETag is the tag with or without its quotes; W/"..." is a weak one. Empty is none.
	ETag string
	// Modified is when the resource was changed, in whole seconds. Zero is unknown.
	Modified time.Time
}

// ErrNotModified is the error of [Exchange.Precondition] where the client has what the resource is. The response is a 304, which is no
// failure: a handler that returns the error has the result of its Answer method.
var ErrNotModified error = notModified{}

type notModified struct{}

func (notModified) Error() string { return "not modified" }

// Answer is the response.
func (notModified) Answer() any { return &Response{Status: 304} }

// Precondition states the version of the resource in the headers ETag and Last-Modified of the response, and compares it with the headers
// If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since of the request, in the order of RFC 9110, 13.2.2. Return its error as it is:
// [ErrNotModified] to GET and HEAD of what the client has, and 412 where the client wants to change another version than this.
// A resource that is not there yet has the zero Version.
//
//	if err := web.From(ctx).Precondition(web.Version{ETag: order.Revision}); err != nil {
//		return nil, err
//	}
func (x *Exchange) Precondition(v Version) error {
	h := x.Request.Header
	read := x.Request.Method == "GET" || x.Request.Method == "HEAD"
	tag := quotedTag(v.ETag)
	exists := tag != "" || !v.Modified.IsZero()
	modified := v.Modified.UTC().Truncate(time.Second)
	if read && tag != "" {
		x.Header()["Etag"] = []string{tag}
	}
	if read && !v.Modified.IsZero() {
		x.Header()["Last-Modified"] = []string{modified.Format(headerTime)}
	}
	if lines := h["If-Match"]; len(lines) > 0 {
		if !matchTag(lines, tag, exists, true) {
			return failedPrecondition()
		}
	} else if since, ok := timeOf(h["If-Unmodified-Since"]); ok && !v.Modified.IsZero() && modified.After(since) {
		return failedPrecondition()
	}
	if lines := h["If-None-Match"]; len(lines) > 0 {
		if !matchTag(lines, tag, exists, false) {
			return nil
		}
		if read {
			return ErrNotModified
		}
		return failedPrecondition()
	}
	if since, ok := timeOf(h["If-Modified-Since"]); ok && read && !v.Modified.IsZero() && !modified.After(since) {
		return ErrNotModified
	}
	return nil
}

const headerTime = "Mon, 02 Jan 2006 15:04:05 GMT"

func failedPrecondition() error {
	return &framework.Error{Status: 412, Code: "precondition_failed", Message: "the resource is not in the state that the request is for"}
}

// timeOf reads a time in one of the three forms of RFC 9110, 5.6.7. What is none of them does not count.
func timeOf(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	for _, layout := range []string{headerTime, "Monday, 02-Jan-06 15:04:05 MST", time.ANSIC} {
		if t, err := time.Parse(layout, lines[0]); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// quotedTag is an ETag as it is sent.
func quotedTag(tag string) string {
	if tag == "" || strings.HasPrefix(tag, `"`) || strings.HasPrefix(tag, `W/"`) {
		return tag
	}
	return `"` + tag + `"`
}

// MatchETag reports whether the values of an If-None-Match header have tag, by the weak comparison of RFC 9110, 8.8.3.2, or are * . What is
// no list of ETags matches nothing.
func MatchETag(values []string, tag string) bool { return matchTag(values, tag, true, false) }

// matchTag is MatchETag; by the strong comparison no weak ETag is equal to another, and * is whatever exists.
func matchTag(values []string, tag string, exists, strong bool) bool {
	weak := strings.HasPrefix(tag, "W/")
	tag = strings.TrimPrefix(tag, "W/")
	for _, list := range values {
		for list != "" {
			list = strings.TrimLeft(list, " \t,")
			if list == "*" {
				return exists
			}
			opaque, otherWeak := strings.CutPrefix(list, "W/")
			if len(opaque) < 2 || opaque[0] != '"' {
				break
			}
			end := strings.IndexByte(opaque[1:], '"')
			if end < 0 {
				break
			}
			if tag != "" && opaque[:end+2] == tag && !(strong && (weak || otherWeak)) {
				return true
			}
			list = opaque[end+2:]
		}
	}
	return false
}
