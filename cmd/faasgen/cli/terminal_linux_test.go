package cli

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/faasgen/faasgen/framework/platform/local/envelope"
)

// pseudoTerminal opens one: what is written to screen is read from user.
func pseudoTerminal(t *testing.T) (user, screen *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("the machine has no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { user.Close() })
	var number, unlock int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, user.Fd(), request, uintptr(unsafe.Pointer(value))); e != 0 {
			t.Skipf("the machine has no pseudo-terminals: %v", e)
		}
	}
	screen, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("the machine has no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { screen.Close() })
	return user, screen
}

// A response without a line break at its end is followed by one where a person reads it, so that the prompt stands below, and by none
// where a program does.
func TestOutcomeOnATerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	user, screen := pseudoTerminal(t)
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, body := range []string{"hello", "hello\n", ""} {
		o := &envelope.Outcome{Function: "f", Kind: "raw", Body: body}
		for _, out := range []*os.File{screen, file} {
			if err := (&tool{out: out, err: file}).show(o, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	fmt.Fprint(screen, "$")
	var got strings.Builder
	for b := make([]byte, 100); !strings.Contains(got.String(), "$"); {
		n, err := user.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(b[:n])
	}
	if got.String() != "hello\r\nhello\r\n$" {
		t.Errorf("the terminal shows %q", got.String())
	}
	if text, err := os.ReadFile(file.Name()); err != nil || string(text) != "hellohello\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
}
