package kind

import (
	"fmt"
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/cdn"
)

// FeatureCDN is a feature of the portability report.
const FeatureCDN = "trigger cdn"

func cdnKind() *Kind {
	return of(Kind{
		Word: "cdn", Example: "{domains: [www.example.com]}", Trigger: cdn.Domain{}, Event: reflect.TypeFor[cdn.Event](), Resources: []Resource{{"domain", "domain of a CDN"}},
	}, typed[annotations.CDN]{
		name: func(m *annotations.CDN) string { return m.Name },
		needs: func(m *annotations.CDN) (needs []Need) {
			for _, d := range m.Domains {
				needs = append(needs, Need{"domains", "domain", d})
			}
			return needs
		},
		overlap: func(a, b *annotations.CDN) string {
			for _, domain := range a.Domains {
				for _, event := range a.EventsOrDefault() {
					if contains(b.Domains, domain) && contains(b.EventsOrDefault(), event) {
						return fmt.Sprintf("%s of domain %s", event, domain)
					}
				}
			}
			return ""
		},
		covers: func(code, there *annotations.CDN) bool {
			return subset(there.Domains, code.Domains) && subset(there.EventsOrDefault(), code.EventsOrDefault())
		},
		triggers: func(m *annotations.CDN, _ string) (list []framework.Trigger) {
			for _, d := range m.Domains {
				list = append(list, cdn.Domain{Name: d, Events: m.EventsOrDefault()})
			}
			return list
		},
		identities: func(m *annotations.CDN, _ string) []string { return m.Domains },
		narrow: func(m *annotations.CDN, domain string) *annotations.CDN {
			one := *m
			one.Domains = annotations.List{domain}
			return &one
		},
		sample: func(m *annotations.CDN, s Sample) any {
			domain := m.Domains[0]
			return cdn.Event{Resource: domain, Domain: domain, Action: m.EventsOrDefault()[0], Paths: []string{"https://" + domain + "/sample.html"}, Time: s.Now}
		},
		features: []feature[annotations.CDN]{{FeatureCDN, nil}},
	})
}
