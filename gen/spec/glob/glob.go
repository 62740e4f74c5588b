// Package glob matches slash-separated paths the way package.include and package.exclude of f.yml write them. It reads
// no files.
package glob

import (
	"fmt"
	"path"
	"strings"
)

// Check says what is wrong with a pattern: it must be relative, stay inside its folder, and be well formed. A pattern is
// a path whose segments may hold * (any characters but a slash), ? (one of them) and [a-z]; a segment that is ** stands
// for any number of folders, also none.
func Check(pattern string) error {
	switch {
	case pattern == "":
		return fmt.Errorf("the pattern is empty")
	case strings.HasPrefix(pattern, "/"):
		return fmt.Errorf("found %q, expected a path relative to f.yml", pattern)
	case strings.Contains(pattern, `\`):
		return fmt.Errorf("found %q, expected slashes between folders", pattern)
	}
	for segment := range strings.SplitSeq(Clean(pattern), "/") {
		switch {
		case segment == "..":
			return fmt.Errorf("found %q, which leaves the folder of f.yml", pattern)
		case segment != "**" && strings.Contains(segment, "**"):
			return fmt.Errorf("found %q, expected ** to be a whole segment", pattern)
		}
		if _, err := path.Match(segment, ""); err != nil {
			return fmt.Errorf("found %q, expected [ to be closed by ]", pattern)
		}
	}
	return nil
}

// Clean drops ./ in front and a slash at the end, and what else path.Clean drops.
func Clean(pattern string) string { return path.Clean(pattern) }

// Literal reports whether the pattern holds no wildcard: it names one file or folder.
func Literal(pattern string) bool { return !strings.ContainsAny(pattern, "*?[") }

// Match reports whether the pattern, which has passed Check, matches the whole of name, a clean slash-separated path.
func Match(pattern, name string) bool {
	return match(strings.Split(Clean(pattern), "/"), strings.Split(name, "/"))
}

// MatchBelow is Match for name or one of the folders that it is in.
func MatchBelow(pattern, name string) bool {
	for {
		if Match(pattern, name) {
			return true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return false
		}
		name = name[:i]
	}
}

// match works through the pattern once for each place that the last ** may end at, so that its cost is the product of
// both lengths at most.
func match(pattern, name []string) bool {
	star, retry := -1, 0
	i, j := 0, 0
	for j < len(name) {
		switch {
		case i < len(pattern) && pattern[i] == "**":
			star, retry = i, j
			i++
			continue
		case i < len(pattern):
			if ok, _ := path.Match(pattern[i], name[j]); ok {
				i++
				j++
				continue
			}
		}
		if star < 0 {
			return false
		}
		retry++
		i, j = star+1, retry
	}
	for i < len(pattern) && pattern[i] == "**" {
		i++
	}
	return i == len(pattern)
}
