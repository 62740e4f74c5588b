package faastest_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/faastest"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

// In an application newApp is the New of internal/faasgen/app, or a call of its NewWith.
func ExampleStart() {
	var t *testing.T // the test's

	a := faastest.Start(t, newApp,
		faastest.Env("test"),                      // reads config.test.yml over config.default.yml
		faastest.Dir("."),                         // ... from this folder
		faastest.Config{"greet.text": "good day"}, // wins over both
		faastest.Variables{"GREET_TAGS": "a,b"},
		faastest.Functions("greet"), // serves this function only
		faastest.ProcessVariables(),
		faastest.Runtime(func(rt *framework.Runtime) { rt.Region = "eu-central-1" }),
		faastest.Grace(time.Second),
	)
	if a.Runtime().Region != "eu-central-1" {
		t.Error("the region is another")
	}
	a.Close() // before the test ends: to look at what is left
}

// What a test wants to see of every request goes before the application.
func ExampleFront() {
	var t *testing.T // the test's

	seen := map[string]int{}
	a := faastest.Start(t, newApp, faastest.Front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen[r.URL.Path]++
			next.ServeHTTP(w, r)
		})
	}))
	if a.Do("GET", "/hello", nil); seen["/hello"] != 1 {
		t.Error("the request did not come by")
	}
}

// The configurations say whether the application can do its work.
func ExampleApp_Health() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	if err := a.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

// A call has the types of the handler.
func ExampleCall() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	got := faastest.Call[*greeted](t, a, "greet", greeting{Name: "Ann", Text: "!"})
	if got.Text != "hello Ann!" {
		t.Errorf("got %q", got.Text)
	}
}

// An error is the handler's own.
func ExampleApp_Call() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	if _, err := a.Call("greet", greeting{Name: "nobody"}); err == nil {
		t.Error("nobody was greeted")
	}
}

// Timers fire when the test says so.
func ExampleApp_Timer() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	if _, err := a.Timer("purge-old", time.Now().Add(60*24*time.Hour)); err != nil {
		t.Error(err)
	}
}

// Requests meet routes, binding and middleware as they do in a cloud.
func ExampleApp_Do() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	w := a.Do("POST", "/greet/Ann?limit=3", `{"text":"!"}`, "X-Trace: 1")
	if w.Code != 201 || faastest.JSON[greeted](t, w).Limit != 3 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A request may be any, and so may a client.
func ExampleApp_HTTP() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	r := httptest.NewRequest("POST", "/greet/Ann", strings.NewReader("{}"))
	r.SetBasicAuth("ann", "secret")
	if w := a.HTTP(r); w.Code != http.StatusCreated {
		t.Errorf("%d %s", w.Code, w.Body)
	}

	s := httptest.NewServer(a.Handler())
	defer s.Close()
	if r, err := http.Get(s.URL + "/files/a"); err != nil || r.StatusCode != http.StatusOK {
		t.Error(r, err)
	}
}

// What a server would send is read from the response: status, headers and body.
func ExampleJSON() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	w := a.Do("POST", "/greet/Ann", greeting{Text: "!"}, "Cookie: session=s1")
	if got := faastest.JSON[greeted](t, w); got.Text == "" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%v %+v", w.Header(), got)
	}
}

// Records can be those of one call.
func ExampleApp_Logs() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	a.Do("POST", "/greet/Ann", nil)
	logs := a.Logs().Request(a.LastRequest()).Level(slog.LevelInfo).Containing("greeted")
	if len(logs) != 1 || logs[0].Attributes["function"] != "greet" {
		t.Errorf("logged:\n%s", a.Logs())
	}
}

// The same request, as each cloud sends it, has the same response.
func ExampleApp_Deliver() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp)

	r := httptest.NewRequest("GET", "/files/a", nil)
	for _, platform := range []string{faastest.AWS, faastest.Tencent, faastest.Aliyun, faastest.Local} {
		response, err := a.Deliver(platform, faastest.Payload(t, platform, "http", r))
		if err != nil {
			t.Fatal(err)
		}
		if w := faastest.Response(t, platform, response); w.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", platform, w.Status)
		}
	}

	e := timer.Event{Name: "purge-old", Time: time.Now()}
	if _, err := a.Deliver("tencent", faastest.Payload(t, "tencent", "timer", e)); err != nil {
		t.Error(err)
	}
}

// A company's own cloud is one more: here one that takes every payload as it is.
func ExampleCloud() {
	var t *testing.T // the test's
	own := sim.Cloud{
		Name:       "own",
		Carries:    []sim.Carried{{Kind: "raw", Codec: platform.Raw, Payload: sim.Raw}},
		Invocation: func(requestID string, event []byte) any { return nil },
		Response:   sim.Integrated,
	}
	a := faastest.Start(t, newApp, faastest.Cloud(own))

	if response, err := a.Deliver("own", []byte(`[1,2]`)); string(response) != `{"sum":3}` || err != nil {
		t.Errorf("got %s, %v", response, err)
	}
}

// A test sees what functions call of each other, and may have them apart, as in units of their own.
func ExampleApart() {
	var t *testing.T // the test's
	a := faastest.Start(t, newApp, faastest.Apart())

	if _, err := a.Call("greet", greeting{Name: "Ann"}); err != nil {
		t.Error(err)
	}
	want := faastest.Called{Function: "mail", Async: true}
	for _, c := range a.Calls("mail") {
		if c.Async != want.Async || c.Err != nil {
			t.Errorf("called with %s: %v", c.Payload, c.Err)
		}
	}
}
