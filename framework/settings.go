package framework

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/faasgen/faasgen/framework/internal/fault"
)

// What is true of a function in one deployment is data, and so is what is true of a unit: the same binary serves other
// stages, other groups and other limits.
//
// The settings of functions are lines of the file faas.settings in the code folder:
//
//	book-list  -     timeout=10s concurrency=4 cors.origins=https://shop.example.com
//	book-list  prod  timeout=30s layers=otel,limit
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
//
// What stands behind a line --- is YAML: the defaults of the configuration of layers, by stage, - for every other one.
//
// Durations are whole seconds or milliseconds. All of this is in every binary, so it is written to be small: no duration of
// package time is parsed, and no error is formatted.
const (
	settingsFile = "faas.settings"
	separator    = "---"
	// maxSettings bounds the file.
	maxSettings = 1 << 20
	// maxQuoted bounds what an error repeats.
	maxQuoted = 300
	// whole is the unit of all functions that there are, unless the settings name another.
	whole = "app"

	variableUnit        = "FAAS_UNIT"
	variableFunctions   = "FAAS_FUNCTIONS"
	variableTimeout     = "FAAS_TIMEOUT"
	variableInitTimeout = "FAAS_INIT_TIMEOUT"
	variableLazy        = "FAAS_LAZY"
)

// deployment is what the settings say of the unit.
type deployment struct {
	timeout time.Duration // of an invocation, zero if unknown
	eager   bool
}

// deploy applies the settings to app. Start reports its error: until then nothing is lost.
func deploy(rt *Runtime, app *App) (d deployment, err error) {
	if list := rt.variable(variableFunctions); list != "" {
		err = app.choose(list)
	}
	d.eager = len(app.Functions) == 1 && !app.Lazy
	switch s := rt.variable(variableLazy); s {
	case "":
	case "true", "false":
		d.eager = s == "false"
	default:
		err = unexpected(variableLazy, s, "true or false")
	}
	if app.Unit == whole && len(app.Functions) == 1 {
		app.Unit = app.Functions[0].Name
	}
	if name := rt.variable(variableUnit); name != "" {
		app.Unit = name
	}
	var wrong error
	if d.timeout, wrong = rt.limit(variableTimeout); wrong != nil {
		err = wrong
	}
	own, wrong := rt.limit(variableInitTimeout)
	if wrong != nil {
		err = wrong
	}
	app.InitTimeout = smaller(app.InitTimeout, own)
	if err == nil {
		err = settle(rt, app)
	}
	return d, err
}

func (rt *Runtime) variable(name string) string { v, _ := rt.LookupEnv(name); return v }

// limit reads a variable that is a duration, zero if it is not set.
func (rt *Runtime) limit(name string) (time.Duration, error) {
	s := rt.variable(name)
	if s == "" {
		return 0, nil
	}
	return seconds(name, s)
}

// next returns what a text has before a separator, and what it has after it.
//
//go:noinline
func next(s string, separator byte) (first, rest string, more bool) {
	for i := range len(s) {
		if s[i] == separator {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// number reads the digits that a text begins with, no more than fit into 31 bits; it is -1 without any.
func number(s string) (n int, rest string) {
	n = -1
	for s != "" && s[0] >= '0' && s[0] <= '9' && n < 1<<31/10-1 {
		n = max(n, 0)*10 + int(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

// seconds reads a duration of whole seconds or milliseconds.
func seconds(name, s string) (time.Duration, error) {
	n, unit := number(s)
	switch {
	case n < 0:
	case unit == "s":
		return time.Duration(n) * time.Second, nil
	case unit == "ms":
		return time.Duration(n) * time.Millisecond, nil
	}
	return 0, unexpected(name, s, "a duration such as 30s or 250ms")
}

// unexpected is the error of something that was found to be s.
//
//go:noinline
func unexpected(name, s, expected string) error {
	return errors.New(name + " is " + strconv.Quote(s[:min(len(s), maxQuoted)]) + ", expected " + expected)
}

// choose keeps the functions that a list of names and patterns means.
func (a *App) choose(list string) error {
	wanted, some := make([]int8, len(a.Functions)), false // 1 is wanted, -1 is not
	for more := true; more; {
		var word string
		word, list, more = next(list, ',')
		pattern, value := word, int8(1)
		if word != "" && word[0] == '!' {
			pattern, value = word[1:], -1
		}
		found := false
		for i, f := range a.Functions {
			if matches(pattern, f.Name) {
				found = true
				if wanted[i] >= 0 {
					wanted[i] = value
				}
			}
		}
		if !found {
			return unexpected(variableFunctions, word, "names and patterns of the functions that there are")
		}
		some = some || value > 0
	}
	var chosen []*Function
	for i, f := range a.Functions {
		if wanted[i] > 0 || wanted[i] == 0 && !some {
			chosen = append(chosen, f)
		}
	}
	if chosen == nil {
		return unexpected(variableFunctions, "", "a function that is left")
	}
	a.Selected = a.Selected || len(chosen) < len(a.Functions)
	a.Functions = chosen
	return nil
}

// matches reports whether a name is of a pattern, in which * stands for any text.
func matches(pattern, name string) bool {
	for ; pattern != "" && pattern[0] != '*'; pattern, name = pattern[1:], name[1:] {
		if name == "" || name[0] != pattern[0] {
			return false
		}
	}
	if pattern == "" {
		return name == ""
	}
	for i := range len(name) + 1 {
		if matches(pattern[1:], name[i:]) {
			return true
		}
	}
	return false
}

// settle gives the functions what the file says of them, first of every stage, then of this one.
func settle(rt *Runtime, app *App) error {
	name, text := settingsFile, rt.Settings
	if text == "" {
		if rt.CodeDir != "" {
			name = rt.CodeDir + "/" + name
		}
		var err error
		if text, err = readSettings(name); err != nil {
			return err
		}
	}
	for stage := "-"; ; stage = rt.Env {
		rest := text
		for number := 1; rest != ""; number++ {
			var line string
			if line, rest, _ = next(rest, '\n'); line == separator {
				rt.defaults = rest
				break
			}
			if err := app.apply(line, stage); err != nil {
				return unexpected(name+":"+strconv.Itoa(number), line, "settings: "+err.Error())
			}
		}
		if stage == rt.Env || rt.Env == "" {
			return nil
		}
	}
}

// readSettings reads the file that the package has, "" if there is none.
func readSettings(name string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return "", err
	}
	defer f.Close()
	content, part := "", make([]byte, 16<<10)
	for len(content) <= maxSettings {
		n, err := f.Read(part)
		content += string(part[:n])
		if err == io.EOF {
			return content, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", unexpected(name, "too large", "1 MB at most")
}

// apply sets what a line says, if it is of the stage and its function is served.
func (a *App) apply(line, stage string) error {
	var f *Function
	at := 0
	for line != "" {
		var word string
		if word, line, _ = next(line, ' '); word == "" {
			continue
		}
		name, value, set := next(word, '=')
		switch at++; {
		case at == 1 && word[0] == '#':
			return nil
		case set != (at > 2):
			return unexpected("word "+strconv.Itoa(at), word, "a function, a stage or -, and settings")
		case at == 1:
			f = a.Function(word)
		case f == nil || at == 2 && word != stage:
			return nil
		case at > 2:
			if err := f.set(word, name, value); err != nil {
				return err
			}
		}
	}
	if at == 1 {
		return unexpected("word 2", "", "a stage or -")
	}
	return nil
}

// Settings are what a deployment says of the function for its triggers, each cors.name=value.
func (f *Function) Settings() []string { return f.settings }

// set sets one thing of a function: name=value.
func (f *Function) set(setting, name, value string) (err error) {
	switch name {
	case "timeout":
		f.Timeout, err = seconds(name, value)
	case "concurrency":
		n, rest := number(value)
		if n < 0 || rest != "" {
			return unexpected(name, value, "a number from 0")
		}
		f.Concurrency = n
	case "overload":
		switch value {
		case "wait":
			f.Overload = OverloadWait
		case "fail":
			f.Overload = OverloadFail
		default:
			return unexpected(name, value, "wait or fail")
		}
	case "layers":
		if f.Named == nil && value != "" {
			return unexpected(name, value, "no layer: the function is linked with none")
		}
		f.layerList, f.listed = value, true
	default:
		if len(name) < 5 || name[:5] != "cors." {
			return unexpected("setting", name, "timeout, concurrency, overload, layers or cors")
		}
		f.settings = append(f.settings, setting)
	}
	return err
}

// configured checks the configuration of every function, so that all that is wrong is one error.
func (e *Engine) configured() (err error) {
	alone := e.rt.Incomplete != nil && !e.deployment.eager
	for _, f := range e.app.Functions {
		if alone {
			if own := fault.Guard(func() error { return f.check(nil) }); own != nil {
				f.unusable = e.rt.Incomplete(f.Name, own)
			}
			continue
		}
		err = f.check(err)
	}
	return err
}

// check is Check with the layers of f.yml.
func (f *Function) check(known error) error {
	switch {
	case f.Named != nil:
		return f.Named.check(f, known)
	case f.Check != nil:
		return f.Check(known)
	}
	return known
}
