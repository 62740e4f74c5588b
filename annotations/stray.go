package annotations

import (
	"fmt"
	"go/token"
)

// strayed is where a directive stands that belongs to no declaration.
type strayed struct {
	code string
	// message goes on behind the directive's name.
	message string
	// hint is empty when the places of the directive are the answer.
	hint string
	// next is the declaration that it may have been meant for, nil if there is none.
	next *owner
}

// stray says what is wrong with a comment that is not a doc comment.
func (c *collector) stray(pos token.Pos) strayed {
	if pos < c.file.Package {
		return strayed{code: CodeDetached, message: "marks nothing: it stands above the package clause"}
	}
	line := c.src.position(pos).Line
	for _, o := range c.outline.top {
		switch {
		case pos < o.pos:
			return c.detachedFrom(o)
		case pos < o.end:
			return c.within(o, pos)
		case line == c.src.position(o.end).Line:
			return behind(o)
		}
	}
	return strayed{code: CodeDetached, message: "marks nothing: no declaration follows"}
}

// behind says what is wrong with a comment on the line where a declaration ends.
func behind(o *owner) strayed {
	return strayed{code: CodePlacement, message: "stands behind " + o.what, hint: "put it into the doc comment above", next: o}
}

func (c *collector) detachedFrom(o *owner) strayed {
	return strayed{
		code: CodeDetached, message: fmt.Sprintf("is separated from %s by a blank line", o.what),
		hint: "remove the blank line, so that it is part of the doc comment", next: o,
	}
}

// within says what is wrong with a comment in the middle of a declaration.
func (c *collector) within(o *owner, pos token.Pos) strayed {
	if o.body.IsValid() && pos > o.body {
		return strayed{code: CodePlacement, message: "stands inside the body of " + o.what}
	}
	for _, inner := range o.inside {
		switch {
		case pos < inner.pos:
			return c.detachedFrom(inner)
		case pos < inner.end:
			return c.within(inner, pos)
		}
	}
	if o.fields != "" {
		return strayed{code: CodeDetached, message: fmt.Sprintf("marks nothing: no %s follows in %s", o.fields, o.what)}
	}
	return strayed{code: CodePlacement, message: "stands inside " + o.what}
}

// detached reports a directive that belongs to no declaration.
func (c *collector) detached(d Directive, def *Definition, s strayed) {
	if s.next != nil && s.next.place()&def.Places == 0 {
		s.hint = ""
		if s.code == CodeDetached {
			s.message = "marks nothing: it stands alone before " + s.next.what
		}
	}
	if s.hint == "" {
		s.hint = "it belongs on " + def.Places.String()
	}
	c.report(d.Pos(), d.NameEnd(), s.code, prefix+def.Name+" "+s.message, s.hint)
}
