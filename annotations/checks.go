package annotations

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The rules that concern the words of a directive alone. What needs types or the whole application is for gen to say: whether a
// cron expression or a route is one, whether a timezone exists, whether a name is taken.

func value(argument, message, hint string) Problem {
	return Problem{Argument: argument, Code: CodeValue, Message: fmt.Sprintf("argument %q: %s", argument, message), Hint: hint}
}

func conflict(argument, message, hint string) Problem {
	return Problem{Argument: argument, Code: CodeConflict, Message: message, Hint: hint}
}

// Check refuses lazy and eager together, and an eager instance of something that exists during an invocation only.
func (p *Provide) Check(given func(string) bool) []Problem {
	problems := checkID(nil, given, p.ID)
	if p.Lazy && p.Eager {
		problems = append(problems, conflict("eager", `"lazy" and "eager" exclude each other`, ""))
	} else if p.Eager && p.Scope == Request {
		problems = append(problems, conflict("eager", `"eager" builds at cold start, but scope=request exists during an invocation only`, ""))
	}
	for _, name := range p.Group {
		if !ValidGroup(name) {
			problems = append(problems, value("group", fmt.Sprintf("%q is not the name of a group", name), groupHint))
		}
	}
	for _, name := range p.As {
		if !typeName(name) {
			problems = append(problems, value("as", fmt.Sprintf("%q is not the name of an interface", name),
				"write Iface, pkg.Iface or \"full/path\".Iface, several joined by commas"))
		}
	}
	return problems
}

// Check refuses a malformed id or group, and an id together with a group.
func (i *Inject) Check(given func(string) bool) []Problem {
	return checkGroup(checkID(nil, given, i.ID), given, i.Group)
}

const groupHint = "write letters, digits, dots, hyphens and underscores, a letter first"

// ValidGroup reports whether a name is that of a group: letters, digits, dots, hyphens and underscores, a letter first.
func ValidGroup(name string) bool { return word(name) }

// checkGroup accepts a group without id, and members of a group alone.
func checkGroup(problems []Problem, given func(string) bool, group string) []Problem {
	switch {
	case given("members") && !given("group"):
		return append(problems, conflict("members", `"members" is for a group`, "add group=NAME"))
	case !given("group"):
	case given("id"):
		return append(problems, conflict("id", `"group" and "id" exclude each other: a group is all of its members`, ""))
	case !ValidGroup(group):
		return append(problems, value("group", fmt.Sprintf("%q is not the name of a group", group), groupHint))
	}
	return problems
}

// Check refuses a parameter that is both injected and configured, and a default for what is not configured.
func (a *Arg) Check(given func(string) bool) []Problem {
	problems := checkID(nil, given, a.ID)
	if given("name") && !identifier(a.Name) {
		problems = append(problems, value("name", fmt.Sprintf("%q is not the name of a parameter", a.Name), ""))
	}
	problems = checkKey(problems, given, "config", a.Config)
	problems = checkGroup(problems, given, a.Group)
	switch {
	case given("config") && given("group"):
		problems = append(problems, conflict("group", `"config" and "group" exclude each other: a parameter is configured or injected`, ""))
	case given("config") && given("id"):
		problems = append(problems, conflict("id", `"config" and "id" exclude each other: a parameter is configured or injected`, ""))
	case given("default") && !given("config"):
		problems = append(problems, conflict("default", `"default" is for a configured parameter`, "add config=KEY"))
	case given("refresh") && !given("config"):
		problems = append(problems, conflict("refresh", `"refresh" is for a configured parameter`, "add config=KEY"))
	}
	if !given("call") {
		for _, option := range []string{"async", "timeout", "retries"} {
			if given(option) {
				problems = append(problems, conflict(option, fmt.Sprintf("%q is for a call", option), "add call=FUNCTION"))
			}
		}
		return problems
	}
	for _, other := range []string{"config", "group", "id", "optional"} {
		if given(other) {
			return append(problems, conflict(other, fmt.Sprintf(`"call" and %q exclude each other: a parameter calls a function, or it is injected or configured`, other), ""))
		}
	}
	return checkCall(problems, given, "call", a.Call, a.Retries)
}

// Check refuses what is no name of a function, and retries below zero.
func (c *Call) Check(given func(string) bool) []Problem {
	return checkCall(nil, given, "function", c.Function, c.Retries)
}

// maxRetries is how often a call may be sent again: the tries share the time of the caller.
const maxRetries = 10

func checkCall(problems []Problem, given func(string) bool, argument, function string, retries *int) []Problem {
	if given(argument) && !ValidName(function) {
		problems = append(problems, value(argument, fmt.Sprintf("%q is not the name of a function", function), nameHint))
	}
	if retries != nil && (*retries < 0 || *retries > maxRetries) {
		problems = append(problems, value("retries", fmt.Sprintf("found %d, expected 0 to %d", *retries, maxRetries), ""))
	}
	return problems
}

// Check refuses a malformed key, and a default for what is required.
func (c *Config) Check(given func(string) bool) []Problem {
	problems := checkKey(nil, given, "key", c.Key)
	if c.Required && given("default") {
		problems = append(problems, conflict("required", `"required" and "default" exclude each other`, ""))
	}
	return problems
}

// Check refuses a name that some cloud would refuse, and a concurrency below one.
func (h *Handler) Check(given func(string) bool) []Problem {
	problems := checkName(nil, given, "function name", h.Name)
	if given("concurrency") && h.Concurrency < 1 {
		problems = append(problems, value("concurrency", fmt.Sprintf("found %d, expected at least 1", h.Concurrency), ""))
	}
	return problems
}

// Check refuses a name that some cloud would refuse.
func (t *Task) Check(given func(string) bool) []Problem {
	return checkName(nil, given, "function name", t.Name)
}

// Check refuses a malformed name, and an order among middleware that is not global.
func (m *Middleware) Check(given func(string) bool) []Problem {
	problems := checkUsed(nil, given, "middleware", m.Name)
	if given("order") && !m.Global {
		problems = append(problems, conflict("order", `"order" is for global middleware: other is in the order of //faas:use`, "add global"))
	}
	return problems
}

// Check refuses a malformed name, and global, which would be one.
func (g *Guard) Check(given func(string) bool) []Problem {
	if g.Name == "global" {
		return []Problem{value("name", "a guard cannot be global", "use it on each controller, or let a global middleware refuse")}
	}
	var problems []Problem
	if in, name, named := strings.Cut(g.Scheme, ":"); given("scheme") && (named != slices.Contains([]string{"header", "cookie", "query"}, in) || named && !headerName(name) || !named && in != "bearer" && in != "basic") {
		problems = append(problems, value("scheme", fmt.Sprintf("found %q, expected bearer, basic, header:NAME, cookie:NAME or query:NAME", g.Scheme), ""))
	}
	return checkUsed(problems, given, "guard", g.Name)
}

// headerName reports whether s may be the name of a header: of what RFC 9110 calls a token, letters, digits, dashes and underscores.
func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r > 127 || !letter(byte(r)) && !digit(byte(r)) && r != '-' && r != '_' })
}

// Check refuses a malformed namespace, and imports that are no import paths.
func (c *Configuration) Check(given func(string) bool) []Problem {
	var problems []Problem
	if given("name") && (!word(c.Name) || strings.Contains(c.Name, ".")) {
		problems = append(problems, value("name", fmt.Sprintf("%q is not a namespace", c.Name), "write letters, digits, hyphens and underscores, a letter first"))
	}
	for _, path := range c.Import {
		if !importPath(path) || strings.HasPrefix(path, ".") {
			problems = append(problems, value("import", fmt.Sprintf("%q is not an import path", path), "write the full path of the package, as in an import of Go"))
		}
	}
	return problems
}

// checkUsed accepts what //faas:use can say.
func checkUsed(problems []Problem, given func(string) bool, what, name string) []Problem {
	if given("name") && !ValidName(name) {
		problems = append(problems, value("name", fmt.Sprintf("%q is not the name of a %s", name, what), nameHint))
	}
	return problems
}

// httpMethods are the methods of a route. CONNECT and TRACE never reach a function on any cloud.
func httpMethods() []string {
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"}
}

// Check refuses unknown methods, a path without its slash, a status that is not one of a response, and a host that is more than a name.
func (h *HTTP) Check(given func(string) bool) []Problem { return h.check("http", given) }

// Check is that of http.
func (g *APIGW) Check(given func(string) bool) []Problem { return g.check("apigw", given) }

func (h *HTTP) check(directive string, given func(string) bool) []Problem {
	var problems []Problem
	first := ""
	if len(h.Method) > 0 {
		first = h.Method[0]
	}
	switch {
	case strings.HasPrefix(first, "/") && !given("path"):
		p := conflict("method", fmt.Sprintf("found the path %q where the method belongs", strings.Join(h.Method, ",")),
			"write //faas:"+directive+" GET "+first)
		p.Code, p.Covers = CodeMissing, []string{"path"}
		return append(problems, p)
	case !given("path") && strings.IndexAny(first, " /") > 0: // GET/orders, "GET /orders"
		i := strings.IndexAny(first, " /")
		p := conflict("method", fmt.Sprintf("found %q, expected method and path as two arguments", strings.Join(h.Method, ",")),
			"write //faas:"+directive+" "+first[:i]+" "+strings.TrimLeft(first[i:], " "))
		p.Code, p.Covers = CodeMissing, []string{"path"}
		return append(problems, p)
	case strings.HasPrefix(first, "/") && slices.Contains(httpMethods(), strings.ToUpper(h.Path)):
		p := conflict("method", "found the path before the method", "write //faas:"+directive+" "+strings.ToUpper(h.Path)+" "+first)
		p.Code = CodeArgument
		return append(problems, p)
	}
	for _, m := range h.Method {
		if slices.Contains(httpMethods(), m) {
			continue
		}
		p := value("method", fmt.Sprintf("unknown method %q, expected %s", m, Join(httpMethods(), "or")), "")
		if s := Suggest(m, httpMethods()); s != "" {
			p.Hint = fmt.Sprintf("did you mean %q?", s)
		} else if strings.ContainsAny(m, "|;+") {
			p.Hint = "join several methods by commas: GET,POST"
		}
		problems = append(problems, p)
	}
	if len(h.Method) > 1 && slices.Contains(h.Method, "ANY") {
		problems = append(problems, value("method", "ANY stands for all methods, so no other method can be combined with it", ""))
	}
	if given("path") && !strings.HasPrefix(h.Path, "/") {
		problems = append(problems, value("path", fmt.Sprintf("the path %q does not begin with a slash", h.Path), "write /"+h.Path))
	}
	if given("host") && !hostName(h.Host) {
		problems = append(problems, value("host", fmt.Sprintf("%q is not a host name", h.Host), "write it without scheme, port and path: api.example.com"))
	}
	return problems
}

// Check wants cron or every, but not both, and refuses what the other one does not use.
func (t *Timer) Check(given func(string) bool) []Problem {
	problems := checkName(nil, func(string) bool { return given("name") }, "timer name", t.Name)
	switch {
	case given("cron") && given("every"):
		problems = append(problems, conflict("every", `"cron" and "every" exclude each other`, ""))
	case !given("cron") && !given("every"):
		problems = append(problems, Problem{Code: CodeMissing, Message: "a timer needs a schedule", Hint: `write cron="0 3 * * *" or every=1h`})
	case !given("cron") && given("timezone"):
		problems = append(problems, conflict("timezone", `"timezone" belongs to "cron"; an interval has none`, ""))
	}
	if given("cron") && strings.TrimSpace(t.Cron) == "" {
		problems = append(problems, value("cron", "the expression is empty", `write five fields: "0 3 * * *"`))
	}
	if given("every") && time.Duration(t.Every) < time.Minute {
		problems = append(problems, value("every", fmt.Sprintf("found %s, expected at least 1m", t.Every), "a bare number is seconds"))
	}
	if given("timezone") && strings.TrimSpace(t.Timezone) == "" {
		problems = append(problems, value("timezone", "the name is empty", "write one such as Asia/Shanghai"))
	}
	return problems
}

const nameHint = "write letters, digits and hyphens, a letter first and no hyphen last, 2 to 60 characters"

// ValidName reports whether every cloud takes a name for a function or a timer: ^[A-Za-z][A-Za-z0-9-]{0,58}[A-Za-z0-9]$.
func ValidName(name string) bool {
	if len(name) < 2 || len(name) > 60 || !letter(name[0]) || name[len(name)-1] == '-' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !letter(c) && !digit(c) && c != '-' {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

func checkName(problems []Problem, given func(string) bool, what, name string) []Problem {
	if given("name") && !ValidName(name) {
		problems = append(problems, value("name", fmt.Sprintf("%q is not a %s that every cloud takes", name, what), nameHint))
	}
	return problems
}

// checkID accepts letters, digits and . _ - in an id, a letter first, and the namespace of a component in front.
func checkID(problems []Problem, given func(string) bool, id string) []Problem {
	namespace, name, of := strings.Cut(id, ":")
	if given("id") && !(word(id) || of && word(namespace) && word(name)) {
		problems = append(problems, value("id", fmt.Sprintf("%q is not an id", id), "write letters, digits, dots, hyphens and underscores, a letter first"))
	}
	return problems
}

// word is letters, digits and . _ - with a letter first.
func word(s string) bool {
	if s == "" || !letter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letter(c) && !digit(c) && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// checkKey accepts a dotted path whose parts are words.
func checkKey(problems []Problem, given func(string) bool, argument, key string) []Problem {
	if !given(argument) {
		return problems
	}
	for part := range strings.SplitSeq(key, ".") {
		if !word(part) {
			return append(problems, value(argument, fmt.Sprintf("%q is not a configuration key", key), "write words joined by dots: order.maxItems"))
		}
	}
	return problems
}

func hostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(s, "*."), ".") {
		if part == "" || len(part) > 63 || part[0] == '-' || part[len(part)-1] == '-' {
			return false
		}
		for i := range len(part) {
			if c := part[i]; !letter(c) && !digit(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}
