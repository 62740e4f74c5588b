package flags

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// parser reads line by line. What is wrong with one line keeps no other from being read.
type parser struct {
	flags map[string]*flag
	at    map[string]int // the lines of the flags
	errs  []*SyntaxError

	line   int
	tokens []token
	next   int

	flag      *flag // the one that is read, nil before the first and after one whose name is wrong
	named     token // its name
	stage     stage
	broken    bool // its variants or default are wrong: names of variants are not looked up
	unlimited int  // the line of a rule that is for all, 0 for none
}

// stage is what of a flag has been read.
type stage int8

const (
	atFlag stage = iota
	atVariants
	atDefault
	atDisabled
	atServe
)

func (p *parser) errorf(at token, format string, args ...any) {
	p.errs = append(p.errs, &SyntaxError{at.line, at.column, fmt.Sprintf(format, args...)})
}

func (p *parser) unexpected(t token, expected string) {
	p.errorf(t, "found %s, expected %s", t, expected)
}

// read reads a line.
func (p *parser) read(line string) {
	if !p.split(line) {
		p.broken = true // it may have been the variants
		return
	}
	first := p.take()
	if first.text == "" && !first.quoted {
		return
	}
	switch {
	case first.quoted || !first.word:
		p.unexpected(first, "flag, variants, default, disabled or serve")
	case first.text == "flag":
		p.end()
		p.begin()
	case p.named.text == "":
		p.unexpected(first, "flag and a name before anything else")
	case first.text == "variants" && p.stage < atVariants:
		p.stage = atVariants
		p.variants()
	case first.text == "default" && p.stage < atDefault:
		p.stage = atDefault
		p.initial()
	case first.text == "disabled" && p.stage < atDisabled:
		p.stage, p.flag.disabled = atDisabled, true
		p.finish("the end of the line")
	case first.text == "serve":
		p.begun()
		p.stage = atServe
		p.serve(first)
	case first.text == "variants", first.text == "default", first.text == "disabled":
		p.errorf(first, "found %s a second time, or too late: expected variants, default, disabled, and then serve", first.text)
	default:
		p.unexpected(first, "flag, variants, default, disabled or serve")
	}
}

// finish reports what is left of a line.
func (p *parser) finish(expected string) bool {
	if t := p.peek(); t.text != "" || t.quoted {
		p.unexpected(t, expected)
		return false
	}
	return true
}

// begin begins a flag.
func (p *parser) begin() {
	p.named = p.take()
	p.flag, p.stage, p.broken, p.unlimited = &flag{initial: -1}, atFlag, false, 0
	switch before, known := p.at[p.named.text]; {
	case !isName(p.named):
		p.unexpected(p.named, "the name of a flag, "+nameShape)
		if p.named.text == "" {
			p.named.text = "?" // what belongs to it is read
		}
		return
	case known:
		p.errorf(p.named, "found flag %s a second time, it is already in line %d", p.named, before)
	}
	p.at[p.named.text] = p.line
	p.finish("the end of the line: variants, default and serve are lines of their own")
}

// end ends a flag.
func (p *parser) end() {
	if p.flag == nil {
		return
	}
	p.begun()
	p.flags[p.named.text], p.flag = p.flag, nil
}

// begun completes what stands before the rules.
func (p *parser) begun() {
	f := p.flag
	p.begunVariants()
	if f.initial < 0 && p.stage < atServe && !p.broken {
		if f.initial = f.find("off"); f.initial < 0 {
			p.errorf(p.named, "flag %s has no default: expected a line such as default %s", p.named, f.variants[0].name)
			f.initial = 0
		}
	}
}

func (f *flag) find(name string) int {
	return slices.IndexFunc(f.variants, func(v variant) bool { return v.name == name })
}

// variants reads NAME=VALUE and more.
func (p *parser) variants() {
	f := p.flag
	for {
		name := p.take()
		if !isName(name) {
			p.unexpected(name, "the name of a variant, "+nameShape)
			p.broken = true
			return
		}
		if t := p.peek(); !p.takes("=") {
			p.unexpected(t, "= and a value")
			p.broken = true
			return
		}
		at := p.peek()
		v, ok := p.value()
		switch {
		case !ok:
			p.broken = true
			return
		case f.find(name.text) >= 0:
			p.errorf(name, "found variant %s a second time", name)
		case f.variants != nil && v.kind != f.kind:
			p.errorf(at, "found %s, expected %s as in the variant before", v.kind, f.kind)
		}
		f.kind = v.kind
		f.variants = append(f.variants, variant{name.text, v})
		if t := p.peek(); t.text == "" && !t.quoted {
			return
		}
	}
}

// initial reads the default.
func (p *parser) initial() {
	p.begunVariants()
	name := p.take()
	if p.flag.initial = p.lookUp(name); p.flag.initial < 0 {
		p.flag.initial = 0
		return
	}
	p.finish("the end of the line")
}

// begunVariants are those of a flag that says nothing of them.
func (p *parser) begunVariants() {
	if p.flag.variants == nil && !p.broken {
		p.flag.kind = boolean
		p.flag.variants = []variant{{"on", Value{kind: boolean, truth: true}}, {"off", Value{kind: boolean}}}
	}
}

// lookUp is the place of a variant, -1 if there is none of that name.
func (p *parser) lookUp(name token) int {
	if p.broken {
		return 0
	}
	at := p.flag.find(name.text)
	if at < 0 || name.quoted {
		var known []string
		for _, v := range p.flag.variants {
			known = append(known, v.name)
		}
		p.unexpected(name, "one of the variants "+strings.Join(known, ", "))
		return -1
	}
	return at
}

// value reads a value.
func (p *parser) value() (v Value, ok bool) {
	t := p.take()
	switch {
	case t.quoted:
		return Value{kind: text, text: t.text}, true
	case !t.word:
		p.unexpected(t, `true, false, a number, a word or a "text"`)
		return Value{}, false
	case t.text == "true" || t.text == "false":
		return Value{kind: boolean, truth: t.text == "true"}, true
	}
	if n, err := strconv.ParseFloat(t.text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		return Value{kind: number, number: n}, true
	}
	return Value{kind: text, text: t.text}, true
}

// serve reads a rule.
func (p *parser) serve(at token) {
	if p.unlimited > 0 {
		p.errorf(at, "found a rule that is never reached: that of line %d is for all", p.unlimited)
	}
	r := rule{}
	sum := uint32(0)
	for {
		name := p.take()
		v := p.lookUp(name)
		if v < 0 {
			return
		}
		if !p.takes("=") {
			if r.shares != nil {
				p.unexpected(p.peek(), "= and a share such as 20%")
				return
			}
			r.variant = v
			break
		}
		part, ok := p.percent()
		if !ok {
			return
		}
		if sum += part; sum > buckets {
			p.errorf(name, "found shares of more than 100%% in sum")
			return
		}
		r.shares = append(r.shares, share{v, sum})
		p.takes(",")
		if t := p.peek(); t.text == "when" || t.text == "" && !t.quoted {
			break
		}
	}
	if p.takes("when") {
		for {
			c, ok := p.condition()
			if !ok {
				return
			}
			r.conditions = append(r.conditions, c)
			if !p.takes("and") {
				break
			}
		}
		if !p.finish("and, or the end of the line") {
			return
		}
	} else if !p.finish("when, or the end of the line") {
		return
	}
	if r.conditions == nil && r.shares == nil {
		p.unlimited = at.line
	}
	p.flag.rules = append(p.flag.rules, r)
}

// percent reads a share: 20%, or 0.25%.
func (p *parser) percent() (part uint32, ok bool) {
	t := p.take()
	n, err := strconv.ParseFloat(t.text, 64)
	hundredths := math.Round(n * buckets / 100)
	if !t.word || err != nil || !(n > 0 && n <= 100) || math.Abs(hundredths-n*buckets/100) > 1e-6 {
		p.unexpected(t, "a number from 0.01 to 100, in steps of 0.01")
		return 0, false
	}
	if t := p.peek(); !p.takes("%") {
		p.unexpected(t, "%")
		return 0, false
	}
	return uint32(hundredths), true
}

// condition reads one.
func (p *parser) condition() (c condition, ok bool) {
	name := p.take()
	if !isName(name) {
		p.unexpected(name, "the name of an attribute, "+nameShape)
		return c, false
	}
	c.attribute = name.text
	t := p.take()
	known := map[string]operator{"==": equal, "!=": unequal, "<": less, "<=": lessOrEqual, ">": greater, ">=": greaterOrEqual, "begins": begins, "ends": ends, "in": in}
	operator, found := known[t.text]
	if t.text == "not" && p.takes("in") {
		operator, found = notIn, true
	}
	if !found || t.quoted {
		p.unexpected(t, "one of == != < <= > >= in, not in, begins, ends")
		return c, false
	}
	c.operator = operator
	if operator == in || operator == notIn {
		c.values, ok = p.list()
		return c, ok
	}
	at := p.peek()
	v, ok := p.value()
	if !ok {
		return c, false
	}
	wanted := none
	switch operator {
	case less, lessOrEqual, greater, greaterOrEqual:
		wanted = number
	case begins, ends:
		wanted = text
	}
	if wanted != none && v.kind != wanted {
		p.errorf(at, "found %s, expected %s to compare with by %s", at, wanted, t.text)
		return c, false
	}
	c.values = []Value{v}
	return c, true
}

// list reads [VALUE, …].
func (p *parser) list() (values []Value, ok bool) {
	if t := p.peek(); !p.takes("[") {
		p.unexpected(t, "[ and values with commas between them")
		return nil, false
	}
	for {
		v, ok := p.value()
		if !ok {
			return nil, false
		}
		values = append(values, v)
		if p.takes("]") {
			return values, true
		}
		if t := p.peek(); !p.takes(",") {
			p.unexpected(t, ", or ]")
			return nil, false
		}
	}
}
