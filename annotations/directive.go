package annotations

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

const (
	tool   = "faas"
	prefix = "//" + tool + ":"
)

// Directive is one line //faas:name with its arguments.
type Directive struct {
	// Name is the word behind the colon.
	Name string
	// Arguments are in the order they were written.
	Arguments []Argument

	start, end token.Pos
}

// Pos is the position of the two slashes.
func (d Directive) Pos() token.Pos { return d.start }

// End is the position behind the last argument.
func (d Directive) End() token.Pos { return d.end }

// NamePos is the position of the name.
func (d Directive) NamePos() token.Pos { return d.start + token.Pos(len(prefix)) }

// NameEnd is the position behind the name.
func (d Directive) NameEnd() token.Pos { return d.NamePos() + token.Pos(len(d.Name)) }

// Argument is one word, or one key with a value.
type Argument struct {
	// Key is the part before "=", empty for a word alone.
	Key string
	// Value is the word, or the part behind "=", without its quotes.
	Value string
	// Bad is set when Parse has reported a problem about it; Value is then a guess.
	Bad bool

	start, end, value token.Pos
}

// Pos is the position of the first character, which may be a quote.
func (a Argument) Pos() token.Pos { return a.start }

// End is the position behind the last character.
func (a Argument) End() token.Pos { return a.end }

// ValuePos is where the value starts, its quote included; for a word it is Pos.
func (a Argument) ValuePos() token.Pos { return a.value }

// Problem is one mistake in a directive.
type Problem struct {
	// Argument names the argument that a Checker complains about; empty means the whole directive.
	Argument string
	// Covers names further arguments whose absence is part of the same mistake, so that it is not reported as well.
	Covers []string
	// Pos and End enclose what to point at. A Checker leaves them out.
	Pos, End token.Pos
	// Code is one of the codes of this package.
	Code string
	// Message says what was found and what was expected, Hint what to do.
	Message, Hint string
	// Other is a second place, such as the first of two; OtherMessage says what is there.
	Other        token.Pos
	OtherMessage string
}

// The codes of the diagnostics that this package makes.
const (
	// CodeSyntax is a line that looks like a directive and is none, or arguments that cannot be read.
	CodeSyntax = "directive-syntax"
	// CodeUnknown is an unknown directive.
	CodeUnknown = "directive-unknown"
	// CodeArgument is an argument that the directive does not have, or has twice.
	CodeArgument = "directive-argument"
	// CodeValue is an argument with a value that cannot be.
	CodeValue = "directive-value"
	// CodeMissing is an argument or a neighbouring directive that has to be there.
	CodeMissing = "directive-missing"
	// CodeConflict is two things that exclude each other.
	CodeConflict = "directive-conflict"
	// CodePlacement is a directive on something that it cannot mark.
	CodePlacement = "directive-placement"
	// CodeDetached is a directive that belongs to no declaration.
	CodeDetached = "directive-detached"
	// CodeDuplicate is a directive that stands twice on one declaration.
	CodeDuplicate = "directive-duplicate"
)

// Parse reads one comment line, //faas:name with its arguments; pos is the position of its first slash, or 0. It reports
// false for any other comment. Arguments with a problem are kept, marked Bad, so that one mistake is reported once.
func Parse(pos token.Pos, text string) (Directive, []Problem, bool) {
	line, ok := ast.ParseDirective(pos, text)
	if !ok || line.Tool != tool {
		return Directive{}, nil, false
	}
	d := Directive{Name: line.Name, start: pos, end: line.End()}
	if line.Args == "" {
		d.end = d.NameEnd()
	}
	t := tokenizer{text: line.Args, pos: line.ArgsPos}
	t.run()
	d.Arguments = t.arguments
	return d, t.problems, true
}

// String is the directive as Print writes it.
func (d Directive) String() string { return Print(d) }

// Print writes a directive in its shortest form: one space between arguments, quotes only where they are needed, and backquotes
// around what has quotes or backslashes in it. Parsing what it prints gives the same name, keys and values.
func Print(d Directive) string {
	var b strings.Builder
	b.WriteString(prefix + d.Name)
	for _, a := range d.Arguments {
		b.WriteByte(' ')
		b.WriteString(a.String())
	}
	return b.String()
}

// String is the argument as Print writes it.
func (a Argument) String() string {
	bare, quoted := a.Value, quote(a.Value)
	if a.Key != "" {
		bare, quoted = a.Key+"="+bare, a.Key+"="+quoted
	}
	if strings.HasSuffix(a.Value, ",") { // it would look like a list that continues after a space
		return quoted
	}
	// Whether quotes are needed is for the tokenizer to say: a second set of rules here would drift from it.
	t := tokenizer{text: bare}
	t.run()
	if len(t.problems) == 0 && len(t.arguments) == 1 && t.arguments[0].Key == a.Key && t.arguments[0].Value == a.Value {
		return bare
	}
	return quoted
}

// quote puts a value into quotes, or into backquotes if it can be read better in these: nothing but quotes and backslashes is escaped.
func quote(value string) string {
	quoted := strconv.Quote(value)
	readable := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(quoted[1 : len(quoted)-1])
	if readable != value || len(quoted) == len(value)+2 || !strconv.CanBackquote(value) {
		return quoted
	}
	return "`" + value + "`"
}
