package aws

import (
	"net/url"
	"strings"
)

// route finds the route of a request and the values of its wildcards. An HTTP API looks at the segments of the path as the
// client encoded it; the route that says most of them from the left wins, and one with the method over ANY.
func (g *gateway2) route(method, path string) (key string, parameters map[string]string) {
	key = "$default"
	best := ""
	for _, candidate := range g.routes {
		of, pattern, _ := strings.Cut(candidate, " ")
		if of != method && of != "ANY" {
			continue
		}
		values, rank, ok := along(strings.Split(pattern, "/"), strings.Split(path, "/"))
		if of == method {
			rank += "1"
		}
		if ok && rank > best {
			key, parameters, best = candidate, values, rank
		}
	}
	return key, parameters
}

// along goes along a pattern and a path. Rank has a digit for each segment: the more it says, the higher.
func along(pattern, path []string) (values map[string]string, rank string, ok bool) {
	values = map[string]string{}
	for i, segment := range pattern {
		if i == len(path) {
			return nil, "", false
		}
		name, wild := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		name, greedy := strings.CutSuffix(name, "+")
		here := path[i]
		switch {
		case wild && greedy:
			here = strings.Join(path[i:], "/")
			rank += "2"
		case wild:
			rank += "3"
		default:
			rank += "4"
		}
		decoded, err := url.PathUnescape(here)
		switch {
		case err != nil, !wild && decoded != segment, wild && decoded == "":
			return nil, "", false
		case wild:
			values[name] = decoded
		}
		if greedy {
			return values, rank, true
		}
	}
	return values, rank, len(pattern) == len(path)
}
