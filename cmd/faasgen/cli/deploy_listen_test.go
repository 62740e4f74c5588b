package cli

import (
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/target"
)

// TestListen: what a tool prints is passed on byte by byte, however it is cut into pieces, and the first line that says that it failed is
// found.
func TestListen(t *testing.T) {
	failure := regexp.MustCompile(`^Error: `)
	for text, want := range map[string]string{
		"":                                     "",
		"fine\n":                               "",
		"Error: a\nError: b\n":                 "Error: a",
		"fine\nError: the last line":           "Error: the last line",
		"no Error: here\n":                     "",
		"\x1b[31mError:\x1b[0m red\r\n":        "Error: red",
		"progress 1\rprogress 2\rError: end\n": "Error: end",
		"Error: " + strings.Repeat("x", 2*maxLine) + "\nfine\n":  "Error: " + strings.Repeat("x", maxLine-len("Error: ")),
		strings.Repeat("x", maxLine-3) + "Error: cut\n":          "",
		strings.Repeat("\n", 3*maxLine) + "Error: after nothing": "Error: after nothing",
	} {
		for _, size := range []int{1, 2, 7, 1 << 20} {
			var out bytes.Buffer
			cmd := &exec.Cmd{Stdout: &out, Stderr: io.Discard}
			said := listen(cmd, target.Command{Failure: failure})
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				if written, err := io.WriteString(cmd.Stdout, rest[:n]); err != nil || written != n {
					t.Fatal(written, err)
				}
				rest = rest[n:]
			}
			if out.String() != text {
				t.Errorf("%.40q in pieces of %d: passed on as %.40q", text, size, out.String())
			}
			if got := said(); got != want {
				t.Errorf("%.40q in pieces of %d: said %.60q, want %.60q", text, size, got, want)
			}
		}
	}
	var out bytes.Buffer
	cmd := &exec.Cmd{Stdout: &out}
	if said := listen(cmd, target.Command{}); cmd.Stdout != &out || said() != "" {
		t.Error("a tool that is trusted is listened to")
	}
}

// FuzzListen: nothing that a tool prints is lost or breaks the run.
func FuzzListen(f *testing.F) {
	f.Add([]byte("a\nError: b"), 1)
	f.Add([]byte("\x1b[31"), 2)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		var out bytes.Buffer
		cmd := &exec.Cmd{Stdout: &out, Stderr: io.Discard}
		said := listen(cmd, target.Command{Failure: regexp.MustCompile(`^Error: `)})
		for rest := text; len(rest) > 0; {
			n := min(max(1, size), len(rest))
			if _, err := cmd.Stdout.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if !bytes.Equal(out.Bytes(), text) {
			t.Errorf("passed on as %q", out.Bytes())
		}
		if line := said(); line != "" && !strings.HasPrefix(line, "Error: ") {
			t.Errorf("said %q", line)
		}
	})
}
