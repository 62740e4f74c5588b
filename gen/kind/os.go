package kind

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/os"
)

// Features of the portability report.
const (
	FeatureOS       = "trigger os"
	FeatureOSFilter = "trigger os filter"
)

func osKind() *Kind {
	return of(Kind{Word: "os", Example: "{bucket: invoices}", Trigger: os.Bucket{}, Event: reflect.TypeFor[os.Event](), Resources: []Resource{{"bucket", "bucket"}}}, typed[annotations.OS]{
		name:  func(m *annotations.OS) string { return m.Name },
		needs: func(m *annotations.OS) []Need { return []Need{{"bucket", "bucket", m.Bucket}} },
		overlap: func(a, b *annotations.OS) string {
			if a.Bucket != b.Bucket || !either(a.Prefix, b.Prefix, strings.HasPrefix) || !either(a.Suffix, b.Suffix, strings.HasSuffix) {
				return ""
			}
			for _, x := range a.EventsOrDefault() {
				for _, y := range b.EventsOrDefault() {
					if x == y || y == "created" && strings.HasPrefix(x, "created:") || x == "created" && strings.HasPrefix(y, "created:") {
						return fmt.Sprintf("%s of some objects of bucket %s", x, a.Bucket)
					}
				}
			}
			return ""
		},
		covers: func(code, there *annotations.OS) bool {
			return code.Bucket == there.Bucket && strings.HasPrefix(there.Prefix, code.Prefix) && strings.HasSuffix(there.Suffix, code.Suffix) && !slices.ContainsFunc(there.EventsOrDefault(), func(e string) bool {
				whole, _, _ := strings.Cut(e, ":")
				return !slices.Contains(code.EventsOrDefault(), e) && !slices.Contains(code.EventsOrDefault(), whole)
			})
		},
		triggers: func(m *annotations.OS, _ string) []framework.Trigger {
			return []framework.Trigger{os.Bucket{Name: m.Bucket, Events: m.EventsOrDefault(), Prefix: m.Prefix, Suffix: m.Suffix}}
		},
		identities: func(m *annotations.OS, _ string) []string { return []string{m.Bucket} },
		sample: func(m *annotations.OS, s Sample) any {
			action, via, _ := strings.Cut(m.EventsOrDefault()[0], ":")
			e := os.Event{Key: m.Prefix + "sample" + or(m.Suffix, ".txt"), Action: os.Action(action), Via: via, Size: -1, Time: s.Now, Resource: m.Bucket, Bucket: m.Bucket}
			if e.Action == os.Created {
				e.Via, e.Size, e.ETag = or(via, "put"), 1024, "d41d8cd98f00b204e9800998ecf8427e"
			}
			return e
		},
		features: []feature[annotations.OS]{{FeatureOS, nil}, {FeatureOSFilter, func(m *annotations.OS) bool { return m.Prefix+m.Suffix != "" }}},
	})
}

// either reports whether one of two affixes has the other, so that some key has both.
func either(a, b string, has func(s, affix string) bool) bool { return has(a, b) || has(b, a) }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
