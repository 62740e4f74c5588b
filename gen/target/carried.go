package target

// Carried is how a cloud carries the triggers of one kind, V being its own triggers.
type Carried[V any] struct {
	// Codec is the function of the platform's package that reads the events, empty if none is needed.
	Codec string
	// Check reports what the cloud does not take.
	Check func(r *Report, app *App, u *Unit, t Trigger)
	// Make makes the cloud's own triggers, none for what its deployment file has nothing for.
	Make func(app *App, u *Unit, t Trigger) []V
}

// Carry is how a cloud carries triggers with the marker M.
func Carry[M, V any](codec string, check func(*Report, *App, *Unit, Trigger, *M), make func(*App, *Unit, Trigger, *M) []V) Carried[V] {
	c := Carried[V]{Codec: codec, Check: func(*Report, *App, *Unit, Trigger) {}, Make: func(*App, *Unit, Trigger) []V { return nil }}
	if check != nil {
		c.Check = func(r *Report, app *App, u *Unit, t Trigger) { check(r, app, u, t, t.Marker.(*M)) }
	}
	if make != nil {
		c.Make = func(app *App, u *Unit, t Trigger) []V { return make(app, u, t, t.Marker.(*M)) }
	}
	return c
}
