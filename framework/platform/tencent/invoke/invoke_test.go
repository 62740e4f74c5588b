package invoke

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/tencent/sign"
)

// unit makes the environment that of a unit whose calls go to h.
func unit(t testing.TB, h http.HandlerFunc) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"FAAS_CALLS_ENDPOINT": s.URL, "TENCENTCLOUD_REGION": "ap-guangzhou", "SCF_NAMESPACE": "shop",
		"TENCENTCLOUD_SECRETID": "the-id", "TENCENTCLOUD_SECRETKEY": "the-secret", "TENCENTCLOUD_SESSIONTOKEN": "the-token",
	} {
		t.Setenv(name, value)
	}
}

func example() *call.Request {
	return &call.Request{Function: "f", Target: call.Target{Name: "u"}, Body: []byte(`{"faas":"call","function":"f"}`)}
}

func TestAnswers(t *testing.T) {
	date := func(at time.Time) map[string]string {
		return map[string]string{"Date": at.UTC().Format(http.TimeFormat)}
	}
	refused := func(code string) string {
		return `{"Response":{"Error":{"Code":"` + code + `","Message":"for the-token and the-secret"},"RequestId":"1"}}`
	}
	for name, tt := range map[string]struct {
		status  int
		header  map[string]string
		body    string
		async   bool
		want    string
		failure call.Reason
	}{
		"result":              {status: 200, body: `{"Response":{"Result":{"InvokeResult":0,"ErrMsg":"","RetMsg":"{\"a\":1}"},"RequestId":"1"}}`, want: `{"a":1}`},
		"accepted":            {status: 200, async: true, body: `{"Response":{"Result":{"InvokeResult":0,"RetMsg":""},"RequestId":"1"}}`},
		"no result":           {status: 200, body: `{"Response":{"RequestId":"1"}}`, failure: call.BadAnswer},
		"no response":         {status: 200, body: `{}`, failure: call.BadAnswer},
		"not JSON":            {status: 200, body: `<html>`, failure: call.BadAnswer},
		"cut":                 {status: 200, body: `{"Response":{"Result":{"RetMsg":"{`, failure: call.BadAnswer},
		"function error":      {status: 200, body: `{"Response":{"Result":{"InvokeResult":430,"ErrMsg":"x"}}}`, failure: call.Failed},
		"function error, 0":   {status: 200, body: `{"Response":{"Result":{"InvokeResult":0,"ErrMsg":"x"}}}`, failure: call.Failed},
		"timed out":           {status: 200, body: `{"Response":{"Result":{"InvokeResult":433,"ErrMsg":"x"}}}`, failure: call.TimedOut},
		"timed out, as text":  {status: 200, body: `{"Response":{"Result":{"InvokeResult":-1,"ErrMsg":"Invoking task timed out after 3 seconds"}}}`, failure: call.TimedOut},
		"gone":                {status: 200, body: refused("ResourceNotFound.Function"), failure: call.Gone},
		"throttled":           {status: 200, body: refused("LimitExceeded.Concurrency"), failure: call.Throttled},
		"throttled requests":  {status: 200, body: refused("RequestLimitExceeded"), failure: call.Throttled},
		"too large":           {status: 200, body: refused("RequestSizeLimitExceeded"), failure: call.TooLarge},
		"service error":       {status: 200, body: refused("InternalError.System"), failure: call.Unavailable},
		"service unavailable": {status: 200, body: refused("ResourceUnavailable"), failure: call.Unavailable},
		"no right":            {status: 200, body: refused("UnauthorizedOperation.CAM"), failure: call.Refused},
		"expired token":       {status: 200, header: date(time.Now().Add(time.Hour)), body: refused("AuthFailure.TokenFailure"), failure: call.Refused},
		"clock is off":        {status: 200, header: date(time.Now().Add(-time.Hour)), body: refused("AuthFailure.SignatureExpire"), failure: call.Skewed},
		"clock agrees":        {status: 200, header: date(time.Now()), body: refused("AuthFailure.SignatureExpire"), failure: call.Refused},
		"unavailable":         {status: 503, body: "<html>", failure: call.Unavailable},
		"429":                 {status: 429, failure: call.Throttled},
		"413":                 {status: 413, failure: call.TooLarge},
		"a proxy's 502":       {status: 502, body: "<html>", failure: call.Broken},
		"redirect":            {status: 302, header: map[string]string{"Location": "http://192.0.2.1/"}, failure: call.Refused},
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
			f, ok := errors.AsType[*call.Failure](err)
			if string(got) != tt.want || ok != (err != nil) || ok && f.Reason != tt.failure || !ok && tt.failure != 0 {
				t.Errorf("%q, %v, %+v", got, err, f)
			}
			if ok && (strings.Contains(f.Error(), "the-token") || strings.Contains(f.Error(), "the-secret")) {
				t.Errorf("a secret is in the error: %v", err)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	var seen *http.Request
	var body map[string]string
	unit(t, func(w http.ResponseWriter, r *http.Request) {
		seen, body = r, nil
		_ = json.NewDecoder(r.Body).Decode(&body)
		io.WriteString(w, `{"Response":{"Result":{"InvokeResult":0,"RetMsg":"1"}}}`)
	})
	transport := New()
	const payload = "{\"a\":\t\"ü \\\"\\u0000 \\n\"}"
	for _, tt := range []struct {
		target call.Target
		async  bool
		want   map[string]string
	}{
		{call.Target{Name: "u"}, false, map[string]string{"FunctionName": "u", "Namespace": "shop", "Event": payload}},
		{call.Target{Name: "n/u", Qualifier: "live"}, true, map[string]string{"FunctionName": "u", "Namespace": "n", "Qualifier": "live", "InvocationType": "Event", "ClientContext": payload}},
	} {
		r := example()
		r.Target, r.Async, r.Body = tt.target, tt.async, []byte(payload)
		if _, err := transport.Invoke(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if len(body) != len(tt.want) {
			t.Errorf("%v, want %v", body, tt.want)
		}
		for name, want := range tt.want {
			if body[name] != want {
				t.Errorf("%s is %q, want %q", name, body[name], want)
			}
		}
		action := map[bool]string{false: "InvokeFunction", true: "Invoke"}[tt.async]
		if h := seen.Header; h.Get("X-TC-Action") != action || h.Get("X-TC-Token") != "the-token" || h.Get("X-TC-Region") != "ap-guangzhou" || !strings.Contains(h.Get("Authorization"), "Credential=the-id/") {
			t.Errorf("%v", h)
		}
	}
	// SCF changes the environment when the credentials do.
	t.Setenv("TENCENTCLOUD_SECRETID", "the-next")
	t.Setenv("TENCENTCLOUD_SESSIONTOKEN", "")
	if _, err := transport.Invoke(t.Context(), example()); err != nil || !strings.Contains(seen.Header.Get("Authorization"), "Credential=the-next/") || len(seen.Header.Values("X-TC-Token")) > 0 {
		t.Errorf("%v, %v", err, seen.Header)
	}
	t.Setenv("TENCENTCLOUD_SECRETKEY", "")
	_, err := transport.Invoke(t.Context(), example())
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.NoCredentials {
		t.Error(err)
	}
	t.Setenv("TENCENTCLOUD_REGION", "")
	if _, err = transport.Invoke(t.Context(), example()); err == nil || err.Error() != "TENCENTCLOUD_REGION is not set" {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	unit(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"Response":{"Result":{"InvokeResult":0,"RetMsg":"1"}}}`)
	})
	for size, async := range map[int]bool{6 << 20: false, 128 << 10: true} {
		for more, want := range map[int]bool{0: false, 1: true} {
			r := example()
			r.Body, r.Async = []byte(strings.Repeat("1", size+more)), async
			_, err := New().Invoke(t.Context(), r)
			if f, ok := errors.AsType[*call.Failure](err); ok != want || want && f.Reason != call.TooLarge {
				t.Errorf("%d bytes: %v", len(r.Body), err)
			}
		}
	}
}

func FuzzAppendText(f *testing.F) {
	f.Add("{\"a\":\"ü\\n\x00\"}")
	f.Fuzz(func(t *testing.T, text string) {
		var got string
		if err := json.Unmarshal(appendText(nil, text), &got); err != nil || got != strings.ToValidUTF8(text, "\ufffd") && got != string([]rune(text)) {
			t.Fatalf("%q became %q, %v", text, got, err)
		}
	})
}

// BenchmarkRequest is what a call takes without the connection.
func BenchmarkRequest(b *testing.B) {
	t := New().(*transport)
	r := example()
	c := sign.Credentials{ID: "id", Secret: "secret", Token: strings.Repeat("t", 1000)}
	b.ReportAllocs()
	for b.Loop() {
		t.request("scf.tencentcloudapi.com", "ap-guangzhou", r, c)
	}
}
