package aliyun

import (
	"regexp"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/target"
)

var domainForm = regexp.MustCompile(`^([A-Za-z0-9*][A-Za-z0-9-]*\.)+[A-Za-z0-9-]+$`)

func carryCDN() target.Carried[Trigger] {
	return target.Carry[annotations.CDN, Trigger]{
		Codec: "CDN", Check: checkCDN, Make: cdnTriggers,
		Mechanism: map[string]string{kind.FeatureCDN: "cdn_events"},
	}.Carried()
}

// cdnEvent says an event of the CDN in the vendor's words.
func cdnEvent(word string) string {
	return map[string]string{
		"refreshed": "CachedObjectsRefreshed", "preloaded": "CachedObjectsPushed", "blocked": "CachedObjectsBlocked", "logged": "LogFileCreated",
		"started": "CdnDomainStarted", "stopped": "CdnDomainStopped", "added": "CdnDomainAdded", "removed": "CdnDomainDeleted",
	}[word]
}

func checkCDN(r *target.Report, app *target.App, _ *target.Unit, t target.Trigger, m *annotations.CDN) {
	for _, n := range target.Needs(m) {
		domain := app.Resource(t, n)
		r.Named(domain, domainForm.MatchString(domain.Name), "a domain", "www.example.com")
	}
}

func cdnTriggers(app *target.App, u *target.Unit, t target.Trigger, m *annotations.CDN) (list []Trigger) {
	var domains []string
	for _, n := range target.Needs(m) {
		domains = append(domains, app.Resource(t, n).Name)
	}
	for _, e := range m.EventsOrDefault() { // a trigger of the vendor has one event
		list = append(list, Trigger{TriggerType: "cdn_events", SourceArn: "acs:cdn:*:" + account, TriggerConfig: &CDNTrigger{
			EventName: cdnEvent(e), EventVersion: "1.0.0", Notes: app.FunctionName(u), Filter: CDNFilter{domains},
		}})
	}
	return list
}
