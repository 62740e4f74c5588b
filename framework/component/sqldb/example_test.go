package sqldb_test

import "github.com/faasgen/faasgen/framework/component/sqldb"

// An application whose database is a file says where it is, instead of configuring a DSN:
//
//	//faas:provide
//	//faas:arg path config=database.path
//	func NewSource(path string) *sqldb.Source
func ExampleSource() {
	newSource := func(path string) *sqldb.Source {
		return &sqldb.Source{Driver: "sqlite", DSN: "file:" + path}
	}
	_ = newSource("/tmp/shop.db")
	// Output:
}
