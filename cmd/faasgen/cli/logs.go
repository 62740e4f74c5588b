package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen/target"
)

// logOptions are the flags of logs.
type logOptions struct {
	target, since string
	follow, unit  bool
}

func (t *tool) logs() *cobra.Command {
	var o logOptions
	cmd := &cobra.Command{
		Use:   "logs FUNCTION",
		Short: "Show what a deployed function logs, by the cloud's own tool",
		Long: "Logs finds the unit that serves a function and has the cloud's own tool (aws, s, scf) print what the unit logs. FUNCTION is\n" +
			"a function's name in f.yml, or that of a unit. Where a unit serves several functions, lines of the framework's logger that name another\n" +
			"of them are left out; --unit shows all lines. The tool reads its own credentials; faasgen reads none. An\n" +
			"interrupt ends --follow with exit code 0.",
		Example: "  faasgen logs order-create --since 1h\n  faasgen logs order-create --stage prod --follow",
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			since, err := span(o.since)
			if err != nil {
				return err
			}
			return t.showLogs(cmd.Context(), args[0], o, since)
		},
	}
	cmd.Flags().StringVar(&o.target, "target", "", "the cloud that it is deployed to")
	cmd.Flags().StringVar(&o.since, "since", "", "how far back, such as 30s, 10m, 2h or 1d; the default is 10m")
	cmd.Flags().BoolVarP(&o.follow, "follow", "f", false, "go on with what comes, until it is interrupted")
	cmd.Flags().BoolVar(&o.unit, "unit", false, "show all lines of the unit that serves the function")
	t.stageFlag(cmd.Flags())
	return cmd
}

// span reads the value of --since: whole seconds, 0 for none.
func span(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		if n, err = strconv.ParseUint(days, 10, 16); err == nil {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || d < time.Second || d%time.Second != 0 {
		return 0, usage("--since %s: expected whole seconds, minutes, hours or days, such as 30s, 10m, 2h or 1d", text)
	}
	return d, nil
}

// served is a unit on a target.
type served struct {
	job  job
	app  *target.App
	unit *target.Unit
	// function is the one that is meant, empty for the whole unit.
	function string
}

// serves finds the unit that serves a function, or that has a name: the function's own events and routes lead to it.
func serves(jobs []job, name string) (s served, known []string) {
	found := 0
	better := func(n int, j job, app *target.App, u *target.Unit, function string) {
		if n > found {
			found, s = n, served{j, app, u, function}
		}
	}
	for _, j := range jobs {
		app, _ := j.app.Target(j.target.Name())
		for _, u := range app.Units {
			for _, f := range u.Functions {
				known = append(known, f.Name)
				switch {
				case f.Name == name && !f.Guest:
					better(3, j, app, u, name)
				case f.Name == name:
					better(2, j, app, u, name)
				}
			}
			if known = append(known, u.Name); u.Name == name || app.FunctionName(u) == name {
				better(1, j, app, u, "")
			}
		}
	}
	slices.Sort(known)
	return s, slices.Compact(known)
}

// showLogs has the cloud's own tool print logs.
func (t *tool) showLogs(ctx context.Context, name string, o logOptions, since time.Duration) error {
	jobs, err := t.operated(ctx, t.dir, o.target)
	if err != nil {
		return err
	}
	s, known := serves(jobs, name)
	if s.unit == nil {
		return unknown("function", name, known)
	}
	if o.unit {
		s.function = ""
	}
	on := s.job.target.Name()
	reader, ok := s.job.target.(target.LogReader)
	if !ok {
		return &failure{code: exitFailed, text: "nothing is known that shows logs of " + on}
	}
	operation, err := reader.Logs(s.app, s.unit, target.LogOptions{Follow: o.follow, Since: since, Now: time.Now()})
	if err != nil {
		return &failure{code: exitFailed, text: err.Error()}
	}
	cmd, remove, missing, err := t.operation(ctx, operation, "logs")
	if err != nil {
		return err
	}
	defer remove()
	if missing != nil {
		return missing
	}
	fmt.Fprintf(t.err, "%s\n", line(cmd))
	if operation.Note != "" {
		fmt.Fprintf(t.err, "note: %s\n", operation.Note)
	}
	if others := othersOf(s); s.function != "" && len(others) > 0 {
		fmt.Fprintf(t.err, "note: unit %s serves %d functions; lines that the others log are left out, --unit shows them\n", s.unit.Name, len(others)+1)
		filter := &lines{to: t.out, keep: func(line []byte) bool { return !others[functionOf(line)] }}
		defer filter.end()
		cmd.Stdout = filter
	}
	leave := t.running.enter()
	err = finished(ctx, cmd, cmd.Run())
	if o.follow && ctx.Err() != nil {
		return nil // the way in which it ends; nobody is let go at the gate, or the run and what ends it would race to say so
	}
	leave()
	return err
}

// othersOf are the functions of a unit but the one that is meant.
func othersOf(s served) map[string]bool {
	others := map[string]bool{}
	for _, f := range s.unit.Functions {
		if f.Name != s.function {
			others[f.Name] = true
		}
	}
	return others
}

// functionOf is the function that a line of the framework's logger names, which is JSON behind what the vendor puts in front of it;
// empty for all other lines.
func functionOf(line []byte) string {
	at := bytes.IndexByte(line, '{')
	if at < 0 {
		return ""
	}
	var record struct {
		Message  *string `json:"msg"`
		Function string  `json:"function"`
	}
	text := escapes.ReplaceAll(line[at:], nil)
	if json.NewDecoder(bytes.NewReader(text)).Decode(&record) != nil || record.Message == nil {
		return ""
	}
	return record.Function
}

// maxLogLine is how much of a line is looked at, in bytes; longer ones are passed on.
const maxLogLine = 1 << 20

// lines passes those lines on that are to be kept, each as soon as it is complete.
type lines struct {
	to   io.Writer
	keep func(line []byte) bool
	held []byte
	long bool // the rest of the line is passed on
}

func (l *lines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		at := bytes.IndexByte(p, '\n') + 1
		part := p[:max(at, 0)]
		if at == 0 {
			part = p
		}
		p = p[len(part):]
		l.held = append(l.held, part...)
		if at == 0 && !l.long && len(l.held) <= maxLogLine {
			continue
		}
		if err := l.flush(); err != nil {
			return 0, err
		}
		l.long = at == 0
	}
	return n, nil
}

// flush decides about what is held.
func (l *lines) flush() (err error) {
	if len(l.held) > 0 && (l.long || len(l.held) > maxLogLine || l.keep(l.held)) {
		_, err = l.to.Write(l.held)
	}
	l.held = l.held[:0]
	return err
}

// end passes on a last line that has no end.
func (l *lines) end() { _ = l.flush() }
