// Package templates holds the scaffolds that "faasgen new" writes, as text/template files. Every file of a scaffold ends in
// .tmpl: a go.mod of its own name would end this module here, and Go files would be compiled with it. Rendering them is
// the command's work.
package templates

import "embed"

// Service is an application with an http function, a timer and a test, below the folder "service".
//
//go:embed all:service
var Service embed.FS

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
	// Version is the version of faasgen that is required, Replace a folder that stands in for it, if any.
	Version, Replace string
	// Go is the version of the language, such as 1.26.0.
	Go string
}
