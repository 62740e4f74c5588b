package load

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Module is a module whose packages are read from source.
type Module struct {
	// Dir is its folder, Path its module path.
	Dir, Path string
	// Main says that the go command runs in it, or that the workspace uses it; else a replace directive names it.
	Main bool
	// ignore lists the folders that its go.mod tells the go command to leave out.
	ignore []string
}

// modFile is what load needs of a go.mod or go.work.
type modFile struct {
	module  string
	use     []string
	replace []string // local folders only
	ignore  []string
}

// parseMod reads a go.mod or go.work. It understands well-formed files only: what is wrong with one is the go command's
// to say.
func parseMod(content []byte) modFile {
	var f modFile
	block := ""
	for line := range strings.Lines(string(content)) {
		words := modWords(line)
		if len(words) == 0 {
			continue
		}
		switch {
		case block == "" && len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block != "" && words[0] == ")":
			block = ""
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		f.line(words)
	}
	return f
}

func (f *modFile) line(words []string) {
	if len(words) < 2 {
		return
	}
	switch words[0] {
	case "module":
		f.module = words[1]
	case "use":
		f.use = append(f.use, words[1])
	case "ignore":
		f.ignore = append(f.ignore, words[1])
	case "replace":
		arrow := slices.Index(words, "=>")
		if arrow < 0 || arrow+1 >= len(words) {
			return
		}
		if to := words[arrow+1]; isLocal(to) {
			f.replace = append(f.replace, to)
		}
	}
}

// isLocal is the go command's rule for telling a folder from a module path.
func isLocal(to string) bool {
	return to == "." || to == ".." || strings.HasPrefix(to, "./") || strings.HasPrefix(to, "../") || filepath.IsAbs(to)
}

// modWords splits a line into words, without its comment and without quotes.
func modWords(line string) []string {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" || strings.HasPrefix(line, "//") {
			return words
		}
		if quote := line[0]; quote == '"' || quote == '`' {
			end := strings.IndexByte(line[1:], quote)
			if end < 0 {
				return words
			}
			words = append(words, line[1:end+1])
			line = line[end+2:]
			continue
		}
		end := strings.IndexAny(line, " \t\r\n")
		if end < 0 {
			end = len(line)
		}
		words = append(words, line[:end])
		line = line[end:]
	}
}

// findUp returns the nearest folder at or above dir that holds a file of that name, or "".
func findUp(dir, name string) string {
	for {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// below reports whether p is dir or in it.
func below(p, dir string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// belowPath is below for import paths.
func belowPath(p, root string) bool {
	return p == root || strings.HasPrefix(p, root+"/")
}

// importPath returns the import path of dir, which is in one of the modules, and that module.
func importPath(modules []Module, dir string) (string, *Module) {
	var in *Module
	for i := range modules {
		m := &modules[i]
		if below(dir, m.Dir) && (in == nil || len(m.Dir) > len(in.Dir)) {
			in = m
		}
	}
	if in == nil {
		return "", nil
	}
	rel, err := filepath.Rel(in.Dir, dir)
	if err != nil {
		return "", nil
	}
	return path.Join(in.Path, filepath.ToSlash(rel)), in
}
