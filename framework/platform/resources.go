package platform

import (
	"fmt"
	"strings"

	"github.com/faasgen/faasgen/framework"
)

// ResourcesVariable is the environment variable that says what the logical names of triggers stand for: entries
// logical=real, separated by spaces, the real name being a name or an ARN. A logical name without an entry is the real one.
// Deployment files write it, so that the same binary can be deployed to several stages.
const ResourcesVariable = "FAAS_RESOURCES"

// resources are the real names by logical name.
type resources map[string]string

// readResources reads the variable. A malformed entry is an error, as events of its resource would be refused.
func readResources(rt *framework.Runtime) (resources, error) {
	if rt == nil {
		return nil, nil
	}
	text, _ := rt.LookupEnv(ResourcesVariable)
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	r := resources{}
	for entry := range strings.FieldsSeq(text) {
		logical, real, ok := strings.Cut(entry, "=")
		if !ok || logical == "" || real == "" {
			return nil, fmt.Errorf("variable %s: found %.80q, expected entries such as invoices=invoices-prod", ResourcesVariable, entry)
		}
		r[logical] = real
	}
	return r, nil
}

func (r resources) real(logical string) string {
	if real := r[logical]; real != "" {
		return real
	}
	return logical
}

// is reports whether a logical name stands for what the payload calls by any of these names; empty ones are not known. Of
// an ARN that is not in the payload, the name at its end has to do.
func (r resources) is(logical, name, arn string) bool {
	real := r.real(logical)
	if real == name || real == arn || arn != "" && strings.HasPrefix(arn, real+"/") { // a stream is below its table
		return true
	}
	return arn == "" && name != "" && isARN(real) && EndOfARN(real) == name
}

func isARN(s string) bool { return strings.Count(s, ":") >= 4 }

// EndOfARN is the name at the end of an ARN: what follows its last colon or slash.
func EndOfARN(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }
