package main_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// serverVariables are the variables that the sources of the run time read, of this machine and of every unit.
func serverVariables(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range []string{"../../framework/platform/local/settings.go", "../../framework/settings.go", "../../framework/runtime.go"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(FAAS_[A-Z_]+)"`).FindAllSubmatch(content, -1) {
			names = append(names, string(m[1]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// TestServerVariables: the page names each variable that the server reads, and no other.
func TestServerVariables(t *testing.T) {
	content, err := os.ReadFile("../../docs/run-as-a-server.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(content), "\n## Variables of the server\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var documented []string
	for line := range strings.Lines(section) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		documented = append(documented, regexp.MustCompile(`FAAS_[A-Z_]+`).FindAllString(first, -1)...)
	}
	slices.Sort(documented)
	if known := serverVariables(t); !slices.Equal(documented, known) {
		t.Errorf("the page has %q\nthe server reads %q", documented, known)
	}
	for _, name := range regexp.MustCompile(`FAAS_[A-Z_]+`).FindAllString(string(content), -1) {
		if !slices.Contains(documented, name) {
			t.Errorf("the page speaks of %s, which its table has not", name)
		}
	}
}

// systemd parses a unit file, as sections with the values of each key, and refuses what systemd would ignore with a warning.
func systemd(t *testing.T, text string) map[string]map[string][]string {
	t.Helper()
	known := map[string][]string{
		"Unit": {"Description", "Wants", "After"},
		"Service": {"ExecStart", "WorkingDirectory", "Environment", "EnvironmentFile", "Restart", "TimeoutStopSec", "DynamicUser", "NoNewPrivileges",
			"PrivateTmp", "ProtectHome", "ProtectSystem"},
		"Install": {"WantedBy"},
	}
	parsed := map[string]map[string][]string{}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]")
			parsed[section] = map[string][]string{}
			continue
		}
		if line == "" {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || !slices.Contains(known[section], key) {
			t.Errorf("[%s] %s is nothing that systemd knows", section, line)
			continue
		}
		parsed[section][key] = append(parsed[section][key], value)
	}
	return parsed
}

func TestRunAsAServer(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("servers are Linux programs")
	}
	unit := systemd(t, find(t, "With systemd", "ini"))
	service := unit["Service"]
	if len(unit["Install"]["WantedBy"]) != 1 || len(service["ExecStart"]) != 1 || len(service["WorkingDirectory"]) != 1 {
		t.Fatalf("the unit file has %v", unit)
	}
	var compose struct {
		Services map[string]struct {
			Image, Restart  string
			Ports, Tmpfs    []string
			Environment     map[string]string
			ReadOnly        bool   `yaml:"read_only"`
			StopGracePeriod string `yaml:"stop_grace_period"`
			Healthcheck     *struct {
				Test              []string
				Interval, Timeout string
			}
		}
	}
	d := yaml.NewDecoder(strings.NewReader(find(t, "With Compose", "yaml")))
	d.KnownFields(true)
	if err := d.Decode(&compose); err != nil {
		t.Fatal(err)
	}
	known := serverVariables(t)
	for name, s := range compose.Services {
		for variable := range s.Environment {
			if !slices.Contains(known, variable) {
				t.Errorf("service %s sets %s, which nothing reads", name, variable)
			}
		}
		if s.Image != "shop:latest" {
			t.Errorf("service %s has the image %s", name, s.Image)
		}
	}

	w := newWorkshop(t, buildTool(t), map[string]string{
		"f.yml":              "service: shop\nprovider: {architecture: " + runtime.GOARCH + "}\n",
		"config.default.yml": "greeting: hello\n", "config.prod.yml": "greeting: good day\n",
		"shop.go": "// Package shop greets.\npackage shop\n\nimport \"context\"\n\n// Greeter greets.\ntype Greeter struct {\n\tGreeting string //faas:config key=greeting\n}\n\n" +
			"// Greet greets.\n//\n//faas:handler greet\n//faas:http GET /\nfunc (g *Greeter) Greet() string { return g.Greeting }\n\n" +
			"// Nightly does nothing.\n//\n//faas:handler nightly\n//faas:timer cron=\"0 3 * * *\" timezone=Asia/Shanghai\nfunc Nightly(context.Context) error { return nil }\n",
	})
	for _, heading := range []string{"Build the server", "In an image"} {
		for line := range strings.Lines(find(t, heading, "sh")) {
			if out, errs, err := w.sh(line); err != nil || !strings.Contains(out, "dist/local/shop\n") {
				t.Fatalf("%s: %v\n%s%s", line, err, out, errs)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(w.dir, "shop.tar")); err != nil {
		t.Error(err)
	}

	// The folder as it is, started as the unit file says: only the place and the port are others.
	place := filepath.Join(w.dir, "dist/local")
	cmd := exec.Command(strings.Replace(service["ExecStart"][0], "/opt/shop", place, 1))
	cmd.Dir = strings.Replace(service["WorkingDirectory"][0], "/opt/shop", place, 1)
	for _, v := range service["Environment"] {
		name, _, _ := strings.Cut(v, "=")
		if !slices.Contains(known, name) {
			t.Errorf("the unit file sets %s, which nothing reads", name)
		}
		cmd.Env = append(cmd.Env, v)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd.Env = append(cmd.Env, "FAAS_ADDR="+addr, "FAAS_DRAIN=100ms", "ZONEINFO=/nowhere")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	lines := bufio.NewScanner(log)
	for said := false; !said; said = strings.Contains(lines.Text(), `"msg":"serving"`) {
		if !lines.Scan() {
			t.Fatal("the server did not start")
		}
	}
	for path, want := range map[string]string{"/": "good day", "/_faas/ready": `{"status":"ok"}`, "/_faas/health": `{"status":"ok"}`} {
		res, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != want {
			t.Errorf("%s: %d %s, want %s", path, res.StatusCode, body, want)
		}
	}
	// The probe of the Compose file is one that the program has.
	if test := compose.Services["shop"].Healthcheck.Test; len(test) != 3 || test[0] != "CMD" || test[1] != "/app/shop" {
		t.Errorf("the health check is %q", test)
	} else {
		probe := exec.Command(cmd.Path, test[2:]...)
		probe.Env = cmd.Env
		if out, err := probe.CombinedOutput(); err != nil {
			t.Errorf("%q: %v\n%s", test, err, out)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // to the end, before Wait closes the pipe
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}
