module faasgen.internal/wire

go 1.26.0

require (
	github.com/google/wire v0.7.0
	golang.org/x/tools v0.52.0
)

require (
	github.com/google/subcommands v1.2.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
)
