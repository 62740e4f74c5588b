package invoke

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim"
	aliyunsim "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
)

// TestUnusualNames: the simulator verifies signatures with an implementation of its own, and accepts them for any name.
func TestUnusualNames(t *testing.T) {
	a, err := sim.NewAccount(*aliyunsim.Cloud().Calls)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	t.Setenv("FAAS_CALLS_ENDPOINT", a.URL())
	transport := New()
	keys := aliyun.Credentials{AccessKeyID: "STS.simulated", AccessKeySecret: "simulated", SecurityToken: "simulated-of-the-call"}
	within(t, &aliyun.Invocation{Credentials: keys}, func(ctx context.Context) {
		for _, target := range []call.Target{{Name: "f"}, {Name: "a b+c%2F/d:e", Qualifier: "$LATEST"}, {Name: "ü~*'()!", Qualifier: "a+b c%&=ü"}} {
			for _, body := range []string{"", "{}", strings.Repeat(`"x"`, 100_000)} {
				_, err := transport.Invoke(ctx, &call.Request{Target: target, Body: []byte(body)})
				if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Gone {
					t.Errorf("%s: %v", target, err)
				}
			}
		}
	})
	keys.AccessKeySecret = "another"
	within(t, &aliyun.Invocation{Credentials: keys}, func(ctx context.Context) {
		_, err := transport.Invoke(ctx, &call.Request{Target: call.Target{Name: "f"}, Body: []byte("{}")})
		if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Refused || f.Code != "SignatureDoesNotMatch" || strings.Contains(f.Error(), "simulated") {
			t.Errorf("a wrong key: %v", err)
		}
	})
}
