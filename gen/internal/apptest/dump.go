package apptest

import (
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Dump writes down what matters of a solved model, one line a thing.
func Dump(m *model.App, g *wiring.Graph) string {
	var b strings.Builder
	for _, f := range m.Functions {
		dumpFunction(&b, f)
	}
	for _, w := range m.Middleware {
		fmt.Fprintf(&b, "%s %s: %s", w.Kind(), w.Name, w.Object.Name())
		if w.Provider != nil {
			fmt.Fprintf(&b, " by %s", w.Provider.Name())
		}
		mark(&b, w.Made, "made")
		mark(&b, w.Global, "global")
		b.WriteByte('\n')
	}
	if e := g.Validator; e != nil {
		fmt.Fprintf(&b, "validator %s\n", e.To.Ident)
	}
	for _, l := range m.Layers {
		fmt.Fprintf(&b, "layer %s", l.Name())
		if l.Provider != nil {
			fmt.Fprintf(&b, " by %s", l.Provider.Name())
		}
		mark(&b, l.Invokes, "invokes")
		mark(&b, l.Wraps, "wraps")
		b.WriteByte('\n')
	}
	for _, c := range m.Configurations {
		dumpConfiguration(&b, c)
	}
	for _, a := range m.Aspects {
		fmt.Fprintf(&b, "aspect %s:", a.Name())
		for _, advice := range model.AllAdvice() {
			mark(&b, a.Has[advice], advice.String())
		}
		fmt.Fprintf(&b, " by %s\n", a.Provider.Name())
	}
	for _, n := range g.Nodes {
		dumpNode(&b, n)
	}
	return b.String()
}

func dumpConfiguration(b *strings.Builder, c *model.Configuration) {
	fmt.Fprintf(b, "configuration of %s by %s", c.Name(), c.Provider.Name())
	for _, i := range c.Imports {
		b.WriteString(" import=" + i.Namespace)
	}
	mark(b, c.Bare, "bare")
	mark(b, c.Ready, "ready")
	mark(b, c.Stop, "stop")
	mark(b, c.Health, "health")
	b.WriteByte('\n')
}

func dumpFunction(b *strings.Builder, f *model.Function) {
	fmt.Fprintf(b, "function %s: %s %s", f.Name, [...]string{"method", "func", "http.Handler"}[f.Kind], f.Object.Name())
	if f.Provider != nil {
		fmt.Fprintf(b, " of %s", f.Provider.Name())
	}
	fmt.Fprintf(b, " (%s, %s", [...]string{"-", "context", "framework"}[f.Context], [...]string{"-", "event", "bytes", "bound"}[f.Input])
	if f.In != nil {
		b.WriteString(" " + model.TypeString(f.In))
	}
	b.WriteString(")")
	if f.Out != nil {
		b.WriteString(" " + model.TypeString(f.Out))
	}
	mark(b, f.Err, "error")
	mark(b, f.Task, "task")
	mark(b, f.Validate, "validate")
	if f.Rules != nil {
		b.WriteString(" rules=" + f.Rules.Field)
		for _, c := range f.Rules.Closed {
			b.WriteString(" closed=" + c.Field)
		}
	}
	b.WriteByte('\n')
	for _, t := range f.Triggers {
		fmt.Fprintf(b, "\t%s", t.Kind)
		if t.Name != "" {
			b.WriteString(" " + t.Name)
		}
		for _, r := range t.Routes {
			fmt.Fprintf(b, " %q", r.String())
			if r.Status != 0 {
				fmt.Fprintf(b, " %d", r.Status)
			}
		}
		b.WriteByte('\n')
	}
	if len(f.Middleware) > 0 {
		b.WriteString("\tuses")
		for _, m := range f.Middleware {
			b.WriteString(" " + m.Name)
		}
		b.WriteByte('\n')
	}
	for _, o := range f.Calls {
		fmt.Fprintf(b, "\tcalls %s", o.Function)
		mark(b, o.Sync, "sync")
		mark(b, o.Async, "async")
		b.WriteByte('\n')
	}
	if len(f.CalledBy) > 0 {
		fmt.Fprintf(b, "\tcalled by %s\n", strings.Join(f.CalledBy, " "))
	}
	if len(f.Aspects) > 0 {
		fmt.Fprintf(b, "\tinside %s\n", aspectNames(f.Aspects))
	}
	if f.Bind == nil {
		return
	}
	for _, p := range f.Bind.Params {
		fmt.Fprintf(b, "\t%s = %s %q %s[%s]", p.Path, p.In, p.Name, p.Parser, model.TypeString(p.Elem))
		mark(b, p.Required, "required")
		mark(b, p.Slice, "slice")
		mark(b, p.Pointer, "pointer")
		mark(b, p.Both, "both")
		mark(b, p.Upload, "upload")
		mark(b, p.Max > 0, fmt.Sprint("max=", p.Max))
		if p.JSON != "" {
			fmt.Fprintf(b, " json=%s", p.JSON)
		}
		b.WriteByte('\n')
	}
	if f.Bind.Body {
		b.WriteString("\tbody\n")
	}
	if f.Bind.Form {
		b.WriteString("\tform\n")
	}
}

func dumpNode(b *strings.Builder, n *wiring.Node) {
	p := n.Provider
	fmt.Fprintf(b, "provider %s: %s makes %s, %s", n.Ident, p.Name(), model.TypeString(p.Out), p.Scope)
	if p.ID != "" {
		fmt.Fprintf(b, " id=%s", p.ID)
	}
	for _, t := range p.As {
		fmt.Fprintf(b, " as=%s", model.TypeString(t))
	}
	if c := p.Call; c != nil {
		fmt.Fprintf(b, " %s", model.TypeString(c.Signature))
		mark(b, c.Method != "", "by "+c.Method)
		mark(b, c.Async, "async")
		mark(b, c.Timeout > 0, "timeout="+c.Timeout.String())
		mark(b, c.Tries > 0, fmt.Sprint("tries=", c.Tries))
	}
	mark(b, p.Implicit, "implicit")
	mark(b, p.Lazy, "lazy")
	mark(b, p.Eager, "eager")
	mark(b, p.Cleanup, "cleanup")
	mark(b, p.Err, "error")
	mark(b, p.Init, "init")
	mark(b, p.Destroy, "destroy")
	b.WriteByte('\n')
	if n.Decoration != nil {
		for _, m := range n.Decoration.Methods {
			if len(m.Aspects) > 0 {
				fmt.Fprintf(b, "\t%s inside %s\n", m.Func.Name(), aspectNames(m.Aspects))
			}
		}
	}
	for _, e := range n.Edges {
		fmt.Fprintf(b, "\t%s %s", e.Dep.Field(), model.TypeString(e.Dep.Type))
		switch {
		case e.Dep.Kind == model.FromConfig:
			fmt.Fprintf(b, " = config %s", e.Dep.Key)
			if e.Dep.Default != nil {
				fmt.Fprintf(b, " default=%q", *e.Dep.Default)
			}
		case e.Dep.Kind == model.FromBuiltin:
			fmt.Fprintf(b, " = builtin %s", e.Dep.Builtin)
		case e.To != nil:
			fmt.Fprintf(b, " = %s", e.To.Ident)
			if e.Bound != nil {
				fmt.Fprintf(b, " as %s", model.TypeString(e.Bound))
			}
		default:
			b.WriteString(" = nothing")
		}
		mark(b, e.Dep.Lazy, "lazy")
		mark(b, e.Dep.Optional, "optional")
		b.WriteByte('\n')
	}
}

func aspectNames(aspects []*model.Aspect) string {
	names := make([]string, len(aspects))
	for i, a := range aspects {
		names[i] = a.Name()
	}
	return strings.Join(names, " ")
}

func mark(b *strings.Builder, set bool, word string) {
	if set {
		b.WriteString(" " + word)
	}
}
