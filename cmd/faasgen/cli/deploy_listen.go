package cli

import (
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"

	"github.com/faasgen/faasgen/gen/target"
)

// maxLine bounds what is kept of a line that a tool prints, in bytes.
const maxLine = 4 << 10

// colours are what tools print to paint, and to move the cursor.
var colours = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// listen has what a tool prints looked at for a line that says that it failed. The function that it returns is to be called when the
// tool has ended: it returns the first such line. What goes to a terminal is left alone: tools ask and paint there, and a person reads it.
func listen(cmd *exec.Cmd, c target.Command) (said func() string) {
	e := &ear{failure: c.Failure}
	if c.Failure == nil {
		return e.first
	}
	for _, w := range []*io.Writer{&cmd.Stdout, &cmd.Stderr} {
		if !terminal(*w) {
			l := &listener{to: *w, ear: e}
			*w, e.streams = l, append(e.streams, l)
		}
	}
	return e.first
}

// ear keeps the first line that matches, of all streams of a tool.
type ear struct {
	failure *regexp.Regexp
	streams []*listener
	mu      sync.Mutex
	line    string
}

func (e *ear) first() string {
	for _, l := range e.streams {
		e.hear(l.rest) // a last line without an end
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.line
}

func (e *ear) hear(line []byte) {
	text := strings.TrimRight(colours.ReplaceAllString(string(line), ""), "\r\n")
	if i := strings.LastIndexByte(text, '\r'); i >= 0 {
		text = text[i+1:] // what a terminal would show in the end
	}
	if !e.failure.MatchString(text) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.line == "" {
		e.line = strings.TrimSpace(text)
	}
}

// listener passes one stream on, and has its lines looked at as they are complete.
type listener struct {
	to   io.Writer
	ear  *ear
	rest []byte
}

// Write passes on what was written, all of it and at once.
func (l *listener) Write(p []byte) (int, error) {
	n, err := l.to.Write(p)
	for part := range bytes.Lines(p[:n]) {
		l.rest = append(l.rest, part[:min(len(part), maxLine-min(maxLine, len(l.rest)))]...)
		if part[len(part)-1] == '\n' || len(l.rest) >= maxLine {
			l.ear.hear(l.rest)
			l.rest = l.rest[:0]
		}
	}
	return n, err
}
