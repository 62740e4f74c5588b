package fault

import (
	"errors"
	"fmt"
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

// told is an error that says by itself whether it was logged.
type told bool

func (told) Error() string  { return "told" }
func (t told) Logged() bool { return bool(t) }

// Logged errors say nothing that the log of the engine does not have.
func TestLogged(t *testing.T) {
	p := &PanicError{Value: "oops", Stack: []byte("stack")}
	other := errors.New("other")
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false}, {other, false}, {p, true}, {told(true), true}, {told(false), false}, {errors.Join(p, other), false}, {fmt.Errorf("wrapped: %w", p), false},
	} {
		if got := Logged(tt.err); got != tt.want {
			t.Errorf("%v: logged %t, want %t", tt.err, got, tt.want)
		}
	}
	wrapped := fmt.Errorf("wrapped: %w", p)
	if got := Stack(wrapped); string(got) != "stack" {
		t.Errorf("the stack is %q", got)
	}
	if MarkLogged(p); Stack(wrapped) != nil || Stack(other) != nil {
		t.Error("the stack is there a second time")
	}
}
