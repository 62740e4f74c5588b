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

func TestClouds(t *testing.T) {
	tl := &tool{}
	for _, o := range builtIn() {
		o.apply(tl)
	}
	for _, known := range tl.targets {
		if tl.cloud(known.Name()).Runtime == nil {
			t.Errorf("target %s has no simulator", known.Name())
		}
	}
	if tl.cloud("").Name != "local" {
		t.Errorf("without a target events are those of %q, want this machine", tl.cloud("").Name)
	}
	Cloud(private{"company"}, sim.Cloud{Name: "company", Region: "here"}).apply(tl)
	Cloud(private{"aws"}, sim.Cloud{Name: "aws", Region: "mine"}).apply(tl)
	if tl.cloud("company").Region != "here" || tl.cloud("aws").Region != "mine" || len(tl.clouds) != 4 {
		t.Errorf("known are %d clouds, company in %q and aws in %q", len(tl.clouds), tl.cloud("company").Region, tl.cloud("aws").Region)
	}
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
	if tl.wrong != nil {
		t.Error(tl.wrong)
	}
	Cloud(private{"other"}, sim.Cloud{Name: "company"}).apply(tl)
	if tl.wrong == nil || !strings.Contains(tl.wrong.Error(), `cloud "company": its target is called "other", expected one name`) || len(tl.targets) != 4 {
		t.Errorf("a cloud of two names: %v", tl.wrong)
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
