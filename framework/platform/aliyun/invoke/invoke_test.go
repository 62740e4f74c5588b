package invoke

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aliyun/sign"
)

// unit makes the environment that of a unit whose calls go to h.
func unit(t testing.TB, h http.HandlerFunc) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"FAAS_CALLS_ENDPOINT": s.URL, "ALIBABA_CLOUD_ACCESS_KEY_ID": "the-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "the-secret", "ALIBABA_CLOUD_SECURITY_TOKEN": "the-token",
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
	failed := map[string]string{"X-Fc-Error-Type": "UnhandledInvocationError"}
	for name, tt := range map[string]struct {
		status  int
		header  map[string]string
		body    string
		async   bool
		want    string
		failure call.Reason
	}{
		"result":             {status: 200, body: "1", want: "1"},
		"accepted":           {status: 202, async: true},
		"result of async":    {status: 200, async: true, failure: call.BadAnswer},
		"accepted, not sent": {status: 202, failure: call.BadAnswer},
		"function error":     {status: 200, header: failed, body: `{"errorType":"internal","errorMessage":"m"}`, failure: call.Failed},
		"no form":            {status: 200, header: failed, body: `<html>`, failure: call.Failed},
		"timed out":          {status: 200, header: map[string]string{"X-Fc-Error-Type": "FunctionTimedOut"}, failure: call.TimedOut},
		"gone":               {status: 404, body: `{"Code":"FunctionNotFound"}`, failure: call.Gone},
		"alias is gone":      {status: 404, body: `{"ErrorCode":"AliasNotFound"}`, failure: call.Gone},
		"another 404":        {status: 404, body: "not found", failure: call.Refused},
		"throttled":          {status: 429, body: `{"Code":"ResourceExhausted"}`, failure: call.Throttled},
		"too large":          {status: 413, failure: call.TooLarge},
		"service error":      {status: 500, body: `{"Code":"InternalServerError"}`, failure: call.Unavailable},
		"unavailable":        {status: 503, body: "<html>", failure: call.Unavailable},
		"a proxy's 502":      {status: 502, body: "<html>", failure: call.Broken},
		"redirect":           {status: 302, header: map[string]string{"Location": "http://192.0.2.1/"}, failure: call.Refused},
		"expired token":      {status: 403, header: date(time.Now().Add(time.Hour)), body: `{"Code":"InvalidSecurityToken.Expired"}`, failure: call.Refused},
		"clock is off":       {status: 400, header: date(time.Now().Add(time.Hour)), body: `{"Code":"InvalidTimeStamp.Expired"}`, failure: call.Skewed},
		"clock agrees":       {status: 400, header: date(time.Now()), body: `{"Code":"InvalidTimeStamp.Expired"}`, failure: call.Refused},
		"bad signature":      {status: 400, body: `{"Code":"SignatureDoesNotMatch","Message":"server string is the-token the-secret"}`, failure: call.Refused},
		"huge":               {status: 200, body: strings.Repeat("x", maxResponse+1), failure: call.BadAnswer},
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

// within runs do in an invocation with these credentials.
func within(t *testing.T, inv *aliyun.Invocation, do func(ctx context.Context)) {
	t.Helper()
	f := &framework.Function{Name: "f", Handler: func(ctx *framework.Context) error { do(ctx); return nil }}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Vendor: inv}); err != nil {
		t.Error(err)
	}
}

func TestRequests(t *testing.T) {
	var seen *http.Request
	unit(t, func(w http.ResponseWriter, r *http.Request) { seen = r })
	transport := New()
	r := example()
	r.Target = call.Target{Name: "a$b", Qualifier: "a b"}
	for i, id := range []string{"one", "two"} { // which FC changes from one invocation to the next
		within(t, &aliyun.Invocation{Credentials: aliyun.Credentials{AccessKeyID: id, AccessKeySecret: "s", SecurityToken: "t"}}, func(ctx context.Context) {
			if _, err := transport.Invoke(ctx, r); err != nil {
				t.Fatal(err)
			}
		})
		h := seen.Header
		if seen.RequestURI != "/2023-03-30/functions/a%24b/invocations?qualifier=a%20b" || h.Get("X-Acs-Security-Token") != "t" || h.Get("X-Fc-Invocation-Type") != "Sync" ||
			!strings.HasPrefix(h.Get("Authorization"), "ACS3-HMAC-SHA256 Credential="+id+",SignedHeaders=content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version,") {
			t.Errorf("%d: %s %v", i, seen.RequestURI, h)
		}
	}
	nonce := seen.Header.Get("X-Acs-Signature-Nonce")
	t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "")
	if _, err := transport.Invoke(t.Context(), example()); err != nil || !strings.Contains(seen.Header.Get("Authorization"), "Credential=the-id,") ||
		strings.Contains(seen.Header.Get("Authorization"), "token") || seen.Header.Get("X-Acs-Signature-Nonce") == nonce {
		t.Errorf("outside of an invocation: %v, %v", err, seen.Header)
	}
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
	_, err := transport.Invoke(t.Context(), example())
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.NoCredentials {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	unit(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.Header.Get("X-Fc-Invocation-Type") == "Async" {
			w.WriteHeader(202)
		}
	})
	for size, async := range map[int]bool{32 << 20: false, 128 << 10: true} {
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
	for _, tt := range []struct{ endpoint, account, region, want string }{
		{"", "1", "cn-hangzhou", "1.cn-hangzhou.fc.aliyuncs.com"},
		{"https://1.cn-hangzhou-internal.fc.aliyuncs.com", "2", "r", "1.cn-hangzhou-internal.fc.aliyuncs.com"},
		{"", "", "r", "error"}, {"", "1", "", "error"}, {"nonsense", "1", "r", "error"},
	} {
		t.Setenv("FAAS_CALLS_ENDPOINT", tt.endpoint)
		t.Setenv("FC_ACCOUNT_ID", tt.account)
		t.Setenv("FC_REGION", tt.region)
		got := "error"
		if c, err := (&transport{}).endpoint(&aliyun.Invocation{}); err == nil {
			got = c.Host()
		}
		if got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
	if c, err := (&transport{}).endpoint(&aliyun.Invocation{AccountID: "7", Region: "q"}); err == nil || c != nil {
		t.Errorf("a broken endpoint was used: %v", c)
	}
	t.Setenv("FAAS_CALLS_ENDPOINT", "")
	if c, err := (&transport{}).endpoint(&aliyun.Invocation{AccountID: "7", Region: "q"}); err != nil || c.Host() != "7.q.fc.aliyuncs.com" {
		t.Errorf("%v, %v", c, err)
	}
}

// BenchmarkRequest is what a call takes without the connection.
func BenchmarkRequest(b *testing.B) {
	t := &transport{}
	r := example()
	c := sign.Credentials{ID: "id", Secret: "secret", Token: strings.Repeat("t", 1000)}
	b.ReportAllocs()
	for b.Loop() {
		t.request("1.cn-hangzhou.fc.aliyuncs.com", "Sync", r, c)
	}
}
