// Package legacy has two applications that were there before, unchanged, as functions: catalog is one of gin, which runs in the
// process, and notes a server in Python, which runs as a child process.
package legacy
