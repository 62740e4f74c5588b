package prompt

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a terminal and the end that a person has.
func terminal(t *testing.T) (program, person *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { person.Close() })
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); code != 0 {
			t.Skip(code)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { program.Close() })
	return program, person
}

// TestSilence types a line: the program gets it, and the person sees its end alone. Afterwards it is shown again.
func TestSilence(t *testing.T) {
	program, person := terminal(t)
	typed := func(line string) (read, seen string) {
		t.Helper()
		if _, err := person.WriteString(line); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 100)
		n, err := program.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		read = string(b[:n])
		if _, err := program.WriteString("."); err != nil { // so that there is something to see
			t.Fatal(err)
		}
		for seen == "" || seen[len(seen)-1] != '.' {
			n, err := person.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			seen += string(b[:n])
		}
		return read, seen
	}
	if read, seen := typed("open\n"); read != "open\n" || seen != "open\r\n." {
		t.Errorf("before: read %q, seen %q", read, seen)
	}
	restore, err := Silence(program)
	if err != nil {
		t.Fatal(err)
	}
	if read, seen := typed("hidden\n"); read != "hidden\n" || seen != "\r\n." {
		t.Errorf("silent: read %q, seen %q", read, seen)
	}
	restore()
	if read, seen := typed("open\n"); read != "open\n" || seen != "open\r\n." {
		t.Errorf("after: read %q, seen %q", read, seen)
	}
}

func TestSilenceOfAFile(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Silence(f); err == nil {
		t.Error("a file is no terminal")
	}
}
