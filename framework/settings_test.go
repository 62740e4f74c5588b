package framework_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// unit starts an application of these functions and returns its engine, and the error of the start.
func unit(t *testing.T, rt *framework.Runtime, functions ...*framework.Function) (*framework.Engine, error) {
	t.Helper()
	if rt.Logger == nil {
		rt.Logger = quiet().Logger
	}
	for _, f := range functions {
		if f.Handler == nil {
			f.Handler = func(*framework.Context) error { return nil }
		}
	}
	e := framework.NewEngine(rt, &framework.App{Unit: "app", Functions: functions})
	err := e.Start(t.Context())
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	return e, err
}

func names(e *framework.Engine) string {
	var all []string
	for _, f := range e.App().Functions {
		all = append(all, f.Name)
	}
	return strings.Join(all, " ")
}

func named(list ...string) (functions []*framework.Function) {
	for _, name := range list {
		functions = append(functions, &framework.Function{Name: name})
	}
	return functions
}

func TestSelectedFunctions(t *testing.T) {
	for _, c := range []struct{ list, want, unit string }{
		{"", "admin book-get book-list book-purge", "app"},
		{"book-get", "book-get", "book-get"},
		{"book-*", "book-get book-list book-purge", "app"},
		{"*,!book-*", "admin", "admin"},
		{"!book-*", "admin", "admin"},
		{"book-*,!*-purge", "book-get book-list", "app"},
		{"book-list,admin", "admin book-list", "app"},
		{"*o*-*g*", "book-get book-purge", "app"},
	} {
		e, err := unit(t, &framework.Runtime{Variables: variables{"FAAS_FUNCTIONS": c.list}}, named("admin", "book-get", "book-list", "book-purge")...)
		if err != nil || names(e) != c.want || e.App().Unit != c.unit {
			t.Errorf("%s: %q in unit %s, %v", c.list, names(e), e.App().Unit, err)
		}
		if e.App().Selected != (c.list != "") {
			t.Errorf("%s: selected is %v", c.list, e.App().Selected)
		}
	}
}

func TestUnitVariables(t *testing.T) {
	for _, c := range []struct {
		env  variables
		want string
	}{
		{variables{"FAAS_FUNCTIONS": "book-got"}, `init of unit app: FAAS_FUNCTIONS is "book-got", expected names and patterns of the functions that there are`},
		{variables{"FAAS_FUNCTIONS": "*,!book-got"}, `init of unit app: FAAS_FUNCTIONS is "!book-got", expected names and patterns of the functions that there are`},
		{variables{"FAAS_FUNCTIONS": "admin,"}, `init of unit app: FAAS_FUNCTIONS is "", expected names and patterns of the functions that there are`},
		{variables{"FAAS_FUNCTIONS": "!*"}, `init of unit app: FAAS_FUNCTIONS is "", expected a function that is left`},
		{variables{"FAAS_TIMEOUT": "5"}, `init of unit app: FAAS_TIMEOUT is "5", expected a duration such as 30s or 250ms`},
		{variables{"FAAS_TIMEOUT": "99999999999999s"}, `init of unit app: FAAS_TIMEOUT is "99999999999999s", expected a duration such as 30s or 250ms`},
		{variables{"FAAS_INIT_TIMEOUT": "-1s", "FAAS_UNIT": "u"}, `init of unit u: FAAS_INIT_TIMEOUT is "-1s", expected a duration such as 30s or 250ms`},
		{variables{"FAAS_LAZY": "perhaps"}, `init of unit app: FAAS_LAZY is "perhaps", expected true or false`},
	} {
		_, err := unit(t, &framework.Runtime{Variables: c.env}, named("admin", "book-get")...)
		if err == nil || err.Error() != c.want {
			t.Errorf("%v:\n%v\n%s", c.env, err, c.want)
		}
	}
}

func settings(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "faas.settings"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSettings(t *testing.T) {
	dir := settings(t, `# what f.yml says
get  prod  timeout=30s
get  -     timeout=5s concurrency=2 overload=fail cors.origins=https://a.example,https://b.example cors.maxAge=60s cors.credentials=true
get  test  timeout=1h
gone -     timeout=1m whatever=1
`)
	for env, want := range map[string]time.Duration{"": 5 * time.Second, "prod": 30 * time.Second} {
		get := &framework.Function{Name: "get", Timeout: time.Minute, Triggers: []framework.Trigger{web.Route{Pattern: "/"}, web.Route{Pattern: "/2"}}}
		put := &framework.Function{Name: "put", Timeout: time.Minute}
		_, err := unit(t, &framework.Runtime{CodeDir: dir, Env: env}, get, put)
		if err != nil || get.Timeout != want || get.Concurrency != 2 || get.Overload != framework.OverloadFail || put.Overload != framework.OverloadDefault || put.Timeout != time.Minute {
			t.Errorf("%s: %v, %+v", env, err, get)
		}
		if want := []string{"cors.origins=https://a.example,https://b.example", "cors.maxAge=60s", "cors.credentials=true"}; !slices.Equal(get.Settings(), want) {
			t.Errorf("%q", get.Settings())
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for text, want := range map[string]string{
		"\nget":                             `faas.settings:2 is "get", expected settings: word 2 is "", expected a stage or -`,
		"\nget ":                            `faas.settings:2 is "get ", expected settings: word 2 is "", expected a stage or -`,
		"get timeout=1s":                    `faas.settings:1 is "get timeout=1s", expected settings: word 2 is "timeout=1s", expected a function, a stage or -, and settings`,
		"get - timeout":                     `faas.settings:1 is "get - timeout", expected settings: word 3 is "timeout", expected a function, a stage or -, and settings`,
		"get - timeout=10":                  `faas.settings:1 is "get - timeout=10", expected settings: timeout is "10", expected a duration such as 30s or 250ms`,
		"get - concurrency=-1":              `concurrency is "-1", expected a number from 0`,
		"get - concurrency=7x":              `concurrency is "7x", expected a number from 0`,
		"get - overload=queue":              `overload is "queue", expected wait or fail`,
		"get - size=1":                      `setting is "size", expected timeout, concurrency, overload, layers or cors`,
		"get p timeout=x":                   `faas.settings:1 is "get p timeout=x", expected settings: timeout is "x", expected a duration such as 30s or 250ms`,
		strings.Repeat("#\n", 1<<20):        `faas.settings is "too large", expected 1 MB at most`,
		"get - " + strings.Repeat("x", 999): `faas.settings:1 is "get - xxx`,
	} {
		dir := settings(t, text)
		get := &framework.Function{Name: "get", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}}
		_, err := unit(t, &framework.Runtime{CodeDir: dir, Env: "p"}, get)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 1500 {
			t.Errorf("%.50s:\n%v\n%s", text, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "faas.settings"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := unit(t, &framework.Runtime{CodeDir: dir}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Error(err)
	}
}

func TestUnitDeadline(t *testing.T) {
	var left time.Duration
	f := &framework.Function{Name: "get", Handler: func(ctx *framework.Context) error {
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return nil
	}}
	e, err := unit(t, &framework.Runtime{Variables: variables{"FAAS_TIMEOUT": "3600s"}}, f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil || left > time.Hour-100*time.Millisecond || left < 50*time.Minute {
		t.Error(left, err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(2 * time.Hour)}); err != nil || left < 90*time.Minute {
		t.Error(left, err)
	}
}

// TestStartOfFunctions is what is checked, built and told at the start, and in which order.
func TestStartOfFunctions(t *testing.T) {
	lack := errors.New("book.size is missing")
	for _, c := range []struct {
		name string
		env  variables
		dev  bool
		lack string
		want string
		err  string
	}{
		{name: "several are lazy", want: "check a,check b,ready x,ready y"},
		{name: "one is eager", env: variables{"FAAS_FUNCTIONS": "b"}, want: "check b,warm b,ready y"},
		{name: "eager", env: variables{"FAAS_LAZY": "false"}, want: "check a,check b,warm a,warm b,ready x,ready y"},
		{name: "lazy", env: variables{"FAAS_FUNCTIONS": "b", "FAAS_LAZY": "true"}, want: "check b,ready y"},
		{name: "a lacks a key", lack: "a", want: "check a,check b", err: "init of unit app: book.size is missing"},
		{name: "both lack the key", lack: "ab", want: "check a,check b", err: "init of unit app: book.size is missing"},
		{name: "another lacks a key", env: variables{"FAAS_FUNCTIONS": "b"}, lack: "a", want: "check b,warm b,ready y"},
		{name: "in development", dev: true, lack: "a", want: "check a,check b,ready y"},
	} {
		var order []string
		note := func(what string) func(context.Context) error {
			return func(context.Context) error { order = append(order, what); return nil }
		}
		x, y := &framework.Component{Name: "x", Ready: note("ready x")}, &framework.Component{Name: "y", Order: 1, Ready: note("ready y")}
		functions := named("a", "b")
		functions[0].Components, functions[1].Components = []*framework.Component{x, y}, []*framework.Component{y}
		for _, f := range functions {
			f.Warm = func(_ context.Context, lazy bool) error {
				if !lazy {
					order = append(order, "warm "+f.Name)
				}
				return nil
			}
			f.Check = func(known error) error {
				order = append(order, "check "+f.Name)
				if strings.Contains(c.lack, f.Name) {
					return lack // which is what the other function lacks, too
				}
				return known
			}
		}
		rt := &framework.Runtime{Variables: c.env}
		if c.dev {
			rt.Incomplete = func(function string, err error) error { return fmt.Errorf("%s: %w", function, err) }
		}
		e, err := unit(t, rt, functions...)
		if got := strings.Join(order, ","); got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %s\n%v", c.name, got, err)
		}
		if !c.dev {
			continue
		}
		_, err = e.Invoke(t.Context(), framework.Invocation{Function: functions[0]})
		if err == nil || err.Error() != "a: book.size is missing" {
			t.Error(err)
		}
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: functions[1]}); err != nil {
			t.Error(err)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("get - timeout=1s concurrency=1 overload=wait cors.maxAge=1s\n# x\nget p cors.origins=*")
	f.Fuzz(func(t *testing.T, text string) {
		get := &framework.Function{Name: "get", Triggers: []framework.Trigger{web.Route{Pattern: "/"}}}
		_, err := unit(t, &framework.Runtime{CodeDir: settings(t, text), Env: "p"}, get)
		if err == nil && (get.Timeout < 0 || get.Concurrency < 0) {
			t.Errorf("%+v", get)
		}
		if err != nil && len(err.Error()) > 4000 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	})
}
