package config

import (
	"sync"

	"github.com/faasgen/faasgen/framework"
)

// Once is the configuration of a process, read when it is first needed. Generated containers hold one. The zero value is ready
// to use.
type Once struct {
	once sync.Once
	c    *Config
	err  error
}

// Load is [LoadWith] for a process, with the stores that main has handed over. Only the first call reads anything.
func (o *Once) Load(rt *framework.Runtime, defaults ...Defaults) (*Config, error) {
	o.once.Do(func() {
		if text := rt.LayerDefaults(); text != "" {
			defaults = append([]Defaults{{layersName, text}}, defaults...)
		}
		load := LoadWith
		if rt.StandIn {
			load = LoadHere
		}
		if o.c, o.err = load(rt.CodeDir, rt.Env, rt.LookupEnv, defaults...); o.err == nil {
			o.c.stores = rt.Stores
		}
	})
	return o.c, o.err
}

// Overlay lays values over another configuration, as [Config.Overlay] does, once.
func (o *Once) Overlay(below func() (*Config, error), name string, values map[string]string) (*Config, error) {
	o.once.Do(func() {
		c, err := below()
		if err == nil {
			c, err = c.Overlay(name, values)
		}
		o.c, o.err = c, err
	})
	return o.c, o.err
}
