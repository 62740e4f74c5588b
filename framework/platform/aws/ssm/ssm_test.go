package ssm_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/config/store"
	"github.com/faasgen/faasgen/framework/platform/aws/secretsmanager"
	"github.com/faasgen/faasgen/framework/platform/aws/ssm"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// unit makes the environment that of a unit whose role is that of the simulator, and its stores what h is.
func unit(t *testing.T, h http.Handler) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": "", "AWS_REGION": "us-east-1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
		"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_SESSION_TOKEN": "simulated",
	} {
		t.Setenv(name, value)
	}
	for name, value := range aws.Cloud().Stores.Environment(s.URL) {
		t.Setenv(name, value)
	}
}

func stores(t *testing.T, s *sim.Stores) {
	t.Helper()
	unit(t, aws.Cloud().Stores.Handler(s, time.Now))
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

func TestBatches(t *testing.T) {
	s := sim.NewStores(nil)
	var names, want []string
	for i := range 23 {
		name, text := fmt.Sprintf("/shop/%d", i), fmt.Sprintf("text \"%d\" \u4e66", i)
		names, want = append(names, name), append(want, text)
		s.Set("ssm:"+name, text)
	}
	stores(t, s)
	if got := lines(ssm.New().Read(t.Context(), names)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := s.Requests(); len(got) != 3 {
		t.Errorf("found %d requests, expected 3: %q", len(got), got)
	}
}

func TestNames(t *testing.T) {
	s := sim.NewStores(map[string]string{"ssm:plain": "1", "ssm:/a/b:3": "2", "ssm:arn:aws:ssm:us-east-1:123456789012:parameter/a/c": "3"})
	stores(t, s)
	names := []string{"plain", "/a/b:3", "arn:aws:ssm:us-east-1:123456789012:parameter/a/c", "/none"}
	want := []string{"1", "2", "3", "error: there is no such parameter"}
	if got := lines(ssm.New().Read(t.Context(), names)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSecrets(t *testing.T) {
	s := sim.NewStores(map[string]string{"secretsmanager:db": `{"user":"u","password":"p\n","port":5432,"list":["do-not-show"]}`, "secretsmanager:plain": "do-not-show"})
	s.Deny("secretsmanager:other")
	stores(t, s)
	names := []string{"db#user", "db#password", "db#port", "db#list", "db#none", "plain", "plain#x", "none", "other"}
	want := []string{"u", "p\n", "5432", `error: member "list" of the secret is neither a text nor a number`, `error: the secret has no member "none"`, "do-not-show",
		"error: the secret is not a JSON object and has no members", "error: the store does not have it: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
		"error: the role of the function may not read it: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/unit/unit is not authorized to perform: secretsmanager:GetSecretValue on resource: other because no identity-based policy allows the secretsmanager:GetSecretValue action"}
	if got := lines(secretsmanager.New().Read(t.Context(), names)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := s.Requests(); len(got) != 4 {
		t.Errorf("found %d requests, expected one for each of 4 secrets: %q", len(got), got)
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
		"no role":     {environment: map[string]string{"AWS_ACCESS_KEY_ID": ""}, want: "there are no credentials to read the store with; give the function a role: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"},
		"no region":   {environment: map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, want: "AWS_REGION is not set"},
		"unreachable": {environment: map[string]string{"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1"}, want: "the store cannot be reached: dial tcp 127.0.0.1:1"},
		"wrong key":   {environment: map[string]string{"AWS_SECRET_ACCESS_KEY": "wrong"}, want: "the store refuses to read it: InvalidSignatureException"},
		"denied":      {want: "the role of the function may not read it: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/unit/unit is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:123456789012:parameter/denied"},
		"no answer":   {handler: answer(200, `{"Parameters":[{"Name":"/other","Value":"do-not-show"}]}`), want: "the store did not answer for it"},
		"no JSON":     {handler: answer(200, `do-not-show`), want: "the store did not answer as expected: found 11 bytes, expected a JSON object"},
		"huge":        {handler: answer(200, strings.Repeat("do-not-show", 100_000)), want: "the store did not answer as expected"},
		"a redirect":  {handler: answer(302, ""), want: "the store refuses to read it: status 302"},
		"down":        {handler: answer(500, ""), want: "the store cannot be read at the moment: status 500"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sim.NewStores(map[string]string{"ssm:/denied": "do-not-show"})
			s.Deny("ssm:/denied")
			if stores(t, s); tt.handler != nil {
				unit(t, tt.handler)
			}
			for name, value := range tt.environment {
				t.Setenv(name, value)
			}
			got := lines(ssm.New().Read(t.Context(), []string{"/denied"}))[0]
			if !strings.Contains(got, tt.want) || strings.Contains(got, "do-not-show") {
				t.Errorf("found %q, expected %q", got, tt.want)
			}
		})
	}
}

func TestThrottled(t *testing.T) {
	s := sim.NewStores(map[string]string{"ssm:/a": "1"})
	s.Throttle(2)
	stores(t, s)
	if got := lines(ssm.New().Read(t.Context(), []string{"/a"})); got[0] != "1" {
		t.Errorf("%q", got)
	}
}

// A function whose clock is off sets it by the vendor's, and signs again.
func TestClock(t *testing.T) {
	s := sim.NewStores(map[string]string{"ssm:/a": "1"})
	unit(t, aws.Cloud().Stores.Handler(s, func() time.Time { return time.Now().Add(time.Hour) }))
	if got := lines(ssm.New().Read(t.Context(), []string{"/a"})); got[0] != "1" {
		t.Errorf("%q", got)
	}
}
