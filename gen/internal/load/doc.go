// Package load finds applications and loads their packages, parsed and type-checked.
//
// It works in two steps, so that a cache can stand between them. [Scan] reads files only: it finds the modules, every
// f.yml, and the Go files that a raw byte scan says may carry directives; what it read is in [Tree.Files]. [Tree.Load]
// then lists packages with the go command and type-checks them.
//
// The go command is used as a driver only. Packages of the workspace's own modules, and of modules replaced by a local
// folder, are checked here from source with function bodies left out, so that half-written code does not stop
// generation; everything else comes from export data. Generated packages are never read. What a directive means is
// not known here: that is collect's.
package load
