package annotations

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Checker is a marker that knows more about its arguments than their types say. It is called when all could be read, by
// Registry.Decode for a directive and by gen/spec for an entry of f.yml. given reports whether the user wrote an argument.
type Checker interface {
	Check(given func(argument string) bool) []Problem
}

// decode fills a marker, a pointer to a struct with faas tags, and reports every mistake in the arguments once. What could be
// read is in the marker even then. name differs from that of d when d is misspelt.
func (d Directive) decode(name string, marker any) *decoder {
	v := reflect.ValueOf(marker).Elem()
	dec := &decoder{d: d, directive: name, v: v, fields: Fields(v.Type()), given: map[string]Argument{}, bad: map[string]bool{}}
	for i, a := range d.Arguments {
		dec.argument(i, a)
	}
	dec.endRun()
	dec.check(marker)
	return dec
}

type decoder struct {
	d         Directive
	directive string
	v         reflect.Value
	fields    []Field
	given     map[string]Argument // by field name: the first argument for it
	bad       map[string]bool     // given, and already reported
	unsure    bool                // some argument was meant for who knows which field
	run       []Argument          // unexpected words in a row, one mistake together
	before    string              // the key=value argument directly before run

	problems []Problem
}

func (dec *decoder) report(p Problem) { dec.problems = append(dec.problems, p) }

func (dec *decoder) field(name string) (Field, bool) {
	i := slices.IndexFunc(dec.fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return dec.fields[i], true
}

func (dec *decoder) names() []string {
	names := make([]string, len(dec.fields))
	for i, f := range dec.fields {
		names[i] = f.Name
	}
	return names
}

func (dec *decoder) argument(i int, a Argument) {
	if a.Key == "" && !a.Bad {
		dec.word(i, a)
		return
	}
	dec.endRun()
	if a.Key == "" {
		dec.badWord()
		return
	}
	f, ok := dec.field(a.Key)
	if !ok {
		dec.unknown(a, a.Key)
		return
	}
	if first, ok := dec.given[f.Name]; ok {
		dec.report(Problem{
			Pos: a.Pos(), End: a.End(), Code: CodeArgument, Message: fmt.Sprintf("argument %q is given twice in %s", a.Key, dec.name()),
			Other: first.Pos(), OtherMessage: "first given here",
		})
		return
	}
	dec.given[f.Name] = a
	if a.Bad {
		dec.bad[f.Name] = true
		return
	}
	dec.set(f, a)
}

func (dec *decoder) name() string { return prefix + dec.directive }

func (dec *decoder) set(f Field, a Argument) {
	if err := f.Set(dec.v, a.Value); err != nil {
		dec.bad[f.Name] = true
		dec.report(Problem{
			Pos: a.ValuePos(), End: a.End(), Code: CodeValue, Message: fmt.Sprintf("argument %q: %v", f.Name, err), Hint: Hint(err),
		})
	}
}

// unknown reports a key or a word that is not an argument. What it may have been meant for is then not missed.
func (dec *decoder) unknown(a Argument, written string) {
	p := Problem{
		Pos: a.Pos(), End: a.Pos() + token.Pos(len(written)), Code: CodeArgument,
		Message: fmt.Sprintf("unknown argument %q in %s", written, dec.name()),
	}
	if a.ValuePos() > a.Pos()+token.Pos(len(written))+1 { // "key=a b": the quote comes first
		p.Pos, p.End = p.Pos+1, p.End+1
	}
	if s := Suggest(written, dec.names()); s != "" {
		p.Hint = fmt.Sprintf("did you mean %q?", s)
		if _, ok := dec.given[s]; !ok {
			dec.given[s] = a
			dec.bad[s] = true
		}
	} else {
		dec.unsure = true
		p.Hint = dec.known()
	}
	dec.report(p)
}

func (dec *decoder) known() string {
	if len(dec.fields) == 0 {
		return dec.name() + " takes no arguments"
	}
	return "known arguments: " + strings.Join(dec.names(), ", ")
}

// next is the positional field that a word goes to, unless it turns out to be a flag.
func (dec *decoder) next() (Field, bool) {
	for _, f := range dec.fields {
		if !f.Positional || !f.Rest && dec.keyed(f.Name) {
			continue
		}
		if _, ok := dec.given[f.Name]; !ok || f.Rest {
			return f, true
		}
	}
	return Field{}, false
}

// keyed reports whether a positional argument is given by its key, here or further on.
func (dec *decoder) keyed(name string) bool {
	return slices.ContainsFunc(dec.d.Arguments, func(a Argument) bool { return a.Key == name })
}

// badWord keeps the place of a word that could not be read.
func (dec *decoder) badWord() {
	if f, ok := dec.next(); ok {
		dec.given[f.Name] = Argument{}
		dec.bad[f.Name] = true
	}
	dec.unsure = true
}

func (dec *decoder) word(i int, a Argument) {
	next, ok := dec.next()
	if ok && next.Required {
		dec.positional(next, a)
		return
	}
	if f, known := dec.field(a.Value); known {
		dec.endRun()
		switch _, twice := dec.given[f.Name]; {
		case !f.Flag():
			dec.report(Problem{
				Pos: a.Pos(), End: a.End(), Code: CodeArgument, Message: fmt.Sprintf("argument %q needs a value in %s", f.Name, dec.name()),
				Hint: fmt.Sprintf("write %s=...", f.Name),
			})
			dec.given[f.Name], dec.bad[f.Name] = a, true
		case twice:
			dec.report(Problem{
				Pos: a.Pos(), End: a.End(), Code: CodeArgument, Message: fmt.Sprintf("argument %q is given twice in %s", f.Name, dec.name()),
				Other: dec.given[f.Name].Pos(), OtherMessage: "first given here",
			})
		default:
			dec.given[f.Name] = a
			dec.set(f, Argument{Value: "true", start: a.start, end: a.end, value: a.value})
		}
		return
	}
	if key, value, found := strings.Cut(a.Value, ":"); found {
		if f, known := dec.field(key); known {
			dec.endRun()
			dec.report(Problem{
				Pos: a.Pos(), End: a.End(), Code: CodeArgument, Message: fmt.Sprintf("argument %q is written with a colon in %s", f.Name, dec.name()),
				Hint: fmt.Sprintf("write %s", Argument{Key: key, Value: value}),
			})
			dec.given[f.Name], dec.bad[f.Name] = a, true
			return
		}
	}
	// Behind key=value a word is more likely the rest of a value without quotes than a name, and a function must not get
	// its name by accident.
	if ok && (next.Rest || !slices.ContainsFunc(dec.d.Arguments[:i], func(a Argument) bool { return a.Key != "" })) {
		dec.positional(next, a)
		return
	}
	if len(dec.run) == 0 && i > 0 {
		if last := dec.d.Arguments[i-1]; last.Key != "" && last.Value != "" && !last.Bad {
			dec.before = last.Key
		}
	}
	dec.run = append(dec.run, a)
}

func (dec *decoder) positional(f Field, a Argument) {
	dec.endRun()
	if !f.Rest {
		dec.given[f.Name] = a
		dec.set(f, a)
		return
	}
	if _, ok := dec.given[f.Name]; !ok {
		dec.given[f.Name] = a
	}
	slice := dec.v.FieldByIndex(f.Index)
	element := reflect.New(slice.Type().Elem()).Elem()
	if err := SetText(element, a.Value); err != nil {
		dec.bad[f.Name] = true
		dec.report(Problem{
			Pos: a.Pos(), End: a.End(), Code: CodeValue, Message: fmt.Sprintf("argument %q: %v", f.Name, err), Hint: Hint(err),
		})
		return
	}
	slice.Set(reflect.Append(slice, element))
}

// endRun reports the unexpected words gathered so far: several in a row are one mistake, mostly forgotten quotes.
func (dec *decoder) endRun() {
	run, before := dec.run, dec.before
	dec.run, dec.before = nil, ""
	if len(run) == 0 {
		return
	}
	values := make([]string, len(run))
	for i, a := range run {
		values[i] = a.Value
	}
	if len(run) == 1 && Suggest(values[0], dec.names()) != "" {
		dec.unknown(run[0], values[0])
		return
	}
	text := strings.Join(values, " ")
	p := Problem{
		Pos: run[0].Pos(), End: run[len(run)-1].End(), Code: CodeArgument,
		Message: fmt.Sprintf("unexpected %q in %s", text, dec.name()), Hint: dec.known(),
	}
	for _, f := range dec.fields {
		if f.Positional && dec.keyed(f.Name) {
			p.Hint = fmt.Sprintf("%q is given by its key", f.Name)
		}
	}
	if f, ok := dec.field(before); ok && !f.Flag() && !dec.bad[before] {
		first := dec.given[before].Value
		p.Message = fmt.Sprintf("unexpected %q behind %s", text, Argument{Key: before, Value: first})
		p.Hint = "a value with spaces needs quotes: " + Argument{Key: before, Value: first + " " + text}.String()
		if next, ok := dec.next(); ok {
			p.Hint = fmt.Sprintf("the %s goes first; %s", next.Name, p.Hint)
		}
		dec.bad[before] = true
	}
	dec.unsure = true
	dec.report(p)
}

// check calls the marker itself, then reports what is missing.
func (dec *decoder) check(marker any) {
	covered := map[string]bool{}
	if c, ok := marker.(Checker); ok {
		given := func(name string) bool { _, ok := dec.given[name]; return ok }
		for _, p := range c.Check(given) {
			_, written := dec.given[p.Argument]
			if dec.bad[p.Argument] || dec.unsure && !written {
				continue
			}
			dec.place(&p)
			for _, name := range p.Covers {
				covered[name] = true
			}
			dec.report(p)
		}
	}
	var missing []string
	for _, f := range dec.fields {
		if _, ok := dec.given[f.Name]; !ok && f.Required && !covered[f.Name] {
			missing = append(missing, strconv.Quote(f.Name))
		}
	}
	if len(missing) > 0 && !dec.unsure {
		dec.report(Problem{
			Pos: dec.d.Pos(), End: dec.d.NameEnd(), Code: CodeMissing,
			Message: fmt.Sprintf("missing %s in %s", Join(missing, "and"), dec.name()), Hint: "write " + usage(dec.directive, dec.fields),
		})
	}
	slices.SortStableFunc(dec.problems, func(a, b Problem) int { return int(a.Pos - b.Pos) })
}

// place points a checker's problem at the argument it names.
func (dec *decoder) place(p *Problem) {
	a, ok := dec.given[p.Argument]
	switch {
	case !ok || p.Argument == "":
		p.Pos, p.End = dec.d.Pos(), dec.d.NameEnd()
	case p.Code == CodeValue:
		p.Pos, p.End = a.ValuePos(), a.End()
	default:
		p.Pos, p.End = a.Pos(), a.End()
	}
}

// usage is a directive with its arguments, those that may be left out in brackets.
func usage(name string, fields []Field) string {
	var b strings.Builder
	b.WriteString(prefix + name)
	for _, f := range fields {
		text := f.Name + "=..."
		switch {
		case f.Rest:
			text = strings.ToUpper(f.Name) + "..."
		case f.Positional:
			text = strings.ToUpper(f.Name)
		case f.Flag():
			text = f.Name
		case len(f.Enum) > 0:
			text = f.Name + "=" + strings.Join(f.Enum, "|")
		}
		if !f.Required {
			text = "[" + text + "]"
		}
		b.WriteString(" " + text)
	}
	return b.String()
}
