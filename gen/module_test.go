package gen_test

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

// proxy writes modules of version v1.0.0 as the go command downloads them, and returns the environment to do so, in which
// they are in a module cache of their own.
func proxy(t *testing.T, modules map[string]map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	for path, files := range modules {
		var b bytes.Buffer
		archive := zip.NewWriter(&b)
		for name, text := range files {
			w, err := archive.Create(path + "@v1.0.0/" + name)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		at := path + "/@v/v1.0.0"
		apptest.Write(t, dir, map[string]string{
			at + ".info": `{"Version":"v1.0.0"}`, at + ".mod": files["go.mod"], at + ".zip": b.String(), path + "/@v/list": "v1.0.0\n",
		})
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
	return append(apptest.Env(), "GOPROXY=file://"+dir+",file://"+known, "GOMODCACHE="+filepath.Join(t.TempDir(), "mod"), "GOSUMDB=off", "GOFLAGS=-modcacherw")
}

// TestComponentsOfOtherModules imports a component from the module cache, which imports another one there.
func TestComponentsOfOtherModules(t *testing.T) {
	env := proxy(t, map[string]map[string]string{
		"example.org/first": {
			"go.mod": "module example.org/first\n\ngo 1.26.0\n\nrequire example.org/second v1.0.0\n",
			"pool/pool.go": `// Package pool is a component.
package pool

//faas:configuration import=example.org/second/clock
type Configuration struct{}

// Clock is what it needs.
type Clock interface{ Now() int }

// Pool is what it provides.
//
//faas:provide
type Pool struct {
	Clock Clock //faas:inject
	Size  int   //faas:config key=pool.size
}
`,
			"pool/config.default.yml": "pool: {size: 3}\n",
		},
		"example.org/second": {
			"go.mod": "module example.org/second\n\ngo 1.26.0\n",
			"clock/clock.go": `// Package clock is a component.
package clock

//faas:configuration
type Configuration struct{}

// Wall is a clock.
//
//faas:provide
type Wall struct{}

// Now is the time.
func (*Wall) Now() int { return 7 }
`,
		},
	})
	dir := module(t, "")
	apptest.Write(t, dir, map[string]string{
		"shop/f.yml": "service: shop\n",
		"shop/shop.go": `// Package shop uses it.
package shop

import "example.org/first/pool"

//faas:configuration import=example.org/first/pool
type Configuration struct{}

// Controller has it.
type Controller struct {
	Pool *pool.Pool //faas:inject
}

// Sum adds up.
//
//faas:handler
func (c *Controller) Sum() int { return c.Pool.Size + c.Pool.Clock.Now() }
`,
		"shop/shop_test.go": `package shop_test

import (
	"testing"

	"example.com/test/shop/internal/faasgen/app"
	"github.com/faasgen/faasgen/framework/faastest"
)

func TestSum(t *testing.T) {
	if got := faastest.Call[int](t, faastest.Start(t, app.New), "shop-sum", nil); got != 10 {
		t.Errorf("got %d", got)
	}
}
`,
	})
	command := func(args ...string) {
		t.Helper()
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, slices.Concat(os.Environ(), env)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	command("get", "example.org/first@v1.0.0")
	o := options(dir)
	o.Env = env
	r := diagnose(t, o)
	const missing = "missing go.sum entry for module providing package example.org/second/clock [component]"
	if text := r.Diagnostics.Render(dir); strings.Count(text, "[") != 1 || !strings.Contains(text, missing) || !strings.Contains(text, "hint: run: go get example.org/second/clock\n") {
		t.Fatal(text)
	}
	command("get", "example.org/second/clock")
	if r = diagnose(t, o); len(r.Diagnostics) > 0 {
		t.Fatal(r.Diagnostics.Render(dir))
	}
	commit(t, r)
	command("test", "./shop")
}
