package kind

import (
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/raw"
)

// FeatureRaw is a feature of the portability report.
const FeatureRaw = "trigger raw"

func rawKind() *Kind {
	return of(Kind{Word: "raw", Example: "{}", Trigger: raw.Trigger{}, Event: reflect.TypeFor[[]byte]()}, typed[annotations.Raw]{
		overlap:  func(a, b *annotations.Raw) string { return "raw payloads" },
		triggers: func(*annotations.Raw, string) []framework.Trigger { return []framework.Trigger{raw.Trigger{}} },
		sample:   func(_ *annotations.Raw, s Sample) any { return s.Body },
		features: []feature[annotations.Raw]{{FeatureRaw, nil}},
	})
}
