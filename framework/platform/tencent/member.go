package tencent

import (
	"encoding/json"

	"github.com/faasgen/faasgen/framework/platform"
)

// flag returns a member that must be a boolean; missing and null are false. Some of the vendor's events spell it as a
// string.
func flag(name string, raw json.RawMessage) (bool, error) {
	switch string(raw) {
	case "true", `"true"`:
		return true, nil
	case "", "null", "false", `"false"`, `""`:
		return false, nil
	}
	return false, platform.InvalidEvent("%s: found %s, expected true or false", name, platform.JSONType(raw))
}

// each calls visit for the elements of an array, or for a value that is none itself.
func each(what string, raw json.RawMessage, visit func(json.RawMessage) error) error {
	if raw[0] == '[' {
		return platform.Elements(what, raw, visit)
	}
	return visit(raw)
}
