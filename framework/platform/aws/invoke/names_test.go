package invoke

import (
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/sim"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// TestUnusualNames: the simulator verifies signatures with an implementation of its own, and accepts them for any name.
func TestUnusualNames(t *testing.T) {
	a, err := sim.NewAccount(*awssim.Cloud().Calls)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_LAMBDA": a.URL(), "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated", "AWS_SESSION_TOKEN": "simulated"} {
		t.Setenv(name, value)
	}
	transport := New()
	for _, target := range []call.Target{{Name: "f"}, {Name: "a b+c%2F/d:e", Qualifier: "$LATEST"}, {Name: "ü~*'()!", Qualifier: "a+b c%&=ü"}} {
		for _, body := range []string{"", "{}", strings.Repeat(`"x"`, 100_000)} {
			_, err := transport.Invoke(t.Context(), &call.Request{Target: target, Body: []byte(body)})
			if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Gone && f.Code != "InvalidRequestContentException" {
				t.Errorf("%s: %v", target, err)
			}
		}
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	_, err = transport.Invoke(t.Context(), &call.Request{Target: call.Target{Name: "f"}, Body: []byte("{}")})
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Refused || strings.Contains(f.Error(), "simulated") {
		t.Errorf("a wrong key: %v", err)
	}
}
