package legacy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

const (
	// maxLine is how much of a line is logged, in bytes.
	maxLine = 16 << 10
	// tailLines and tailLine are how many lines, and how much of each, an error shows.
	tailLines, tailLine = 5, 200
)

// outputs are the pipes of standard output and standard error.
type outputs struct{ readers, writers [2]*os.File }

func pipes() (*outputs, error) {
	o := new(outputs)
	for i := range o.readers {
		var err error
		if o.readers[i], o.writers[i], err = os.Pipe(); err != nil {
			o.close()
			return nil, err
		}
	}
	return o, nil
}

func (o *outputs) closeWriters() {
	for _, f := range o.writers {
		if f != nil {
			f.Close()
		}
	}
}

// close may be called at any time, and again.
func (o *outputs) close() {
	o.closeWriters()
	for _, f := range o.readers {
		if f != nil {
			f.Close()
		}
	}
}

// copyLines passes on each line until the end, in memory that does not grow. What a line has over maxLine is left out, and cut is set.
func copyLines(from io.Reader, pass func(line []byte, cut bool)) {
	r := bufio.NewReaderSize(from, maxLine)
	for {
		line, err := r.ReadSlice('\n')
		cut := err == bufio.ErrBufferFull
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			pass(line, cut)
		}
		for err == bufio.ErrBufferFull {
			_, err = r.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}

// write logs a line of the application: a JSON object as it is, since it is a log record already, anything else as the message of one.
func (s *Server) write(c *child, stream string, line []byte, cut bool) {
	c.tail.add(line)
	if line[0] == '{' && !cut && json.Valid(line) {
		_, _ = s.command.Output.Write(append(line[:len(line):len(line)], '\n')) // there is nowhere to say that it failed
		return
	}
	args := []any{"application", filepath.Base(s.command.Path), "stream", stream}
	if cut {
		args = append(args, "cut", true)
	}
	s.log.Info(string(line), args...)
}

// tail is the end of the output, for errors.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == tailLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	shown := string(line[:min(len(line), tailLine)])
	if len(line) > tailLine {
		shown = strings.ToValidUTF8(shown, "") + "..."
	}
	t.lines = append(t.lines, shown)
}

// describe is the end of an error.
func (t *tail) describe() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == 0 {
		return "; it wrote nothing"
	}
	quoted := make([]string, len(t.lines))
	for i, l := range t.lines {
		quoted[i] = strconv.Quote(l)
	}
	return "; its last lines: " + strings.Join(quoted, ", ")
}
