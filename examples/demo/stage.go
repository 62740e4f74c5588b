package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	cloud     string
	variant   variant // none on localhost
	units     []*unit
	packages  int
	gateway   *web.Router
	account   *sim.Account // where the units call each other; none on localhost
	responses []response   // when the script was played
}

// title names the stage in what is printed.
func (s *stage) title() string {
	if s.variant.name == "" {
		return s.cloud
	}
	return s.cloud + ", " + s.variant.name
}

// unit is one deployed function. It is started when the first call comes, as on a cloud.
type unit struct {
	name      string
	runtime   sim.Runtime
	artifact  sim.Artifact
	functions int
	timers    []string
	process   sim.Process // on localhost
	log       *os.File
}

// localStage is the whole application as a server on localhost.
func localStage(work, server string) (*stage, error) {
	dir := filepath.Dir(server)
	for _, name := range []string{"config.default.yml", "config.local.yml"} {
		if err := copyFile(filepath.Join(application, name), filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	u := &unit{name: application, runtime: local.New(), artifact: sim.Artifact{Dir: dir, Command: filepath.Base(server), Unit: application, Environment: environment(work, "local")}}
	return &stage{cloud: "local", units: []*unit{u}}, u.logs()
}

// environment is what the application needs to be told. Stages share nothing; the units of one of them share a database file, as
// they would share a server.
func environment(work, stage string) map[string]string {
	return map[string]string{"DATABASE_PATH": filepath.Join(work, stage+".db"), "ADMIN_TOKEN": adminToken}
}

// builtStages builds the variants, and returns the stages cloud by cloud.
func builtStages(ctx context.Context, work string, variants []variant) ([]*stage, error) {
	clouds := []sim.Cloud{tencent.Cloud(), aliyun.Cloud(), aws.Cloud()}
	of := make([][]*stage, len(clouds))
	for _, v := range variants {
		dist, err := v.built(ctx, work)
		if err != nil {
			return nil, err
		}
		for i, cloud := range clouds {
			s := &stage{cloud: cloud.Name, variant: v}
			m, err := readManifest(filepath.Join(dist, cloud.Name))
			if err == nil {
				err = s.unpack(work, filepath.Join(dist, cloud.Name), cloud, m)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.title(), err)
			}
			progress("%s: %s", s.title(), s.summary())
			of[i] = append(of[i], s)
		}
	}
	return slices.Concat(of...), nil
}

// summary says how many units and packages there are, and which units have several functions.
func (s *stage) summary() string {
	text := fmt.Sprintf("units: %d, packages: %d", len(s.units), s.packages)
	for _, u := range s.units {
		if u.functions > 1 {
			text += fmt.Sprintf(", %s: %d functions", u.name, u.functions)
		}
	}
	return text
}

// unpack makes the units and the gateway of what was built for one cloud.
func (s *stage) unpack(work, dist string, cloud sim.Cloud, m *manifest) (err error) {
	if s.account, err = sim.NewAccount(*cloud.Calls); err != nil {
		return err
	}
	routes, packages := &framework.App{Unit: s.cloud}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(m.Units)) {
		entry := m.Units[name]
		packages[entry.Artefact] = true
		dir := filepath.Join(work, s.title(), name)
		if err := unzip(filepath.Join(dist, filepath.FromSlash(entry.Artefact)), dir); err != nil {
			return err
		}
		a := sim.Artifact{Dir: dir, Command: entry.Command, Unit: entry.Function, Environment: environment(work, s.title()), Memory: entry.Settings.Memory}
		if a.Timeout, a.InitTimeout, err = entry.limits(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		maps.Copy(a.Environment, entry.environment)
		u := &unit{name: name, runtime: cloud.Runtime(sim.Entry{Command: entry.Command}), artifact: a, functions: len(entry.Functions)}
		if err := u.logs(); err != nil {
			return err
		}
		if err := s.account.Deploy(sim.Deployment{Runtime: u.runtime, Artifact: u.artifact, Concurrency: 1}); err != nil {
			return err
		}
		for _, f := range entry.Functions {
			function := &framework.Function{Name: name} // what the gateway finds is the unit
			for _, t := range f.Triggers {
				switch {
				case t.Route != "":
					method, pattern, _ := strings.Cut(t.Route, " ")
					if method == "ANY" {
						method = ""
					}
					function.Triggers = append(function.Triggers, web.Route{Method: method, Pattern: pattern})
				case t.Kind == "timer":
					u.timers = append(u.timers, t.Name)
				}
			}
			routes.Functions = append(routes.Functions, function)
		}
		s.units = append(s.units, u)
	}
	s.packages = len(packages)
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
		u = s.units[slices.IndexFunc(s.units, func(u *unit) bool { return u.name == m.Function.Name })]
	}
	var response *sim.Response
	err := s.use(ctx, u, func(p sim.Process) (err error) {
		response, err = p.HTTP(ctx, r)
		return err
	})
	return response, err
}

// migrate runs the task that brings the database up to date, as a pipeline does before the rest is deployed. On localhost the start has.
func (s *stage) migrate(ctx context.Context) error {
	if s.account == nil {
		return nil
	}
	i := slices.IndexFunc(s.units, func(u *unit) bool { return u.name == "migrate" })
	if i < 0 {
		return errors.New("no unit is the task migrate")
	}
	return s.use(ctx, s.units[i], func(p sim.Process) error {
		result, err := p.Invoke(ctx, []byte("{}"))
		if err == nil && result.Error != nil {
			err = result.Error
		}
		return err
	})
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
	var result *sim.Result
	err := s.use(ctx, u, func(p sim.Process) (err error) {
		result, err = p.Timer(ctx, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	if result.Error != nil {
		return nil, result.Error
	}
	return &sim.Response{Status: 200, Body: result.Body}, nil
}

// use has deliver send something to a process of a unit.
func (s *stage) use(ctx context.Context, u *unit, deliver func(sim.Process) error) error {
	if s.account != nil {
		return u.explained(s.account.Use(ctx, u.artifact.Unit, deliver))
	}
	if u.process == nil {
		var err error
		if u.process, err = u.runtime.Start(ctx, u.artifact); err != nil {
			return u.explained(err)
		}
	}
	return deliver(u.process)
}

// settled waits until the calls were delivered that nothing waits for. It reports false on localhost, where it does not show.
func (s *stage) settled() bool {
	if s.account == nil {
		return false
	}
	s.account.Settle()
	return true
}

// logs makes the file that the unit writes to.
func (u *unit) logs() (err error) {
	u.log, err = os.Create(filepath.Join(u.artifact.Dir, "log.txt"))
	u.artifact.Output = u.log
	return err
}

// explained adds what the unit wrote to the error of its start.
func (u *unit) explained(err error) error {
	if _, failed := errors.AsType[*sim.InitError](err); !failed {
		return err
	}
	log, _ := os.ReadFile(u.log.Name())
	return fmt.Errorf("start %s under %s: %w\n%s", u.name, u.runtime.Name(), err, log)
}

// close stops every process; a violation of the vendor's protocol that a simulator saw is an error here, as is a call that was never
// delivered.
func (s *stage) close(ctx context.Context) error {
	var errs []error
	if s.account != nil {
		for _, d := range s.account.Dead() {
			errs = append(errs, fmt.Errorf("an asynchronous call of %s failed for good: %w", d.Function, d.Error))
		}
		errs = append(errs, s.account.Close(ctx))
	}
	for _, u := range s.units {
		if u.process != nil {
			errs = append(errs, u.process.Stop(ctx))
		}
	}
	wrong := errors.Join(errs...)
	for _, u := range s.units {
		if log, _ := os.ReadFile(u.log.Name()); wrong != nil && len(log) > 0 {
			wrong = fmt.Errorf("%w\n%s:\n%s", wrong, u.name, log)
		}
		wrong = errors.Join(wrong, u.log.Close())
	}
	return wrong
}
