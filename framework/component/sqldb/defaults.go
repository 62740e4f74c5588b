package sqldb

import (
	_ "embed"

	"github.com/faasgen/faasgen/framework/config"
)

//go:embed config.default.yml
var defaults string

// Defaults is the component's own configuration.
func Defaults() config.Defaults {
	return config.Defaults{Name: "github.com/faasgen/faasgen/framework/component/sqldb/config.default.yml", Content: defaults}
}
