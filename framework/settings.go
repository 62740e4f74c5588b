package framework

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// What is true of a function in one deployment is data, and so is what is true of a unit: the same binary serves other
// stages, other groups and other limits.
//
// The settings of functions are lines of the file faas.settings in the code folder, or of the file that FAAS_SETTINGS names:
//
//	book-list  -     timeout=10s concurrency=4 cors.origins=https://shop.example.com
//	book-list  prod  timeout=30s
//
// First the function, then the stage that FAAS_ENV names, - for every one, then what is set; that of the stage wins. Empty
// lines and those that begin with # say nothing. Functions that are not served may be in it. Without the file the
// settings of the directives hold. What is true of the unit comes by environment:
//
//	FAAS_UNIT          its name; the default is the function's, where it has one
//	FAAS_FUNCTIONS     the functions it serves, separated by commas: names and patterns such as book-*,!book-purge, which are
//	                   any of the first and none of the second; the default is all that are linked
//	FAAS_TIMEOUT       the platform's limit of an invocation, such as 30s, for platforms that do not say it with each event
//	FAAS_INIT_TIMEOUT  the limit of the start
//	FAAS_LAZY          true has what functions need built when they are first called, false at the start; the default is
//	                   false for a unit of one function
const (
	settingsFile = "faas.settings"
	// whole is the unit of all functions that there are, until the process is told more.
	whole = "app"
	// maxSettings bounds the file.
	maxSettings = 1 << 20

	variableUnit        = "FAAS_UNIT"
	variableFunctions   = "FAAS_FUNCTIONS"
	variableTimeout     = "FAAS_TIMEOUT"
	variableInitTimeout = "FAAS_INIT_TIMEOUT"
	variableLazy        = "FAAS_LAZY"
	variableSettings    = "FAAS_SETTINGS"
)

// deployment is what a process was told of the unit that it is.
type deployment struct {
	timeout time.Duration // of an invocation, zero if unknown
	eager   bool
}

// settable is a trigger that has settings of its own. With returns the trigger with one of them, and false for a name that
// it does not know.
type settable interface {
	With(name, value string) (t Trigger, known bool, err error)
}

// deploy makes app the unit that the process was told to be. Its error is one of Start: until then nothing is lost.
func deploy(rt *Runtime, app *App) (deployment, error) {
	d := deployment{}
	text := func(name string) string { v, _ := rt.LookupEnv(name); return v }
	var errs []error
	duration := func(name string) time.Duration {
		s := text(name)
		if s == "" {
			return 0
		}
		v, err := time.ParseDuration(s)
		if err != nil || v <= 0 {
			errs = append(errs, fmt.Errorf("variable %s is %q, expected a duration such as 30s", name, s))
		}
		return max(v, 0)
	}
	if list := text(variableFunctions); list != "" {
		chosen, err := choose(app.Functions, list)
		if err != nil {
			errs = append(errs, fmt.Errorf("variable %s: %w", variableFunctions, err))
		} else {
			app.Selected = app.Selected || len(chosen) < len(app.Functions)
			app.Functions = chosen
		}
	}
	d.timeout = duration(variableTimeout)
	app.InitTimeout = smaller(app.InitTimeout, duration(variableInitTimeout))
	d.eager = len(app.Functions) == 1 && !app.Lazy
	if s := text(variableLazy); s != "" {
		lazy, err := strconv.ParseBool(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("variable %s is %q, expected true or false", variableLazy, s))
		}
		d.eager = !lazy
	}
	switch name := text(variableUnit); {
	case name != "":
		app.Unit = name
	case len(app.Functions) == 1 && app.Unit == whole:
		app.Unit = app.Functions[0].Name
	}
	errs = append(errs, settle(rt, app, text(variableSettings)))
	return d, errors.Join(errs...)
}

// choose returns the functions that a list of names and patterns means.
func choose(all []*Function, list string) ([]*Function, error) {
	var wanted, unwanted []string
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		pattern, not := strings.CutPrefix(word, "!")
		if pattern == "" || !slices.ContainsFunc(all, func(f *Function) bool { return matches(pattern, f.Name) }) {
			names := make([]string, len(all))
			for i, f := range all {
				names[i] = f.Name
			}
			return nil, fmt.Errorf("no function is called %.200q; there are %.2000q", word, names)
		}
		if not {
			unwanted = append(unwanted, pattern)
		} else {
			wanted = append(wanted, pattern)
		}
	}
	var chosen []*Function
	for _, f := range all {
		means := func(pattern string) bool { return matches(pattern, f.Name) }
		if (wanted == nil || slices.ContainsFunc(wanted, means)) && !slices.ContainsFunc(unwanted, means) {
			chosen = append(chosen, f)
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("%.200q leaves no function", list)
	}
	return chosen, nil
}

// matches reports whether a name is of a pattern, in which * stands for any text.
func matches(pattern, name string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	for i := range len(name) + 1 {
		if matches(rest, name[i:]) {
			return true
		}
	}
	return false
}

// settle gives the functions what the file says of them.
func settle(rt *Runtime, app *App, named string) error {
	name := named
	if name == "" {
		name = filepath.Join(rt.CodeDir, settingsFile)
	}
	content, err := readSettings(name)
	if errors.Is(err, fs.ErrNotExist) && named == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the settings of the functions: %w", err)
	}
	var stage []line // which win over those of every stage
	seen := map[[2]string]bool{}
	for i := 1; len(content) > 0; i++ {
		var raw []byte
		raw, content, _ = bytes.Cut(content, []byte("\n"))
		l := line{number: i, text: strings.TrimSpace(string(raw))}
		if l.fields = strings.Fields(l.text); l.text == "" || l.text[0] == '#' {
			continue
		}
		if len(l.fields) < 2 || strings.Contains(l.fields[1], "=") {
			return l.wrong(name, errors.New("expected a function, a stage or -, and settings"))
		}
		if key := [2]string{l.fields[0], l.fields[1]}; seen[key] {
			return l.wrong(name, errors.New("the function has a line for this stage"))
		} else {
			seen[key] = true
		}
		switch {
		case l.fields[1] == "-":
			err = l.apply(app)
		case l.fields[1] == rt.Env:
			stage = append(stage, l)
		}
		if err != nil {
			return l.wrong(name, err)
		}
	}
	for _, l := range stage {
		if err := l.apply(app); err != nil {
			return l.wrong(name, err)
		}
	}
	return nil
}

// readSettings reads a regular file that is not too large.
func readSettings(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(bufio.NewReader(f), maxSettings+1))
	if err == nil && len(content) > maxSettings {
		err = fmt.Errorf("%s is over %d MB", name, maxSettings>>20)
	}
	return content, err
}

// line is one of the file.
type line struct {
	number int
	text   string
	fields []string
}

func (l line) wrong(name string, err error) error {
	return fmt.Errorf("%s:%d: %.300q: %w", name, l.number, l.text, err)
}

// apply sets what a line says, if its function is served.
func (l line) apply(app *App) error {
	f := app.Function(l.fields[0])
	if f == nil {
		return nil
	}
	for i, field := range l.fields[2:] {
		name, value, ok := strings.Cut(field, "=")
		if !ok || name == "" {
			return fmt.Errorf("found %.100q, expected name=value", field)
		}
		if slices.ContainsFunc(l.fields[2:2+i], func(other string) bool { return strings.HasPrefix(other, name+"=") }) {
			return fmt.Errorf("%.100q is there twice", name)
		}
		if err := f.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// set sets one thing of a function.
func (f *Function) set(name, value string) error {
	switch name {
	case "timeout":
		v, err := time.ParseDuration(value)
		if err != nil || v < 0 {
			return fmt.Errorf("timeout is %.100q, expected a duration such as 30s", value)
		}
		f.Timeout = v
		return nil
	case "concurrency":
		v, err := strconv.Atoi(value)
		if err != nil || v < 0 {
			return fmt.Errorf("concurrency is %.100q, expected a number from 0", value)
		}
		f.Concurrency = v
		return nil
	}
	found := false
	for i, t := range f.Triggers {
		s, ok := t.(settable)
		if !ok {
			continue
		}
		changed, known, err := s.With(name, value)
		if err != nil {
			return err
		}
		if known {
			f.Triggers[i], found = changed, true
		}
	}
	if !found {
		return fmt.Errorf("nothing of function %s is called %.100q", f.Name, name)
	}
	return nil
}

// configured checks the configuration of every function. In development what one lacks stops only that one: it is told at
// the start, and each call fails.
func (e *Engine) configured() error {
	var errs []error
	seen := map[string]bool{}
	for _, f := range e.app.Functions {
		if f.Check == nil {
			continue
		}
		err := fault.Guard(f.Check)
		switch {
		case err == nil, seen[err.Error()] && e.unusable == nil:
		case e.rt.Dev && !e.deployment.eager:
			e.log.Warn("function "+f.Name+" cannot be called: its configuration is not complete", "error", err)
			if e.unusable == nil {
				e.unusable = map[*Function]error{}
			}
			e.unusable[f] = &Error{Status: 500, Code: "configuration", Message: "the configuration of function " + f.Name + " is not complete", Err: err}
		default:
			seen[err.Error()] = true // functions share what they need
			errs = append(errs, err)
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
