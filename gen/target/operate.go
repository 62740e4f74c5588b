package target

import (
	"regexp"
	"strconv"
	"time"
)

// Operation is one run of the vendor's command line on what is deployed. It needs nothing that a build left: the tool finds by names
// what it is about, and what it reads is in Files.
type Operation struct {
	Command
	// Files are what the tool reads, in a folder that is made for it. None of them is a package, or has a value of the environment.
	Files []File
	// Folder is where it is run, below the folder of Files, with slashes; empty for that one.
	Folder string
	// Failed is how the output says that the tool failed where its exit code is 0; nil if the code can be relied on.
	Failed *regexp.Regexp
	// Note is what a person should know of the run; empty for nothing.
	Note string
}

// LogReader is a target whose vendor has a command line that prints logs.
type LogReader interface {
	Target
	// Logs prints what a unit has logged. The error says what the vendor's tool cannot do.
	Logs(app *App, u *Unit, o LogOptions) (Operation, error)
}

// LogOptions say which logs are meant.
type LogOptions struct {
	// Follow goes on until it is interrupted.
	Follow bool
	// Since is how far back the logs go, a whole number of seconds; 0 is [DefaultSince].
	Since time.Duration
	// Now is the present time, which vendors count from that know no span of time.
	Now time.Time
}

// DefaultSince is how far back logs go that nothing is said of.
const DefaultSince = 10 * time.Minute

// Remover is a target whose vendor has a command line that removes what was deployed.
type Remover interface {
	Target
	// Remove removes the deployment of an application: the units that are given, which are those that were deployed last.
	Remove(app *App, units []Deployed) Removal
}

// Deployed is a unit that is deployed.
type Deployed struct {
	// Unit is its name, Function the one that it is deployed under.
	Unit, Function string
}

// Removal is how a deployment is removed, and what becomes of it.
type Removal struct {
	Operation
	// Gone are what else goes but the units, Stays what the vendor's tool leaves, each in a few words.
	Gone, Stays []string
}

// LogKeeper is a target whose deployment makes what keeps the logs, for as long as f.yml says.
type LogKeeper interface {
	Target
	// LogGroups are those that the deployment makes. No two deployments can make the same.
	LogGroups(app *App) []Kept
}

// Kept is what keeps the logs of a unit.
type Kept struct {
	// Name is the vendor's name of it.
	Name string
	// Days is for how long.
	Days int
	Unit *Unit
}

// Span is a duration as vendors write it: a number and the largest unit of those given that it is a whole number of, the last one
// otherwise, rounded up. Units are of "s", "m", "h" and "d".
func Span(d time.Duration, units ...string) string {
	of := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	for _, u := range units {
		if d >= of[u] && d%of[u] == 0 {
			return strconv.FormatInt(int64(d/of[u]), 10) + u
		}
	}
	last := units[len(units)-1]
	return strconv.FormatInt(int64((d+of[last]-1)/of[last]), 10) + last
}

// Made are the resources that the deployment makes for the triggers of the application, each once, in order.
func (a *App) Made() (list []Resource) {
	seen := map[string]bool{}
	for _, u := range a.Units {
		for _, f := range u.Functions {
			for _, t := range f.Triggers {
				for _, n := range Needs(t.Marker) {
					r := a.Resource(t, n)
					if text := n.Words() + " " + r.Real(); r.Created() && !seen[text] {
						seen[text] = true
						list = append(list, r)
					}
				}
			}
		}
	}
	return list
}
