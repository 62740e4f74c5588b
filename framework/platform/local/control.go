package local

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local/envelope"
	"github.com/faasgen/faasgen/framework/trigger/timer"
)

const (
	// ControlHeader carries the value of FAAS_CONTROL.
	ControlHeader = "Faas-Control"
	// ControlPrefix is the path below which the control endpoints are.
	ControlPrefix = "/_faas/"
)

// control answers the control endpoints for processes of this machine that know the token. For everybody else they do not exist:
// such a request is the application's.
type control struct {
	token string
	// behind says that the parent hands over its listener: who may connect to it is for the parent to check.
	behind bool
	caller *caller
	// drain stops the timers: another process takes over.
	drain func()
	next  http.Handler
}

func (c control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, ControlPrefix)
	ok = ok && (c.behind || direct(r) && Loopback(client(r, false)))
	if !ok || subtle.ConstantTimeCompare([]byte(r.Header.Get(ControlHeader)), []byte(c.token)) != 1 {
		r.Header.Del(ControlHeader)
		c.next.ServeHTTP(w, r)
		return
	}
	action, name, _ := strings.Cut(path, "/")
	switch {
	case r.Method == http.MethodGet && path == "ready":
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	case r.Method == http.MethodGet && path == "functions":
		writeJSON(w, http.StatusOK, describe(c.caller.engine.App()))
	case r.Method == http.MethodPost && path == "drain":
		c.drain()
		writeJSON(w, http.StatusOK, struct{}{})
	case r.Method == http.MethodPost && action == "invoke":
		c.invoke(w, r, name)
	case r.Method == http.MethodPost && action == "timer":
		c.timer(w, r, name)
	default:
		refuse(w, http.StatusNotFound, errors.New("no control endpoint "+r.Method+" "+r.URL.Path))
	}
}

func (c control) invoke(w http.ResponseWriter, r *http.Request, name string) {
	f := c.caller.engine.App().Function(name)
	event, ok := readEvent(w, r)
	switch {
	case !ok:
	case f != nil:
		o, err := c.caller.call(r.Context(), f, "", event)
		writeOutcome(w, o, err)
	case name == "":
		o, err := c.caller.raw(r.Context(), event)
		writeOutcome(w, o, err)
	default:
		refuse(w, http.StatusNotFound, unknownFunction(c.caller.engine.App(), name))
	}
}

func (c control) timer(w http.ResponseWriter, r *http.Request, name string) {
	event, ok := readEvent(w, r)
	if !ok {
		return
	}
	for _, f := range c.caller.engine.App().Functions {
		for _, s := range schedules(f) {
			if s.Name == name {
				o, err := c.caller.timer(r.Context(), f, event, s)
				writeOutcome(w, o, err)
				return
			}
		}
	}
	refuse(w, http.StatusNotFound, fmt.Errorf("no timer %.80q", name))
}

func readEvent(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
	}
	return event, err == nil
}

func writeOutcome(w http.ResponseWriter, o *envelope.Outcome, err error) {
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, o)
}

func refuse(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller went away
}

// description is one function in the list of functions.
type description struct {
	Name   string           `json:"name"`
	Routes []string         `json:"routes,omitempty"`
	Timers []describedTimer `json:"timers,omitempty"`
	// Others are its other triggers: a kind and a logical name.
	Others []string `json:"others,omitempty"`
}

type describedTimer struct {
	Name string `json:"name"`
	// When is the expression or the interval, with the time zone if there is one.
	When string `json:"when"`
}

func describe(app *framework.App) []description {
	list := make([]description, 0, len(app.Functions))
	for _, f := range app.Functions {
		d := description{Name: f.Name}
		for _, r := range routes(f) {
			d.Routes = append(d.Routes, routeText(r))
		}
		for _, s := range schedules(f) {
			d.Timers = append(d.Timers, describedTimer{s.Name, when(s)})
		}
		for _, t := range f.Triggers {
			if text := other(t); text != "" {
				d.Others = append(d.Others, text)
			}
		}
		list = append(list, d)
	}
	return list
}

// other names a trigger that is neither http nor a timer, "" if it is one of them or has no name.
func other(t framework.Trigger) string {
	name := ""
	if source, ok := t.(interface{ Resource() string }); ok {
		if name = source.Resource(); name == "" {
			name = fmt.Sprint(t) // which has a text where a resource is not all
		}
	}
	if name == "" {
		return ""
	}
	return t.Kind() + " " + name
}

func when(s timer.Schedule) string {
	text := s.Cron
	if text == "" {
		text = "every " + s.Every.String()
	}
	if s.Timezone != "" {
		text += " " + s.Timezone
	}
	return text
}
