package cache

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// unknowable reports whether the environment makes the go command read files that are not among those of the query.
func unknowable(env []string) bool {
	flags, _ := lookup(env, "GOFLAGS")
	driver, _ := lookup(env, "GOPACKAGESDRIVER")
	return strings.Contains(flags, "-modfile") || strings.Contains(flags, "-overlay") || driver != "" && driver != "off"
}

// toolchain describes what does the work: faasgen and the go command, as the files they are, and every variable that the
// go command knows.
func toolchain(env []string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	command, err := goCommand()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range []string{self, command, settings(env)} {
		info, err := os.Stat(name)
		if err != nil {
			fmt.Fprintf(&b, "%q is not there\n", name)
			continue
		}
		fmt.Fprintf(&b, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	last := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX" {
			last[name] = value
		}
	}
	names := make([]string, 0, len(last))
	for name := range last {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s=%q\n", name, last[name])
	}
	return b.String(), nil
}

// goCommand is the go command's file, links resolved: another installation is another file. It is looked for on this
// process's PATH, as running it does.
func goCommand() (string, error) {
	name, err := exec.LookPath("go")
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(name)
}

// settings is the file that "go env -w" writes.
func settings(env []string) string {
	name, _ := lookup(env, "GOENV")
	if name != "" {
		return name
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "go", "env")
}

func lookup(env []string, name string) (string, bool) {
	for _, v := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
