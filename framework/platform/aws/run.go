package aws

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/runtimeapi"
)

const (
	apiVersion = "/2018-06-01"
	agent      = "faasgen"
	// shutdownBudget is what is used of the half second between SIGTERM and SIGKILL. stopReserve is the part of it that
	// running invocations leave to Close.
	shutdownBudget = 450 * time.Millisecond
	stopReserve    = 150 * time.Millisecond
	// registerTimeout ends the wait for an endpoint that does not know extensions.
	registerTimeout = 500 * time.Millisecond
)

// Run starts the unit, handles events until Lambda ends the process, and never returns. Codecs are tried in order.
func Run(newApp platform.New, codecs ...platform.Codec) {
	os.Exit(serve(newApp, codecs, shutdownBudget, os.Stderr))
}

// process is one Lambda sandbox as seen from inside.
type process struct {
	api         string // host:port
	log         *slog.Logger
	engine      *framework.Engine
	dispatcher  *platform.Dispatcher
	concurrency int
	current     atomic.Pointer[string] // the request id, where there is one invocation at a time
	header      [1]runtimeapi.Field    // of responses

	mu       sync.Mutex
	busy     int // loops between the arrival of an event and its response
	stopping bool
	notified bool          // idle is closed
	idle     chan struct{} // closed when stopping and not busy
}

func newProcess(api string) *process {
	return &process{api: api, concurrency: 1, idle: make(chan struct{}), header: [1]runtimeapi.Field{{Name: "Content-Type", Value: "application/json"}}}
}

// serve runs the process and returns its exit code.
func serve(newApp platform.New, codecs []platform.Codec, budget time.Duration, stderr io.Writer) int {
	p := newProcess(os.Getenv("AWS_LAMBDA_RUNTIME_API"))
	p.log = newLogger(stderr, p.requestID)
	if p.api == "" {
		p.log.Error("AWS_LAMBDA_RUNTIME_API is not set: this program runs on AWS Lambda; use faasgen invoke --target aws to run it here")
		return 2
	}
	if s := os.Getenv("AWS_LAMBDA_MAX_CONCURRENCY"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			p.log.Warn("AWS_LAMBDA_MAX_CONCURRENCY is ignored: expected a number from 1", "found", s)
		} else {
			p.concurrency = n
		}
	}
	rt := runtimeFacts(p.log)
	app := newApp(rt)
	p.engine = framework.NewEngine(rt, app)

	signals := make(chan os.Signal, 1)
	registered := make(chan struct{})
	if !app.Closes() { // nothing to close, so nothing is lost without a warning
		close(registered)
	} else {
		signal.Notify(signals, syscall.SIGTERM)
		go func() {
			defer close(registered)
			p.register()
		}()
	}
	if err := p.start(codecs); err != nil {
		p.reportInit(err)
		return 1
	}
	<-registered // it is too late for it after the first poll

	failed := make(chan struct{}, p.concurrency)
	for range p.concurrency {
		go func() {
			c := runtimeapi.New(p.api, agent)
			c.MaxBody = maxEvent
			c.OwnThread = p.concurrency == 1 && runtime.GOMAXPROCS(0) > 1
			p.loop(c)
			failed <- struct{}{}
		}()
	}
	select {
	case <-signals:
		return p.shutdown(budget)
	case <-failed: // the loop has logged why
		p.shutdown(budget)
		return 1
	}
}

func (p *process) start(codecs []platform.Codec) (err error) {
	// Codecs first: what is wrong with the unit's routes needs no database to be found.
	if p.dispatcher, err = platform.NewDispatcher(p.engine, codecs); err != nil {
		return err
	}
	p.dispatcher.Identify = Identify
	if err = p.engine.Start(context.Background()); err != nil {
		return err
	}
	p.engine.LogColdStart()
	return nil
}

// runtimeFacts reads what Lambda tells every process. There is no limit for the start in it: when Lambda's own ten
// seconds have passed, it starts the process again with all the time of an invocation.
func runtimeFacts(log *slog.Logger) *framework.Runtime {
	memory, _ := strconv.Atoi(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")) // zero is unknown
	return &framework.Runtime{
		Platform: "aws",
		Provider: "aws",
		Product:  "aws_lambda",
		Function: os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
		Version:  os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"),
		Region:   os.Getenv("AWS_REGION"),
		Memory:   memory,
		CodeDir:  os.Getenv("LAMBDA_TASK_ROOT"),
		Env:      os.Getenv(framework.EnvironmentVariable),
		Logger:   log,
		EMF:      true,
		Stop:     platform.Stop,
	}
}

// newLogger writes JSON, with Lambda's names of members and levels where Lambda is configured to filter JSON by them.
func newLogger(to io.Writer, current func() string) *slog.Logger {
	o := platform.LogOptions{Current: current, Variables: []string{platform.LevelVariable, "AWS_LAMBDA_LOG_LEVEL"}}
	if strings.EqualFold(os.Getenv("AWS_LAMBDA_LOG_FORMAT"), "JSON") {
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) > 0 {
				return a
			}
			switch a.Key {
			case slog.TimeKey:
				a.Key = "timestamp"
			case slog.MessageKey:
				a.Key = "message"
			case "request_id":
				a.Key = "requestId"
			case slog.LevelKey:
				if level, ok := a.Value.Any().(slog.Level); ok && level <= platform.LevelTrace {
					a.Value = slog.StringValue("TRACE")
				} else if ok && level >= platform.LevelFatal {
					a.Value = slog.StringValue("FATAL")
				}
			}
			return a
		}
	}
	return platform.NewLogger(to, o)
}

func (p *process) requestID() string {
	if id := p.current.Load(); id != nil {
		return *id
	}
	return ""
}

// register registers an internal extension without events, which is the only way to be sent SIGTERM. Where that fails
// the process is killed without warning, as it would be without trying.
func (p *process) register() {
	ctx, cancel := context.WithTimeout(context.Background(), registerTimeout)
	defer cancel()
	c := runtimeapi.New(p.api, agent)
	response, err := c.Do(ctx, runtimeapi.Request{
		Method: "POST", Path: "/2020-01-01/extension/register", Body: []byte(`{"events":[]}`),
		Header: []runtimeapi.Field{{Name: "Lambda-Extension-Name", Value: agent}, {Name: "Content-Type", Value: "application/json"}},
	})
	if err != nil || response.Status != 200 {
		p.log.Debug("no extension registered, so that Close will not run", "error", err)
		c.Close()
		return
	}
	id := response.Get("Lambda-Extension-Identifier")
	// Lambda waits for every extension's poll before it calls the function; this one waits until the process ends.
	go c.Do(context.Background(), runtimeapi.Request{
		Method: "GET", Path: "/2020-01-01/extension/event/next",
		Header: []runtimeapi.Field{{Name: "Lambda-Extension-Identifier", Value: id}},
	})
}

// reportInit tells log and vendor why the process does not start.
func (p *process) reportInit(err error) {
	p.log.Error("init failed", "error", err.Error())
	ctx, cancel := context.WithTimeout(context.Background(), shutdownBudget)
	defer cancel()
	response, err := runtimeapi.New(p.api, agent).Do(ctx, errorRequest(apiVersion+"/runtime/init/error", err))
	if err != nil || response.Status != 202 {
		p.log.Error("the init error could not be reported", "error", describe(response, err))
	}
}

// begin is called with each event, end when it was answered and the next may be polled for.
func (p *process) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy++
}

func (p *process) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	p.notifyIdle()
}

// notifyIdle closes idle once. Events that come afterwards, because they were on their way, change nothing. The caller
// holds mu.
func (p *process) notifyIdle() {
	if p.stopping && p.busy == 0 && !p.notified {
		p.notified = true
		close(p.idle)
	}
}

// stop has loops stop after the event they have. It returns the channel that is closed when all do.
func (p *process) stop() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopping = true
	p.notifyIdle()
	return p.idle
}

// shutdown lets running invocations finish, closes the unit and returns the exit code. Lambda kills what takes longer.
func (p *process) shutdown(budget time.Duration) int {
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	running := time.NewTimer(budget - stopReserve)
	defer running.Stop()
	select {
	case <-p.stop():
	case <-running.C:
		p.log.Warn("closing with an invocation still running")
	}
	if err := p.engine.Close(ctx); err != nil {
		p.log.Error("close failed", "error", err.Error())
	}
	return 0
}

// errorDocument is the body of the API's error calls.
type errorDocument struct {
	Message string   `json:"errorMessage"`
	Type    string   `json:"errorType"`
	Stack   []string `json:"stackTrace"`
}

// errorRequest reduces err to what a caller may see.
func errorRequest(path string, err error) runtimeapi.Request {
	d := platform.Describe(err, false)
	doc := errorDocument{Message: d.Message, Type: errorType(d.Type), Stack: []string{}}
	if len(doc.Message) > maxMessage {
		doc.Message = strings.ToValidUTF8(doc.Message[:maxMessage], "") + "..."
	}
	body, err := platform.JSON(doc)
	if err != nil {
		body = []byte(`{}`) // cannot be: there are only strings in it
	}
	return runtimeapi.Request{
		Method: "POST", Path: path, Body: body,
		Header: []runtimeapi.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Lambda-Runtime-Function-Error-Type", Value: doc.Type}},
	}
}

// maxMessage keeps an error call far below the API's limits.
const maxMessage = 32 << 10

// errorType writes a code such as not_found in the form that Lambda records, Function.NotFound: letters only, and at
// least two of them.
func errorType(code string) string {
	const prefix = "Function."
	b := []byte(prefix)
	upper := true
	for i := range len(code) {
		c := code[i]
		switch {
		case 'a' <= c && c <= 'z':
			if upper {
				c -= 'a' - 'A'
			}
		case 'A' <= c && c <= 'Z':
		default:
			upper = true
			continue
		}
		upper = false
		b = append(b, c)
	}
	if len(b) < len(prefix)+2 {
		return prefix + "Error"
	}
	return string(b)
}

// describe says what the API answered instead of what it should have.
func describe(response *runtimeapi.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("status %d: %.300q", response.Status, response.Body)
}
