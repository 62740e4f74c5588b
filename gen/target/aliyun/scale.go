package aliyun

import (
	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/target"
)

var _ target.Scaler = cloud{}

// MaxInstances is the reserved concurrency, which Function Compute counts in instances, provisioned ones among them, however many
// requests each takes at once.
func (cloud) MaxInstances(app *target.App, u *target.Unit) (most int, bounded bool) {
	for _, n := range []*yaml.Node{said(u.Extension, "concurrencyConfig"), said(app.Spec.Provider.Extension, "concurrencyConfig")} {
		var own struct {
			Reserved *int `yaml:"reservedConcurrency"`
		}
		if n != nil && n.Decode(&own) == nil && own.Reserved != nil {
			return *own.Reserved, true
		}
	}
	if n := u.Settings.ReservedConcurrency; n != nil {
		return *n, true
	}
	return 0, false
}
