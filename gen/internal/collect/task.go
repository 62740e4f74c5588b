package collect

import (
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/spec"
)

// taskDirective is //faas:task on a handler: what is run once by people or a pipeline, and by nothing else.
type taskDirective struct {
	*collector
	handlers *handlerDirective
}

func (*taskDirective) words() []string { return []string{"task"} }

// collect marks the functions that are tasks.
func (c *taskDirective) collect() {
	for _, f := range c.handlers.found {
		task, _ := taskOf(f.declared)
		f.Task = task != nil
	}
}

// taskOf is the //faas:task of a declaration, nil if it has none.
func taskOf(d *declaration) (*annotations.Task, *annotations.Marker) {
	return find[annotations.Task](d.markers)
}

// check reports what would call a task, or says of it what holds for functions that serve. It runs before the functions get
// their triggers.
func (c *taskDirective) check() {
	for _, f := range c.handlers.found {
		if _, mark := taskOf(f.declared); mark != nil {
			f.faulty = f.faulty || mark.Bad
			c.unnamed(f, mark)
			c.untriggered(f, mark)
			c.once(f)
		}
	}
}

// unnamed reports two names of one function.
func (c *taskDirective) unnamed(f *function, mark *annotations.Marker) {
	task, _ := taskOf(f.declared)
	if handler, _ := find[annotations.Handler](f.declared.markers); task.Name == "" || handler.Name == "" || mark.Bad || task.Name == handler.Name {
		return
	}
	f.faulty = true
	pos, end := mark.Range("name")
	e := c.errorf(pos, int(end-pos), codeTask, "the task is called %q, and its handler %q: a function has one name", task.Name, f.Settings.Name)
	c.also(e, f.Directive, "//faas:handler is here")
	e.Hint = "leave one of them out"
}

// untriggered reports the triggers of a task, those of f.yml for any target or stage among them.
func (c *taskDirective) untriggered(f *function, mark *annotations.Marker) {
	for i := range f.declared.markers {
		m := &f.declared.markers[i]
		if !m.Definition.NeedsHandler() {
			continue
		}
		f.faulty = true
		e := c.errorf(m.Directive.Pos(), int(m.Directive.NameEnd()-m.Directive.Pos()), codeTask,
			"//faas:%s on task %s, which people or a pipeline run and nothing triggers", m.Definition.Name, f.Name)
		c.also(e, c.position(mark.Directive.Pos()), "//faas:task is here")
		e.Hint = "leave one of them out; two functions can share what they do"
	}
	if f.Kind == model.HTTPHandler {
		f.faulty = true
		e := c.errorf(f.declared.name.Pos(), len(f.declared.name.Name), codeTask, "%s makes an http.Handler, which only requests can call, and task %s has no trigger", f.Object.Name(), f.Name)
		e.Hint = "make the task a function of its own: func(ctx context.Context) error"
	}
	for path, place := range c.settings(f.Name) {
		if path == "events" && place.Valid() {
			f.faulty = true
			d := place.Errorf(codeTask, "events of task %s, which people or a pipeline run and nothing triggers", f.Name)
			c.also(&d, c.position(mark.Directive.Pos()), "//faas:task is here")
			c.diagnostics = append(c.diagnostics, &d)
		}
	}
}

// once reports settings that mean something only for a function that serves.
func (c *taskDirective) once(f *function) {
	if handler, mark := find[annotations.Handler](f.declared.markers); handler.Concurrency != 0 && !mark.Bad {
		pos, end := mark.Range("concurrency")
		c.errorf(pos, int(end-pos), codeTask, "concurrency means nothing for task %s: each run has a process of its own", f.Name)
		f.faulty = true
	}
	why := map[string]string{
		"http":                 "no request reaches it",
		"overload":             "each run has a process of its own",
		"concurrency":          "each run has a process of its own",
		"provisionedInstances": "nothing is kept warm for what runs once",
		"rollout":              "no traffic moves from one version to the next",
		"async":                "who runs it waits for its result",
		"deadLetter":           "who runs it waits for its result",
	}
	for path, place := range c.settings(f.Name) {
		if because := why[path]; because != "" {
			d := place.Errorf(codeTask, "%s means nothing for task %s: %s", path, f.Name, because)
			c.diagnostics = append(c.diagnostics, &d)
			f.faulty = true
		}
	}
}

// settings are the places of what f.yml says directly of a function, at every target and stage, by path and then key; a list or map
// is at its key.
func (c *taskDirective) settings(name string) func(yield func(key string, place spec.Place) bool) {
	return func(yield func(string, spec.Place) bool) {
		var paths []string
		for path := range c.load.Spec.Places {
			if i := strings.LastIndexByte(path, '.'); i > 0 && (path[:i] == "functions."+name || strings.HasSuffix(path[:i], ".functions."+name)) {
				paths = append(paths, path)
			}
		}
		slices.Sort(paths)
		for _, path := range paths {
			if !yield(path[strings.LastIndexByte(path, '.')+1:], c.load.Spec.KeyPlace(path).Or(c.load.Spec.Places[path])) {
				return
			}
		}
	}
}
