package faastest

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/config/dotenv"
)

// Option changes how [Start] runs an application.
type Option interface{ apply(*settings) error }

type option func(*settings) error

func (o option) apply(s *settings) error { return o(s) }

type settings struct {
	dir, env  string
	variables *variables
	changes   []func(*framework.Runtime)
	grace     time.Duration
	clouds    clouds
	apart     bool
	fronts    []func(http.Handler) http.Handler
}

// Config sets configuration values by key; they win over the files. A map[string]any is the keys below: these are the
// same.
//
//	faastest.Config{"database.path": path}
//	faastest.Config{"database": map[string]any{"path": path}}
//
// Here a secret may be its text, or a config.Secret. It is never a reference, which [Variables] sets:
// faastest.Variables{"DATABASE_PASSWORD_FROM": "file:password"}.
type Config map[string]any

func (c Config) apply(s *settings) error { return s.variables.configure("", c) }

// Variables sets environment variables for the configuration, which win over those of the file .env next to f.yml. The process's own do
// not change, and code that reads them by itself does not see these.
type Variables map[string]string

func (v Variables) apply(s *settings) error {
	for name, text := range v {
		s.variables.set[name] = text
	}
	return nil
}

// Functions serves some functions of the application only, as a deployed unit of them does: names, or patterns such as
// "order-*". A unit of one function builds what that needs when it starts.
func Functions(names ...string) Option {
	return Variables{"FAAS_FUNCTIONS": strings.Join(names, ",")}
}

// ProcessVariables lets the process's environment variables count, too: in a test that needs a secret which only the
// machine has. What the test sets wins, and .env gives way to both.
func ProcessVariables() Option {
	return option(func(s *settings) error { s.variables.process = true; return nil })
}

// Dir names the folder with the config files; the default is that of the next f.yml, from the test's working directory
// upwards.
func Dir(dir string) Option { return option(func(s *settings) error { s.dir = dir; return nil }) }

// Env names the configuration environment, which selects config.<name>.yml; the default is "test".
func Env(name string) Option { return option(func(s *settings) error { s.env = name; return nil }) }

// Runtime changes the facts of the process before the application is made: the platform's name, the region, the logger.
func Runtime(change func(*framework.Runtime)) Option {
	return option(func(s *settings) error { s.changes = append(s.changes, change); return nil })
}

// Grace is how long handlers may still run when the test ends, and how long the end itself may take; the default is 5 s.
func Grace(d time.Duration) Option {
	return option(func(s *settings) error { s.grace = d; return nil })
}

func newSettings(options []Option) (*settings, error) {
	dir, err := applicationDir()
	if err != nil {
		return nil, err
	}
	s := &settings{dir: dir, env: "test", grace: 5 * time.Second, clouds: known(),
		variables: &variables{set: map[string]string{}, keys: map[string]string{}, read: map[string]bool{}}}
	for _, o := range options {
		if err := o.apply(s); err != nil {
			return nil, err
		}
	}
	s.variables.file, err = dotenv.Load(s.dir)
	return s, err
}

// applicationDir is the folder of the next f.yml upwards, the working directory if there is none.
func applicationDir() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "f.yml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return wd, nil
		}
	}
}

// variables are all that the configuration reads besides its files.
type variables struct {
	set     map[string]string
	keys    map[string]string // the configuration key that set a variable
	process bool
	file    *dotenv.File // .env of the application's folder

	mu   sync.Mutex
	read map[string]bool
}

// LookupEnv has the form of os.LookupEnv.
func (v *variables) LookupEnv(name string) (string, bool) {
	v.mu.Lock()
	v.read[name] = true
	v.mu.Unlock()
	if text, ok := v.set[name]; ok {
		return text, true
	}
	if config.Instead(name, func(name string) (string, bool) { text, ok := v.set[name]; return text, ok }) {
		return "", false
	}
	if v.process {
		if text, ok := os.LookupEnv(name); ok {
			return text, true
		}
		if config.Instead(name, os.LookupEnv) {
			return "", false
		}
	}
	if strings.HasPrefix(name, "FAAS_") { // of what runs on this machine, which a test is not
		return "", false
	}
	return v.file.Lookup(name)
}

// unread lists the configuration keys that were set in vain.
func (v *variables) unread() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var keys []string
	for name, key := range v.keys {
		if !v.read[name] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// configure sets the keys below prefix.
func (v *variables) configure(prefix string, values map[string]any) error {
	for key, value := range values {
		key = prefix + key
		if below, ok := value.(Config); ok {
			value = map[string]any(below)
		}
		if below, ok := value.(map[string]any); ok {
			if err := v.configure(key+".", below); err != nil {
				return err
			}
			continue
		}
		name := config.Variable(key)
		if other, ok := v.keys[name]; ok && other != key {
			return fmt.Errorf("the configuration keys %s and %s are both %s as a variable", min(key, other), max(key, other), name)
		}
		text, err := text(value)
		if err != nil {
			return fmt.Errorf("configuration key %s: %w", key, err)
		}
		v.keys[name], v.set[name] = key, text
	}
	return nil
}

// text writes a value as a variable has it.
func text(value any) (string, error) {
	switch v := plain(reflect.ValueOf(value)).(type) {
	case nil:
		return "", fmt.Errorf("found nil, expected a value")
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	default:
		b, err := json.Marshal(v)
		return string(b), err
	}
}

// plain turns what JSON would write in another way than configuration reads it, durations above all, into text.
func plain(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch x := v.Interface().(type) {
	case time.Duration:
		return x.String()
	case config.Secret:
		return x.Reveal()
	case config.DSN:
		return x.Reveal()
	case encoding.TextMarshaler:
		if b, err := x.MarshalText(); err == nil {
			return string(b)
		}
	case []byte:
		return x
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			members := make(map[string]any, v.Len())
			for k, e := range v.Seq2() {
				members[k.String()] = plain(e)
			}
			return members
		}
	case reflect.Interface, reflect.Pointer:
		return plain(v.Elem())
	}
	return v.Interface()
}
