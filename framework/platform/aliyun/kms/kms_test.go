package kms_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aliyun/kms"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
)

// unit makes the environment that of a unit whose role is that of the simulator, and its store what h is.
func unit(t *testing.T, h http.Handler) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"FC_REGION": "cn-hangzhou", "ALIBABA_CLOUD_ACCESS_KEY_ID": "STS.simulated", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "simulated", "ALIBABA_CLOUD_SECURITY_TOKEN": "simulated-of-the-start",
	} {
		t.Setenv(name, value)
	}
	for name, value := range aliyun.Cloud().Stores.Environment(s.URL) {
		t.Setenv(name, value)
	}
}

func stores(t *testing.T, s *sim.Stores) {
	t.Helper()
	unit(t, aliyun.Cloud().Stores.Handler(s, time.Now))
}

func lines(results []store.Result) (out []string) {
	for _, r := range results {
		if r.Err != nil {
			out = append(out, "error: "+r.Err.Error())
			continue
		}
		out = append(out, r.Text)
	}
	return out
}

func TestNames(t *testing.T) {
	s := sim.NewStores(map[string]string{"kms:plain": "1", "kms:shop/a+b=c": "two \"\u4e66\""})
	s.Throttle(1)
	stores(t, s)
	want := []string{"1", "two \"\u4e66\"", "error: the store does not have it: Forbidden.ResourceNotFound: Resource not found."}
	if got := lines(kms.New().Read(t.Context(), []string{"plain", "shop/a+b=c", "none"})); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFailures(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	for name, tt := range map[string]struct {
		handler     http.Handler
		environment map[string]string
		want        string
	}{
		"no role":     {environment: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": ""}, want: "there are no credentials to read the store with; give the function a role: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not set"},
		"no region":   {environment: map[string]string{"FC_REGION": "", "FAAS_STORES_ENDPOINT": ""}, want: "FC_REGION is not set"},
		"unreachable": {environment: map[string]string{"FAAS_STORES_ENDPOINT": "http://127.0.0.1:1"}, want: "the store cannot be reached: dial tcp 127.0.0.1:1"},
		"bad address": {environment: map[string]string{"FAAS_STORES_ENDPOINT": "nowhere"}, want: "the store refuses to read it: endpoint"},
		"wrong key":   {environment: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"}, want: "the store refuses to read it: SignatureDoesNotMatch"},
		"denied":      {want: "the role of the function may not read it: Forbidden.NoPermission"},
		"no JSON":     {handler: answer(200, `do-not-show`), want: "the store did not answer as expected: found 11 bytes, expected a JSON object"},
		"no text":     {handler: answer(200, `{"Response":{}}`), want: ""},
		"huge":        {handler: answer(200, strings.Repeat("do-not-show", 100_000)), want: "the store did not answer as expected"},
		"a redirect":  {handler: answer(302, ""), want: "the store refuses to read it: status 302"},
		"down":        {handler: answer(500, ""), want: "the store cannot be read at the moment: status 500"},
		"too many":    {handler: answer(429, ""), want: "the store takes no requests at the moment: status 429"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sim.NewStores(map[string]string{"kms:denied": "do-not-show"})
			s.Deny("kms:denied")
			if stores(t, s); tt.handler != nil {
				unit(t, tt.handler)
			}
			for name, value := range tt.environment {
				t.Setenv(name, value)
			}
			got := lines(kms.New().Read(t.Context(), []string{"denied"}))[0]
			if !strings.Contains(got, tt.want) || strings.Contains(got, "do-not-show") {
				t.Errorf("found %q, expected %q", got, tt.want)
			}
		})
	}
}

// A function whose clock is off sets it by the vendor's, and signs again.
func TestClock(t *testing.T) {
	s := sim.NewStores(map[string]string{"kms:a": "1"})
	unit(t, aliyun.Cloud().Stores.Handler(s, func() time.Time { return time.Now().Add(time.Hour) }))
	if got := lines(kms.New().Read(t.Context(), []string{"a"})); got[0] != "1" {
		t.Errorf("%q", got)
	}
}
