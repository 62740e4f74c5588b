package collect

import (
	"encoding"
	"errors"
	"go/token"
	"go/types"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// configDirective is //faas:config on a field, a struct, or a member of a struct that configuration fills as a whole.
type configDirective struct {
	*collector
	// configTypes are the struct types that configuration fills as a whole, members what directives say of their fields.
	configTypes map[*types.TypeName]bool
	members     map[*types.Var]*field
}

func newConfigDirective(c *collector) *configDirective {
	return &configDirective{collector: c, configTypes: map[*types.TypeName]bool{}}
}

func (*configDirective) words() []string { return []string{"config"} }

// collect does nothing: what is configured are fields and parameters of what provides.
func (*configDirective) collect() {}

// check compares the places that read one key, or keys with one environment variable.
func (c *configDirective) check() {
	c.reportVariables()
	c.reportReads()
}

// configValue checks that configuration can fill a dependency, and that its default is a value of its type.
func (c *configDirective) configValue(dep *model.Dep, pos token.Pos, length int, what string, w injectSpec) bool {
	if !c.live(dep, pos, length, what, w) {
		return false
	}
	if bad := c.unconfigurable(dep.Value(), visited{}); bad != nil {
		e := c.errorf(pos, length, codeConfig, "%s %s is of type %s, which configuration cannot fill", what, dep.Name, typeString(dep.Value()))
		if base := c.based(bad); base != nil {
			e.Message += ": " + typeString(bad) + " is declared as " + typeString(base) + ", whose notation it does not take over"
			e.Hint = "use " + typeString(base) + ", or give " + typeString(bad) + " a method UnmarshalText"
			return false
		}
		if bad != dep.Value() {
			e.Message += ": it contains " + typeString(bad)
		}
		e.Hint = "configuration holds texts, bools, numbers, durations, sizes, secrets, what has UnmarshalText, and lists, maps and structs of them"
		return false
	}
	dep.Secret = holdsSecret(dep.Value(), visited{})
	if !c.configMembers(dep) {
		return false
	}
	if dep.Default == nil {
		return true
	}
	pos, end := w.mark.Range("default")
	expected, asText, err := checkDefault(dep.Value(), *dep.Default)
	dep.AsText = asText
	switch {
	case expected != "" && err != nil && dep.Secret:
		// The line is left out: it may hold the secret.
		e := c.errorf(pos, int(end-pos), codeConfig, "the default of %s %s is not %s", what, dep.Name, expected)
		e.Line, e.Hint = "", "no secret belongs into source code: refer to where it is, default=\"{from: env:NAME}\" or default=\"{from: file:PATH}\""
		return false
	case expected == "":
		c.errorf(pos, int(end-pos), codeConfig, "%s %s is of type %s, which a directive cannot write", what, dep.Name, typeString(dep.Value())).
			Hint = "put the default into config.default.yml"
		return false
	case errors.Is(err, strconv.ErrRange):
		c.errorf(pos, int(end-pos), codeConfig, "default %q does not fit into %s", *dep.Default, typeString(dep.Value()))
		return false
	case err != nil:
		c.errorf(pos, int(end-pos), codeConfig, "default %q is not %s, which %s %s needs", *dep.Default, expected, what, dep.Name)
		return false
	}
	return true
}

// defaultRefresh is how old the value of a config.Live gets.
const defaultRefresh = 5 * time.Minute

// live finds the value in a config.Live, and when it is to be read again.
func (c *configDirective) live(dep *model.Dep, pos token.Pos, length int, what string, w injectSpec) bool {
	if !isNamed(dep.Type, model.ConfigPath, model.LiveType) {
		if w.refresh == nil {
			return true
		}
		e := c.errorf(pos, length, codeConfig, "%s %s is of type %s, which is read once", what, dep.Name, typeString(dep.Type))
		e.Hint = "make it a config.Live[" + typeString(dep.Type) + "], or leave refresh out"
		return false
	}
	dep.Live, dep.Refresh = types.Unalias(dep.Type).(*types.Named).TypeArgs().At(0), defaultRefresh
	if w.refresh != nil {
		dep.Refresh = *w.refresh
	}
	if dep.Refresh < time.Second {
		c.errorf(pos, length, codeConfig, "found refresh=%s, expected a second at least", dep.Refresh).
			Hint = "stores limit how often they are asked, and each reading keeps an invocation busy"
		return false
	}
	return true
}

// isSecret recognises config.Secret and config.DSN.
func isSecret(t types.Type) bool {
	return isNamed(t, model.ConfigPath, model.SecretType) || isNamed(t, model.ConfigPath, model.DSNType)
}

// holdsSecret reports whether t is one of them or configuration may find one in it.
func holdsSecret(t types.Type, seen visited) bool {
	if seen.again(t) {
		return false
	}
	if isSecret(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return holdsSecret(u.Elem(), seen)
	case *types.Pointer:
		return holdsSecret(u.Elem(), seen)
	case *types.Map:
		return holdsSecret(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			f := u.Field(i)
			if (f.Exported() || f.Embedded()) && reflect.StructTag(u.Tag(i)).Get("yaml") != "-" && holdsSecret(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// unconfigurable returns the part of t that configuration cannot fill, nil if there is none.
func (c *configDirective) unconfigurable(t types.Type, seen visited) types.Type {
	if seen.again(t) {
		return nil
	}
	if isSecret(t) || hasTextUnmarshaler(t) {
		return nil
	}
	if isNamed(t, model.ConfigPath, model.LiveType) { // inside of something that is read once
		return t
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if c.based(t) != nil {
			return t
		}
		if u.Info()&(types.IsString|types.IsBoolean|types.IsInteger|types.IsFloat) != 0 && u.Kind() != types.Uintptr {
			return nil
		}
	case *types.Slice:
		return c.unconfigurable(u.Elem(), seen)
	case *types.Pointer:
		return c.unconfigurable(u.Elem(), seen)
	case *types.Map:
		if b, ok := u.Key().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			return c.unconfigurable(u.Elem(), seen)
		}
	case *types.Interface:
		if u.Empty() {
			return nil
		}
	case *types.Struct:
		some := false
		for i := range u.NumFields() {
			f := u.Field(i)
			if !f.Exported() && !f.Embedded() || reflect.StructTag(u.Tag(i)).Get("yaml") == "-" {
				continue
			}
			some = true
			if bad := c.unconfigurable(f.Type(), seen); bad != nil {
				return bad
			}
		}
		if some {
			return nil
		}
	}
	return t
}

// checkDefault says what a default of type t is, in words, and whether text is one. The words are empty when a directive
// cannot write such a value at all. asText says that the generated code has no literal for it.
func checkDefault(t types.Type, text string) (expected string, asText bool, err error) {
	switch {
	case isNamed(t, "time", "Duration"):
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return "a duration", false, nil // a bare number is seconds
		}
		_, err := time.ParseDuration(text)
		return "a duration such as 5s or 1h30m", false, err
	case isNamed(t, model.ConfigPath, model.SizeType):
		_, err := config.ParseSize(text)
		if errors.Is(err, config.ErrSizeRange) {
			err = strconv.ErrRange
		}
		return "a size such as 64KiB, 10MB or a number of bytes", false, err
	case isSecret(t):
		expected := "a reference to a secret, {from: env:NAME} or {from: file:PATH}"
		if isNamed(t, model.ConfigPath, model.DSNType) {
			expected = "a DSN without a password, or a reference to one, {from: env:NAME} or {from: file:PATH}"
		}
		if text == "" { // none is the zero value
			return expected, false, nil
		}
		return expected, true, values.Check(t, "default.value", "default.value", text)
	}
	if hasTextUnmarshaler(t) {
		expected, err := checkText(t, text)
		return expected, true, err
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		expected, err = checkBasic(u, text)
		return expected, false, err
	case *types.Pointer:
		expected, _, err = checkDefault(u.Elem(), text)
		return expected, true, err
	case *types.Slice:
		if isBytes(t) {
			return "a text", true, nil
		}
		return checkList(u.Elem(), text)
	}
	return "", false, nil
}

func checkList(elem types.Type, text string) (expected string, asText bool, err error) {
	switch elem.Underlying().(type) {
	case *types.Slice, *types.Pointer:
		return "", false, nil
	}
	if expected, asText, _ = checkDefault(elem, ""); expected == "" {
		return "", false, nil
	}
	if text == "" {
		return "a list", false, nil
	}
	some := false
	for item := range strings.SplitSeq(text, ",") {
		if expected, asText, err = checkDefault(elem, strings.TrimSpace(item)); err != nil {
			return "a list of which each item is " + expected, asText, err
		}
		some = some || asText
	}
	return "a list", some, nil
}

// checkText checks a default of a type of the standard library that reads itself from text. Those of other packages can only be
// called when the program runs.
func checkText(t types.Type, text string) (expected string, err error) {
	known := []struct {
		path, name, expected string
		value                encoding.TextUnmarshaler
	}{
		{"net/netip", "Addr", "an IP address", new(netip.Addr)},
		{"net/netip", "AddrPort", "an IP address with a port", new(netip.AddrPort)},
		{"net/netip", "Prefix", "a range of IP addresses such as 10.0.0.0/8", new(netip.Prefix)},
		{"net", "IP", "an IP address", new(net.IP)},
		{"log/slog", "Level", "a level: DEBUG, INFO, WARN or ERROR", new(slog.Level)},
		{"time", "Time", "a time such as 2006-01-02T15:04:05Z", new(time.Time)},
		{"math/big", "Int", "a whole number", new(big.Int)},
		{"math/big", "Float", "a number", new(big.Float)},
		{"math/big", "Rat", "a fraction", new(big.Rat)},
		{"regexp", "Regexp", "a regular expression", new(regexp.Regexp)},
	}
	for _, k := range known {
		if isNamed(t, k.path, k.name) || isPointerTo(t, k.path, k.name) {
			return k.expected, k.value.UnmarshalText([]byte(text))
		}
	}
	return "", nil
}

func checkBasic(b *types.Basic, text string) (expected string, err error) {
	bits := int(types.SizesFor("gc", "amd64").Sizeof(b)) * 8
	switch info := b.Info(); {
	case info&types.IsString != 0:
		return "a text", nil
	case info&types.IsBoolean != 0:
		if text != "true" && text != "false" {
			err = strconv.ErrSyntax
		}
		return "true or false", err
	case info&types.IsUnsigned != 0:
		_, err = strconv.ParseUint(text, 10, bits)
		return "a whole number that is not negative", err
	case info&types.IsInteger != 0:
		_, err = strconv.ParseInt(text, 10, bits)
		return "a whole number", err
	case info&types.IsFloat != 0:
		v, err := strconv.ParseFloat(text, bits)
		if err == nil && v-v != 0 {
			err = strconv.ErrSyntax // no configuration file has infinities
		}
		return "a number", err
	}
	return "", nil
}
