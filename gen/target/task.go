package target

import (
	"path"
	"slices"

	"github.com/faasgen/faasgen/annotations"
)

// TaskFolder is the folder below dist/<target> of the deployment files of tasks. No unit can be called so.
const TaskFolder = "_tasks"

// Task reports whether the unit is a task.
func (u *Unit) Task() bool {
	return slices.ContainsFunc(u.Functions, func(f *Function) bool { return f.Task })
}

// Apart returns the application without its tasks, and the tasks alone, which are deployed by themselves and before the rest: what
// serves changes only after they have run. Either has no units if there are none. The tasks have nothing but their units: no domains,
// and no vendor's keys of f.yml itself, which would make twice what they make.
func (a *App) Apart() (rest, tasks *App) {
	rest, tasks = new(*a), new(*a)
	rest.Units, tasks.Units = nil, nil
	for _, u := range a.Units {
		if u.Task() {
			tasks.Units = append(tasks.Units, u)
		} else {
			rest.Units = append(rest.Units, u)
		}
	}
	rest.Elsewhere, tasks.Elsewhere = tasks.Units, rest.Units
	tasks.Tasks = true
	own := *a.Spec
	own.Domains, own.Extension = nil, nil
	tasks.Spec = &own
	return rest, tasks
}

// DeploymentName is what the vendor calls the deployment as a whole: service, stage if there is one, and tasks for these alone.
func (a *App) DeploymentName() string {
	name := a.Spec.Service
	if a.Stage != "" {
		name += "-" + a.Stage
	}
	if a.Tasks {
		name += "-tasks"
	}
	return name
}

// Package is the path of a unit's package from the folder of the deployment files.
func (a *App) Package(u *Unit) string {
	if a.Tasks {
		return "../" + u.Zip()
	}
	return "./" + u.Zip()
}

// Deploy returns the deployment files of an application: those of its tasks are in a folder of their own.
func Deploy(t Target, app *App) ([]File, annotations.Diagnostics) {
	rest, tasks := app.Apart()
	if len(tasks.Units) == 0 {
		return t.Deploy(app)
	}
	files, ds := t.Deploy(tasks)
	for i := range files {
		files[i].Path = path.Join(TaskFolder, files[i].Path)
	}
	if len(rest.Units) > 0 {
		more, others := t.Deploy(rest)
		files, ds = append(files, more...), append(ds, others...)
	}
	return files, ds
}
