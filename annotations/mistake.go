package annotations

// Mistake is one in an argument of a trigger that is written in a language of its own, such as a route or a cron expression.
type Mistake struct {
	// Argument is the argument's name, Value what it holds.
	Argument, Value string
	// Offset and Length are the piece of the value that is wrong, in bytes; a negative Offset is all of it.
	Offset, Length int
	// Message says what was found and what was expected.
	Message string
}
