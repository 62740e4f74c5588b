package target

// Scaler is a target where f.yml can say how many instances of a unit there are at most.
type Scaler interface {
	Target
	// MaxInstances is how many there can be at once, provisioned ones among them. Where f.yml does not say it, bounded is false: then the
	// account's quota is all that bounds them.
	MaxInstances(app *App, u *Unit) (most int, bounded bool)
}
