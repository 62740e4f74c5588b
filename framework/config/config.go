// Package config is configuration by file and environment variable, read once at cold start:
//
//	config.default.yml     what holds everywhere
//	config.<env>.yml       merged over it, mapping by mapping
//	ORDER_MAX_ITEMS        wins over both for the key order.maxItems
//	ORDER_MAX_ITEMS_FROM   says where that value is, instead: env:NAME, file:PATH
//
// Values are looked up by dotted key and Go type. A value of the wrong type is an error that names file and line, a missing
// one an error that names the key, the files and the variable. An explicit null takes a value of the default file away.
//
// It fetches nothing by itself. A [Secret] is never written into a file: files refer to an environment variable, which the vendor
// fills, to a file that the vendor mounts, or to a store that main hands over, and what was read never prints.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// Config is the configuration of one process. It never changes after [Load] and is safe for concurrent use. A nil Config
// is one without files: environment variables still count.
type Config struct {
	root    *value
	dir     string
	read    []string // the files there were, in order of precedence
	absent  []string // the files there could have been
	env     lookup   // nil is the process's
	stores  []framework.Store
	follows func(Reference) (text string, ok bool, err error) // knows some references better than the process; may be nil
	// noSecrets is the file that could stand in for the stores of secrets, if it is not there.
	noSecrets string
}

// lookup finds an environment variable.
type lookup func(name string) (string, bool)

// environment is where variables come from.
func (c *Config) environment() lookup {
	if c == nil || c.env == nil {
		return os.LookupEnv
	}
	return c.env
}

// Load reads config.default.yml and config.<env>.yml from dir; empty dir is the working directory, empty env no second
// file. Either file may be absent.
func Load(dir, env string) (*Config, error) { return LoadWith(dir, env, nil) }

// LoadWith is Load with environment variables from lookup instead of the process, of which it has the form of
// os.LookupEnv; nil is the process. Tests use it to be independent of the process.
//
// The defaults of components lie below the files, the first at the bottom.
func LoadWith(dir, env string, lookup func(name string) (string, bool), defaults ...Defaults) (*Config, error) {
	names := []string{"default"}
	if env != "" && env != "default" {
		if !plainName(env) {
			return nil, fmt.Errorf("environment name %q: expected letters, digits, - and _", env)
		}
		names = append(names, env)
	}
	c := &Config{dir: dir, env: lookup}
	var errs []error
	for _, d := range defaults {
		v, err := parse(d.Name, []byte(d.Content))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if d.Name == layersName {
			v = ofStage(v, env)
		}
		c.root = merge(c.root, v)
	}
	for _, name := range names {
		file := path(dir, "config."+name+".yml")
		raw, err := readRegular(file, maxFile)
		if errors.Is(err, os.ErrNotExist) {
			c.absent = append(c.absent, file)
			if other := path(dir, "config."+name+".yaml"); exists(other) {
				errs = append(errs, fmt.Errorf("found %s, expected it to be named %s", other, file))
			}
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("read configuration: %w", err))
			continue
		}
		v, err := parse(file, raw)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.read = append(c.read, file)
		c.root = merge(c.root, v)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c, nil
}

// layersName is how messages call what f.yml says of the configuration of layers, in [framework.Runtime.LayerDefaults].
const layersName = "layers in f.yml"

// ofStage is the part of one stage, or else that of every other one.
func ofStage(v *value, stage string) *value {
	if own := v.field(stage); own != nil && stage != "" {
		return own
	}
	return v.field("-")
}

// Defaults is the config.default.yml of a component, which generated code carries.
type Defaults struct {
	// Name is how messages call the file, Content what is in it.
	Name, Content string
}

// Get returns the value of key as a T: bool, string, any integer or float, time.Duration ("5s", or a number of seconds),
// []byte, [Size], [Secret], anything with UnmarshalText, and slices, maps, pointers and structs of these. Struct fields take their name from a
// yaml tag or else match without regard to case. A missing key is a *MissingError.
//
//	limit, err := config.Get[int](c, "order.maxItems")
func Get[T any](c *Config, key string) (T, error) {
	var v T
	found, err := c.decodeKey(key, reflect.ValueOf(&v).Elem())
	if err == nil && !found {
		err = c.missing(key)
		if missing, ok := errors.AsType[*MissingError](err); ok && c != nil && c.noSecrets != "" && isHidden(reflect.TypeFor[T]()) {
			missing.Absent = append(slices.Clip(missing.Absent), c.noSecrets)
		}
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Check reports what is wrong with the value of key as a T, or else with the default text def, empty for none; that there is
// neither is not an error. Generated code reads at start what is or holds a [Secret], so that one that cannot be found stops
// the start and not a later request.
func Check[T any](c *Config, key, def string) error {
	_, err := c.Examine(key, reflect.TypeFor[T](), def)
	return err
}

// Or is Get with a default for a missing key. Fields of a struct that are not configured keep those of the default.
func Or[T any](c *Config, key string, def T) (T, error) {
	v := def
	_, err := c.decodeKey(key, reflect.ValueOf(&v).Elem())
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Demand is [Check] of what must be there: of a struct it is enough that a member has a value, by its variable alone.
func Demand[T any](c *Config, key string) error {
	_, err := Get[T](c, key)
	return err
}

// OrText is Or with a default in the form of a variable's text, for types without literals: "64KiB", "a,b". A [Secret] is a
// reference there, as in a file: "{from: env:TOKEN}".
func OrText[T any](c *Config, key, def string) (T, error) {
	var v T
	dst := reflect.ValueOf(&v).Elem()
	found, err := c.decodeKey(key, dst)
	if err == nil && !found {
		_, err = c.decode(&value{loose: true, text: def, tag: "!!str"}, key, dst)
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Has reports whether key has a value.
func (c *Config) Has(key string) bool { return c.Source(key) != Source{} }

// Require returns a *MissingError that lists all of the keys that have no value, nil if there is none.
func (c *Config) Require(keys ...string) error {
	var absent []string
	for _, k := range keys {
		if !c.Has(k) {
			absent = append(absent, k)
		}
	}
	if absent == nil {
		return nil
	}
	return c.missing(absent...)
}

// RequireBelow is [Config.Require] for members of the struct at key, by their keys below it. As for [Get], the variable of a
// struct may hold all of it.
func (c *Config) RequireBelow(key string, members ...string) error {
	var absent []string
	for _, m := range members {
		if !c.hasMember(key, m) {
			absent = append(absent, key+"."+m)
		}
	}
	if absent == nil {
		return nil
	}
	return c.missing(absent...)
}

// hasMember walks down from key as decoding does.
func (c *Config) hasMember(key, member string) bool {
	v := c.find(key)
	for rest := member; ; {
		set, err := c.variable(key, v, nil)
		if set != nil {
			v = set
		}
		if rest == "" {
			return err != nil || !v.null() // what is wrong is not missing
		}
		var name string
		name, rest, _ = strings.Cut(rest, ".")
		if v != nil && v.loose && v.kind == scalar {
			v, _ = structured(v, key, mapping)
		}
		key, v = key+"."+name, v.field(name)
	}
}

// Files lists the files that were read, the first overridden by the second.
func (c *Config) Files() []string {
	if c == nil {
		return nil
	}
	return append([]string(nil), c.read...)
}

// MissingError lists configuration keys that have no value.
type MissingError struct {
	// Keys are the keys, Variables the environment variables that could set them, in the same order.
	Keys, Variables []string
	// Read are the files that were read, Absent those that could have been there.
	Read, Absent []string
}

// Error names the keys, the variables and the files.
func (e *MissingError) Error() string {
	var b strings.Builder
	for i, k := range e.Keys {
		switch {
		case i > 0:
			b.WriteString(", ")
		case len(e.Keys) > 1:
			b.WriteString("configuration keys ")
		default:
			b.WriteString("configuration key ")
		}
		fmt.Fprintf(&b, "%s (or variable %s)", k, e.Variables[i])
	}
	if len(e.Keys) > 1 {
		b.WriteString(" have no value")
	} else {
		b.WriteString(" has no value")
	}
	if len(e.Read) > 0 {
		b.WriteString("; read ")
		b.WriteString(strings.Join(e.Read, ", "))
	}
	if len(e.Absent) > 0 {
		b.WriteString("; not found: ")
		b.WriteString(strings.Join(e.Absent, ", "))
	}
	return b.String()
}

// with returns the keys of both, sorted, each once. The files are those of e, which may be nil.
func (e *MissingError) with(more *MissingError) *MissingError {
	out := &MissingError{Read: more.Read, Absent: more.Absent}
	if e != nil {
		*out = *e
	}
	keys := append(slices.Clone(out.Keys), more.Keys...)
	slices.Sort(keys)
	out.Keys, out.Variables = nil, nil
	for i, k := range keys {
		if i == 0 || k != keys[i-1] {
			out.Keys, out.Variables = append(out.Keys, k), append(out.Variables, Variable(k))
		}
	}
	return out
}

func (c *Config) missing(keys ...string) error {
	e := &MissingError{Keys: keys}
	for _, k := range keys {
		e.Variables = append(e.Variables, Variable(k))
	}
	if c != nil {
		e.Read, e.Absent = c.read, c.absent
	}
	return e
}

// find returns the value at a dotted key, nil if there is none or it is null.
func (c *Config) find(key string) *value {
	if c == nil {
		return nil
	}
	v := c.root
	for name := range strings.SplitSeq(key, ".") {
		v = v.field(name)
	}
	if v.null() {
		return nil
	}
	return v
}

func plainName(s string) bool {
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}

func path(dir, name string) string {
	if dir == "" {
		return name
	}
	return strings.TrimRight(dir, `/\`) + string(os.PathSeparator) + name
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
