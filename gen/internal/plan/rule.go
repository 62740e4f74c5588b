package plan

import (
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Rule is how a group gets one setting of its members. What the group sets itself wins over every rule.
type Rule struct {
	// Key is the setting's, as f.yml has it.
	Key string
	// Gets is what the group gets, in a few words; Differ is what happens where members differ. docs/grouping.md has both, and
	// plan prints Gets.
	Gets, Differ string

	merge   func(*merger, Rule)
	entries bool // of a map, or of parts: what the group sets itself leaves the others
}

const (
	fine     = "fine"
	conflict = "an error"
)

// Rules are those of all settings, in the order in which they are merged.
func Rules() []Rule {
	type s = spec.Settings
	return []Rule{
		{Key: "memorySize", Gets: "the maximum", Differ: fine, merge: maximum(func(s *s) *annotations.Memory { return &s.MemorySize })},
		{Key: "cpu", Gets: "the maximum", Differ: fine, merge: maximum(func(s *s) *float64 { return &s.CPU })},
		{Key: "diskSize", Gets: "the maximum", Differ: fine, merge: maximum(func(s *s) *annotations.Memory { return &s.DiskSize })},
		{Key: "timeout", Gets: "the maximum", Differ: "fine: each function keeps its own", merge: maximum(func(s *s) *annotations.Duration { return &s.Timeout })},
		{Key: "initTimeout", Gets: "the maximum", Differ: fine, merge: maximum(func(s *s) *annotations.Duration { return &s.InitTimeout })},
		{Key: "concurrency", Gets: "the minimum; a function that sets none counts as 1", Differ: "fine: each function keeps its own limit", merge: concurrency},
		{Key: "overload", Gets: "each function's own", Differ: fine, merge: func(*merger, Rule) {}},
		{Key: "reservedConcurrency", Gets: "the sum if all functions set it, otherwise none", Differ: "fine; 0 is an error", merge: reserved},
		{Key: "provisionedInstances", Gets: "the maximum", Differ: fine, merge: provisioned},
		{Key: "rollout", Gets: "that of the functions that set it", Differ: conflict, merge: same(true, func(s *s) **spec.Rollout { return &s.Rollout })},
		{Key: "environment", Gets: "all variables", Differ: "an error for one name with two values", merge: union("environment", func(s *s) *map[string]string { return &s.Environment }), entries: true},
		{Key: "tags", Gets: "all tags", Differ: "an error for one name with two values", merge: union("tags", func(s *s) *map[string]string { return &s.Tags }), entries: true},
		{Key: "role", Gets: "that of all functions", Differ: conflict + ", also where some set none", merge: same(false, func(s *s) *string { return &s.Role })},
		{Key: "vpc", Gets: "that of all functions", Differ: conflict + ", also where some set none", merge: same(false, func(s *s) **spec.VPC { return &s.VPC })},
		{Key: "internetAccess", Gets: "that of all functions", Differ: conflict + ", also where some set none", merge: same(false, func(s *s) **bool { return &s.InternetAccess })},
		{Key: "architecture", Gets: "that of all functions", Differ: conflict, merge: same(false, func(s *s) *string { return &s.Architecture })},
		{Key: "log", Gets: "that of the functions that set it", Differ: conflict, merge: logs, entries: true},
		{Key: "log.retention", Gets: "the maximum", Differ: fine, merge: retention},
		{Key: "tracing", Gets: "on if any function has it on", Differ: "an error for two endpoints", merge: tracing},
		{Key: "layers", Gets: "all layers, in the order of the functions", Differ: "an error for two versions of one layer", merge: layers},
		{Key: "fileSystems", Gets: "all file systems", Differ: "an error for two at one path", merge: fileSystems},
		{Key: "async", Gets: "that of the functions with events", Differ: conflict, merge: asynchronous(func(s *s) **spec.Async { return &s.Async })},
		{Key: "deadLetter", Gets: "that of the functions with events", Differ: conflict, merge: asynchronous(func(s *s) **spec.DeadLetter { return &s.DeadLetter })},
		{Key: "http.auth", Gets: "each function's own", Differ: "an error where the unit has one entry for all", merge: web(func(h *spec.HTTP) *string { return &h.Auth })},
		{Key: "http.internal", Gets: "each function's own", Differ: "an error where the unit has one entry for all", merge: web(func(h *spec.HTTP) **bool { return &h.Internal })},
		{Key: "http.cors", Gets: "each function's own", Differ: fine, merge: web(func(h *spec.HTTP) **spec.CORS { return &h.CORS })},
		{Key: "http.streaming", Gets: "on if any function has it on", Differ: "an error on aws", merge: streaming},
		{Key: "strict", Gets: "on if any function has it on", Differ: fine, merge: strict},
	}
}

// requests reports whether a function has routes, events whether anything else calls it.
func requests(f *target.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool { return kind.DeliveryOf(t.Kind) == kind.Request })
}

func events(f *target.Function) bool {
	return len(f.Triggers) == 0 || slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool { return kind.DeliveryOf(t.Kind) != kind.Request })
}
