package wirecmd

// The Wire command is built from the versions in tool.mod, at a moment when there may be no network. These imports make
// a build of faasgen download its modules; the packages of golang.org/x/tools come with go/packages.
import (
	_ "github.com/google/subcommands"
	_ "github.com/google/wire"
	_ "github.com/pmezard/go-difflib/difflib"
	_ "golang.org/x/tools/go/ast/astutil"
	_ "golang.org/x/tools/go/packages"
)
