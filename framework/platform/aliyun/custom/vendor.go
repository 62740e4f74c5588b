package custom

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
)

// vendor is what FC adds to a request.
type vendor struct {
	aliyun.Invocation
	proto, trace string
}

// read takes the vendor's headers out of h, so that functions and their logs do not get at the credentials by accident.
func read(h http.Header) *vendor {
	v := &vendor{Invocation: aliyun.Invocation{
		RequestID: requestID(h),
		Function:  h.Get("X-Fc-Function-Name"),
		Handler:   h.Get("X-Fc-Function-Handler"),
		Qualifier: h.Get("X-Fc-Qualifier"),
		Version:   h.Get("X-Fc-Version-Id"),
		Region:    h.Get("X-Fc-Region"),
		AccountID: h.Get("X-Fc-Account-Id"),
		Memory:    number(h.Get("X-Fc-Function-Memory")),
		Timeout:   time.Duration(number(h.Get("X-Fc-Function-Timeout"))) * time.Second,
		// A retry is the vendor's second delivery of an asynchronous event.
		RetryCount: number(h.Get("X-Fc-Retry-Count")),
		Credentials: aliyun.Credentials{
			AccessKeyID: h.Get("X-Fc-Access-Key-Id"), AccessKeySecret: h.Get("X-Fc-Access-Key-Secret"), SecurityToken: h.Get("X-Fc-Security-Token"),
		},
	}, trace: h.Get("X-Fc-Tracing-Opentracing-Span-Context"), proto: "https"}
	if a, err := netip.ParseAddr(h.Get("X-Fc-Client-Ip")); err == nil {
		v.ClientIP = a.String()
	}
	if p := strings.ToLower(h.Get("X-Forwarded-Proto")); p == "http" || p == "https" {
		v.proto = p
	} else if h.Get("X-Fc-Control-Path") == "" { // not FC, such as a developer's machine
		v.proto = "http"
	}
	for name := range h {
		if forbidden(name) {
			delete(h, name)
		}
	}
	return v
}

// requestID returns the vendor's id of the call, or one that is made up.
func requestID(h http.Header) string {
	if id := h.Get("X-Fc-Request-Id"); id != "" {
		return id
	}
	return fmt.Sprintf("made-up-%016x", rand.Uint64())
}

// number is zero for what is none, and for what no limit can be.
func number(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// invocation is the call for the engine, of a request that came now.
func (v *vendor) invocation(now time.Time) framework.Invocation {
	inv := framework.Invocation{RequestID: v.RequestID, Trace: v.trace, Vendor: &v.Invocation}
	if v.Timeout > 0 {
		inv.Deadline = now.Add(v.Timeout)
	}
	return inv
}

// mark frames one call in the log, for FC's parser.
type mark struct {
	to       io.Writer
	word, id string
}

// begin writes the first line.
func (s *server) begin(word, id string) mark {
	m := mark{s.markers, word, id}
	m.write("FC " + word + " Start RequestId: " + id + "\n")
	return m
}

// end writes the last line.
func (m mark) end(err error) {
	line := "FC " + m.word + " End RequestId: " + m.id
	if err != nil {
		word := platform.Describe(err, false).Type // a function may have chosen it
		line += ", Error: " + strings.Map(func(c rune) rune {
			if c < ' ' {
				return '_'
			}
			return c
		}, word[:min(len(word), 100)])
	}
	m.write(line + "\n")
}

// write writes a line in one call, so that lines of several requests stay whole.
func (m mark) write(line string) {
	_, _ = io.WriteString(m.to, line) // a log that is gone has no other place to complain
}
