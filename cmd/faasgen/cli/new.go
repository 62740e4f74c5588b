package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/templates"
)

// replaceVariable stands in for --replace: the tests of a working copy set it once.
const replaceVariable = "FAASGEN_REPLACE"

func (t *tool) scaffold() *cobra.Command {
	var module, provider, replace, name string
	var docker bool
	cmd := &cobra.Command{
		Use:   "new NAME|DIR",
		Short: "Write a new application, from one of several templates",
		Long: "New writes an application into a new or empty folder, whose name becomes the application's. Templates:\n\n" +
			listScaffolds() + "\n" +
			"Then run, in that folder:\n\n" +
			"  go mod tidy                 # once: fetches faasgen and what it needs\n" +
			"  go tool faasgen dev",
		Args: arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			scaffold, err := selectScaffold(name)
			if err != nil {
				return err
			}
			chosen, err := t.selectTargets(provider)
			if err != nil {
				return err
			}
			dir := absolute(t.dir, args[0])
			d, err := scaffoldData(filepath.Base(dir), module, replace)
			if err != nil {
				return err
			}
			d.Target = chosen[0].Name()
			d.Region = t.cloud(d.Target).Region
			for _, known := range t.targets {
				d.Clouds = append(d.Clouds, templates.Cloud{Name: known.Name(), Region: t.cloud(known.Name()).Region})
			}
			folders := []string{templates.Shared, scaffold}
			if docker {
				folders = append(folders, templates.Docker)
			}
			files, err := render(folders, d)
			if err != nil {
				return err
			}
			defer t.writing.enter()()
			if err := writeScaffold(dir, relative(t.dir, dir), files); err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintln(t.out, relative(t.dir, filepath.Join(dir, f.path)))
			}
			in := ""
			if dir != t.dir {
				in = "cd " + relative(t.dir, dir) + " && "
			}
			fmt.Fprintf(t.err, "next: %sgo mod tidy && go tool faasgen dev\n", in)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "template", templates.Scaffolds()[0].Name, "what to begin with")
	cmd.Flags().BoolVar(&docker, "docker", false, "write a Dockerfile, which makes an image of the application as one server, too")
	cmd.Flags().StringVar(&module, "module", "", "module path (default example.com/NAME)")
	cmd.Flags().StringVar(&provider, "target", "aws", "the cloud that f.yml names")
	cmd.Flags().StringVar(&replace, "replace", os.Getenv(replaceVariable), "use the faasgen in this folder instead of a released one")
	return cmd
}

var (
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	modulePattern = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)
)

func scaffoldData(name, module, replace string) (templates.Data, error) {
	d := templates.Data{Name: name, Module: module, Go: "1.26.0", Version: version().Version}
	if !namePattern.MatchString(name) || len(name) > 40 {
		return d, usage("name %q: expected small letters, digits and single dashes, beginning with a letter, 40 at most", name)
	}
	d.Package = strings.ReplaceAll(name, "-", "")
	if module == "" {
		d.Module = "example.com/" + name
	}
	if !modulePattern.MatchString(d.Module) {
		return d, usage("module path %q: expected elements of letters, digits and -._~ between slashes", module)
	}
	if replace != "" {
		dir, err := filepath.Abs(replace)
		if err != nil {
			return d, err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			return d, usage("replacement %s: no go.mod there", replace)
		}
		d.Replace, d.Version = dir, "v0.0.0-00010101000000-000000000000"
	}
	if d.Version == devel {
		return d, &failure{code: exitUsage, text: "this faasgen was built from a working copy, which has no version to require",
			hint: "name the folder of the working copy: --replace DIR"}
	}
	return d, nil
}

// scaffolded is one file to write.
type scaffolded struct {
	path    string
	content string
}

// render returns the files of folders, sorted: of two with one name that of the later folder.
func render(folders []string, d templates.Data) ([]scaffolded, error) {
	content := map[string]string{"f.schema.json": string(spec.Schema())}
	for _, folder := range folders {
		files, err := fs.Sub(templates.Files, folder)
		if err != nil {
			return nil, err
		}
		err = fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			raw, err := fs.ReadFile(files, path)
			if err != nil {
				return err
			}
			tmpl, err := template.New(folder + "/" + path).Option("missingkey=error").Parse(string(raw))
			if err != nil {
				return err
			}
			var b strings.Builder
			if err := tmpl.Execute(&b, d); err != nil {
				return err
			}
			content[strings.TrimSuffix(path, ".tmpl")] = b.String()
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var list []scaffolded
	for _, path := range slices.Sorted(maps.Keys(content)) {
		list = append(list, scaffolded{filepath.FromSlash(path), content[path]})
	}
	return list, nil
}

// selectScaffold is the folder of a template.
func selectScaffold(name string) (string, error) {
	if known := scaffoldNames(); !slices.Contains(known, name) {
		return "", unknown("template", name, known)
	}
	return name, nil
}

func listScaffolds() string {
	var b strings.Builder
	for _, s := range templates.Scaffolds() {
		fmt.Fprintf(&b, "  %-8s %s\n", s.Name, s.Short)
	}
	return b.String()
}

// writeScaffold writes into a folder that is new or empty, and nothing otherwise.
func writeScaffold(dir, shown string, files []scaffolded) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("folder %s: %w", shown, err)
	case len(entries) > 0:
		return &failure{code: exitFailed, text: fmt.Sprintf("folder %s is not empty: it has %s", shown, entries[0].Name()),
			hint: "new writes only where there is nothing to overwrite"}
	}
	for _, f := range files {
		path := filepath.Join(dir, f.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(f.content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
