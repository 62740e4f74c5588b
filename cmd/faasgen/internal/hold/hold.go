// Package hold keeps two processes from doing the same thing at once: a file says which process does it, on which machine and since
// when. It outlives a process that is killed, and is then recognised as what is left of it. It ends where other machines are
// concerned, whose processes cannot be looked at.
package hold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// maxFile bounds a file that is read, in bytes.
const maxFile = 4 << 10

// Owner is who holds a file.
type Owner struct {
	// PID is the process, Tool one that it runs and that may outlive it, 0 for none.
	PID  int `json:"pid"`
	Tool int `json:"tool,omitempty"`
	// Host is the machine's name.
	Host string `json:"host"`
	// Since is when it began.
	Since time.Time `json:"since"`
}

// String names the owner for people.
func (o Owner) String() string {
	if o.PID == 0 {
		return "a process that its file does not name"
	}
	return fmt.Sprintf("process %d on %s, since %s", o.PID, o.Host, o.Since.Format(time.RFC3339))
}

// Held is the error of a file that a process holds which may be running.
type Held struct {
	// Path is the file's.
	Path string
	// Owner is zero if the file does not say.
	Owner Owner
}

// Error says who holds it.
func (e *Held) Error() string { return fmt.Sprintf("%s is held by %s", e.Path, e.Owner) }

// File is a file that this process holds.
type File struct {
	path    string
	owner   Owner
	content []byte
}

// Take makes the file at path, in a folder that exists. An error that is a [Held] says that another process has it. What a process
// has left that is not running any more is taken over: left is its owner then, and else nil.
func Take(path string) (f *File, left *Owner, err error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, nil, err
	}
	f = &File{path: path, owner: Owner{PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second)}}
	for range 10 {
		if err = f.create(); err == nil {
			return f, left, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, nil, err
		}
		content, err := read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		var o Owner
		if json.Unmarshal(content, &o) != nil || o.PID <= 0 {
			return nil, nil, &Held{Path: path}
		}
		if o.Host != host || o.PID != os.Getpid() && alive(o.PID) || o.Tool > 0 && alive(o.Tool) {
			return nil, nil, &Held{path, o}
		}
		if err := remove(path, content); err != nil {
			return nil, nil, err
		}
		left = &o
	}
	return nil, nil, &Held{Path: path}
}

// create makes the file, which must not exist.
func (f *File) create() error {
	w, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if f.content, err = json.Marshal(f.owner); err == nil {
		_, err = w.Write(f.content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		_ = os.Remove(f.path)
	}
	return err
}

// Runs says that the process runs a tool, which may go on when the process has been killed.
func (f *File) Runs(pid int) error {
	next := *f
	next.owner.Tool = pid
	var err error
	if next.content, err = json.Marshal(next.owner); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d", f.path, os.Getpid())
	if err := os.WriteFile(temporary, next.content, 0o644); err != nil {
		return err
	}
	if err := os.Rename(temporary, f.path); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	*f = next
	return nil
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Release removes the file, unless a person has removed it and another process has made its own.
func (f *File) Release() error {
	content, err := read(f.path)
	if err != nil || !bytes.Equal(content, f.content) {
		return nil
	}
	return os.Remove(f.path)
}

// remove removes a file that has this content. Another process may be doing the same: it is moved aside first, and what turns out to
// be another's is put back.
func remove(path string, content []byte) error {
	aside := fmt.Sprintf("%s.left-%d", path, os.Getpid())
	if err := os.Rename(path, aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	found, err := read(aside)
	if err == nil && !bytes.Equal(found, content) {
		err = os.Link(aside, path)
	}
	return errors.Join(err, os.Remove(aside))
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// alive reports whether a process of this machine is running. One that has ended and that its parent has not looked at is not.
func alive(pid int) bool {
	if !exists(pid) {
		return false
	}
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // on Linux: pid (name) state
	if at := bytes.LastIndexByte(state, ')'); err == nil && at >= 0 && at+2 < len(state) {
		return state[at+2] != 'Z' && state[at+2] != 'X'
	}
	return true
}
