package spec

// Group is a unit of several functions: those that Functions, FunctionsPattern and Routes name together. The settings of a unit
// are those of its functions, merged by the rules of docs/grouping.md; what the group sets itself wins.
type Group struct {
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
	// Functions lists functions by name.
	Functions []string `faas:"functions"`
	// FunctionsPattern lists patterns of names: * stands for any text, !pattern leaves out. A function belongs to the group if
	// any pattern without ! matches it and none with !.
	FunctionsPattern []string `faas:"functionsPattern"`
	// Routes takes the functions of these routes: paths as the triggers have them, where * at the end stands for all that is
	// below, with a method before them if only that one is meant.
	Routes []string `faas:"routes"`
	// DeployOrigin also deploys each function by itself, without triggers, to be called by its own name.
	DeployOrigin *bool `faas:"deployOrigin"`
	// Overlap allows functions that another group has. That one gets their events and their routes of a gateway that units share.
	Overlap *bool `faas:"overlap"`
	// Mixed says what becomes of a group of http and other triggers on a target that cannot have both in one unit: split, the
	// default, makes two units; event makes one, which gets requests as events.
	Mixed string `faas:"mixed,enum=split|event"`
	// Lazy builds what a function needs when it is first called, which is the default; false builds all of it at the start.
	Lazy *bool `faas:"lazy"`
	// EventTrigger is accepted as midway-faas has it, and means nothing: groups always have the event triggers of their functions.
	EventTrigger *bool `faas:"eventTrigger"`
	// Settings are the unit's own; they win over what its functions have.
	Settings `faas:",inline"`
	// Extension holds the x-<target> keys of this level: they are merged into the unit in the deployment file.
	Extension Extension `faas:"x-*"`
}
