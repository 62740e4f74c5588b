package target

import "regexp"

// Command is the vendor's own command line, which deploys what a build left in dist/<target>.
type Command struct {
	// Names are those that the executable may have; the first one that is there is used.
	Names []string
	// Args are the arguments. They skip its confirmation: the caller has confirmed already.
	Args []string
	// Install is the command that installs it.
	Install string
	// Removes says that it removes what an earlier deployment made and the deployment files do not have any more.
	Removes bool
	// Unfinished says what becomes of a deployment whose command was interrupted, in a sentence without its full stop.
	Unfinished string
	// Failure matches a line by which the command says that it failed, for commands of which versions then end with exit code 0; nil
	// for none. Lines are looked at without colours.
	Failure *regexp.Regexp
}

// Deployer is a target whose vendor has a command line that deploys.
type Deployer interface {
	Target
	// Command is run in dist/<target>.
	Command() Command
}

// Mover is a target where the invocations of a unit with a rollout can be moved between versions without a deployment.
type Mover interface {
	Deployer
	// Moves are the commands for that, none for a unit without a rollout. Tool is the name of the vendor's executable.
	Moves(app *App, u *Unit, tool string) []Move
}

// Move is one command that moves invocations between versions. A person runs it: faasgen does not know the numbers of versions.
type Move struct {
	// Back says that it leads back to the version before; otherwise it ends the rollout.
	Back bool
	// Dir is where it is run, below dist/<target>; empty where that does not matter.
	Dir string
	// Line is the command. Words in capitals are for the person to fill in.
	Line string
	// Look is a command that shows what to fill in, empty for nothing.
	Look string
}
