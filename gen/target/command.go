package target

// Command is the vendor's own command line, which deploys what a build left in dist/<target>.
type Command struct {
	// Names are those that the executable may have; the first one that is there is used.
	Names []string
	// Args are the arguments. They skip its confirmation: the caller has confirmed already.
	Args []string
	// Install is the command that installs it.
	Install string
}

// Deployer is a target whose vendor has a command line that deploys.
type Deployer interface {
	Target
	// Command is run in dist/<target>.
	Command() Command
}
