package invoke

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/aws/sign"
)

// unit makes the environment that of a unit whose calls go to h.
func unit(t testing.TB, h http.HandlerFunc) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_LAMBDA": s.URL, "AWS_ENDPOINT_URL": "http://192.0.2.1", "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "the-id", "AWS_SECRET_ACCESS_KEY": "the-secret", "AWS_SESSION_TOKEN": "the-token", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
	} {
		t.Setenv(name, value)
	}
}

func example() *call.Request {
	return &call.Request{Function: "f", Target: call.Target{Name: "u"}, Body: []byte(`{"faas":"call","function":"f"}`)}
}

func TestAnswers(t *testing.T) {
	date := func(at time.Time) string { return at.UTC().Format(http.TimeFormat) }
	const skew = `{"message":"Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z"}`
	for name, tt := range map[string]struct {
		status  int
		header  map[string]string
		body    string
		async   bool
		want    string
		failure call.Reason
	}{
		"result":                    {status: 200, body: "1", want: "1"},
		"accepted":                  {status: 202, async: true},
		"result of async":           {status: 200, async: true, failure: call.BadAnswer},
		"accepted, not sent":        {status: 202, failure: call.BadAnswer},
		"function error":            {status: 200, header: map[string]string{"X-Amz-Function-Error": "Unhandled"}, body: `{"errorType":"Function.Internal"}`, failure: call.Failed},
		"function error of no form": {status: 200, header: map[string]string{"X-Amz-Function-Error": "Unhandled"}, body: `<html>`, failure: call.Failed},
		"timed out":                 {status: 200, header: map[string]string{"X-Amz-Function-Error": "Unhandled"}, body: `{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 3.00 seconds"}`, failure: call.TimedOut},
		"timed out, as before":      {status: 200, header: map[string]string{"X-Amz-Function-Error": "Unhandled"}, body: `{"errorMessage":"2026 x Task timed out after 3.00 seconds"}`, failure: call.TimedOut},
		"gone":                      {status: 404, header: map[string]string{"X-Amzn-Errortype": "ResourceNotFoundException:http://x/"}, failure: call.Gone},
		"another 404":               {status: 404, body: "not found", failure: call.Refused},
		"throttled":                 {status: 429, header: map[string]string{"Retry-After": "1"}, failure: call.Throttled},
		"too large":                 {status: 413, failure: call.TooLarge},
		"service error":             {status: 500, header: map[string]string{"X-Amzn-Errortype": "ServiceException"}, failure: call.Unavailable},
		"unavailable":               {status: 503, body: "<html>", failure: call.Unavailable},
		"a proxy's 502":             {status: 502, body: "<html>", failure: call.Broken},
		"a proxy's 504":             {status: 504, failure: call.Broken},
		"redirect":                  {status: 307, header: map[string]string{"Location": "http://192.0.2.1/"}, failure: call.Refused},
		"expired token":             {status: 403, header: map[string]string{"X-Amzn-Errortype": "ExpiredTokenException", "Date": date(time.Now().Add(time.Hour))}, failure: call.Refused},
		"clock is off":              {status: 403, header: map[string]string{"X-Amzn-Errortype": "InvalidSignatureException", "Date": date(time.Now().Add(time.Hour))}, body: skew, failure: call.Skewed},
		"clock agrees":              {status: 403, header: map[string]string{"X-Amzn-Errortype": "InvalidSignatureException", "Date": date(time.Now())}, body: skew, failure: call.Refused},
		"bad signature": {status: 403, header: map[string]string{"X-Amzn-Errortype": "InvalidSignatureException"}, failure: call.Refused,
			body: `{"message":"The signature for the-token and the-secret does not match.\n\nThe Canonical String\nx-amz-security-token:the-token"}`},
		"huge": {status: 200, body: strings.Repeat("x", maxResponse+1), failure: call.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			unit(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			r := example()
			r.Async = tt.async
			got, err := New().Invoke(t.Context(), r)
			f, failed := errors.AsType[*call.Failure](err)
			if string(got) != tt.want || failed != (err != nil) || failed && f.Reason != tt.failure || !failed && tt.failure != 0 {
				t.Errorf("%q, %v, %+v", got, err, f)
			}
			if failed && (strings.Contains(f.Error(), "the-token") || strings.Contains(f.Error(), "the-secret")) {
				t.Errorf("a secret is in the error: %v", err)
			}
			if name == "throttled" && f.After != time.Second {
				t.Errorf("to be sent again after %s", f.After)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	var seen *http.Request
	var body string
	unit(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		b, _ := io.ReadAll(r.Body)
		body = string(b)
	})
	transport := New()
	r := example()
	r.Target, r.Trace, r.Call = call.Target{Name: "arn:aws:lambda:us-east-1:1:function:u", Qualifier: "$LATEST"}, "Root=1-a", framework.Call{IdempotencyKey: "k"}
	if _, err := transport.Invoke(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := seen.RequestURI; got != "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Au/invocations?Qualifier=%24LATEST" {
		t.Error(got)
	}
	if h := seen.Header; body != string(r.Body) || h.Get("X-Amz-Invocation-Type") != "RequestResponse" || h.Get("X-Amz-Security-Token") != "the-token" || h.Get("X-Amzn-Trace-Id") != "Root=1-a" ||
		!strings.Contains(h.Get("Authorization"), "Credential=the-id/") || !strings.Contains(h.Get("Authorization"), "SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token,") {
		t.Errorf("%s %v", body, h)
	}
	// Credentials that change in the process are those of the next call.
	t.Setenv("AWS_ACCESS_KEY_ID", "the-next")
	t.Setenv("AWS_SESSION_TOKEN", "")
	if _, err := transport.Invoke(t.Context(), example()); err != nil || !strings.Contains(seen.Header.Get("Authorization"), "Credential=the-next/") || seen.Header.Get("X-Amz-Security-Token") != "" {
		t.Errorf("%v, %v", err, seen.Header)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := transport.Invoke(t.Context(), example())
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.NoCredentials {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	unit(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.Header.Get("X-Amz-Invocation-Type") == "Event" {
			w.WriteHeader(202)
		}
	})
	for size, async := range map[int]bool{6 << 20: false, 1 << 20: true} {
		for more, want := range map[int]bool{0: false, 1: true} {
			r := example()
			r.Body, r.Async = make([]byte, size+more), async
			_, err := New().Invoke(t.Context(), r)
			if f, ok := errors.AsType[*call.Failure](err); ok != want || want && f.Reason != call.TooLarge {
				t.Errorf("%d bytes: %v", len(r.Body), err)
			}
		}
	}
}

func TestEndpoints(t *testing.T) {
	for _, tt := range []struct{ region, lambda, all, ignore, want string }{
		{"eu-west-1", "", "", "", "lambda.eu-west-1.amazonaws.com"},
		{"cn-north-1", "", "", "", "lambda.cn-north-1.amazonaws.com.cn"},
		{"eu-west-1", "", "http://h:1", "", "h:1"},
		{"eu-west-1", "http://i:1", "http://h:1", "", "i:1"},
		{"eu-west-1", "http://i:1", "http://h:1", "true", "lambda.eu-west-1.amazonaws.com"},
		{"", "", "", "", "AWS_REGION is not set"},
		{"r", "nonsense", "", "", `endpoint of calls: found "nonsense", expected https://HOST`},
	} {
		t.Setenv("AWS_REGION", tt.region)
		t.Setenv("AWS_DEFAULT_REGION", "")
		t.Setenv("AWS_ENDPOINT_URL_LAMBDA", tt.lambda)
		t.Setenv("AWS_ENDPOINT_URL", tt.all)
		t.Setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", tt.ignore)
		c, err := New().(*transport).client()
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = c.Host()
		}
		if got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

// BenchmarkRequest is what a call takes without the connection.
func BenchmarkRequest(b *testing.B) {
	t := New().(*transport)
	t.region = "us-east-1"
	r := example()
	r.Target.Qualifier = "live"
	c := sign.Credentials{ID: "id", Secret: "secret", Token: strings.Repeat("t", 1000)}
	b.ReportAllocs()
	for b.Loop() {
		t.request("lambda.us-east-1.amazonaws.com", "RequestResponse", r, c)
	}
}
