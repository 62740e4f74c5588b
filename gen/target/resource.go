package target

// Need is a logical resource that a trigger names.
type Need struct {
	// Argument is the argument of the trigger: bucket, queue, topic and so on.
	Argument string
	// Type is the type of the resource, as in resources of f.yml.
	Type string
	// Name is the logical name.
	Name string
}

// Needs are the logical resources that a marker names.
func Needs(any) []Need { return nil }
