package main

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fake are stages whose responses are all right and equal.
func fake() []*stage {
	stages := []*stage{{cloud: "local"}}
	for _, cloud := range []string{"here", "there"} {
		for _, v := range variants() {
			stages = append(stages, &stage{cloud: cloud, variant: v})
		}
	}
	for _, s := range stages {
		for _, st := range script() {
			s.responses = append(s.responses, response{status: st.status, hash: "0a"})
		}
	}
	return stages
}

// TestTable: a table is good if all stages respond alike, and otherwise names the one that does not.
func TestTable(t *testing.T) {
	const grouped = 6 // "all in one group" of the cloud "there"
	for name, tc := range map[string]struct {
		change func([]*stage)
		wants  []string
	}{
		"equal":            {change: func([]*stage) {}},
		"another body":     {func(s []*stage) { s[grouped].responses[0].hash = "0b" }, []string{"several", "DIFFERS", "create on there, all in one group: 201 0b, and 201 0a on local\n"}},
		"another status":   {func(s []*stage) { s[grouped].responses[0].status = 200 }, []string{"several", "DIFFERS", "create on there, all in one group: 200 0a, and 201 0a on local\n"}},
		"not as scripted":  {func(s []*stage) { s[grouped].responses[1].wrong = "no draft" }, []string{"WRONG", "create a draft on there, all in one group: no draft\n"}},
		"a separate unit":  {func(s []*stage) { s[grouped-1].responses[0].hash = "0b" }, []string{"DIFFERS", "create on there, separate: 201 0b, and 201 0a on local\n"}},
		"localhost itself": {func(s []*stage) { s[0].responses[0].hash = "0b" }, []string{"DIFFERS", "create on here, separate: 201 0a, and 201 0b on local\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			stages := fake()
			tc.change(stages)
			var b strings.Builder
			if good := printTable(&b, stages); good != (len(tc.wants) == 0) {
				t.Errorf("the table is good: %t\n%s", good, &b)
			}
			for _, want := range tc.wants {
				if !strings.Contains(b.String(), want) {
					t.Errorf("the table has no %q:\n%s", want, &b)
				}
			}
		})
	}
	lines := strings.Split(func() string { var b strings.Builder; printTable(&b, fake()); return b.String() }(), "\n")
	for i, want := range []string{"call local here there", "separate grouped separate grouped", "create 201 0a 201 0a 201 0a 201 0a 201 0a equal"} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
}

// TestManifest reads units with the environment that a deployment file gives them, wherever it has it.
func TestManifest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("manifest.json", `{"units":{"a":{"command":"main","settings":{"timeout":"1m0s","initTimeout":"10s"}},"b":{}},"files":{"x.yaml":"","y.toml":""}}`)
	write("x.yaml", "a: {env: {FAAS_UNIT: a, FAAS_FUNCTIONS: \"*,!b\", REF: {Ref: X}}}\nlist: [{FAAS_UNIT: b}]\n")
	m, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Units["a"].environment, map[string]string{"FAAS_UNIT": "a", "FAAS_FUNCTIONS": "*,!b"}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if invocation, start, err := m.Units["a"].limits(); err != nil || invocation.String() != "1m0s" || start.String() != "10s" {
		t.Errorf("got %s, %s, %v", invocation, start, err)
	}
	write("x.yaml", "a: {FAAS_UNIT: a}\n")
	if _, err := readManifest(dir); err == nil || !strings.HasSuffix(err.Error(), "no deployment file sets FAAS_UNIT to b") {
		t.Errorf("a unit that no file has: %v", err)
	}
}

// TestGroups builds groups of the bookstore in one package for every cloud, and sends all of them the script.
func TestGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("it links a program for each cloud")
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the packages are for linux/amd64")
	}
	t.Chdir("..")
	before, err := os.ReadFile(filepath.Join(application, "f.yml"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	all := variants()
	stages, err := builtStages(t.Context(), t.TempDir(), all[len(all)-1:])
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string]string{
		"tencent": "units: 7, packages: 1, reading: 3 functions, writing: 4 functions, writing-events: 2 functions", // without http
		"aliyun":  "units: 6, packages: 1, reading: 3 functions, writing: 6 functions",
		"aws":     "units: 6, packages: 1, reading: 3 functions, writing: 6 functions",
	}
	for _, s := range stages {
		if got := s.summary(); got != wants[s.cloud] {
			t.Errorf("%s: got %q, want %q", s.cloud, got, wants[s.cloud])
		}
		s.responses, err = play(t.Context(), s, document)
		if stopped := s.close(t.Context()); err != nil || stopped != nil {
			t.Fatalf("%s: %v, %v", s.title(), err, stopped)
		}
	}
	var b strings.Builder
	if len(stages) != len(wants) || !printTable(&b, stages) {
		t.Errorf("%d stages do not agree:\n%s", len(stages), &b)
	}
	if after, err := os.ReadFile(filepath.Join(application, "f.yml")); err != nil || string(after) != string(before) {
		t.Errorf("f.yml of the application is not as it was: %v", err)
	}
}
