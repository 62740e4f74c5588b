package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// What generated code names of the framework. A test checks that each exists, so that a renamed symbol is noticed here
// and not by users.
const (
	module = "github.com/faasgen/faasgen/framework"

	symVersion       = module + ".Version"
	symLatestVersion = module + ".LatestVersion"
	symRuntime       = module + ".Runtime"
	symApp           = module + ".App"
	symFunction      = module + ".Function"
	symTrigger       = module + ".Trigger"
	symContext       = module + ".Context"
	symErrorf        = module + ".Errorf"
	symHandler       = module + ".Handler"
	symChain         = module + ".Chain"
	symGuard         = module + ".Guard"
	symLayer         = module + ".Layer"
	symLateLayer     = module + ".LateLayer"
	symMiddleware    = module + ".Middleware"
	symJoinPoint     = module + ".JoinPoint"
	symNewJoinPoint  = module + ".NewJoinPoint"
	symAssign        = module + ".Assign"
	symErrPanic      = module + ".ErrPanic"

	pathIoc      = module + "/ioc"
	symContainer = pathIoc + ".Container"
	symCell      = pathIoc + ".Cell"
	symBuild     = pathIoc + ".Build"
	symLazy      = pathIoc + ".Lazy"
	symNewLazy   = pathIoc + ".NewLazy"
	symLifecycle = pathIoc + ".Lifecycle"
	symHealth    = pathIoc + ".Health"

	pathConfig    = module + "/config"
	symConfig     = pathConfig + ".Config"
	symConfigLoad = pathConfig + ".LoadWith"
	symDefaults   = pathConfig + ".Defaults"
	symConfigGet  = pathConfig + ".Get"
	symConfigOr   = pathConfig + ".Or"
	symConfigText = pathConfig + ".OrText"
	symCheckKey   = pathConfig + ".Check"
	symDemandKey  = pathConfig + ".Demand"

	pathWeb      = module + "/trigger/web"
	symExchange  = pathWeb + ".Exchange"
	symRequest   = pathWeb + ".Request"
	symRoute     = pathWeb + ".Route"
	symCORS      = pathWeb + ".CORS"
	symNewBinder = pathWeb + ".NewBinder"
	symValue     = pathWeb + ".Value"
	symOptional  = pathWeb + ".Optional"
	symList      = pathWeb + ".List"
	symInPath    = pathWeb + ".InPath"
	symInQuery   = pathWeb + ".InQuery"
	symInHeader  = pathWeb + ".InHeader"
	symInCookie  = pathWeb + ".InCookie"
	symCheck     = pathWeb + ".Check"

	pathNethttp = module + "/trigger/web/nethttp"
	symServe    = pathNethttp + ".Serve"

	pathTimer = module + "/trigger/timer"

	pathEvent      = module + "/trigger/event"
	symEventDecode = pathEvent + ".Decode"
	symEventCheck  = pathEvent + ".Check"

	symEach = module + ".Each"

	pathLocal   = module + "/platform/local"
	symLocalRun = pathLocal + ".Run"
)

// contract is the number of the contract between generated code and the framework; see framework.LatestVersion.
const contract = 2

// The packages of the standard library that generated code names.
const (
	pathContext = "context"
	pathErrors  = "errors"
	pathFmt     = "fmt"
	pathTime    = "time"
	pathSlog    = "log/slog"
	pathWire    = "github.com/google/wire"
)

// names are the names of the packages above, in the order in which they take their names from user packages.
func names() [][2]string {
	return [][2]string{
		{pathContext, "context"}, {pathFmt, "fmt"}, {pathTime, "time"}, {pathSlog, "slog"}, {pathErrors, "errors"}, {pathWire, "wire"},
		{module, "framework"}, {pathIoc, "ioc"}, {pathConfig, "config"}, {pathWeb, "web"}, {pathNethttp, "nethttp"},
		{pathTimer, "timer"}, {pathEvent, "event"}, {pathLocal, "local"},
	}
}

// q names a symbol of the constants above.
func q(symbol string) *jen.Statement {
	i := strings.LastIndexByte(symbol, '.')
	return jen.Qual(symbol[:i], symbol[i+1:])
}
