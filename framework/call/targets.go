package call

import (
	"fmt"
	"strings"
)

// Variable names the environment variable that says where functions are deployed.
const Variable = "FAAS_CALLS"

// ParseTargets reads FAAS_CALLS: groups NAME[,NAME…]=DEPLOYED[:QUALIFIER], with semicolons between them. An ARN is not taken
// apart. Empty text has no functions.
func ParseTargets(text string) (map[string]Target, error) {
	targets := map[string]Target{}
	for group := range strings.SplitSeq(text, ";") {
		if group = strings.TrimSpace(group); group == "" {
			continue
		}
		names, deployed, ok := strings.Cut(group, "=")
		if !ok || deployed == "" {
			return nil, fmt.Errorf("variable %s: found %.100q, expected NAME,NAME=DEPLOYED or NAME=DEPLOYED:QUALIFIER", Variable, group)
		}
		target := Target{Name: deployed}
		if i := strings.LastIndexByte(deployed, ':'); i >= 0 && !strings.HasPrefix(deployed, "arn:") {
			target = Target{Name: deployed[:i], Qualifier: deployed[i+1:]}
		}
		if !legal(target.Name, ":/") || !legal(target.Qualifier+"x", "") {
			return nil, fmt.Errorf("variable %s: found the deployed function %.100q, expected a name, with an alias or version after a colon", Variable, deployed)
		}
		for name := range strings.SplitSeq(names, ",") {
			if !legal(name, "") {
				return nil, fmt.Errorf("variable %s: found the function %.100q, expected a name", Variable, name)
			}
			if other, ok := targets[name]; ok && other != target {
				return nil, fmt.Errorf("variable %s: found function %s at %.100s and at %.100s, expected one place", Variable, name, other, target)
			}
			targets[name] = target
		}
	}
	return targets, nil
}

// legal reports whether s is a name of letters, digits, hyphens, underscores, dots, dollar signs and the given characters.
func legal(s, more string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-_.$", c) >= 0, strings.IndexByte(more, c) >= 0:
		default:
			return false
		}
	}
	return s != "" && s != "." && s != ".."
}
