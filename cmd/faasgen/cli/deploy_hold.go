package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/hold"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// hold keeps other processes from deploying the same applications to the same stages of the same targets. The files are next to the
// targets' folders, by the name of the stage, so that the default stage and --stage with its name are one.
func (t *tool) hold(jobs []job) (held []*hold.File, err error) {
	for _, j := range jobs {
		app, _ := j.app.Target(j.target.Name())
		f, err := t.holdOne(filepath.Join(j.app.Dir, "dist"), app.Spec.Service, j.target.Name(), app.Stage)
		if err != nil {
			return held, err
		}
		held = append(held, f)
	}
	return held, nil
}

// holdOne is hold for one application, by the folder of what is built of it.
func (t *tool) holdOne(dist, service, name, stage string) (*hold.File, error) {
	file := name
	if stage != "" {
		file += "-" + stage
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(dist, file+".lock")
	f, left, err := hold.Take(path)
	if e, ok := errors.AsType[*hold.Held](err); ok {
		return nil, &failure{code: exitFailed, text: fmt.Sprintf("%s is being deployed%s: by %s", service, to(name, stage), e.Owner),
			hint: fmt.Sprintf("wait until it has ended; if it is not running any more, remove %s", relative(t.dir, path))}
	}
	if err != nil {
		return nil, fmt.Errorf("keep others from deploying: %w", err)
	}
	t.scratch.Store(path, nil)
	if left != nil {
		fmt.Fprintf(t.err, "note: a deployment of %s%s did not end: that of %s\n", service, to(name, stage), left)
	}
	return f, nil
}

func to(target, stage string) string {
	text := " to " + target
	if stage != "" {
		text += ", stage " + stage
	}
	return text
}

// letGo lets others deploy.
func (t *tool) letGo(held []*hold.File) {
	for _, f := range held {
		if err := f.Release(); err != nil {
			fmt.Fprintf(t.err, "note: %v: remove %s by hand\n", err, relative(t.dir, f.Path()))
		}
		t.scratch.Delete(f.Path())
	}
}

// runHolding runs the cloud's own tool. It may outlive this process, and is then what holds the file.
func (t *tool) runHolding(cmd *exec.Cmd, f *hold.File) error {
	t.scratch.Delete(f.Path())
	if err := cmd.Start(); err != nil {
		return err
	}
	held := f.Runs(cmd.Process.Pid)
	err := cmd.Wait()
	t.scratch.Store(f.Path(), nil)
	return errors.Join(err, held)
}

// promoted refuses packages that are not those which a stage has, by their hashes.
func (t *tool) promoted(jobs []job, reports []report, tested string) error {
	if tested == "" {
		return nil
	}
	for i, j := range jobs {
		stages, err := j.app.Stages()
		if err != nil {
			return err
		}
		if !slices.Contains(stages, tested) {
			return unknown("stage", tested, stages)
		}
		at, err := j.app.At(tested)
		if err != nil {
			return err
		}
		name := filepath.Join(at.Dir, "dist", at.Folder(j.target.Name()), deployment.FileName)
		there, err := readDeployment(name)
		if errors.Is(err, os.ErrNotExist) {
			return &failure{code: exitFailed, text: fmt.Sprintf("--tested %s: nothing is known to be deployed%s", tested, to(j.target.Name(), tested)),
				hint: fmt.Sprintf("deploy it there first, or fetch %s of that deployment", relative(t.dir, name))}
		}
		if err != nil {
			return err
		}
		hashes := map[string]string{}
		for _, u := range there.Units {
			hashes[u.Name] = u.Hash
		}
		var different []string
		for _, u := range reports[i].Units {
			if cmp.Or(hashes[u.Name], "-") != u.Hash {
				different = append(different, u.Name)
			}
		}
		if different != nil {
			return &failure{code: exitFailed, text: fmt.Sprintf("--tested %s: another package was deployed there of %s", tested, strings.Join(different, ", ")),
				hint: "check the code out that was deployed to " + tested + ", or deploy this to it first"}
		}
	}
	return nil
}
