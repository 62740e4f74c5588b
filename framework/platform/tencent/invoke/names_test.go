package invoke

import (
	"errors"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/sim"
	tencentsim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

// TestUnusualNames: the simulator verifies signatures with an implementation of its own, and accepts them for any name.
func TestUnusualNames(t *testing.T) {
	a, err := sim.NewAccount(*tencentsim.Cloud().Calls)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	for name, value := range map[string]string{
		"FAAS_CALLS_ENDPOINT": a.URL(), "TENCENTCLOUD_REGION": "ap-guangzhou", "SCF_NAMESPACE": "default",
		"TENCENTCLOUD_SECRETID": "AKIDsimulated", "TENCENTCLOUD_SECRETKEY": "simulated", "TENCENTCLOUD_SESSIONTOKEN": "simulated",
	} {
		t.Setenv(name, value)
	}
	transport := New()
	for _, target := range []call.Target{{Name: "f"}, {Name: "a b+c%2Fd:e", Qualifier: "$LATEST"}, {Name: "none/f"}, {Name: "ü\"\\*'()!", Qualifier: "a+b c%&=ü"}} {
		for _, async := range []bool{false, true} {
			_, err := transport.Invoke(t.Context(), &call.Request{Target: target, Async: async, Body: []byte(`{"a":"ü \" \\"}`)})
			if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Gone {
				t.Errorf("%s: %v", target, err)
			}
		}
	}
	t.Setenv("TENCENTCLOUD_SECRETKEY", "another")
	_, err = transport.Invoke(t.Context(), &call.Request{Target: call.Target{Name: "f"}, Body: []byte("{}")})
	if f, ok := errors.AsType[*call.Failure](err); !ok || f.Reason != call.Refused || f.Code != "AuthFailure.SignatureFailure" || strings.Contains(f.Error(), "simulated") {
		t.Errorf("a wrong key: %v", err)
	}
}
