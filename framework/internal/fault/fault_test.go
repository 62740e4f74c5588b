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

type text struct{ s string }

func (t *text) Error() string { return t.s }

// A nil pointer that became an error, as by a variable of its own type, fails where panics are caught.
func TestGuardOfAnErrorWithoutText(t *testing.T) {
	err := Guard(func() error { var none *text; return none })
	if _, ok := errors.AsType[*PanicError](err); !ok {
		t.Errorf("the error is a %T, want a *PanicError, whose text can be had", err)
	}
}
