package target

import "encoding/json"

// Invoker is a target whose vendor has a command line that calls a deployed function and waits for its result.
type Invoker interface {
	Target
	// Invocation is how to call the only function of a unit, with a payload of JSON. The paths are those of files that only the user can
	// read: the tool reads the first, which the caller has filled with Input, and may write the second.
	Invocation(app *App, u *Unit, payload json.RawMessage, input, output string) Invocation
}

// Invocation is one call through a vendor's command line.
type Invocation struct {
	// Command is run in dist/<target>, or in TaskFolder below it where InTasks says so, because the tool reads a deployment file there.
	Command Command
	InTasks bool
	// Env are variables that the command needs besides those there are: what keeps it from repeating a call that takes long, and
	// from asking or paging.
	Env []string
	// Input is what the file is to hold that the tool reads.
	Input []byte
	// MaxPayload and MaxResult are how many bytes the vendor takes of either.
	MaxPayload, MaxResult int64
	// Read says what came of a call whose command has ended well, out of what it printed and wrote. An error means that this says
	// nothing of it, so that nobody knows whether the function has run.
	Read func(stdout, output []byte) (Returned, error)
}

// Returned is what came of a call.
type Returned struct {
	// Result is what the function returned, as JSON.
	Result []byte
	// Log is the end of what it wrote, as much as the vendor hands back.
	Log []byte
	// Failure is the function's error, in the vendor's words; it is empty if there was none.
	Failure string
}
