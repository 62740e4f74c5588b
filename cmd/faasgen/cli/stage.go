package cli

import (
	"github.com/spf13/pflag"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/spec"
)

// stageFlag adds --stage, which every command has whose outcome depends on the stage.
func (t *tool) stageFlag(flags *pflag.FlagSet) {
	flags.StringVar(&t.stage, "stage", "", "the stage, an entry of stages in f.yml; the default is provider.stage, if there is one")
}

// options are those of the generator for an application in a folder, at the requested stage.
func (t *tool) options(dir string) gen.Options {
	return gen.Options{Dir: dir, Targets: t.targets, Stage: t.stage}
}

// unknownStage is the failure of a stage that does not exist, or cannot.
func unknownStage(e *spec.UnknownStage) *failure {
	if e.Invalid != "" {
		return &failure{code: exitUsage, text: "--stage " + e.Error()[len("stage "):]}
	}
	f := unknown("stage", e.Stage, e.Known).(*failure)
	f.hint += "; stages in f.yml lists them"
	return f
}

// everyStage is an application at the requested stage or, without one, at all that can be deployed.
func (t *tool) everyStage(app *gen.App, target string) ([]*gen.App, error) {
	stages, err := app.Stages()
	if err != nil || t.stage != "" || len(stages) == 0 {
		return []*gen.App{app}, err
	}
	var apps []*gen.App
	if !app.NeedsStage(target) {
		apps = append(apps, app)
	}
	for _, stage := range stages {
		at, err := app.At(stage)
		if err != nil {
			return nil, err
		}
		apps = append(apps, at)
	}
	return apps, nil
}

// without leaves out diagnostics that are known.
func without(ds, known annotations.Diagnostics) annotations.Diagnostics {
	seen := map[string]bool{}
	for _, d := range known {
		seen[d.Error()] = true
	}
	var list annotations.Diagnostics
	for _, d := range ds {
		if !seen[d.Error()] {
			list = append(list, d)
		}
	}
	return list
}
