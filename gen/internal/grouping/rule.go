package grouping

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

	merge func(*merger, Rule)
}

const (
	fine     = "fine"
	conflict = "an error"
)

// Rules are those of all settings, in the order in which they are merged.
func Rules() []Rule {
	type s = spec.Settings
	return []Rule{
		{"memorySize", "the maximum", fine, maximum(func(s *s) *annotations.Memory { return &s.MemorySize })},
		{"cpu", "the maximum", fine, maximum(func(s *s) *float64 { return &s.CPU })},
		{"diskSize", "the maximum", fine, maximum(func(s *s) *annotations.Memory { return &s.DiskSize })},
		{"timeout", "the maximum", "fine: each function keeps its own", maximum(func(s *s) *annotations.Duration { return &s.Timeout })},
		{"initTimeout", "the maximum", fine, maximum(func(s *s) *annotations.Duration { return &s.InitTimeout })},
		{"concurrency", "the minimum; a function that sets none counts as 1", "fine: each function keeps its own limit", concurrency},
		{"reservedConcurrency", "the sum if all functions set it, otherwise none", "fine; 0 is an error", reserved},
		{"provisionedInstances", "the maximum", fine, provisioned},
		{"environment", "all variables", "an error for one name with two values", union("environment", func(s *s) *map[string]string { return &s.Environment })},
		{"tags", "all tags", "an error for one name with two values", union("tags", func(s *s) *map[string]string { return &s.Tags })},
		{"role", "that of all functions", conflict + ", also where some set none", same(false, func(s *s) *string { return &s.Role })},
		{"vpc", "that of all functions", conflict + ", also where some set none", same(false, func(s *s) **spec.VPC { return &s.VPC })},
		{"internetAccess", "that of all functions", conflict + ", also where some set none", same(false, func(s *s) **bool { return &s.InternetAccess })},
		{"architecture", "that of all functions", conflict, same(false, func(s *s) *string { return &s.Architecture })},
		{"log", "that of the functions that set it", conflict, same(true, func(s *s) **spec.Log { return &s.Log })},
		{"tracing", "on if any function has it on", "an error for two endpoints", tracing},
		{"layers", "all layers, in the order of the functions", "an error for two versions of one layer", layers},
		{"fileSystems", "all file systems", "an error for two at one path", fileSystems},
		{"async", "that of the functions with events", conflict, asynchronous(func(s *s) **spec.Async { return &s.Async })},
		{"deadLetter", "that of the functions with events", conflict, asynchronous(func(s *s) **spec.DeadLetter { return &s.DeadLetter })},
		{"http.auth", "each function's own", "an error where the unit has one entry for all", web(func(h *spec.HTTP) *string { return &h.Auth })},
		{"http.internal", "each function's own", "an error where the unit has one entry for all", web(func(h *spec.HTTP) **bool { return &h.Internal })},
		{"http.cors", "each function's own", fine, web(func(h *spec.HTTP) **spec.CORS { return &h.CORS })},
		{"http.streaming", "on if any function has it on", "an error on aws", streaming},
		{"strict", "on if any function has it on", fine, strict},
	}
}

// requests reports whether a function has routes, events whether anything else calls it.
func requests(f *target.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool { return kind.DeliveryOf(t.Kind) == kind.Request })
}

func events(f *target.Function) bool {
	return len(f.Triggers) == 0 || slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool { return kind.DeliveryOf(t.Kind) != kind.Request })
}
