package framework

import (
	"strings"
	"testing"
)

func TestTraceID(t *testing.T) {
	for header, want := range map[string]string{
		"": "",
		"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1": "1-5759e988-bd862e3fe1be46a994272793",
		"Self=1-5759e988-aa;Root=1-5759e988-bd862e3fe1be46a994272793":                "1-5759e988-bd862e3fe1be46a994272793",
		"Root=1-5759e988-bd862e3fe1be46a994272793":                                   "1-5759e988-bd862e3fe1be46a994272793",
		"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01":                    "4bf92f3577b34da6a3ce929d0e0e4736",
		"124ed43254b54966:124ed43254b54966:0:1":                                      "124ed43254b54966",
		"some words":                                                                 "",
		"00-short-1-01":                                                              "",
		"Root=\n{\"level\":\"ERROR\"};Parent=1":                                      "",
		strings.Repeat("a", 200) + ":b":                                              "",
		"00-4bf92f3577b34da6a3ce929d0e0e473z-00f067aa0ba902b7-01":                    "",
	} {
		if got := traceID(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
	called := &Context{call: &call{invocation: Invocation{Trace: "1:2:3:4", Call: &Call{Traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}}}
	if got := called.TraceID(); got != "4bf92f3577b34da6a3ce929d0e0e4736" {
		t.Errorf("of a call: %q", got)
	}
	called.SetTraceID("0af7651916cd43dd8448eb211c80319c")
	if got := called.WithContext(t.Context()).TraceID(); got != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("of a layer: %q", got)
	}
}
