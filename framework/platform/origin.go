package platform

// Origin says where events come from, to those who write payloads: the functions Encode… of the platforms, which are next to
// the codecs that read the same. A unit links none of them.
type Origin struct {
	// Type is the type of the resource, as in resources of f.yml: bucket, queue, topic, kafka, log, domain, bus.
	Type string
	// Name is its real name or ARN; empty is what the events say.
	Name string
}
