package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/edit"
	"github.com/faasgen/faasgen/gen/target/deployment"
)

// regroup edits the groups in the f.yml of the application that has the functions, shows what changes, and writes it if wanted.
func (t *tool) regroup(ctx context.Context, functions []string, write bool, change func([]byte, edit.Application) (*edit.Result, error)) error {
	app, sound, err := t.ownerOfAll(ctx, functions)
	if err != nil {
		return err
	}
	path := filepath.Join(app.Dir, "f.yml")
	shown := relative(t.dir, path)
	source, err := regular.Read(path, spec.MaxSize)
	if err != nil {
		return err
	}
	known, err := grouped(app)
	if err != nil {
		return err
	}
	all := known.Functions
	if !sound {
		known.Functions = nil // some may be missing, and a group that only those are in must not be removed
	}
	result, err := change(source, known)
	if refusal, ok := errors.AsType[*edit.Refusal](err); ok {
		return t.refused(shown, refusal)
	}
	if err != nil {
		return &failure{code: exitFailed, text: shown + ": " + err.Error()}
	}
	if ds := spoiled(path, source, result.Text); ds != nil {
		t.print(ds)
		return &failure{code: exitFailed, text: shown + " would be wrong then, and is left as it is"}
	}
	for _, line := range slices.Concat(result.Done, result.Notes) {
		fmt.Fprintln(t.err, line)
	}
	if bytes.Equal(source, result.Text) {
		fmt.Fprintf(t.err, "nothing to change in %s\n", shown)
		return nil
	}
	if err := t.showChange(shown, source, result.Text); err != nil {
		return err
	}
	if err := t.showGroups(all, result.Members); err != nil {
		return err
	}
	wrong, err := t.showPlan(app, result.Text)
	if err != nil {
		return err
	}
	if wrong {
		return &failure{code: exitFailed, text: shown + " would be wrong then, and is left as it is"}
	}
	if !write {
		fmt.Fprintf(t.err, "%s is not changed yet; --write writes it\n", shown)
		return nil
	}
	if err := t.replaceFile(path, source, result.Text); err != nil {
		return err
	}
	fmt.Fprintf(t.err, "wrote %s\n", shown)
	return nil
}

// ownerOfAll is the application that has all the functions. It is not sound if it has mistakes, which are printed: they may be those
// of a group that is about to change, so they are no reason to stop.
func (t *tool) ownerOfAll(ctx context.Context, functions []string) (app *gen.App, sound bool, err error) {
	done := t.progress("reading")
	defer done()
	r, err := gen.Generate(ctx, t.options(t.dir))
	done()
	if err != nil {
		return nil, false, err
	}
	t.print(r.Diagnostics)
	sound = !r.Diagnostics.Failed()
	for _, f := range functions {
		owner, err := t.owner(r, f)
		switch {
		case err != nil && !sound && len(r.Apps) == 0:
			return nil, false, &failure{code: exitFailed}
		case err != nil:
			return nil, false, err
		case app != nil && owner != app:
			return nil, false, &failure{code: exitUsage, text: fmt.Sprintf("functions %s and %s are in different applications: %s, %s",
				functions[0], f, relative(t.dir, app.Dir), relative(t.dir, owner.Dir)), hint: "a group has functions of one application"}
		}
		app = owner
	}
	return app, sound, nil
}

// grouped says which functions an application has, and which groups they are in.
func grouped(app *gen.App) (known edit.Application, err error) {
	for _, f := range app.Functions {
		known.Functions = append(known.Functions, f.Name)
	}
	slices.Sort(known.Functions)
	known.Functions = slices.Compact(known.Functions)
	known.Groups, err = app.Groups()
	return known, err
}

// refused shows the lines that have to be written by hand.
func (t *tool) refused(shown string, r *edit.Refusal) error {
	text := shown
	if r.Line > 0 {
		text = fmt.Sprintf("%s:%d", shown, r.Line)
	}
	t.report(&failure{code: exitFailed, text: text + ": " + r.Why, hint: r.Advice()})
	for _, line := range r.Lines {
		if _, err := fmt.Fprintln(t.out, line); err != nil {
			return err
		}
	}
	return &failure{code: exitFailed}
}

// spoiled are the mistakes of an f.yml that had none before it was edited, such as a name that no group can have.
func spoiled(path string, before, after []byte) annotations.Diagnostics {
	_, ds := spec.Parse(path, after, os.LookupEnv)
	if !ds.Failed() {
		return nil
	}
	if _, old := spec.Parse(path, before, os.LookupEnv); old.Failed() {
		return nil
	}
	return ds
}

// showChange prints the unified difference of a file.
func (t *tool) showChange(shown string, before, after []byte) error {
	lines := func(content []byte) []string {
		list := strings.SplitAfter(string(content), "\n")
		last := len(list) - 1
		if list[last] == "" {
			return list[:last]
		}
		list[last] += "\n\\ No newline at end of file\n" // as git and diff have it
		return list
	}
	return difflib.WriteUnifiedDiff(t.out, difflib.UnifiedDiff{
		A: lines(before), B: lines(after), Context: 3, FromFile: "a/" + shown, ToFile: "b/" + shown,
	})
}

// showPlan prints what the edit changes of the deployment to the target that f.yml names, and what is wrong with it on any target
// that f.yml names. It reports whether the edit makes something wrong that is not wrong now.
func (t *tool) showPlan(app *gen.App, text []byte) (spoiled bool, err error) {
	after, ds, err := app.WithSpec(text)
	if err != nil || ds.Failed() {
		return false, err
	}
	var all annotations.Diagnostics
	for _, name := range append(names(t.named(app)), "") {
		_, wrong := app.Target(name)
		_, found := after.Target(name)
		if !wrong.Failed() && found.Failed() {
			spoiled = true
			all = append(all, found...)
		}
	}
	if all.Sort(); spoiled {
		t.print(all)
		return true, nil
	}
	chosen, err := t.selectTargets(app.Provider())
	if app.Provider() == "" || err != nil {
		return false, nil // f.yml names none, or one that this tool does not know
	}
	for _, tg := range chosen {
		before, wrong := app.Target(tg.Name())
		next, found := after.Target(tg.Name())
		t.print(found)
		if wrong.Failed() || found.Failed() {
			continue
		}
		ds := tg.Check(next)
		if t.print(ds); ds.Failed() {
			spoiled = spoiled || !tg.Check(before).Failed()
			continue
		}
		described := deployment.Describe(tg, next)
		changes := deployment.Compare(deployment.Describe(tg, before), described)
		fmt.Fprintln(t.out)
		// What units may do is for plan to print.
		t.printPlan(planned{Application: app.Name, Target: tg.Name(), Against: "f.yml as it is", Next: &deployment.Deployment{}, Changes: changes, Steps: deployment.Steps(described, changes)}, false)
	}
	return spoiled, nil
}

// showGroups prints what the functions are deployed as after the edit: the groups, then those that are units by themselves.
func (t *tool) showGroups(functions []string, groups []edit.Member) error {
	var b strings.Builder
	b.WriteByte('\n')
	in := map[string]bool{}
	for _, g := range groups {
		fmt.Fprintf(&b, "group %s: %s\n", g.Group, strings.Join(g.Functions, ", "))
		for _, f := range g.Functions {
			in[f] = true
		}
	}
	alone := slices.DeleteFunc(slices.Clone(functions), func(f string) bool { return in[f] })
	if len(alone) > 0 {
		fmt.Fprintf(&b, "not grouped: %s\n", strings.Join(alone, ", "))
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}

// replaceFile gives a file, or the one that a symbolic link leads to, a new content in one step, if it still has the old one.
func (t *tool) replaceFile(name string, before, after []byte) error {
	defer t.writing.enter()()
	shown := relative(t.dir, name)
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	now, err := regular.Read(name, int64(max(len(before), spec.MaxSize)))
	if err != nil {
		return err
	}
	if !bytes.Equal(now, before) {
		return &failure{code: exitFailed, text: shown + " has changed in the meantime", hint: "run the command again"}
	}
	if info.Mode().Perm()&0o200 == 0 {
		return &failure{code: exitFailed, text: shown + " is read-only"} // a new file in its place would not ask
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-")
	if err != nil {
		return fmt.Errorf("write %s: %w", shown, err)
	}
	_, err = f.Write(after)
	err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", shown, err)
	}
	return nil
}
