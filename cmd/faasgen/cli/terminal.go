package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// terminal reports whether stream is a screen that a person looks at, or a keyboard. /dev/null is a character device as well.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return (err != nil || !os.SameFile(info, null)) && os.Getenv("TERM") != "dumb"
}

// paint colours rendered diagnostics: heads bold, carets red, hints cyan. Off a terminal and with NO_COLOR it changes
// nothing.
func (t *tool) paint(rendered string) string {
	if os.Getenv("NO_COLOR") != "" || !terminal(t.err) {
		return rendered
	}
	return colour(rendered)
}

func colour(rendered string) string {
	const bold, red, cyan, plain = "\x1b[1m", "\x1b[31m", "\x1b[36m", "\x1b[0m"
	var b strings.Builder
	for line := range strings.Lines(rendered) {
		text := strings.TrimSuffix(line, "\n")
		switch {
		case text == "":
		case text[0] != '\t':
			text = bold + text + plain
		case strings.HasPrefix(text, "\thint: "):
			text = cyan + text + plain
		case strings.Trim(text, "\t ^") == "":
			text = red + text + plain
		}
		b.WriteString(text)
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// progress says on a terminal what goes on, once it has taken a second. The function it returns clears the line.
func (t *tool) progress(what string) (done func()) {
	if !terminal(t.err) {
		return func() {}
	}
	return spin(t.err, what, time.Second)
}

func spin(w io.Writer, what string, every time.Duration) (done func()) {
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-stop:
				if n > 1 {
					fmt.Fprint(w, "\r\x1b[K")
				}
				return
			case <-tick.C:
				fmt.Fprintf(w, "\r\x1b[K%s %ds", what, n)
			}
		}
	})
	return sync.OnceFunc(func() {
		close(stop)
		wait.Wait()
	})
}
