package target

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// CodeResource is a logical resource that is not what a trigger takes it for.
const CodeResource = "target-resource"

// Need is a logical resource that a trigger names.
type Need = kind.Need

// Needs are the logical resources that a marker names, what its events come from first.
func Needs(marker any) []Need {
	return kind.Of(marker).Needs(marker)
}

// Resource is what a logical name stands for on a target.
type Resource struct {
	spec.Resource
	// Need is what names it.
	Need Need
	// Declared says that f.yml has an entry for it. Without one the logical name is the real one.
	Declared bool
	app      *App
	at       spec.Place
}

// Resource is the resource that a trigger needs.
func (a *App) Resource(t Trigger, n Need) Resource {
	r := Resource{Need: n, app: a, at: t.At(n.Argument)}
	if declared := a.Spec.Resources[n.Name]; declared != nil {
		r.Resource, r.Declared = *declared, true
	}
	if r.Name == "" {
		if r.Name = n.Name; r.ARN != "" {
			r.Name = r.ARN[strings.LastIndexAny(r.ARN, ":/")+1:]
		}
	}
	return r
}

// Instance is the id of the Kafka instance of a topic, which may be the logical name of one, or cluster=, and the
// resource to point at where it is not set.
func (a *App) Instance(t Trigger) (string, Resource) {
	needs := Needs(t.Marker)
	topic := a.Resource(t, needs[0])
	if len(needs) > 1 {
		cluster := a.Resource(t, needs[1])
		return cluster.Name, cluster
	}
	if declared := a.Spec.Resources[topic.Instance]; declared != nil && declared.Name != "" {
		return declared.Name, topic
	}
	return topic.Instance, topic
}

// Real is what the resource is called in events: its ARN where f.yml says one, else its name; a bucket without its domain.
func (r Resource) Real() string {
	if r.Need.Type == "bucket" && r.ARN == "" {
		name, _, _ := strings.Cut(r.Name, ".cos.")
		return name
	}
	return cmp.Or(r.ARN, r.Name)
}

// ResourcesVariable is the environment variable by which a deployed unit knows what the logical names of its triggers
// stand for: entries logical=real with spaces between them.
const ResourcesVariable = "FAAS_RESOURCES"

// Environment is the unit's environment as it is deployed: that of its settings, what the logical names of its triggers
// stand for, unless they are the real ones, and who answers pages of other origins where the functions differ in that.
func (a *App) Environment(u *Unit) map[string]string {
	var entries []string
	for _, f := range u.Functions {
		for _, t := range slices.Concat(f.Triggers, f.Linked) {
			for _, n := range Needs(t.Marker) {
				if r := a.Resource(t, n); r.Real() != n.Name {
					entries = append(entries, n.Name+"="+r.Real())
				}
			}
		}
	}
	slices.Sort(entries)
	own := map[string]string{ResourcesVariable: strings.Join(slices.Compact(entries), " ")}
	if a.Ingress(u).Differ {
		own[spec.CORSVariable] = "framework"
	}
	all := u.Settings.Environment
	for name, value := range own {
		if _, said := u.Settings.Environment[name]; said || value == "" {
			continue
		}
		if all = maps.Clone(all); all == nil {
			all = map[string]string{}
		}
		all[name] = value
	}
	return all
}

// Created reports whether the deployment makes it.
func (r Resource) Created() bool { return r.Create != nil && *r.Create }

// At is what a diagnostic about one of its keys points at: its entry in f.yml or else the trigger.
func (r Resource) At(key string) spec.Place {
	path := "resources." + r.Need.Name
	return r.app.Spec.Places[path+"."+key].Or(r.app.Spec.Places[path]).Or(r.at)
}

// Hint says how to map a logical name that is not mapped yet.
func (r Resource) Hint(key, example string) string {
	return fmt.Sprintf("resources in f.yml map it: resources: {%s: {%s: %s}}", r.Need.Name, key, example)
}

// Named reports a real name that the cloud does not take.
func (r *Report) Named(resource Resource, ok bool, expected, example string) bool {
	if ok {
		return true
	}
	d := r.Limit(resource.At("name"), "the name of resource "+resource.Need.Name, fmt.Sprintf("%q", resource.Name), expected)
	if !resource.Declared {
		d.Hint = resource.Hint("name", example)
	}
	return false
}

// Resources reports logical resources that are of another type than a trigger takes them for, and x-<target> keys of those
// that the deployment does not make.
func (r *Report) Resources(app *App) {
	for _, name := range slices.Sorted(maps.Keys(app.Spec.Resources)) {
		if declared := app.Spec.Resources[name]; declared.Extension[r.Target] != nil && (declared.Create == nil || !*declared.Create) {
			path := "resources." + name + ".x-" + r.Target
			r.Unsupported(app.Spec.Places[path], "x-"+r.Target+" of resource "+name, "the deployment file has nothing for what exists")
		}
	}
	taken := map[string]Need{}
	for _, u := range app.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				for _, n := range Needs(t.Marker) {
					found := n.Type
					if other, ok := taken[n.Name]; ok {
						found = other.Type
					}
					if declared := app.Spec.Resources[n.Name]; declared != nil && declared.MaxConnections > 0 {
						found = "database"
					} else if declared != nil && declared.Type != "" {
						found = declared.Type
					}
					if found != n.Type {
						r.add("trigger "+t.Kind, t.At(n.Argument).Errorf(CodeResource, "resource %s has the type %s, and %s needs one of the type %s", n.Name, found, t.Kind, n.Type)).
							Hint = "give one of them another logical name; name in resources says the real one"
						continue
					}
					taken[n.Name] = n
				}
			}
		}
	}
}

// Sharing calls shared for each trigger that is not the first of its kind for a resource of a type, in the whole application:
// with the first one, with the resource, and with how many came before.
func (a *App) Sharing(resource string, shared func(u *Unit, t, first Trigger, r Resource, before int)) {
	seen := map[string][]Trigger{}
	for _, u := range a.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				for _, n := range Needs(t.Marker) {
					if n.Type != resource {
						continue
					}
					r := a.Resource(t, n)
					if list := seen[r.Real()]; len(list) > 0 {
						shared(u, t, list[0], r, len(list))
					}
					seen[r.Real()] = append(seen[r.Real()], t)
				}
			}
		}
	}
}

// Queues notes queues that several functions read: each message goes to one of them.
func (r *Report) Queues(app *App) {
	app.Sharing("queue", func(u *Unit, t, first Trigger, queue Resource, _ int) {
		r.Loss(u, kind.FeatureMQQueue, t.At("queue"), "queue %s has several readers: each of its messages goes to one of them", queue.Name).
			Chain = []annotations.Link{{Pos: first.At("queue").Pos, Message: "another reader is here"}}
	})
}

// Overlaps reports triggers for the same events of the same objects: no vendor takes a second one. Events says the events
// of a trigger in the vendor's words.
func (r *Report) Overlaps(app *App, events func(*annotations.OS) []string) {
	type rule struct {
		t      Trigger
		bucket string
	}
	var rules []rule
	for _, u := range app.Units {
		for _, t := range u.Triggers("os") {
			b := app.Resource(t, Needs(t.Marker)[0])
			for _, other := range rules {
				if other.bucket == b.Name && overlap(other.t.Marker.(*annotations.OS), t.Marker.(*annotations.OS), events) {
					r.add(kind.FeatureOS, t.At("bucket").Errorf(CodeUnsupported, "two triggers for the same objects of bucket %s: %s takes one", b.Name, r.Target)).
						Chain = []annotations.Link{{Pos: other.t.At("bucket").Pos, Message: "the other one is here"}}
					break
				}
			}
			rules = append(rules, rule{t, b.Name})
		}
	}
}

func overlap(a, b *annotations.OS, events func(*annotations.OS) []string) bool {
	event := slices.ContainsFunc(events(a), func(x string) bool {
		return slices.ContainsFunc(events(b), func(y string) bool {
			return x == y || covers(x, y) || covers(y, x)
		})
	})
	prefix := strings.HasPrefix(a.Prefix, b.Prefix) || strings.HasPrefix(b.Prefix, a.Prefix)
	suffix := strings.HasSuffix(a.Suffix, b.Suffix) || strings.HasSuffix(b.Suffix, a.Suffix)
	return event && prefix && suffix
}

// covers reports whether a pattern such as ObjectCreated:* stands for the event.
func covers(pattern, event string) bool {
	start, ok := strings.CutSuffix(pattern, "*")
	return ok && strings.HasPrefix(event, start)
}

// UnusedExtension reports the x-<target> keys of a trigger that the deployment file has nothing for.
func (r *Report) UnusedExtension(t Trigger) {
	if t.Extension[r.Target] != nil {
		r.Unsupported(t.At("x-"+r.Target), "x-"+r.Target+" of "+t.Kind, "the deployment file has nothing for this trigger")
	}
}
