package emit

import "path"

// What generated code names of the framework. A test checks that each exists, so that a renamed symbol is noticed here
// and not by users.
const (
	module = "github.com/faasgen/faasgen/framework"

	symRuntime         symbol = module + ".Runtime"
	symApp             symbol = module + ".App"
	symFunction        symbol = module + ".Function"
	symTrigger         symbol = module + ".Trigger"
	symContext         symbol = module + ".Context"
	symHandler         symbol = module + ".Handler"
	symGuard           symbol = module + ".Guard"
	symLayer           symbol = module + ".Layer"
	symMiddleware      symbol = module + ".Middleware"
	symNeeds           symbol = module + ".Needs"
	symComponent       symbol = module + ".Component"
	symComponentLayers symbol = module + ".ComponentLayers"
	symNamedLayer      symbol = module + ".NamedLayer"
	symNamedLayers     symbol = module + ".NamedLayers"
	symJoinPoint       symbol = module + ".JoinPoint"
	symErrPanic        symbol = module + ".ErrPanic"
	symCallee          symbol = module + ".Callee"

	pathAdapter             = module + "/adapter"
	symVersion       symbol = pathAdapter + ".Version"
	symLatestVersion symbol = pathAdapter + ".LatestVersion"
	symNewJoinPoint  symbol = pathAdapter + ".NewJoinPoint"
	symAssign        symbol = pathAdapter + ".Assign"
	symEach          symbol = pathAdapter + ".Each"
	symScope         symbol = pathAdapter + ".Scope"
	symSetScope      symbol = pathAdapter + ".SetScope"
	symEvent         symbol = pathAdapter + ".Event"
	symCalled        symbol = pathAdapter + ".Called"
	symUnexpected    symbol = pathAdapter + ".Unexpected"
	symReturn        symbol = pathAdapter + ".Return"
	symReturnPointer symbol = pathAdapter + ".ReturnPointer"
	symBegin         symbol = pathAdapter + ".Begin"
	symBeginOpened   symbol = pathAdapter + ".Opened"
	symUse           symbol = pathAdapter + ".Use"
	symUseMade       symbol = pathAdapter + ".Made"
	symUseGuard      symbol = pathAdapter + ".Guard"
	symUseOf         symbol = pathAdapter + ".UseOf"
	symGuardOf       symbol = pathAdapter + ".GuardOf"
	symOr            symbol = pathAdapter + ".Or"
	symOrGuard       symbol = pathAdapter + ".OrGuard"
	symAdaptedLayer  symbol = pathAdapter + ".Layer"

	pathIoc                 = module + "/ioc"
	symContainer     symbol = pathIoc + ".Container"
	symCell          symbol = pathIoc + ".Cell"
	symBuild         symbol = pathIoc + ".Build"
	symLazy          symbol = pathIoc + ".Lazy"
	symLazyOf        symbol = pathIoc + ".LazyOf"
	symLazyNew       symbol = pathIoc + ".LazyNew"
	symCall          symbol = pathIoc + ".Call"
	symScoped        symbol = pathIoc + ".Scoped"
	symMade          symbol = pathIoc + ".Made"
	symOpened        symbol = pathIoc + ".Opened"
	symClosed        symbol = pathIoc + ".Closed"
	symWarm          symbol = pathIoc + ".Warm"
	symNeed          symbol = pathIoc + ".Needs"
	symEager         symbol = pathIoc + ".Eager"
	symReady         symbol = pathIoc + ".Ready"
	symHealth        symbol = pathIoc + ".Health"
	symOverride      symbol = pathIoc + ".Override"
	symOverrideValue symbol = pathIoc + ".OverrideValue"

	pathCall              = module + "/call"
	pathStore             = pathConfig + "/store"
	symCallClient  symbol = pathCall + ".Client"
	symCallOnce    symbol = pathCall + ".Once"
	symCallOptions symbol = pathCall + ".Options"
	symCallEncode  symbol = pathCall + ".Encode"
	symCallDecode  symbol = pathCall + ".Decode"
	symCallChecks  symbol = pathCall + ".Checks"
	symCallTo      symbol = pathCall + ".To"
	symStoreWith   symbol = pathStore + ".With"
	symCallWith    symbol = pathCall + ".With"
	symCallDo      symbol = pathCall + ".Do"
	symCallNone    symbol = pathCall + ".None"

	pathCarry              = pathCall + "/carry"
	symCarryText    symbol = pathCarry + ".Text"
	symCarryNumber  symbol = pathCarry + ".Number"
	symCarrySlice   symbol = pathCarry + ".Slice"
	symCarryEach    symbol = pathCarry + ".Each"
	symCarryMap     symbol = pathCarry + ".Map"
	symCarryPointer symbol = pathCarry + ".Pointer"
	symCarryPlain   symbol = pathCarry + ".Plain"

	pathConfig            = module + "/config"
	symConfig      symbol = pathConfig + ".Config"
	symOnce        symbol = pathConfig + ".Once"
	symDefaults    symbol = pathConfig + ".Defaults"
	symReader      symbol = pathConfig + ".Reader"
	symRead        symbol = pathConfig + ".Read"
	symNewReader   symbol = pathConfig + ".NewReader"
	symCheckConfig symbol = pathConfig + ".Checks"
	symConfigValue symbol = pathConfig + ".Value"
	symConfigOr    symbol = pathConfig + ".ValueOr"
	symConfigText  symbol = pathConfig + ".ValueText"
	symConfigLive  symbol = pathConfig + ".ReadLive"

	pathWeb             = module + "/trigger/web"
	symExchange  symbol = pathWeb + ".Exchange"
	symBind      symbol = pathWeb + ".Bind"
	symNewBinder symbol = pathWeb + ".NewBinder"
	symValue     symbol = pathWeb + ".Value"
	symOptional  symbol = pathWeb + ".Optional"
	symList      symbol = pathWeb + ".List"
	symInPath    symbol = pathWeb + ".InPath"
	symInQuery   symbol = pathWeb + ".InQuery"
	symInHeader  symbol = pathWeb + ".InHeader"
	symInCookie  symbol = pathWeb + ".InCookie"
	symCheck     symbol = pathWeb + ".Check"

	pathForm                     = pathWeb + "/form"
	symFormSent           symbol = pathForm + ".Sent"
	symFormRead           symbol = pathForm + ".Read"
	symFormPart           symbol = pathForm + ".Part"
	symFormBool           symbol = pathForm + ".Bool"
	symFormValue          symbol = pathForm + ".Value"
	symFormOptional       symbol = pathForm + ".Optional"
	symFormList           symbol = pathForm + ".List"
	symFormRequire        symbol = pathForm + ".Require"
	symFormRequireFile    symbol = pathForm + ".RequireFile"
	symFormJSON           symbol = pathForm + ".JSON"
	symFormOptionalJSON   symbol = pathForm + ".OptionalJSON"
	symFormJSONList       symbol = pathForm + ".JSONList"
	symFormFile           symbol = pathForm + ".File"
	symFormOptionalFile   symbol = pathForm + ".OptionalFile"
	symFormFiles          symbol = pathForm + ".Files"
	symFormUpload         symbol = pathForm + ".Upload"
	symFormOptionalUpload symbol = pathForm + ".OptionalUpload"

	symServe symbol = pathWeb + "/nethttp.Serve"

	pathEvent             = module + "/trigger/event"
	symEventDecode symbol = pathEvent + ".Decode"
	symEventCheck  symbol = pathEvent + ".Check"

	pathLocal          = module + "/platform/local"
	symLocalRun symbol = pathLocal + ".Run"
	// symLocalCalls makes what carries calls that are not waited for.
	symLocalCalls symbol = pathLocal + "/invoke.New"
)

// contract is the number of the contract between generated code and the framework; see adapter.LatestVersion.
const contract = 3

// The packages of the standard library and of Wire that generated code names.
const (
	symConcat     symbol = "slices.Concat"
	symStdContext symbol = "context.Context"
	symBackground symbol = "context.Background"
	symLogger     symbol = "log/slog.Logger"
	symWireBuild  symbol = pathWire + ".Build"
	symWireStruct symbol = pathWire + ".Struct"
	symWireBind   symbol = pathWire + ".Bind"
	symWireFields symbol = pathWire + ".FieldsOf"

	pathWire = "github.com/google/wire"
)

// known is the name of a package that generated code names by itself, "" for others.
func known(importPath string) string {
	if importPath == "" {
		return ""
	}
	if len(importPath) >= len(module) && importPath[:len(module)] == module {
		return path.Base(importPath)
	}
	switch importPath {
	case "context", "slices", "log/slog", "time", pathWire:
		return path.Base(importPath)
	}
	return ""
}
