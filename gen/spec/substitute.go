package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/annotations"
)

// substitution replaces the variables of one scalar. It works on the value that yaml has read, so that nothing in a
// variable can become yaml.
type substitution struct {
	env func(string) (string, bool)
	// lenient leaves what is not ${env...} alone: in x-<target> keys the vendor's own ${...} is none of our business.
	lenient bool
	// stage allows ${stage}, which becomes a mark: the stage is not known yet.
	stage bool
	// fixed says why no variable may stand here, "" where one may.
	fixed string
	// used gets the names of the variables.
	used map[string]bool
	// unset is called for a variable that is not set and has no default, with where in the text it is. A mark takes the place of its value.
	unset func(name string, at, length int)
}

// substitutionError says what is wrong with text[at:at+length].
type substitutionError struct {
	at, length int
	message    string
	hint       string
}

// replace returns text with ${env.NAME} and ${env.NAME:default} replaced. $${ stands for ${. Replaced says whether some
// variable was.
func (s substitution) replace(text string) (result string, replaced bool, problem *substitutionError) {
	if !strings.Contains(text, "${") {
		return text, false, nil
	}
	var b strings.Builder
	for at := 0; at < len(text); {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			b.WriteString(text[at:])
			break
		}
		i += at
		escaped := i > at && text[i-1] == '$'
		if s.lenient && !strings.HasPrefix(text[i:], "${env.") {
			b.WriteString(text[at : i+2])
			at = i + 2
			continue
		}
		if escaped {
			b.WriteString(text[at:i-1] + "${")
			at = i + 2
			continue
		}
		b.WriteString(text[at:i])
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			return "", false, &substitutionError{i, len(text) - i, "found ${ without }", ""}
		}
		expression := text[i : i+end+1]
		value, problem := s.value(expression)
		if problem != nil {
			problem.at, problem.length = i, len(expression)
			return "", false, problem
		}
		if value == unsetMark {
			s.unset(expressionForm.FindStringSubmatch(expression)[1], i, len(expression))
		}
		b.WriteString(value)
		replaced = true
		at = i + end + 1
	}
	return b.String(), replaced, nil
}

// expressionForm is ${env.NAME} or ${env.NAME:default}.
var (
	stageExpressionForm = regexp.MustCompile(`^\$\{stage(:[^}]*)?\}$`)
	expressionForm      = regexp.MustCompile(`^\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(:[^}]*)?\}$`)
)

func (s substitution) value(expression string) (string, *substitutionError) {
	parts := expressionForm.FindStringSubmatch(expression)
	stage := stageExpressionForm.FindStringSubmatch(expression)
	switch {
	case stage != nil && !s.stage:
		return "", &substitutionError{
			message: "${stage} cannot be used here",
			hint:    "it may stand in " + annotations.Join(stageKeys(), "and"),
		}
	case stage != nil && strings.Contains(stage[1], "${"):
		return "", &substitutionError{message: fmt.Sprintf("found %s: a default cannot hold ${", clip(expression))}
	case stage != nil && stage[1] == "":
		return stageMark + noDefault + stageMark, nil
	case stage != nil && stageProblem(stage[1][1:]) != "":
		return "", &substitutionError{message: fmt.Sprintf("found %s: a stage %s", clip(expression), strings.Replace(stageProblem(stage[1][1:]), "expected", "has", 1))}
	case stage != nil:
		return stageMark + stage[1][1:] + stageMark, nil
	case parts == nil:
		return "", &substitutionError{
			message: fmt.Sprintf("found %s, expected ${env.NAME} or ${env.NAME:default}", clip(expression)),
			hint:    "a literal ${ is written $${",
		}
	case strings.Contains(parts[2], "${"):
		return "", &substitutionError{message: fmt.Sprintf("found %s: a default cannot hold ${", clip(expression))}
	}
	if s.fixed != "" {
		return "", &substitutionError{message: fmt.Sprintf("found ${env.%s}, but %s", parts[1], s.fixed)}
	}
	s.used[parts[1]] = true
	if s.env != nil {
		if value, ok := s.env(parts[1]); ok {
			if !utf8.ValidString(value) { // no deployment file could hold it, and the marks of stages are such bytes
				return "", &substitutionError{message: fmt.Sprintf("the value of environment variable %s is not text in UTF-8", parts[1])}
			}
			return value, nil
		}
	}
	if parts[2] == "" {
		return unsetMark, nil
	}
	return parts[2][1:], nil
}
