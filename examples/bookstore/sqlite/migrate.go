package sqlite

import (
	"context"
	"embed"

	"github.com/faasgen/faasgen/framework/component/migrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// NewMigrations says where the migrations are.
//
//faas:provide
func NewMigrations() *migrate.Source { return &migrate.Source{FS: migrations, Dir: "migrations"} }

// Tasks are what is run by hand or by a pipeline.
type Tasks struct {
	Database *migrate.Database //faas:inject
}

// Migrate brings the schema up to date.
//
//faas:handler
//faas:task migrate
func (t *Tasks) Migrate(ctx context.Context) (*migrate.Report, error) { return t.Database.Up(ctx) }
