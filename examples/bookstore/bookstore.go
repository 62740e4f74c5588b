// Package bookstore is an application of several packages: an http API over a real database, a timer, an existing chi
// application mounted as one function.
package bookstore

//go:generate go tool faasgen generate

// Configuration imports the component that provides the *sql.DB, and the one that migrates it.
//
//faas:configuration import=github.com/faasgen/faasgen/framework/component/sqldb,github.com/faasgen/faasgen/framework/component/migrate
type Configuration struct{}
