// Package regular reads the files that users name: f.yml, sources, events. A name may lead to anything, so only regular files are
// read, and no more of one than a limit. What the program has written itself is read otherwise.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Error is a file that is not read: it is not a regular file, or larger than the limit.
type Error struct {
	// Name is the file as the caller named it.
	Name string
	// Found says what it is, Expected what could be read.
	Found, Expected string
}

// Error says what was found and what was expected.
func (e *Error) Error() string { return e.Name + ": found " + e.Found + ", expected " + e.Expected }

// Read returns the content of a regular file, or of one that a symbolic link leads to. One of more than limit bytes is an
// *Error, as is anything that is not a file; other errors are those of the system.
func Read(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			e.Op = "open" // as for any file that is read; that it is looked at first is of no interest
		}
		return nil, err
	}
	if err := check(name, info); err != nil { // opening a pipe would wait for its writer
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(content)) > limit {
		return nil, &Error{Name: name, Found: "more than " + size(limit), Expected: "a smaller file"}
	}
	return content, err
}

func check(name string, info fs.FileInfo) error {
	e := &Error{Name: name, Expected: "a regular file"}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		e.Found = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		e.Found = "a named pipe"
	case mode&fs.ModeSocket != 0:
		e.Found = "a socket"
	case mode&fs.ModeDevice != 0:
		e.Found = "a device"
	default:
		e.Found = "something else"
	}
	return e
}

func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
