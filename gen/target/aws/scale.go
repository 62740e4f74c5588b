package aws

import (
	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Scaler = cloud{}

// MaxInstances is the reserved concurrency: an instance runs one invocation at a time, and provisioned instances count.
func (cloud) MaxInstances(app *target.App, u *target.Unit) (most int, bounded bool) {
	for _, e := range []*yaml.Node{u.Extension[Name], app.Spec.Provider.Extension[Name]} {
		if n := value(e, "ReservedConcurrentExecutions"); n != nil {
			return most, n.Decode(&most) == nil // else it is a variable of the template
		}
	}
	if n := u.Settings.ReservedConcurrency; n != nil {
		return *n, true
	}
	return 0, false
}
