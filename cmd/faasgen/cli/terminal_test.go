package cli

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestColour(t *testing.T) {
	got := colour("a.go:1:2: wrong [code]\n\tline\n\t  ^^^\n\tneeded by x\n\thint: do this\n")
	want := "\x1b[1ma.go:1:2: wrong [code]\x1b[0m\n\tline\n\x1b[31m\t  ^^^\x1b[0m\n\tneeded by x\n\x1b[36m\thint: do this\x1b[0m\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNoColourOffATerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, f := range []*os.File{null, file} {
		if terminal(f) {
			t.Errorf("%s counts as a terminal", f.Name())
		}
		tool := &tool{err: f}
		if got := tool.paint("a\n"); got != "a\n" {
			t.Errorf("painted %q for %s", got, f.Name())
		}
		tool.progress("working")() // prints nothing
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("progress was written to a file: %v", err)
	}
}

// written keeps what is written and tells when.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
	some chan struct{}
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer func() {
		select {
		case w.some <- struct{}{}:
		default:
		}
	}()
	return w.text.Write(p)
}

func TestSpin(t *testing.T) {
	w := &written{some: make(chan struct{}, 1)}
	done := spin(w, "building", time.Millisecond)
	<-w.some
	done()
	done() // twice is once
	got := w.text.String()
	if !strings.HasPrefix(got, "\r\x1b[Kbuilding 1s") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q, want it to count and to be cleared", got)
	}
	w = &written{}
	spin(w, "quick", time.Hour)()
	if w.text.Len() != 0 {
		t.Errorf("what is quick printed %q", &w.text)
	}
}
