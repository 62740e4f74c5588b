package ssm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent/ssm"
)

// unit makes the environment that of a unit whose role is that of the simulator, and its store what h is.
func unit(t *testing.T, h http.Handler) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"TENCENTCLOUD_REGION": "ap-guangzhou", "TENCENTCLOUD_SECRETID": "AKIDsimulated", "TENCENTCLOUD_SECRETKEY": "simulated", "TENCENTCLOUD_SESSIONTOKEN": "simulated",
	} {
		t.Setenv(name, value)
	}
	for name, value := range tencent.Cloud().Stores.Environment(s.URL) {
		t.Setenv(name, value)
	}
}

func stores(t *testing.T, s *sim.Stores) {
	t.Helper()
	unit(t, tencent.Cloud().Stores.Handler(s, time.Now))
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
	s := sim.NewStores(map[string]string{"ssm:rotated": "1", "ssm:own:v1.2": "two \"\u4e66\""})
	s.Throttle(1)
	stores(t, s)
	want := []string{"1", "two \"\u4e66\"", "error: the store does not have it: ResourceNotFound.SecretNotExist: the secret does not exist", "error: the store does not have it: ResourceNotFound.SecretNotExist: the secret does not exist"}
	if got := lines(ssm.New().Read(t.Context(), []string{"rotated", "own:v1.2", "own", "none"})); !slices.Equal(got, want) {
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
		"no role":     {environment: map[string]string{"TENCENTCLOUD_SECRETID": ""}, want: "there are no credentials to read the store with; give the function a role: TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY are not set"},
		"no region":   {environment: map[string]string{"TENCENTCLOUD_REGION": "", "FAAS_STORES_ENDPOINT": ""}, want: "TENCENTCLOUD_REGION is not set"},
		"unreachable": {environment: map[string]string{"FAAS_STORES_ENDPOINT": "http://127.0.0.1:1"}, want: "the store cannot be reached: dial tcp 127.0.0.1:1"},
		"bad address": {environment: map[string]string{"FAAS_STORES_ENDPOINT": "nowhere"}, want: "the store refuses to read it: endpoint"},
		"wrong key":   {environment: map[string]string{"TENCENTCLOUD_SECRETKEY": "wrong"}, want: "the store refuses to read it: AuthFailure.SignatureFailure"},
		"denied":      {want: "the role of the function may not read it: UnauthorizedOperation"},
		"no JSON":     {handler: answer(200, `do-not-show`), want: "the store did not answer as expected: found 11 bytes, expected a JSON object"},
		"no text":     {handler: answer(200, `{"Response":{}}`), want: ""},
		"huge":        {handler: answer(200, strings.Repeat("do-not-show", 100_000)), want: "the store did not answer as expected"},
		"a redirect":  {handler: answer(302, ""), want: "the store refuses to read it: status 302"},
		"down":        {handler: answer(500, ""), want: "the store cannot be read at the moment: status 500"},
		"too many":    {handler: answer(429, ""), want: "the store takes no requests at the moment: status 429"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sim.NewStores(map[string]string{"ssm:denied": "do-not-show"})
			s.Deny("ssm:denied")
			if stores(t, s); tt.handler != nil {
				unit(t, tt.handler)
			}
			for name, value := range tt.environment {
				t.Setenv(name, value)
			}
			got := lines(ssm.New().Read(t.Context(), []string{"denied"}))[0]
			if !strings.Contains(got, tt.want) || strings.Contains(got, "do-not-show") {
				t.Errorf("found %q, expected %q", got, tt.want)
			}
		})
	}
}

// A function whose clock is off sets it by the vendor's, and signs again.
func TestClock(t *testing.T) {
	s := sim.NewStores(map[string]string{"ssm:a": "1"})
	unit(t, tencent.Cloud().Stores.Handler(s, func() time.Time { return time.Now().Add(time.Hour) }))
	if got := lines(ssm.New().Read(t.Context(), []string{"a"})); got[0] != "1" {
		t.Errorf("%q", got)
	}
}
