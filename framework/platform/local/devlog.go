package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
)

// developerLog is the log of a developer: slog's text, and a panic over several lines below its record. The frames of the
// application come first: in the rest, which is that of the framework and of Go, nobody has to look for them.
func developerLog(to io.Writer, o *slog.HandlerOptions) slog.Handler {
	module := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		module = info.Main.Path
	}
	out := &shared{to: to}
	return &developerHandler{Handler: slog.NewTextHandler(out, o), out: out, module: module}
}

// shared keeps the lines of one record together.
type shared struct {
	mu    sync.Mutex
	to    io.Writer
	below []byte // what follows the record that is being written
}

// Write writes a record and what is below it at once. The caller holds mu.
func (s *shared) Write(p []byte) (int, error) {
	if len(s.below) == 0 {
		return s.to.Write(p)
	}
	if _, err := s.to.Write(append(bytes.Clone(p), s.below...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

type developerHandler struct {
	slog.Handler
	out    *shared
	module string // whose frames are the application's
}

// Handle writes a record, and below it the stack that it has.
func (h *developerHandler) Handle(ctx context.Context, r slog.Record) error {
	stack, panicked := "", ""
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "stack":
			stack = a.Value.String()
		case "panic":
			panicked = a.Value.String()
		}
		return true
	})
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	if stack == "" {
		return h.Handler.Handle(ctx, r)
	}
	without := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "stack" {
			without.AddAttrs(a)
		}
		return true
	})
	h.out.below = below(panicked, stack, h.module)
	defer func() { h.out.below = nil }()
	return h.Handler.Handle(ctx, without)
}

// WithAttrs returns the handler with attributes.
func (h *developerHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &developerHandler{h.Handler.WithAttrs(attrs), h.out, h.module}
}

// WithGroup returns the handler with a group.
func (h *developerHandler) WithGroup(name string) slog.Handler {
	return &developerHandler{h.Handler.WithGroup(name), h.out, h.module}
}

// below is a panic for people: what it was called with, the frames of the application, and the others.
func below(panicked, stack, module string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\n    panic: %s\n\n", strings.ReplaceAll(panicked, "\n", "\n    "))
	own, others := frames(stack, module)
	for _, f := range own {
		f.write(&b)
	}
	if len(own) > 0 && len(others) > 0 {
		b.WriteString("\n    and below, of Go and the framework:\n")
	}
	for _, f := range others {
		f.write(&b)
	}
	b.WriteString("\n")
	return b.Bytes()
}

// frame is one function of a stack with where it was.
type frame struct{ function, at string }

func (f frame) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "    %s\n", f.function)
	if f.at != "" {
		fmt.Fprintf(b, "        %s\n", f.at)
	}
}

// frames splits a stack, as runtime/debug.Stack formats it, into the frames of the application and all others. Generated code is
// none of the application's. What recovered the panic, above the call of panic, is left out.
func frames(stack, module string) (own, others []frame) {
	lines := strings.Split(strings.TrimSpace(stack), "\n")
	var all []frame
	for i := 0; i < len(lines); i++ {
		function := strings.TrimSpace(lines[i])
		if function == "" || strings.HasPrefix(function, "goroutine ") {
			continue
		}
		f := frame{function: strings.TrimPrefix(function, "created by ")}
		if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "\t") {
			i++
			f.at, _, _ = strings.Cut(strings.TrimSpace(lines[i]), " +0x")
		}
		if strings.HasPrefix(function, "panic(") {
			all = nil
			continue
		}
		if open := strings.LastIndex(f.function, "("); open > 0 && strings.HasSuffix(f.function, ")") {
			f.function = f.function[:open] // the arguments are numbers
		}
		all = append(all, f)
	}
	for _, f := range all {
		if isOwn(f.function, module) {
			own = append(own, f)
		} else {
			others = append(others, f)
		}
	}
	return own, others
}

// isOwn reports whether a function belongs to the application.
func isOwn(function, module string) bool {
	rest, ok := strings.CutPrefix(function, module)
	return module != "" && ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/")) && !strings.Contains(rest, "/internal/faasgen/")
}
