package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// closing is a stream that remembers that it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

type chosen struct{} // fails to be JSON

func (chosen) MarshalJSON() ([]byte, error) { return nil, errors.New("secret reason") }

type exploding struct{}

func (exploding) MarshalJSON() ([]byte, error) { panic("boom") }

type title string

// shown writes a response as text: status, sorted headers, body.
func shown(t *testing.T, r *Response) string {
	t.Helper()
	if err := r.Buffer(1 << 20); err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprint(r.Status)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		s += "|" + name + ": " + strings.Join(r.Header[name], " & ")
	}
	return s + "|" + string(r.Body)
}

func TestRespondResults(t *testing.T) {
	const text, bin, js = "Content-Type: text/plain; charset=utf-8", "Content-Type: application/octet-stream", "Content-Type: application/json"
	var nilPointer *closing
	var nilSlice []int
	var nilMap map[string]int
	tests := []struct {
		name   string
		result any
		set    func(x *Exchange)
		route  int
		want   string
	}{
		{"nothing", nil, nil, 0, "204|"},
		{"nothing, status set", nil, func(x *Exchange) { x.SetStatus(404) }, 0, "404|Content-Length: 0|"},
		{"nothing, route status", nil, nil, 201, "201|Content-Length: 0|"},
		{"nothing, both", nil, func(x *Exchange) { x.SetStatus(202) }, 201, "202|Content-Length: 0|"},
		{"nil pointer", nilPointer, nil, 0, "204|"},
		{"nil pointer that is JSON", (*order)(nil), nil, 0, "204|"},
		{"nil reader", (*bytes.Buffer)(nil), nil, 0, "204|"},
		{"nil response", (*Response)(nil), nil, 0, "204|"},
		{"zero", 0, nil, 0, "200|Content-Length: 1|" + js + "|0"},
		{"false", false, nil, 0, "200|Content-Length: 5|" + js + "|false"},
		{"empty string", "", nil, 0, "200|Content-Length: 0|" + text + "|"},
		{"nil slice", nilSlice, nil, 0, "200|Content-Length: 4|" + js + "|null"},
		{"nil map", nilMap, nil, 0, "200|Content-Length: 4|" + js + "|null"},
		{"empty slice", []int{}, nil, 0, "200|Content-Length: 2|" + js + "|[]"},
		{"nil bytes", []byte(nil), nil, 0, "200|Content-Length: 0|" + bin + "|"},
		{"the word undefined", "undefined", nil, 0, "200|Content-Length: 9|" + text + "|undefined"},
		{"string", "héé", nil, 0, "200|Content-Length: 5|" + text + "|héé"},
		{"named string", title("x"), nil, 0, "200|Content-Length: 3|" + js + `|"x"`},
		{"bytes", []byte{0xff, 0xd8}, nil, 0, "200|Content-Length: 2|" + bin + "|\xff\xd8"},
		{"raw JSON", json.RawMessage(`{"a":1}`), nil, 0, "200|Content-Length: 7|" + js + `|{"a":1}`},
		{"struct", item{"<&>", 1}, nil, 201, "201|Content-Length: 23|" + js + `|{"sku":"<&>","price":1}`},
		{"reader", strings.NewReader("stream"), nil, 0, "200|Content-Length: 6|" + bin + "|stream"},
		{"own content type", "a,b", func(x *Exchange) { x.Header().Set("content-type", "text/csv") }, 0, "200|Content-Length: 3|Content-Type: text/csv|a,b"},
		{"wrong content length", "abc", func(x *Exchange) { x.Header().Set("Content-Length", "99") }, 0, "200|Content-Length: 3|" + text + "|abc"},
		{"several values", "", func(x *Exchange) { x.Header().Add("X-N", "0"); x.Header().Add("X-N", "") }, 0, "200|Content-Length: 0|" + text + "|X-N: 0 & |"},
		{"several cookies", nil, func(x *Exchange) {
			x.SetCookie(Cookie{Name: "a", Value: "1"})
			x.SetCookie(Cookie{Name: "b", Value: "2"})
		}, 0, "204|Set-Cookie: a=1 & b=2|"},
		{"one connection's headers", "", func(x *Exchange) {
			x.Header().Set("Connection", "close")
			x.Header().Set("Transfer-Encoding", "chunked")
		}, 0, "200|Content-Length: 0|" + text + "|"},
		{"response", &Response{Status: 299, Header: Header{"x-own": {"1"}, "Set-Cookie": {"b=2"}}, Body: []byte("b")}, func(x *Exchange) {
			x.SetStatus(201)
			x.Header().Set("X-Own", "0")
			x.Header().Set("X-Mine", "m")
			x.SetCookie(Cookie{Name: "a", Value: "1"})
		}, 0, "299|Content-Length: 1|Set-Cookie: a=1 & b=2|X-Mine: m|X-Own: 1|b"},
		{"response value", Response{Body: []byte("b")}, nil, 0, "200|Content-Length: 1|b"},
		{"response without status", &Response{}, func(x *Exchange) { x.SetStatus(202) }, 0, "202|Content-Length: 0|"},
		{"no content with result", "text", func(x *Exchange) { x.SetStatus(204) }, 0, "204|"},
		{"not modified", &Response{Status: 304, Header: Header{"Etag": {`"1"`}, "Content-Type": {"a/b"}}, Body: []byte("x")}, nil, 0, `304|Content-Type: a/b|Etag: "1"|`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := NewExchange(Request{Method: "GET"})
			if tt.set != nil {
				tt.set(x)
			}
			if got := shown(t, x.Respond(tt.result, nil, ErrorInfo{Route: Route{Status: tt.route}})); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestRespondLeavesTheResultAlone(t *testing.T) {
	own := &Response{Header: Header{"X": {"1"}, "Set-Cookie": {"a=1"}}, Body: []byte("b")}
	for range 2 { // a handler may return the same one each time
		x := NewExchange(Request{Method: "HEAD"})
		x.SetCookie(Cookie{Name: "b", Value: "2"})
		x.Respond(own, nil, ErrorInfo{})
	}
	if got := shown(t, own); got != "0|Set-Cookie: a=1|X: 1|b" {
		t.Errorf("the handler's response has become %q", got)
	}
}

func TestRespondHead(t *testing.T) {
	head := func() *Exchange { return NewExchange(Request{Method: "HEAD"}) }
	if got, want := shown(t, head().Respond("hello", nil, ErrorInfo{})), "200|Content-Length: 5|Content-Type: text/plain; charset=utf-8|"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c := &closing{Reader: strings.NewReader("x")}
	if got, want := shown(t, head().Respond(c, nil, ErrorInfo{})), "200|Content-Type: application/octet-stream|"; got != want || !c.closed {
		t.Errorf("got %q, closed %v, want %q", got, c.closed, want)
	}
	// A handler that knows the length need not make the body; one that sets none has not set zero.
	if got, want := shown(t, head().Respond(&Response{Header: Header{"Content-Length": {"7"}}}, nil, ErrorInfo{})), "200|Content-Length: 7|"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := shown(t, head().Respond(&Response{}, nil, ErrorInfo{})), "200|"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if r := head().Respond(nil, errors.New("x"), ErrorInfo{Log: quiet()}); len(r.Body) > 0 || r.Status != 500 {
		t.Errorf("got %d with a body of %d bytes", r.Status, len(r.Body))
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestRespondErrors(t *testing.T) {
	panicked := &framework.PanicError{Value: "boom", Stack: []byte("stack")}
	tests := []struct {
		name   string
		result any
		err    error
		set    func(x *Exchange)
		dev    bool
		status int
		body   string // without type, title and status
		log    string // level and what it must have
	}{
		{"stated", nil, &framework.Error{Status: 404, Code: "not_found", Message: "no such book"}, nil, false, 404, `"detail":"no such book","code":"not_found","request_id":"r1"`, ""},
		{"wrapped", nil, fmt.Errorf("get: %w", &framework.Error{Status: 409, Code: "taken", Message: "taken"}), nil, false, 409, `"detail":"taken","code":"taken","request_id":"r1"`, ""},
		{"fields", nil, invalid([]framework.FieldError{{In: "query", Name: "n", Message: "m"}}), nil, false, 400,
			`"detail":"the request has fields that are not valid","code":"invalid_request","request_id":"r1","errors":[{"in":"query","name":"n","message":"m"}]`, ""},
		{"without status", nil, &framework.Error{Code: "c", Message: "m"}, nil, false, 500, `"detail":"m","code":"c","request_id":"r1"`, "ERROR c: m"},
		{"no error's status", nil, &framework.Error{Status: 200, Code: "c", Message: "m"}, nil, false, 500, `"detail":"m","code":"c","request_id":"r1"`, "ERROR"},
		{"cause is not shown", nil, &framework.Error{Status: 404, Code: "c", Message: "m", Err: errors.New("password=1")}, nil, false, 404, `"detail":"m","code":"c","request_id":"r1"`, "INFO password=1"},
		{"cause in dev", nil, &framework.Error{Status: 404, Code: "c", Message: "m", Err: errors.New("why")}, nil, true, 404, `"detail":"m","code":"c","request_id":"r1","cause":"why"`, "INFO"},
		{"any error", nil, errors.New("password=1"), nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, "ERROR password=1"},
		{"any error in dev", nil, errors.New("why"), nil, true, 500, `"detail":"why","code":"internal","request_id":"r1"`, "ERROR why"},
		{"deadline", nil, fmt.Errorf("query: %w", context.DeadlineExceeded), nil, false, 504, `"detail":"the function did not answer in time","code":"deadline_exceeded","request_id":"r1"`, "ERROR"},
		{"cancelled", nil, context.Canceled, nil, false, 499, `"detail":"the call was cancelled","code":"canceled","request_id":"r1"`, "INFO"},
		{"closed", nil, framework.ErrClosed, nil, false, 503, `"detail":"the function is starting or stopping","code":"unavailable","request_id":"r1"`, "ERROR"},
		{"panic", nil, panicked, nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, ""}, // the engine has logged it
		{"result and error", "x", errors.New("e"), nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, "ERROR"},
		{"not JSON", chosen{}, nil, nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, "ERROR encode the result of type web.chosen: json: error calling MarshalJSON for type web.chosen: secret reason"},
		{"panic in JSON", exploding{}, nil, nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, "ERROR panic: boom"},
		{"channel", make(chan int), nil, nil, false, 500, `"detail":"the function failed; its log has the reason","code":"internal","request_id":"r1"`, "ERROR unsupported type: chan int"},
		{"status 42", "x", nil, func(x *Exchange) { x.SetStatus(42) }, true, 500, `"detail":"found status 42, expected 200 to 599","code":"internal","request_id":"r1"`, "ERROR"},
		{"status 101", &Response{Status: 101}, nil, nil, true, 500, `"detail":"found status 101, expected 200 to 599","code":"internal","request_id":"r1"`, "ERROR"},
		{"header injection", "x", nil, func(x *Exchange) { x.Header().Set("X-A", "1\r\nX-B: 2") }, true, 500, `"detail":"found a line break or control character in the value of header X-A","code":"internal","request_id":"r1"`, "ERROR"},
		{"header name", "x", nil, func(x *Exchange) { x.Header()["X A:"] = []string{"1"} }, true, 500, `"detail":"found the header name \"X A:\", expected a token","code":"internal","request_id":"r1"`, "ERROR"},
		{"header injection by response", &Response{Header: Header{"X": {"\n"}}}, nil, nil, true, 500, `"detail":"found a line break or control character in the value of header X","code":"internal","request_id":"r1"`, "ERROR"},
		{"cookie injection", "x", nil, func(x *Exchange) { x.SetCookie(Cookie{Name: "c", Value: "\n"}) }, true, 500,
			`"detail":"cookie c: found '\\n' in the value, expected printable ASCII without quotes, semicolon and backslash; encode it","code":"internal","request_id":"r1"`, "ERROR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			x := NewExchange(Request{Method: "GET"})
			if tt.set != nil {
				tt.set(x)
			}
			r := x.Respond(tt.result, tt.err, ErrorInfo{RequestID: "r1", Dev: tt.dev, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			want := fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d,%s}`, statusText(tt.status), tt.status, tt.body)
			if r.Status != tt.status || string(r.Body) != want {
				t.Errorf("got  %d %s\nwant %d %s", r.Status, r.Body, tt.status, want)
			}
			if got := Header(r.Header).Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("got the type %q", got)
			}
			if checkHeader(r.Header) != nil {
				t.Errorf("the response has the header that was refused: %q", r.Header)
			}
			level, part, _ := strings.Cut(tt.log, " ")
			if (log.Len() > 0) != (tt.log != "") || !strings.Contains(log.String(), "level="+level) && tt.log != "" || !strings.Contains(log.String(), part) {
				t.Errorf("got the log %q, want %q", log.String(), tt.log)
			}
			if tt.log != "" && !strings.Contains(log.String(), "request_id=r1") {
				t.Errorf("the log has no request id: %q", log.String())
			}
		})
	}
}

func TestRespondErrorKeepsHeaders(t *testing.T) {
	set := func() *Exchange {
		x := NewExchange(Request{Method: "GET"})
		for _, h := range [][2]string{{"Access-Control-Allow-Origin", "*"}, {"X-Trace", "t"}, {"Content-Type", "text/csv"}, {"Content-Encoding", "gzip"}, {"Content-Disposition", "attachment"},
			{"Etag", `"1"`}, {"Cache-Control", "public, max-age=60"}, {"Content-Length", "1"}, {"X-Bad", "a\nb"}} {
			x.Header().Set(h[0], h[1])
		}
		x.SetCookie(Cookie{Name: "a", Value: "1"})
		x.SetStatus(201)
		return x
	}
	r := set().Respond(nil, errors.New("e"), ErrorInfo{Log: quiet()})
	want := fmt.Sprintf("500|Access-Control-Allow-Origin: *|Cache-Control: no-store|Content-Length: %d|Content-Type: application/problem+json|Set-Cookie: a=1|X-Trace: t|", len(r.Body))
	if got := shown(t, r); !strings.HasPrefix(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	// A handler that was left behind may be writing headers at this moment.
	left := &framework.Error{Status: 504, Code: "deadline_exceeded", Err: fmt.Errorf("%w: %w", context.DeadlineExceeded, framework.ErrAbandoned)}
	if r := set().Respond(nil, left, ErrorInfo{Log: quiet()}); Header(r.Header).Has("X-Trace") {
		t.Error("the headers of a running handler were read")
	}
	own := &framework.Error{Status: 504, Code: "deadline_exceeded", Err: context.DeadlineExceeded}
	if r := set().Respond(nil, own, ErrorInfo{Log: quiet()}); !Header(r.Header).Has("X-Trace") {
		t.Error("the headers of a handler that returned its own 504 are lost")
	}
}

func TestRespondClosesWhatIsNotSent(t *testing.T) {
	tests := map[string]func(x *Exchange, c *closing) *Response{
		"error":      func(x *Exchange, c *closing) *Response { return x.Respond(c, errors.New("e"), ErrorInfo{Log: quiet()}) },
		"no content": func(x *Exchange, c *closing) *Response { x.SetStatus(204); return x.Respond(c, nil, ErrorInfo{}) },
		"bad status": func(x *Exchange, c *closing) *Response {
			x.SetStatus(1)
			return x.Respond(c, nil, ErrorInfo{Log: quiet()})
		},
		"bad header": func(x *Exchange, c *closing) *Response {
			x.Header().Set("A", "\n")
			return x.Respond(&Response{Reader: c}, nil, ErrorInfo{Log: quiet()})
		},
		"by response": func(x *Exchange, c *closing) *Response {
			return x.Respond(&Response{Reader: c, Status: 304}, nil, ErrorInfo{})
		},
	}
	for name, respond := range tests {
		c := &closing{Reader: strings.NewReader("x")}
		if r := respond(NewExchange(Request{Method: "GET"}), c); r.Reader != nil || !c.closed {
			t.Errorf("%s: reader %v, closed %v", name, r.Reader, c.closed)
		}
	}
}

func TestRefuse(t *testing.T) {
	x := NewExchange(Request{Method: "PUT"})
	r := x.Refuse(Match{Status: 405, Allow: "GET, HEAD"}, ErrorInfo{RequestID: "r1"})
	want := `405|Allow: GET, HEAD|Cache-Control: no-store|Content-Length: 158|Content-Type: application/problem+json|` +
		`{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"found PUT, expected one of GET, HEAD","code":"method_not_allowed","request_id":"r1"}`
	if got := shown(t, r); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	r = x.Refuse(Match{Status: 404}, ErrorInfo{})
	want = `404|Cache-Control: no-store|Content-Length: 101|Content-Type: application/problem+json|{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing is here","code":"not_found"}`
	if got := shown(t, r); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if r := NewExchange(Request{Method: "<x>\n"}).Refuse(Match{Status: 405, Allow: "GET"}, ErrorInfo{}); strings.Contains(string(r.Body), "<x>") {
		t.Errorf("the method is shown as it came: %s", r.Body)
	}
}

func TestBuffer(t *testing.T) {
	c := &closing{Reader: strings.NewReader("12345")}
	r := &Response{Reader: c}
	if err := r.Buffer(5); err != nil || string(r.Body) != "12345" || !c.closed || Header(r.Header).Get("Content-Length") != "5" || r.Reader != nil {
		t.Errorf("got %q, %v, closed %v, header %v", r.Body, err, c.closed, r.Header)
	}
	c = &closing{Reader: strings.NewReader("123456")}
	var fe *framework.Error
	if err := (&Response{Reader: c}).Buffer(5); !errors.As(err, &fe) || fe.Status != 500 || fe.Code != "response_too_large" || !c.closed {
		t.Errorf("got %v, closed %v", err, c.closed)
	}
	if err := (&Response{Reader: strings.NewReader("123456")}).Buffer(0); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	var pe *framework.PanicError
	if err := (&Response{Reader: panicking{}}).Buffer(5); !errors.As(err, &pe) {
		t.Errorf("got %v, want the panic as an error", err)
	}
	if err := (&Response{Body: []byte("long enough")}).Buffer(1); err != nil {
		t.Errorf("what is in memory is not measured here: %v", err)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("boom") }

// What a layer is told of the outcome is what the client gets.
func TestOutcomeIsTheStatusOfTheResponse(t *testing.T) {
	for _, result := range []any{nil, "text", []byte{}, 0, &Response{}, &Response{Status: 418}, Response{Status: 299}, (*Response)(nil), strings.NewReader("")} {
		for _, err := range []error{nil, errors.New("no"), framework.Errorf(404, "gone", "gone"), framework.Errorf(7, "odd", "odd"), context.DeadlineExceeded, context.Canceled, framework.ErrClosed} {
			for _, status := range []int{0, 202} {
				for _, route := range []Route{{}, {Status: 201}} {
					x := NewExchange(Request{Method: "GET"})
					if status != 0 {
						x.SetStatus(status)
					}
					got := x.Outcome(result, err, route)
					if want := x.Respond(result, err, ErrorInfo{Route: route, Log: slog.New(slog.DiscardHandler)}).Status; got != want {
						t.Errorf("%T, %v, status %d, route %d: told %d, answered %d", result, err, status, route.Status, got, want)
					}
				}
			}
		}
	}
	x := NewExchange(Request{Method: "GET"})
	x.SetCookie(Cookie{Name: "a b"})
	if got := x.Outcome("text", nil, Route{}); got != 500 {
		t.Errorf("a cookie that cannot be sent: told %d, want 500", got)
	}
}

func TestSetHeader(t *testing.T) {
	x := NewExchange(Request{Method: "GET"})
	for i := range 6 {
		x.SetHeader(fmt.Sprint("X-", i), fmt.Sprint(i))
	}
	x.SetHeader("X-0", "again")
	x.Header().Add("X-1", "more") // grows by itself, and not into what is next to it
	h := x.Respond(nil, nil, ErrorInfo{}).Header
	want := Header{"X-0": {"again"}, "X-1": {"1", "more"}, "X-2": {"2"}, "X-3": {"3"}, "X-4": {"4"}, "X-5": {"5"}}
	if !maps.EqualFunc(h, want, slices.Equal[[]string]) {
		t.Errorf("found %v, want %v", h, want)
	}
}
