package framework

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"
)

// Runtime holds the facts of the process that are known before any function runs. A platform fills it once, at start; it
// does not change afterwards.
type Runtime struct {
	// Platform is the platform's word: local, aws, tencent, aliyun.
	Platform string
	// Provider and Product are what OpenTelemetry calls the cloud and its service for functions, such as aws and aws_lambda; empty
	// where there is no cloud, or no word.
	Provider, Product string
	// Function is the vendor's name for the deployed function, which is the unit; empty where the vendor gives none.
	Function string
	// Version is the deployed version or alias.
	Version string
	// Region is the vendor's region.
	Region string
	// Memory is the memory limit in MB, zero if unknown.
	Memory int
	// CodeDir is the folder of the unpacked package, where the config files are; empty means the working directory.
	CodeDir string
	// Settings replaces the content of the file faas.settings in CodeDir unless it is empty. Only the local platform sets it.
	Settings string
	// Env is the configuration environment ("prod", "local", ...): it selects config.<env>.yml.
	Env string
	// Variables are the environment variables that configuration reads; LookupEnv has the form of os.LookupEnv. Nil means the
	// process's own; only tests set it.
	Variables interface {
		LookupEnv(name string) (string, bool)
	}
	// Stores are where references of the configuration lead to besides variables and files. A main package hands them over:
	//
	//	aws.Run(func(rt *framework.Runtime) *framework.App { rt.Stores = append(rt.Stores, vault); return app.New(rt) })
	Stores []Store
	// InitTimeout is the platform's own limit for start-up; zero if unknown. The smaller of it and App.InitTimeout wins.
	InitTimeout time.Duration
	// Logger receives every log record of the process. Nil means a JSON logger on standard error.
	Logger *slog.Logger
	// Clock is what is injected as a Clock. Nil means the machine's; only tests set it.
	Clock Clock
	// Dev shows error texts to callers. Only the local platform sets it.
	Dev bool
	// Incomplete, if set, keeps a function with incomplete configuration from stopping the others: it gets the function's name
	// and the error, and returns the error of its calls. Without it the start fails. Only the local platform sets it.
	Incomplete func(function string, err error) error
	// StandIn lets the file secrets.<env>.yml in CodeDir stand in for stores of secrets. Only the local platform and tests set it.
	StandIn bool
	// Calls is the call.Transport that main hands over for the calls of functions in other units; nil is none.
	Calls any
	// EMF says that the platform's log service reads metrics out of log lines, in the Embedded Metric Format of CloudWatch.
	EMF bool
	// Server says that the process is an ordinary server: it is never frozen, and can be reached at any port of its machine.
	Server bool
	// Stop, if set, ends the process as the platform does, after what runs, for another to take its place. It returns at once.
	// Tests do not set it, nor does development.
	Stop func()

	engine   *Engine // the last that was made with it
	defaults string  // of LayerDefaults
}

// LayerDefaults is YAML: what f.yml says of the configuration of its layers, by stage, with - for every stage that is not there; ""
// for nothing. The engine takes it from the settings; a Runtime without one, as an application has whose functions are apart in a test,
// has what Settings says.
func (rt *Runtime) LayerDefaults() string {
	if rt.defaults != "" {
		return rt.defaults
	}
	_, text, _ := strings.Cut("\n"+rt.Settings, "\n"+separator+"\n")
	return text
}

// Store is a place of secrets and settings that configuration refers to: with the scheme vault, DATABASE_PASSWORD_FROM=vault:shop/db
// is what Read returns for shop/db.
type Store struct {
	// Scheme is a word without a colon. Those of the configuration's own are env and file.
	Scheme string
	// Read returns the text that a name stands for. It is called at cold start, before anything is built, and bounds its time
	// itself. Its error is shown to who starts the unit: it must not have the text.
	Read func(name string) (string, error)
	// ReadAgain returns the text anew while the unit runs, and stops with ctx; nil is Read. It is called in the background of invocations,
	// also by several goroutines at once. Its error is logged: it must not have the text.
	ReadAgain func(ctx context.Context, name string) (string, error)
}

// InitLimit is the limit of a start, and of one lazy build: the smaller of InitTimeout and the one that FAAS_INIT_TIMEOUT gives
// the unit, or 10 seconds where neither says anything. Generated code uses it.
func (rt *Runtime) InitLimit() time.Duration {
	own, _ := rt.limit(variableInitTimeout) // whose error Start reports
	if limit := smaller(rt.InitTimeout, own); limit > 0 {
		return limit
	}
	return defaultInitTimeout
}

// defaultInitTimeout is f.yml's default of initTimeout.
const defaultInitTimeout = 10 * time.Second

// LookupEnv returns an environment variable of the process or, in a test, of the test.
func (rt *Runtime) LookupEnv(name string) (string, bool) {
	if rt.Variables != nil {
		return rt.Variables.LookupEnv(name)
	}
	return os.LookupEnv(name)
}

// EnvironmentVariable names the variable that selects config.<env>.yml.
const EnvironmentVariable = "FAAS_ENV"

// Log returns the logger, never nil. Injected loggers are this one.
func (rt *Runtime) Log() *slog.Logger {
	if rt.Logger != nil {
		return rt.Logger
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, nil))
}
