package collect

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// wildcards checks that each wildcard of a route fills a field, and that each field with a path tag has its wildcard.
func (c *triggerDirective) wildcards(f *function, b *binder) {
	bound := map[string]bool{}
	for _, p := range b.bind.Params {
		if p.In == "path" {
			bound[p.Name] = true
		}
	}
	offered := map[string]bool{}
	faulty := false
	for _, t := range f.triggers {
		faulty = faulty || t.faulty
		m := annotations.HTTPOf(t.Marker)
		if m == nil || len(t.Routes) == 0 {
			continue
		}
		for _, name := range wildcardNames(t.Routes[0].Pattern) {
			offered[name] = true
			if bound[name] || name == "rest" && strings.HasSuffix(m.Path, "/*") {
				continue
			}
			d := c.wrong(t, "path", m.Path, max(0, strings.Index(m.Path, name)), len(name), codeRoute,
				"wildcard %s fills no field of %s", name, typeString(b.bind.Named))
			if s := annotations.Suggest(name, slices.Sorted(maps.Keys(bound))); s != "" {
				d.Hint = fmt.Sprintf("did you mean %q?", s)
			} else {
				d.Hint = fmt.Sprintf("add a field with the tag path:%q", name)
			}
			c.also(d, f.Pos, "handler "+f.Object.Name())
			faulty = true
		}
	}
	if faulty {
		f.faulty = true // what a field lacks may be what the other mistake is about
		return
	}
	for i, p := range b.bind.Params {
		if p.In != "path" || offered[p.Name] {
			continue
		}
		f.faulty = true
		d := c.errorAt(b.where[i], len(p.Path)-strings.LastIndexByte(p.Path, '.')-1, codeBinding,
			"field %s comes from the path, but no route of handler %s has {%s}", p.Path, f.Object.Name(), p.Name)
		for _, t := range f.triggers {
			if len(t.Routes) > 0 {
				c.also(d, t.Pos, "route "+t.Routes[0].String())
			}
		}
	}
}

// wildcardNames are the names of the wildcards of a canonical pattern.
func wildcardNames(pattern string) []string {
	var names []string
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && segment != "{$}" {
			names = append(names, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return names
}

// routeTree finds the routes that may conflict with one, so that not every pair has to be compared.
type routeTree struct {
	literal  map[string]*routeTree
	wildcard *routeTree
	ends     []owned // patterns that end here, or take all that is left
}

// owned is one route with where it was written.
type owned struct {
	route    web.Route
	function *function
	trigger  *trigger
}

// reportRoutes reports pairs of routes of the whole application that take the same request with neither more specific, so that
// no grouping can cause a conflict.
func (c *triggerDirective) reportRoutes() {
	tree := &routeTree{}
	for _, f := range c.handlers.found {
		for _, t := range f.triggers {
			reported := false // the methods of one directive share its path
			for _, r := range t.Routes {
				o := owned{r, f, t}
				reported = reported || c.conflicts(tree, o)
				tree.add(segments(r.Pattern), o)
			}
		}
	}
}

// segments of a canonical pattern, literals decoded; the last is "..." where it takes all that is left.
func segments(pattern string) []string {
	list := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	if last := &list[len(list)-1]; *last == "" || strings.HasSuffix(*last, "...}") {
		*last = "..."
	}
	for i, s := range list {
		if decoded, err := url.PathUnescape(s); err == nil && !strings.HasPrefix(decoded, "{") {
			list[i] = decoded
		}
	}
	return list
}

func (n *routeTree) add(path []string, o owned) {
	if len(path) == 0 || path[0] == "..." {
		n.ends = append(n.ends, o)
		return
	}
	next := n.wildcard
	if isWildcard(path[0]) {
		if next == nil {
			next = &routeTree{}
			n.wildcard = next
		}
	} else {
		if n.literal == nil {
			n.literal = map[string]*routeTree{}
		}
		if next = n.literal[path[0]]; next == nil {
			next = &routeTree{}
			n.literal[path[0]] = next
		}
	}
	next.add(path[1:], o)
}

// isWildcard tells {id} from literals and from {$}, which ends a path.
func isWildcard(segment string) bool { return strings.HasPrefix(segment, "{") && segment != "{$}" }

// candidates calls found with every route that some path of the pattern may lead to.
func (n *routeTree) candidates(path []string, found func(owned)) {
	if n == nil {
		return
	}
	for _, o := range n.ends {
		found(o)
	}
	if len(path) == 0 {
		return
	}
	if path[0] == "..." {
		n.all(found)
		return
	}
	n.wildcard.candidates(path[1:], found)
	if isWildcard(path[0]) {
		for _, child := range n.literal {
			child.candidates(path[1:], found)
		}
		return
	}
	n.literal[path[0]].candidates(path[1:], found)
}

// all calls found with every route below the node, those that end at it left out.
func (n *routeTree) all(found func(owned)) {
	for _, child := range n.children() {
		for _, o := range child.ends {
			found(o)
		}
		child.all(found)
	}
}

func (n *routeTree) children() []*routeTree {
	list := slices.Collect(maps.Values(n.literal))
	if n.wildcard != nil {
		list = append(list, n.wildcard)
	}
	return list
}

// conflicts reports the first route, in source order, that conflicts with o.
func (c *triggerDirective) conflicts(tree *routeTree, o owned) bool {
	var first *owned
	var reason *web.ConflictError
	tree.candidates(segments(o.route.Pattern), func(other owned) {
		conflict := web.Conflicting(o.route, other.route)
		if conflict == nil || first != nil && !earlier(other.trigger, first.trigger) {
			return
		}
		first, reason = &other, conflict
	})
	if first == nil {
		return false
	}
	m := annotations.HTTPOf(o.trigger.Marker)
	d := c.wrong(o.trigger, "path", m.Path, 0, len(m.Path), codeRoute, "route %s of function %s conflicts with %s of function %s: %s",
		o.route, o.function.Name, first.route, first.function.Name, reason.Reason)
	c.also(d, first.trigger.argument("path").Pos, first.route.String()+" is here")
	return true
}

func earlier(a, b *trigger) bool {
	if a.Pos.Filename != b.Pos.Filename {
		return a.Pos.Filename < b.Pos.Filename
	}
	return a.Pos.Offset < b.Pos.Offset
}
