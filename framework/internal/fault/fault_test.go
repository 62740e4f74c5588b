package fault

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	own := errors.New("its own")
	if err := Guard(func() error { return own }); err != own {
		t.Errorf("error %v, want %v", err, own)
	}
	err := Guard(func() error { panic("oops") })
	p, ok := errors.AsType[*PanicError](err)
	if !ok || p.Value != "oops" || err.Error() != "panic: oops" || !strings.Contains(string(p.Stack), "fault_test.go") {
		t.Errorf("error %v with the stack\n%s", err, p.Stack)
	}
	if err := Guard(func() error { panic(fs.ErrNotExist) }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v hides the error that it was called with", err)
	}
}
