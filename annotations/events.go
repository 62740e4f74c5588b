package annotations

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// bucketEvents are what an object trigger can be called for.
func bucketEvents() []string {
	return []string{"created", "created:put", "created:post", "created:copy", "created:multipart", "removed", "restored"}
}

// cdnEvents are what a cdn trigger can be called for.
func cdnEvents() []string {
	return []string{"refreshed", "preloaded", "blocked", "logged", "started", "stopped", "added", "removed"}
}

// EventsOrDefault are the events of the trigger with the default filled in.
func (o *OS) EventsOrDefault() []string {
	if len(o.Events) == 0 {
		return []string{"created"}
	}
	return o.Events
}

// EventsOrDefault are the events of the trigger with the default filled in.
func (c *CDN) EventsOrDefault() []string {
	if len(c.Events) == 0 {
		return []string{"refreshed", "preloaded", "blocked"}
	}
	return c.Events
}

// Source is the logical name of the queue or topic.
func (m *MQ) Source() string {
	if m.Queue != "" {
		return m.Queue
	}
	return m.Topic
}

// Check refuses unknown events, and one that another stands for.
func (o *OS) Check(given func(string) bool) []Problem {
	problems := checkResource(nil, given, "bucket", o.Bucket)
	problems = checkEvents(problems, o.Events, bucketEvents())
	if slices.Contains(o.Events, "created") {
		for _, e := range o.Events {
			if strings.HasPrefix(e, "created:") {
				problems = append(problems, value("events", fmt.Sprintf("created stands for every way of being created, so %s cannot be combined with it", e), ""))
				break
			}
		}
	}
	for argument, text := range map[string]string{"prefix": o.Prefix, "suffix": o.Suffix} {
		if given(argument) && text == "" {
			problems = append(problems, value(argument, "it is empty", "leave it out: every key is taken then"))
		}
	}
	return checkTrigger(problems, given, o.Name)
}

// Check wants a queue or a topic, and refuses a batch that holds nothing.
func (m *MQ) Check(given func(string) bool) []Problem {
	var problems []Problem
	switch {
	case given("queue") && given("topic"):
		problems = append(problems, conflict("topic", `"queue" and "topic" exclude each other`, "write one directive for each"))
	case !given("queue") && !given("topic"):
		problems = append(problems, Problem{Code: CodeMissing, Message: "where the messages come from is missing", Hint: "write queue=orders or topic=orders"})
	case given("queue") && given("tag"):
		problems = append(problems, conflict("tag", `"tag" belongs to "topic": a queue hands out all of its messages`, ""))
	}
	problems = checkResource(problems, given, "queue", m.Queue)
	problems = checkResource(problems, given, "topic", m.Topic)
	problems = checkBatch(problems, given, m.Batch, m.Window)
	return checkTrigger(problems, given, m.Name)
}

// Check refuses a batch that holds nothing.
func (k *Kafka) Check(given func(string) bool) []Problem {
	problems := checkResource(nil, given, "topic", k.Topic)
	problems = checkResource(problems, given, "cluster", k.Cluster)
	if given("group") && !word(k.Group) {
		problems = append(problems, value("group", fmt.Sprintf("%q is not the name of a consumer group", k.Group), resourceHint))
	}
	problems = checkBatch(problems, given, k.Batch, k.Window)
	return checkTrigger(problems, given, k.Name)
}

// Check refuses a window that is none.
func (l *Log) Check(given func(string) bool) []Problem {
	problems := checkResource(nil, given, "store", l.Store)
	problems = checkBatch(problems, given, 1, l.Window)
	return checkTrigger(problems, given, l.Name)
}

// Check refuses unknown events.
func (c *CDN) Check(given func(string) bool) []Problem {
	var problems []Problem
	for _, d := range c.Domains {
		if !word(d) && !hostName(d) {
			problems = append(problems, value("domains", fmt.Sprintf("%q is not the name of a domain", d), "write a host name such as www.example.com, or a name that f.yml maps to one"))
		}
	}
	problems = checkEvents(problems, c.Events, cdnEvents())
	return checkTrigger(problems, given, c.Name)
}

// Check wants a source or a type with what belongs to them.
func (e *Event) Check(given func(string) bool) []Problem {
	var problems []Problem
	for argument, text := range map[string]string{"source": e.Source, "type": e.Type} {
		if given(argument) && text == "" {
			problems = append(problems, value(argument, "it is empty", "leave it out: it is not looked at then"))
		}
	}
	if !given("source") && !given("type") {
		problems = append(problems, Problem{Code: CodeMissing, Message: "an event trigger needs a source or a type",
			Hint: "write source=SOURCE or type=TYPE; the trigger of raw payloads is //faas:raw, in f.yml raw: {}"})
	}
	problems = checkResource(problems, given, "bus", e.Bus)
	return checkTrigger(problems, given, e.Name)
}

const resourceHint = "write letters, digits, dots, hyphens and underscores, a letter first; resources in f.yml can map it to any other"

// checkResource accepts the logical name of something that exists outside of the application.
func checkResource(problems []Problem, given func(string) bool, argument, name string) []Problem {
	if given(argument) && !word(name) {
		problems = append(problems, value(argument, fmt.Sprintf("%q is not the name of a resource", name), resourceHint))
	}
	return problems
}

func checkEvents(problems []Problem, events List, known []string) []Problem {
	for _, e := range events {
		if slices.Contains(known, e) {
			continue
		}
		p := value("events", fmt.Sprintf("unknown event %q, expected %s", e, Join(known, "or")), "")
		if s := Suggest(e, known); s != "" {
			p.Hint = fmt.Sprintf("did you mean %q?", s)
		}
		problems = append(problems, p)
	}
	return problems
}

func checkBatch(problems []Problem, given func(string) bool, batch int, window Duration) []Problem {
	if given("batch") && (batch < 1 || batch > 10000) {
		problems = append(problems, value("batch", fmt.Sprintf("found %d, expected 1 to 10000", batch), ""))
	}
	if given("window") && (window <= 0 || time.Duration(window)%time.Second != 0) {
		problems = append(problems, value("window", fmt.Sprintf("found %s, expected whole seconds, at least one", window), "leave it out to wait for nothing"))
	}
	return problems
}

func checkTrigger(problems []Problem, given func(string) bool, name string) []Problem {
	return checkName(problems, given, "trigger name", name)
}

// HTTPOf returns the arguments of an http trigger or of one of the API gateway, nil for any other.
func HTTPOf(marker any) *HTTP {
	switch m := marker.(type) {
	case *HTTP:
		return m
	case *APIGW:
		return &m.HTTP
	}
	return nil
}
