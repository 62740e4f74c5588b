package cli

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/target"
)

// imageFolder is the value of --image without a file: the image is a folder next to the server.
const imageFolder = "folder"

// serverFlags are the flags of build that are for the server of one's own alone.
type serverFlags struct {
	image, arch, certificates string
}

func (s *serverFlags) add(f *pflag.FlagSet) {
	f.StringVar(&s.image, "image", "", "with --target local: make an OCI image, too, in dist/local/image or, with --image=FILE.tar, as one file")
	f.Lookup("image").NoOptDefVal = imageFolder
	f.StringVar(&s.arch, "arch", "", "with --target local: the processor, amd64 or arm64 (default that of f.yml)")
	f.StringVar(&s.certificates, "certificates", "", "with --image: a PEM file of root certificates for the image, in place of Mozilla's")
}

// selectBuilds turns the value of --target of build into clouds, and whether a server of one's own is wanted.
func (t *tool) selectBuilds(value string) (clouds []target.Target, server bool, err error) {
	names := append(t.names(), gen.ServerTarget)
	var own []string
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		switch i := slices.Index(names, name); {
		case i == len(names)-1:
			server = true
		case i < 0 && name != "all":
			return nil, false, unknown("target", name, names)
		default:
			own = append(own, name)
		}
	}
	if len(own) > 0 {
		clouds, err = t.selectTargets(strings.Join(own, ","))
	}
	return clouds, server, err
}

// options are those of the server without its unit.
func (s *serverFlags) options(t *tool, server bool, args []string) (o gen.ServerOptions, err error) {
	switch {
	case !server && *s != (serverFlags{}):
		return o, &failure{code: exitUsage, text: "--image, --arch and --certificates are for a server of your own", hint: "add --target " + gen.ServerTarget}
	case s.image == imageFolder && len(args) == 1 && filepath.Ext(args[0]) == ".tar":
		return o, &failure{code: exitUsage, text: args[0] + " is no folder", hint: "write the file behind an equals sign: --image=" + args[0]}
	case s.image != "" && s.image != imageFolder && filepath.Ext(s.image) != ".tar":
		return o, usage("--image=%s: expected the name of a file that ends in .tar", s.image)
	case s.arch != "" && s.arch != "amd64" && s.arch != "arm64":
		return o, usage("--arch %s: expected amd64 or arm64", s.arch)
	case s.certificates != "" && s.image == "":
		return o, usage("--certificates is for --image, which is not given")
	}
	o = gen.ServerOptions{GOARCH: s.arch, Image: s.image != "", Relative: t.dir}
	if s.image != "" && s.image != imageFolder {
		o.Archive = absolute(t.dir, s.image)
		if info, err := os.Stat(filepath.Dir(o.Archive)); err != nil || !info.IsDir() {
			return o, usage("--image=%s: there is no folder %s", s.image, relative(t.dir, filepath.Dir(o.Archive)))
		}
	}
	if s.certificates != "" {
		if o.Roots, err = os.ReadFile(absolute(t.dir, s.certificates)); err != nil {
			return o, usage("--certificates: %v", err)
		}
		if b, _ := pem.Decode(o.Roots); b == nil || b.Type != "CERTIFICATE" {
			return o, usage("--certificates %s: found no certificate, expected a PEM file", s.certificates)
		}
	}
	return o, nil
}

// builtServer is what "build --json" prints of a server.
type builtServer struct {
	Binary       string `json:"binary"`
	Architecture string `json:"architecture"`
	Size         int64  `json:"size"`
	Hash         string `json:"sha256"`
	Image        string `json:"image,omitempty"`
	Digest       string `json:"digest,omitempty"`
}

// servers builds a server of each application that has the unit.
func (t *tool) servers(ctx context.Context, apps []*gen.App, o gen.ServerOptions) ([]report, error) {
	apps, err := t.serving(apps, o.Unit)
	if err != nil {
		return nil, err
	}
	if len(apps) > 1 && o.Archive != "" {
		return nil, usage("found %d applications, expected one for --image=FILE.tar", len(apps))
	}
	var reports []report
	var failed error
	for _, app := range apps {
		done := t.progress("building the server of " + app.Name)
		b, err := t.packServer(ctx, app, o)
		done()
		if err != nil {
			return reports, err
		}
		t.print(b.Diagnostics)
		if b.Diagnostics.Failed() {
			failed = &failure{code: exitFailed}
			continue
		}
		s := b.Server
		out := report{Application: app.Name, Target: gen.ServerTarget, Dir: relative(t.dir, b.Dir), Units: []gen.BuiltUnit{}, Server: &builtServer{
			Binary: relative(t.dir, s.Binary), Architecture: s.GOARCH, Size: s.Size, Hash: s.Hash, Digest: s.Digest,
		}}
		for _, f := range s.Files {
			out.Files = append(out.Files, relative(t.dir, f))
		}
		if s.Image != "" {
			out.Server.Image = relative(t.dir, s.Image)
		}
		reports = append(reports, out)
	}
	return reports, failed
}

// packServer builds, and lets no signal come between the files, as pack does.
func (t *tool) packServer(ctx context.Context, app *gen.App, o gen.ServerOptions) (*gen.BuiltServer, error) {
	defer t.writing.enter()()
	return gen.BuildServer(ctx, app, o)
}

// serving are the applications that have a unit; all of them have "".
func (t *tool) serving(apps []*gen.App, unit string) ([]*gen.App, error) {
	if unit == "" {
		return apps, nil
	}
	var list []*gen.App
	var known []string
	for _, app := range apps {
		seen, _ := app.Target(gen.ServerTarget)
		for _, u := range seen.Units {
			known = append(known, u.Name)
			if u.Name == unit {
				list = append(list, app)
			}
		}
	}
	if list == nil {
		slices.Sort(known)
		return nil, unknown("unit", unit, slices.Compact(known))
	}
	return list, nil
}

// print prints the names of what was built, one a line.
func (r report) print(t *tool) {
	printed := map[string]bool{}
	for _, u := range r.Units {
		if !printed[u.Zip] { // several units may have one
			printed[u.Zip] = true
			fmt.Fprintln(t.out, u.Zip)
		}
	}
	if r.Server != nil {
		fmt.Fprintln(t.out, r.Server.Binary)
	}
	for _, f := range r.Files {
		fmt.Fprintln(t.out, f)
	}
	if r.Server != nil && r.Server.Image != "" {
		fmt.Fprintln(t.out, r.Server.Image)
	}
}
