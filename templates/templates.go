// Package templates holds the scaffolds that "faasgen new" writes, as text/template files: a folder for each, and the folder shared
// with what all of them have, unless they have a file of that name themselves. Every file of a scaffold ends in
// .tmpl: a go.mod of its own name would end this module here, and Go files would be compiled with it. Rendering them is
// the command's work.
package templates

import "embed"

// Files are the scaffolds. What lies in the folder docker is for those who ask for an image.
//
//go:embed all:shared all:docker all:minimal all:api all:events all:cron all:legacy
var Files embed.FS

// Folders of Files that are no scaffold: what every one gets, and what it gets on request.
const (
	Shared = "shared"
	Docker = "docker"
)

// Scaffold is one kind of application.
type Scaffold struct {
	// Name is the word of --template, and the folder of its files.
	Name string
	// Short says what is in it.
	Short string
}

// Scaffolds lists them, the default first.
func Scaffolds() []Scaffold {
	return []Scaffold{
		{"minimal", "an http function, a timer, a test"},
		{"api", "an http API over SQLite: binding, errors, a guard, tests"},
		{"events", "functions for files in a bucket, messages, records of Kafka and a timer"},
		{"cron", "jobs by the clock, and one that is run by hand"},
		{"legacy", "an application of net/http as it is, mounted as one function"},
	}
}

// Data is what the files of a scaffold may refer to.
type Data struct {
	// Name is the application's name as f.yml has it.
	Name string
	// Package is Name as a Go package name.
	Package string
	// Module is the module path.
	Module string
	// Target is the default target, Region a region of it, empty if it has none.
	Target, Region string
	// Clouds are all that can be built for.
	Clouds []Cloud
	// Version is the version of faasgen that is required, Replace a folder that stands in for it, if any.
	Version, Replace string
	// Go is the version of the language, such as 1.26.0.
	Go string
}

// Cloud is a target, and where an application begins there, empty if it has no regions.
type Cloud struct{ Name, Region string }
