// Package cut keeps the part of a generated application package that some of its functions need, so that a unit's binary
// links that part and nothing else. It reads the committed text and writes none of its own: what is left of a declaration
// is byte for byte what is committed, except for the list of functions, the fields of the container, what the functions
// that start and end the application go through, and imports.
//
// It works on names, without types. What one declaration needs are the names that it mentions; generated code keeps the
// names of the container's fields and methods apart, and a member that cannot be told by its receiver counts for every
// type that has one of its name. So a cut may keep too much, and never too little. Which functions a cut is made of, where
// it is written and how it is built is not known here.
package cut

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// File is one file of a package: its name without a folder, and its text.
type File struct {
	Name    string
	Content []byte
}

// The names that generated code has for what is cut inside, too.
const (
	entry     = "New"
	container = "container"
	overrides = "overrides.go"
	injection = "wireinject" // the build tag of the declarations of the injectors
)

// starting are the functions and the container's methods that are cut statement by statement.
func starting(name string) bool {
	return slices.Contains([]string{"newContainer", "app", "start"}, name)
}

// Package is an application package whose files have been read. It may be used by several goroutines at once.
type Package struct {
	files     []*source
	byKey     map[any][]*node
	functions []string
}

// key of a function in the list of functions, of a method that returns a part of that list, of a component of the configuration, of an import path, and of a declaration or
// a type's member. Variables of a function have their *ast.Object as key.
type (
	functionKey  string
	listKey      string
	componentKey string
	importKey    string
	nameKey      string
	memberKey    struct{ owner, name string }
)

// node is a piece of text that is kept or left out: a declaration, or a part of one.
type node struct {
	file       *source
	start, end int
	spaced     bool // an empty line stands before it
	parent     *node
	refs       []any    // keys of what it needs
	imports    []string // of the file, by local name
	parts      []*node
	guard      bool // a declaration of _, which is kept if all that it mentions is; those of handlers' signatures are not
	group      *group
}

// Functions are the names of the functions in the package's list, in its order.
func (p *Package) Functions() []string { return slices.Clone(p.functions) }

// Cut returns the files of a package with the functions of these names, sorted by name. A name that the package does not
// have is an error. Components are the import paths of the components whose configuration the functions use: it has
// no default values of others.
func (p *Package) Cut(functions, components []string) ([]File, error) {
	k := &kept{p: p, nodes: map[*node]bool{}, keys: map[any]bool{}, waiting: map[*node][]*node{}}
	for _, f := range functions {
		if !slices.Contains(p.functions, f) {
			return nil, fmt.Errorf("the generated package has no function %q", f)
		}
		k.reach(functionKey(f))
	}
	for _, c := range components {
		k.reach(componentKey(c))
	}
	k.reach(nameKey(entry))
	var out []File
	for _, f := range p.files {
		if content := k.write(f); content != nil {
			out = append(out, File{f.name, content})
		}
	}
	return out, nil
}

// kept is what one cut keeps.
type kept struct {
	p       *Package
	nodes   map[*node]bool
	keys    map[any]bool
	waiting map[*node][]*node // parts that are needed once what they are in is
}

func (k *kept) reach(key any) {
	if k.keys[key] {
		return
	}
	k.keys[key] = true
	for _, n := range k.p.byKey[key] {
		if n.parent != nil && !k.nodes[n.parent] {
			k.waiting[n.parent] = append(k.waiting[n.parent], n)
			continue
		}
		k.keep(n)
	}
}

func (k *kept) keep(n *node) {
	if k.nodes[n] {
		return
	}
	k.nodes[n] = true
	for _, r := range n.refs {
		k.reach(r)
	}
	for _, i := range n.imports {
		k.reach(importKey(n.file.imports[i].path))
	}
	for _, part := range k.waiting[n] {
		k.keep(part)
	}
}

// whole reports whether everything that a guard mentions is kept, the packages too: a guard alone links none.
func (k *kept) whole(n *node) bool {
	return !slices.ContainsFunc(n.refs, func(r any) bool { return k.p.byKey[r] != nil && !k.keys[r] }) &&
		!slices.ContainsFunc(n.imports, func(i string) bool { return !k.keys[importKey(n.file.imports[i].path)] })
}

// write returns what is kept of a file, nil for nothing.
func (k *kept) write(f *source) []byte {
	imported := map[string]bool{}
	var use func(n *node)
	use = func(n *node) {
		if !k.nodes[n] {
			return
		}
		for _, i := range n.imports {
			imported[i] = true
		}
		for _, part := range n.parts {
			use(part)
		}
	}
	for _, n := range f.nodes {
		use(n)
	}
	var body bytes.Buffer
	var open *group
	for _, n := range f.nodes {
		if n.guard && !k.whole(n) || !n.guard && !k.nodes[n] {
			continue
		}
		for _, i := range n.imports {
			imported[i] = true
		}
		if open != nil && open != n.group {
			body.Write(open.close)
			open = nil
		}
		switch {
		case n.group != nil && open == nil:
			open = n.group
			body.WriteString("\n")
			body.Write(open.open)
		case n.spaced || n.group == nil && body.Len() == 0:
			body.WriteByte('\n')
		}
		body.Write(k.text(n))
	}
	if open != nil {
		body.Write(open.close)
	}
	if body.Len() == 0 {
		return nil
	}
	out := bytes.NewBuffer(slices.Clone(f.head))
	f.writeImports(out, imported)
	out.Write(body.Bytes())
	return out.Bytes()
}

// text is a node without those of its parts that are left out.
func (k *kept) text(n *node) []byte {
	var out []byte
	at, removed := n.start, false
	var walk func(parts []*node)
	walk = func(parts []*node) {
		for _, part := range parts {
			if k.nodes[part] {
				walk(part.parts)
				continue
			}
			if part.start < at { // the last of a list in one line, whose neighbour is gone with the comma between them
				out = bytes.TrimSuffix(out, []byte(", "))
			} else {
				out = append(out, n.file.content[at:part.start]...)
			}
			at, removed = part.end, true
		}
	}
	walk(n.parts)
	out = append(out, n.file.content[at:n.end]...)
	if removed {
		out = closeUp(out)
	}
	return out
}

// closeUp takes out the empty lines that are left where lines are gone: the second of two, and one at the beginning or end
// of a block. What is cut inside has no text of several lines.
func closeUp(text []byte) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	var out []string
	for i, line := range lines {
		if line == "\n" {
			before, after := "{\n", "}\n"
			if len(out) > 0 {
				before = out[len(out)-1]
			}
			if i+1 < len(lines) {
				after = strings.TrimLeft(lines[i+1], "\t")
			}
			if before == "\n" || strings.HasSuffix(before, "{\n") || strings.HasPrefix(after, "}") || after == "\n" {
				continue
			}
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}
