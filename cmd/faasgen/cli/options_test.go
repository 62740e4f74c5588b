package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/gen/target"
)

// private is a company's own cloud.
type private struct{ name string }

func (p private) Name() string                                              { return p.name }
func (private) Check(*target.App) annotations.Diagnostics                   { return nil }
func (private) Entry(*target.Unit) target.Entry                             { return target.Entry{} }
func (private) Deploy(*target.App) ([]target.File, annotations.Diagnostics) { return nil, nil }

func TestTargets(t *testing.T) {
	tl := &tool{targets: targets(), simulators: simulators()}
	for _, known := range tl.targets {
		if tl.simulators[known.Name()] == nil {
			t.Errorf("target %s has no simulator", known.Name())
		}
	}
	Target(private{"company"}).apply(tl)
	Target(private{"aws"}).apply(tl)
	Simulator("company", func(target.Entry) sim.Runtime { return nil }).apply(tl)
	if got, want := tl.names(), []string{"aliyun", "aws", "company", "tencent"}; !slices.Equal(got, want) {
		t.Errorf("known are %q, want %q", got, want)
	}
	chosen, err := tl.selectTargets("company, aws,company")
	if err != nil || len(chosen) != 2 || chosen[0] != (private{"company"}) || chosen[1] != (private{"aws"}) {
		t.Errorf("got %v, %v", chosen, err)
	}
	if all, err := tl.selectTargets("all"); err != nil || len(all) != 4 {
		t.Errorf("all: %v, %v", all, err)
	}
	_, err = tl.selectTargets("compani")
	var f *failure
	if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(f.hint, `did you mean "company"?`) {
		t.Errorf("got %v", err)
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "localhost:0": "localhost:0", "[::1]:80": "[::1]:80", ":3000": "127.0.0.1:3000",
		"0.0.0.0:80": "", "192.168.1.2:80": "", "shop.test:80": "", "8080": "", "localhost:": "", "": "",
	} {
		got, err := loopback(addr)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", addr, got, err, want)
		}
	}
}

func TestContract(t *testing.T) {
	if n := contract(); n < 1 {
		t.Errorf("the contract's number is %d", n)
	}
}
