package web_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

func ExampleEvents() {
	// What a handler returns.
	response := web.Events(func(yield func(web.Event, error) bool) {
		for id, state := range []string{"packed", "sent"} {
			if !yield(web.Event{ID: fmt.Sprint(id), Name: "order", Data: map[string]string{"state": state}}, nil) {
				return // the client has gone
			}
		}
	})
	fmt.Println(web.Header(response.Header).Get("Content-Type"))
	io.Copy(Stdout{}, response.Reader)
	// Output:
	// text/event-stream
	// id: 0
	// event: order
	// data: {"state":"packed"}
	//
	// id: 1
	// event: order
	// data: {"state":"sent"}
}

// Stdout prints what it is given.
type Stdout struct{}

func (Stdout) Write(p []byte) (int, error) { return fmt.Print(string(p)) }

func events(list ...web.Event) *web.Response {
	return web.Events(func(yield func(web.Event, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	})
}

func TestEvents(t *testing.T) {
	for want, e := range map[string]web.Event{
		":\n\n":                                 {},
		"data: \n\n":                            {Data: ""},
		"data: a\ndata: b\ndata: c\ndata: \n\n": {Data: "a\nb\r\nc\r"},
		"data: a\ndata: \ndata: id: 1\n\n":      {Data: []byte("a\n\nid: 1")},
		"data: null\n\n":                        {Data: (*int)(nil)},
		"retry: 1500\nid: 7\nevent: x\ndata: [1]\n\n": {ID: "7", Name: "x", Data: []int{1}, Retry: 1500 * time.Millisecond},
		"id: 7\n\n":                  {ID: "7"},
		"data: {\"a\":\"<b>&\"}\n\n": {Data: map[string]string{"a": "<b>&"}},
	} {
		got, err := io.ReadAll(iotest.OneByteReader(events(e, e).Reader))
		if err != nil || string(got) != want+want {
			t.Errorf("%+v: found %q, %v, want %q twice", e, got, err, want)
		}
	}
	for _, e := range []web.Event{{ID: "a\nb"}, {ID: "\x00"}, {Name: "a\rb"}, {Data: func() {}}} {
		if got, err := io.ReadAll(events(web.Event{Data: "1"}, e).Reader); err == nil || string(got) != "data: 1\n\n" {
			t.Errorf("%+v: found %q, %v, want an error after the first event", e, got, err)
		}
	}
}

// A reader that is closed ends the sequence, whose deferred calls run; one that was never read never began it.
func TestEventsThatAreNotReadToTheirEnd(t *testing.T) {
	began, ended := 0, 0
	response := func() io.ReadCloser {
		return web.Events(func(yield func(web.Event, error) bool) {
			began++
			defer func() { ended++ }()
			for yield(web.Event{Data: "x"}, nil) {
			}
		}).Reader.(io.ReadCloser)
	}
	r := response()
	if _, err := io.ReadFull(r, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err == nil {
		t.Error("a closed answer could be read on")
	}
	if err := response().Close(); err != nil || began != 1 || ended != 1 {
		t.Errorf("%v: the sequence began %d times and ended %d times, want once each", err, began, ended)
	}
}

func TestEventsThatFail(t *testing.T) {
	broken := errors.New("broken")
	r := web.Events(func(yield func(web.Event, error) bool) {
		_ = yield(web.Event{Data: "1"}, nil) && yield(web.Event{}, broken)
	}).Reader
	if got, err := io.ReadAll(r); err != broken || !strings.HasPrefix(string(got), "data: 1") {
		t.Errorf("found %q, %v", got, err)
	}
	r = web.Events(func(func(web.Event, error) bool) { panic("boom") }).Reader
	func() {
		defer func() {
			if v := recover(); v != "boom" {
				t.Errorf("recovered %v, want what the sequence panicked with", v)
			}
		}()
		r.Read(make([]byte, 10))
	}()
	if _, err := r.Read(make([]byte, 10)); err == nil || err == io.EOF {
		t.Errorf("after the panic: %v, want an error", err)
	}
}
