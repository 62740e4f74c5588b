//go:build linux

package main_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestSecretsAreNowhere builds bookstore with a package that has secrets of every kind and does its worst with them, runs every command over it,
// and looks for the values in all that is written and said, in the forms that a value takes. Each value is of this run alone: the
// middle of it is letters and digits, which are the same in JSON and in URLs, with what both escape around it.
func TestSecretsAreNowhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it links bookstore for every cloud")
	}
	t.Parallel()
	b := newBench(t)
	b.refusals()
	b.run(0, "generate")
	b.run(0, "check")
	b.run(0, "config")
	b.run(0, "config", "--json")
	b.run(0, "graph", "--json")
	b.run(0, "secret", "list")
	b.run(0, "secret", "list", "--json", "--target", "aliyun")
	b.run(0, "build", "--target", "all,local")
	b.run(-1, "plan", "--target", "all", "--json")
	b.run(-1, "plan", "--target", "aws", "--permissions")
	b.run(0, "deploy", "--target", "aws", "--dry-run")
	b.run(0, "deploy", "--target", "aws", "--yes")
	for _, cloud := range []string{"", "aws", "aliyun", "tencent"} {
		at := []string{"invoke", "vault-show"}
		if cloud != "" {
			at = append(at, "--target", cloud)
		}
		if out := b.run(0, at...); !strings.Contains(out, `"found":7`) {
			t.Errorf("%q: the function has not all of its secrets: %s", at, out)
		}
	}
	for _, function := range []string{"vault-fail", "vault-panic"} {
		b.run(1, "invoke", function)
	}
	b.run(1, "invoke", "vault-panic", "--target", "aws")
	b.run(0, "invoke", "vault-broken")
	b.dev("GET /vault", "GET /vault/fail", "GET /vault/panic", "GET /nowhere")
	b.write("secrets.local.yml", strings.Replace(b.standIn, "vault.size: 7", "vault.size: "+quoted(b.values["size"]), 1))
	b.run(1, "invoke", "vault-broken")
	b.run(1, "invoke", "vault-broken", "--target", "aws")
	b.run(1, "check")
	b.value = b.values["typed"]
	b.run(0, "secret", "set", "vault.store", "--target", "aws")
	b.run(1, "secret", "set", "vault.member", "--target", "aws")
	b.run(1, "secret", "check", "--target", "aws")
	cmd := exec.Command("go", "test", "./vault")
	b.finish("go test", 1, cmd)
	b.look()
}

// bench is a copy of bookstore, and what was said over it.
type bench struct {
	t         *testing.T
	tool      string
	root, dir string
	env       []string
	values    map[string]string // by kind
	value     string            // for standard input
	standIn   string            // secrets.local.yml

	mu   sync.Mutex
	said []saying
}

type saying struct{ what, text string }

func newBench(t *testing.T) *bench {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// All that is looked at is below root; what keeps values by the user's own wish is beside it.
	b := &bench{t: t, tool: buildTool(t), root: t.TempDir(), values: map[string]string{}}
	b.dir = filepath.Join(b.root, "examples/bookstore")
	for _, kind := range []string{"store", "member", "dsn", "elsewhere", "file", "variable", "dotenv", "size", "wish", "typed", "test", "config", "environment", "reference"} {
		middle := kind + rand.Text()
		b.values[kind] = "\"é' " + middle + "+&%<\\=/"
	}
	for _, kind := range []string{"store", "file", "member", "typed"} {
		b.values[kind] += "\nand \"" + rand.Text()
	}
	b.values["dsn"] = "postgres://shop:" + "dsn" + rand.Text() + "@db/shop"
	if err := os.CopyFS(filepath.Join(b.root, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	private := t.TempDir()
	mod, err := os.ReadFile(filepath.Join(root, "examples/go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	b.write("../go.mod", strings.ReplaceAll(string(mod), "=> ../", "=> "+root+"/"))
	spec, err := os.ReadFile(filepath.Join(b.dir, "f.yml"))
	if err != nil {
		t.Fatal(err)
	}
	b.write("f.yml", b.spec(string(spec), filepath.Join(private, "file")))
	b.write("vault/vault.go", vault)
	b.write("vault/vault_test.go", vaultTest)
	for _, kind := range []string{"store", "member", "dsn", "elsewhere", "file"} {
		b.standIn += "vault." + kind + ": " + quoted(b.values[kind]) + "\n"
	}
	b.standIn += "vault.size: 7\n"
	b.write("secrets.local.yml", b.standIn)
	tests := ""
	for _, kind := range []string{"store", "member", "dsn", "elsewhere", "file", "size"} {
		tests += "vault." + kind + ": " + quoted(b.values["test"]) + "\n"
	}
	b.write("secrets.test.yml", tests)
	b.write(".env", "VAULT_DOTENV="+quoted(b.values["dotenv"])+"\nSHOP_ELSEWHERE="+quoted(b.values["elsewhere"])+"\nVAULT_VARIABLE="+quoted(b.values["variable"])+"\n")
	for name, text := range map[string]string{"file": b.values["file"] + "\x00" + rand.Text() + "\n", "version": "1"} {
		if err := os.WriteFile(filepath.Join(private, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"aws": awsTool, "sam": "#!/bin/sh\nenv | grep -v ^VAULT_\ncat template.yaml >/dev/null\n"} {
		b.write("../../tools/"+name, text)
		if err := os.Chmod(filepath.Join(b.root, "tools", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"tmp", "cache", "home"} {
		if err := os.Mkdir(filepath.Join(b.root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Fields(string(out))
	b.env = append(os.Environ(), "GOCACHE="+caches[0], "GOMODCACHE="+caches[1], "GOPROXY=off", "GOFLAGS=-mod=mod", "PATH="+filepath.Join(b.root, "tools")+":"+os.Getenv("PATH"),
		"XDG_CACHE_HOME="+filepath.Join(b.root, "cache"), "TMPDIR="+filepath.Join(b.root, "tmp"), "HOME="+filepath.Join(b.root, "home"), "STORE="+private,
		"VAULT_VARIABLE="+b.values["variable"], "VAULT_WISH="+b.values["wish"])
	return b
}

// spec is f.yml of bookstore with the secrets, and a variable of the user's own wish.
func (b *bench) spec(spec, file string) string {
	spec = strings.Replace(spec, "provider: {name: tencent,", "package: {mode: shared}\nprovider: {name: tencent, environment: {WISH: \"${env.VAULT_WISH}\"},", 1)
	common := "vault.elsewhere: {from: \"env:SHOP_ELSEWHERE\"}, vault.file: {from: \"file:" + file + "\"}"
	secrets := func(store, member, dsn, size string) string {
		return fmt.Sprintf("secrets: {vault.store: {from: %q}, vault.member: {from: %q}, vault.dsn: {from: %q}, vault.size: {from: %q}, %s}", store, member, dsn, size, common)
	}
	spec = strings.Replace(spec, "aws: {provider", "aws: {"+secrets("ssm:/shop/store", "secretsmanager:shop/db#member", "secretsmanager:shop/dsn", "ssm:/shop/size")+", provider", 1)
	spec = strings.Replace(spec, "aliyun: {provider", "aliyun: {"+secrets("kms:store", "kms:member", "kms:dsn", "kms:size")+", provider", 1)
	return strings.Replace(spec, "targets:\n", secrets("ssm:store:v1", "ssm:member:v1", "ssm:dsn", "ssm:size:v1")+"\ntargets:\n", 1)
}

// quoted is a text in double quotes as YAML and .env take it.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// refusals writes values where none may stand. No message shows one.
func (b *bench) refusals() {
	spec, err := os.ReadFile(filepath.Join(b.dir, "f.yml"))
	if err != nil {
		b.t.Fatal(err)
	}
	with := func(old, text string) string {
		if !strings.Contains(string(spec), old) {
			b.t.Fatalf("f.yml does not have %s", old)
		}
		return strings.Replace(string(spec), old, text, 1)
	}
	b.write("config.prod.yml", "vault: {store: "+quoted(b.values["config"])+"}\n")
	b.run(1, "check", "--env", "prod")
	b.run(1, "config", "--env", "prod", "--json")
	if err := os.Remove(filepath.Join(b.dir, "config.prod.yml")); err != nil {
		b.t.Fatal(err)
	}
	b.write("f.yml", with("environment: {", "environment: {\n    VAULT_DOTENV: "+quoted(b.values["environment"])+",\n    "))
	b.run(1, "check")
	b.run(1, "build", "--target", "aws")
	b.write("f.yml", with(`"ssm:store:v1"`, quoted(b.values["reference"])))
	b.run(1, "check")
	b.run(1, "secret", "list")
	b.write("f.yml", string(spec))
}

// run runs faasgen and keeps what it says. The code is what it has to end with, -1 for any.
func (b *bench) run(code int, args ...string) (stdout string) {
	b.t.Helper()
	cmd := exec.Command(b.tool, args...)
	cmd.Stdin = strings.NewReader(b.value)
	return b.finish("faasgen "+strings.Join(args, " "), code, cmd)
}

func (b *bench) finish(what string, code int, cmd *exec.Cmd) (stdout string) {
	b.t.Helper()
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.env, &out, &errs
	started := time.Now()
	err := cmd.Run()
	b.say(what, out.String()+"\n"+errs.String())
	b.t.Logf("%s: %s", what, time.Since(started).Round(time.Second/10))
	exit, _ := errors.AsType[*exec.ExitError](err)
	if got := cmd.ProcessState.ExitCode(); err != nil && exit == nil || code >= 0 && got != code {
		b.t.Fatalf("%s: %v, expected exit code %d\n%s\n%s", what, err, code, out.String(), errs.String())
	}
	return out.String()
}

func (b *bench) say(what, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, saying{what, text})
}

// Write keeps the log of the development server.
func (b *bench) Write(p []byte) (int, error) {
	b.say("faasgen dev", string(p))
	return len(p), nil
}

// dev sends requests to the development server.
func (b *bench) dev(requests ...string) {
	b.t.Helper()
	cmd := exec.Command(b.tool, "dev", "--addr", "127.0.0.1:0")
	r, w := io.Pipe()
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.env, b, io.MultiWriter(b, w)
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		var text []byte
		p := make([]byte, 4096)
		for {
			n, err := r.Read(p)
			if err != nil {
				return
			}
			text = append(text, p[:n]...)
			if m := regexp.MustCompile(`serving on (http\S+)`).FindSubmatch(text); m != nil && len(address) == 0 {
				address <- string(m[1])
			}
		}
	}()
	select {
	case url := <-address:
		for _, request := range requests {
			method, path, _ := strings.Cut(request, " ")
			req, err := http.NewRequest(method, strings.TrimSuffix(url, "/")+path, nil)
			if err != nil {
				b.t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				b.t.Fatal(err)
			}
			var text bytes.Buffer
			_ = res.Header.Write(&text)
			_, err = io.Copy(&text, res.Body)
			res.Body.Close()
			if err != nil {
				b.t.Fatal(err)
			}
			if want := path == "/vault"; (res.StatusCode == 200) != want {
				b.t.Errorf("%s: %d %s", request, res.StatusCode, text.String())
			}
			b.say(request, text.String())
		}
	case <-time.After(2 * time.Minute):
		b.t.Error("faasgen dev does not serve")
	}
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
	w.Close()
}

// forms are those in which a value may be written, by name.
func forms(value string) map[string]string {
	list := map[string]string{}
	for i, middle := range regexp.MustCompile(`[a-z]*[A-Z2-7]{26}`).FindAllString(value, -1) {
		add := func(form, text string) { list[fmt.Sprint(form, i)] = text }
		add("plain", middle)
		add("hex", hex.EncodeToString([]byte(middle)))
		add("HEX", strings.ToUpper(hex.EncodeToString([]byte(middle))))
		for skip := range 3 { // what comes before shifts it
			if inside := base64.RawStdEncoding.EncodeToString([]byte(middle[skip:])); len(inside) > 4 {
				add(fmt.Sprint("base64-", skip), inside[:len(inside)/4*4-4])
			}
		}
	}
	return list
}

// look looks for the values in all that was said, and in all files but those that the test itself has written with a value in them. What has
// the value of the user's own wish is exactly the deployment files, which only their owner can read.
func (b *bench) look() {
	b.t.Helper()
	needles, wish := map[string]string{}, map[string]string{}
	for kind, value := range b.values {
		into := needles
		if kind == "wish" {
			into = wish
		}
		if len(forms(value)) < 6 {
			b.t.Fatalf("%s: found %d forms", kind, len(forms(value)))
		}
		for form, text := range forms(value) {
			into[kind+" as "+form] = text
		}
	}
	search := func(where string, content []byte) {
		for name, text := range needles {
			if bytes.Contains(content, []byte(text)) {
				b.t.Errorf("%s has %s", where, name)
			}
		}
	}
	wished := map[string]bool{}
	wanted := func(where string, content []byte) {
		for _, text := range wish {
			if bytes.Contains(content, []byte(text)) {
				wished[where] = true
			}
		}
	}
	for _, s := range b.said {
		search(s.what, []byte(s.text))
		wanted(s.what, []byte(s.text))
	}
	written := map[string]bool{"secrets.local.yml": true, "secrets.test.yml": true, ".env": true}
	looked := 0
	var open func(where string, content []byte)
	open = func(where string, content []byte) {
		looked++
		search(where, content)
		wanted(where, content)
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				b.t.Fatal(err)
			}
			inside, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				b.t.Fatal(err)
			}
			open(where+": "+f.Name, inside)
		}
	}
	err := filepath.WalkDir(b.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Dir(path) == b.dir && written[entry.Name()] {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(b.dir, path)
		if err != nil {
			return err
		}
		open(name, content)
		if info, err := entry.Info(); err != nil || wished[name] && info.Mode().Perm() != 0o600 {
			b.t.Errorf("%s has a value of the environment, and mode %s (%v)", name, info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	unit := regexp.MustCompile(`^dist/tencent/(_tasks/)?[^/]+/serverless.yml$`)
	got := slices.Sorted(maps.Keys(wished))
	for i, name := range got {
		got[i] = unit.ReplaceAllString(name, "dist/tencent/$1<unit>/serverless.yml")
	}
	want := []string{"dist/aliyun/_tasks/s.yaml", "dist/aliyun/s.yaml", "dist/aws.releases/1/_tasks/template.yaml", "dist/aws.releases/1/template.yaml", // kept for a rollback
		"dist/aws/_tasks/template.yaml", "dist/aws/template.yaml", "dist/local/manifest.json", "dist/tencent/<unit>/serverless.yml", "dist/tencent/_tasks/<unit>/serverless.yml"}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		b.t.Errorf("the value of environment is in %q, expected %q", got, want)
	}
	if looked < 100 {
		b.t.Errorf("looked at %d files", looked)
	}
	b.t.Logf("looked at %d files, and at what %d runs and requests said", looked, len(b.said))
}
