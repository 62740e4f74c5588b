package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/local"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// stage is one platform with the artefacts of all units: what a deployed application is behind its gateway.
type stage struct {
	name    string
	units   []*unit
	gateway *web.Router
}

// unit is one deployed function. It is started when the first call comes, as on a cloud.
type unit struct {
	runtime  sim.Runtime
	artifact sim.Artifact
	timers   []string
	process  sim.Process
	log      *os.File
}

// manifest is the part of dist/<target>/manifest.json that a gateway needs.
type manifest struct {
	Units map[string]struct {
		Name      string `json:"name"`
		Artefact  string `json:"artefact"`
		Command   string `json:"command"`
		Functions []struct {
			Name     string `json:"name"`
			Triggers []struct{ Kind, Route, Name string }
		} `json:"functions"`
	} `json:"units"`
}

func stages(work, server string) ([]*stage, error) {
	// The simulated clouds share nothing; the units of one of them share a database file, as they would share a server.
	environment := func(name string) map[string]string {
		return map[string]string{"DATABASE_PATH": filepath.Join(work, name+".db"), "ADMIN_TOKEN": adminToken}
	}
	all := []*stage{{name: "local"}}
	u := &unit{runtime: local.New(), artifact: sim.Artifact{Dir: filepath.Dir(server), Command: filepath.Base(server), Unit: application, Environment: environment("local")}}
	for _, name := range []string{"config.default.yml", "config.local.yml"} {
		content, err := os.ReadFile(filepath.Join(application, name))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(u.artifact.Dir, name), content, 0o644); err != nil {
			return nil, err
		}
	}
	all[0].units = []*unit{u}
	for _, cloud := range []sim.Cloud{tencent.Cloud(), aliyun.Cloud(), aws.Cloud()} {
		s := &stage{name: cloud.Name}
		if err := s.unpack(work, cloud, environment(cloud.Name)); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// unpack reads what faasgen build left for one cloud.
func (s *stage) unpack(work string, cloud sim.Cloud, environment map[string]string) error {
	dist := filepath.Join(application, "dist", cloud.Name)
	content, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(content, &m); err != nil {
		return fmt.Errorf("%s: %w", dist, err)
	}
	routes := &framework.App{Unit: s.name}
	for _, name := range slices.Sorted(maps.Keys(m.Units)) {
		entry := m.Units[name]
		dir := filepath.Join(work, cloud.Name, name)
		if err := unzip(filepath.Join(dist, filepath.FromSlash(entry.Artefact)), dir); err != nil {
			return err
		}
		u := &unit{runtime: cloud.Runtime(sim.Entry{Command: entry.Command}),
			artifact: sim.Artifact{Dir: dir, Command: entry.Command, Unit: name, Environment: environment, Memory: 256, Timeout: 30 * time.Second, InitTimeout: 10 * time.Second}}
		for _, f := range entry.Functions {
			function := &framework.Function{Name: name}
			for _, t := range f.Triggers {
				switch t.Kind {
				case "http":
					method, pattern, _ := strings.Cut(t.Route, " ")
					if method == "ANY" {
						method = ""
					}
					function.Triggers = append(function.Triggers, web.Route{Method: method, Pattern: pattern})
				case "timer":
					u.timers = append(u.timers, t.Name)
				}
			}
			routes.Functions = append(routes.Functions, function)
		}
		s.units = append(s.units, u)
	}
	s.gateway, err = web.NewRouter(routes)
	return err
}

// request sends r to the unit whose route it is. What no route takes is answered by the unit of the nearest one, since
// gateways differ in that and the application does not.
func (s *stage) request(ctx context.Context, r *sim.Request) (*sim.Response, error) {
	u := s.units[0]
	if s.gateway != nil {
		path, _, _ := strings.Cut(r.Target, "?")
		m := s.gateway.Match(r.Method, "", path, "")
		if m.Function == nil {
			return nil, fmt.Errorf("no unit has a route for %s %s", r.Method, r.Target)
		}
		u = s.units[slices.IndexFunc(s.units, func(u *unit) bool { return u.artifact.Unit == m.Function.Name })]
	}
	p, err := u.start(ctx)
	if err != nil {
		return nil, err
	}
	return p.HTTP(ctx, r)
}

// fire delivers a timer event to the unit that has the timer.
func (s *stage) fire(ctx context.Context, t sim.Timer) (*sim.Response, error) {
	u := s.units[0]
	if s.gateway != nil {
		i := slices.IndexFunc(s.units, func(u *unit) bool { return slices.Contains(u.timers, t.Name) })
		if i < 0 {
			return nil, fmt.Errorf("no unit has the timer %s", t.Name)
		}
		u = s.units[i]
	}
	p, err := u.start(ctx)
	if err != nil {
		return nil, err
	}
	result, err := p.Timer(ctx, t)
	if err != nil {
		return nil, err
	}
	if result.Error != nil {
		return nil, result.Error
	}
	return &sim.Response{Status: 200, Body: result.Body}, nil
}

func (u *unit) start(ctx context.Context) (sim.Process, error) {
	if u.process != nil {
		return u.process, nil
	}
	var err error
	if u.log, err = os.Create(filepath.Join(u.artifact.Dir, "log.txt")); err != nil {
		return nil, err
	}
	u.artifact.Output = u.log
	if u.process, err = u.runtime.Start(ctx, u.artifact); err != nil {
		log, _ := os.ReadFile(u.log.Name())
		return nil, fmt.Errorf("start %s under %s: %w\n%s", u.artifact.Unit, u.runtime.Name(), err, log)
	}
	return u.process, nil
}

// close stops every process; a violation of the vendor's protocol that a simulator saw is an error here.
func (s *stage) close(ctx context.Context) error {
	var errs []error
	for _, u := range s.units {
		if u.process == nil {
			continue
		}
		if err := u.process.Stop(ctx); err != nil {
			log, _ := os.ReadFile(u.log.Name())
			errs = append(errs, fmt.Errorf("stop %s: %w\n%s", u.artifact.Unit, err, log))
		}
		errs = append(errs, u.log.Close())
	}
	return errors.Join(errs...)
}
