package collect

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // whether a timezone exists must not depend on the machine that generates

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/timer"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// triggerDirective is the directive of each kind of trigger. What is special about a kind is in gen/kind, and here for those with
// a language of their own: routes and cron.
type triggerDirective struct {
	*collector
	handlers *handlerDirective
}

func (*triggerDirective) words() []string {
	var words []string
	for k := range kind.All() {
		words = append(words, k.Word)
	}
	return words
}

// collect does nothing: triggers belong to functions, which f.yml can give others.
func (*triggerDirective) collect() {}

// check completes the functions with their triggers, and compares the triggers of the whole application, so that no grouping can
// cause a conflict.
func (c *triggerDirective) check() {
	c.completeFunctions()
	c.reportRoutes()
	c.nameTriggers()
	c.reportOverlaps()
}

// trigger is one trigger while it is collected.
type trigger struct {
	model.Trigger
	// argument is where the value of an argument stands.
	argument func(name string) annotations.Diagnostic
	// faulty says that a mistake in it was reported.
	faulty bool
}

// delivery is the form in which its events are delivered.
func (t *trigger) delivery() kind.Delivery { return kind.DeliveryOf(t.Kind) }

// unknown reports whether f.yml has something there that is not a trigger.
func (t *trigger) unknown() bool { return t.Kind == "" }

// completeFunctions completes the functions with what f.yml says of them, and checks their triggers.
func (c *triggerDirective) completeFunctions() {
	if !c.app.Unread { // else they may be in what could not be read
		for _, d := range c.load.Spec.CheckFunctions(c.handlers.names) {
			c.diagnostics = append(c.diagnostics, &d)
		}
	}
	for _, f := range c.handlers.found {
		c.triggers(f)
		c.checkTriggers(f)
		c.overlays(f)
		for _, t := range f.triggers {
			f.faulty = f.faulty || t.faulty
			f.Triggers = append(f.Triggers, t.Trigger)
		}
		if f.faulty {
			c.app.Incomplete = true
			continue
		}
		c.app.Functions = append(c.app.Functions, f.Function)
	}
}

// triggers are those of f.yml if it has any, else those of the directives.
func (c *triggerDirective) triggers(f *function) {
	for i := range f.declared.markers {
		m := &f.declared.markers[i]
		if !m.Definition.NeedsHandler() {
			continue
		}
		pos := c.position(m.Directive.Pos())
		t := &trigger{faulty: m.Bad, Trigger: model.Trigger{
			Kind: m.Definition.Name, Marker: m.Value, Pos: pos, Length: int(m.Directive.NameEnd() - m.Directive.Pos()), Line: c.app.Line(pos),
		}}
		t.argument = func(name string) annotations.Diagnostic {
			from, to := m.Range(name)
			return c.place(from, to)
		}
		f.triggers = append(f.triggers, t)
	}
	settings := c.load.Spec.Functions[f.Name]
	if settings == nil || settings.Events == nil {
		return
	}
	if len(f.triggers) > 0 {
		place := c.load.Spec.Places["functions."+f.Name+".events"]
		d := place.Notef(codeEvents, "the events of function %s replace the triggers of its directives", f.Name)
		for _, t := range f.triggers {
			c.also(&d, t.Pos, "//faas:"+t.Kind+" does not act")
		}
		c.diagnostics = append(c.diagnostics, &d)
	}
	f.triggers = nil
	for _, e := range settings.Events {
		t := &trigger{faulty: e.Marker == nil, Trigger: model.Trigger{Kind: e.Kind, Marker: e.Marker, Pos: e.Place.Pos, Length: e.Place.Length, Line: e.Place.Line}}
		t.argument = func(name string) annotations.Diagnostic {
			p := e.Places[name].Or(e.Place)
			return annotations.Diagnostic{Pos: p.Pos, Length: p.Length, Line: p.Line}
		}
		f.triggers = append(f.triggers, t)
	}
}

// wrong reports an argument of a trigger; offset and length narrow the place down to a part of the value.
func (c *triggerDirective) wrong(t *trigger, argument, value string, offset, length int, code, format string, args ...any) *annotations.Diagnostic {
	t.faulty = true
	d := t.argument(argument)
	d.Code, d.Message = code, fmt.Sprintf(format, args...)
	from := d.Pos.Column - 1
	if value != "" && offset >= 0 && from >= 0 && from < len(d.Line) {
		// The value may be quoted where it stands, and escaped in quotes: then it is pointed at as a whole.
		if i := strings.Index(d.Line[from:min(len(d.Line), from+d.Length)], value); i >= 0 {
			d.Pos.Column += i + offset
			d.Pos.Offset += i + offset
			d.Length = max(1, length)
		}
	}
	// What f.yml says has been read by spec, which knows the languages of its values too.
	reported := slices.ContainsFunc(c.load.Diagnostics, func(other annotations.Diagnostic) bool {
		inside := other.Code == spec.CodeSubstitution && d.Pos.Column <= other.Pos.Column && other.Pos.Column < d.Pos.Column+d.Length
		return other.Pos.Filename == d.Pos.Filename && other.Pos.Line == d.Pos.Line && (other.Pos.Column == d.Pos.Column || inside)
	})
	if !reported {
		c.diagnostics = append(c.diagnostics, &d)
	}
	return &d
}

// checkTriggers checks each trigger of a function, and that its handler takes their events.
func (c *triggerDirective) checkTriggers(f *function) {
	requests := false
	for _, t := range f.triggers {
		requests = requests || t.delivery() == kind.Request
		if t.faulty {
			continue
		}
		if m := annotations.HTTPOf(t.Marker); m != nil {
			c.http(t, m)
		}
		if m, ok := t.Marker.(*annotations.Timer); ok {
			c.timer(t, m)
		}
	}
	if f.faulty {
		return
	}
	if f.Kind == model.HTTPHandler {
		c.onlyHTTP(f)
		return
	}
	c.event(f)
	if f.Input == model.BoundInput && requests {
		b, ok := c.binding(f)
		f.Bind = b.bind
		f.faulty = f.faulty || !ok
		if ok {
			c.wildcards(f, b)
		}
	}
}

// onlyHTTP wants a constructor of an http.Handler to be called by http and nothing else.
func (c *triggerDirective) onlyHTTP(f *function) {
	for _, t := range f.triggers {
		if !t.unknown() && t.delivery() != kind.Request {
			f.faulty = true
			c.errorAt(t.Pos, t.Length, codeHandler, "%s makes an http.Handler, which %s cannot call", f.Object.Name(), t.Kind).Line = t.Line
			return
		}
	}
	if len(f.triggers) == 0 {
		f.faulty = true
		c.errorAt(f.Pos, len(f.declared.name.Name), codeHandler, "%s makes an http.Handler, but no http trigger calls it", f.Object.Name()).
			Hint = "add one: //faas:http ANY /*"
	}
}

// event checks that a handler that takes the event of one kind is called by that kind only.
func (c *triggerDirective) event(f *function) {
	if f.Input != model.EventInput {
		return
	}
	arrives, in := kind.Lookup(f.EventKind), typeString(f.In)
	if len(f.triggers) == 0 {
		f.faulty = true
		e := c.errorAt(f.Pos, len(f.declared.name.Name), codeHandler, "handler %s takes %s, but no %s trigger calls it", f.Object.Name(), in, arrives.Word)
		e.Hint = fmt.Sprintf("add //faas:%s, or take []byte or a struct of your own", arrives.Word)
		if f.Task {
			e.Hint = "take []byte or a struct of your own, which the data of faasgen task fills"
		}
		return
	}
	for _, t := range f.triggers {
		if t.unknown() || kind.Lookup(t.Kind).Event == arrives.Event {
			continue
		}
		f.faulty = true
		e := c.errorAt(t.Pos, t.Length, codeHandler, "handler %s takes %s, which %s does not deliver", f.Object.Name(), in, t.Kind)
		e.Line = t.Line
		c.also(e, f.Pos, "handler "+f.Object.Name())
		e.Hint = "take []byte or a struct of your own, which every trigger can fill"
		return
	}
}

// http makes the routes of a trigger.
func (c *triggerDirective) http(t *trigger, m *annotations.HTTP) {
	for _, method := range m.Method {
		r, err := web.ParsePattern(method, m.Path)
		if err != nil {
			var p *web.PatternError
			switch {
			case errors.As(err, &p) && p.Offset < 0:
				c.wrong(t, "method", method, 0, len(method), codeRoute, "%s", p.Message)
			case errors.As(err, &p):
				c.wrong(t, "path", m.Path, p.Offset, p.Length, codeRoute, "%s", p.Message)
			default:
				c.wrong(t, "path", "", 0, 0, codeRoute, "%s", err)
			}
			t.Routes = nil
			return
		}
		r.Host, r.Status = m.Host, m.Status.First()
		t.Routes = append(t.Routes, r)
	}
}

// timer checks the expression and the timezone.
func (c *triggerDirective) timer(t *trigger, m *annotations.Timer) {
	if m.Cron != "" {
		if _, err := timer.ParseCron(m.Cron); err != nil {
			var e *timer.CronError
			if errors.As(err, &e) {
				c.wrong(t, "cron", m.Cron, e.Offset, e.Length, codeTimer, "%s", e.Message)
			} else {
				c.wrong(t, "cron", "", 0, 0, codeTimer, "%s", err)
			}
		}
	}
	if m.Timezone != "" {
		if _, err := time.LoadLocation(m.Timezone); err != nil || m.Timezone == "Local" {
			c.wrong(t, "timezone", m.Timezone, 0, len(m.Timezone), codeTimer, "there is no timezone %q", m.Timezone).
				Hint = "write an IANA name such as Asia/Shanghai, Europe/Berlin or UTC"
		}
	}
}

// nameTriggers names the triggers that can have a name, and reports two of one name.
func (c *triggerDirective) nameTriggers() {
	first := map[string]*trigger{}
	for _, f := range c.handlers.found {
		unnamed := map[string]int{}
		for i, t := range f.triggers {
			if d := t.delivery(); t.faulty || d == kind.Request || d == kind.Raw {
				continue
			}
			t.Name = kind.Of(t.Marker).Name(t.Marker)
			if t.Name == "" {
				t.Name = f.Name
				if unnamed[t.Kind]++; unnamed[t.Kind] > 1 {
					t.Name += "-" + strconv.Itoa(unnamed[t.Kind])
				}
			}
			f.Triggers[i].Name = t.Name
			key := t.Kind + " " + strings.ToLower(t.Name)
			other := first[key]
			if other == nil {
				first[key] = t
				continue
			}
			what := t.Kind
			if t.delivery() != kind.Tick {
				what += " trigger"
			}
			d := t.argument("name")
			d.Code, d.Message, d.Hint = codeName, fmt.Sprintf("a second %s is called %q", what, t.Name), "give one of them another name: name=NAME"
			c.also(&d, other.argument("name").Pos, "the first is here")
			c.diagnostics = append(c.diagnostics, &d)
		}
	}
}
