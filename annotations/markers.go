package annotations

import "time"

// The markers. Each struct is one directive: its fields are the arguments, its doc comment and those of its fields are
// the help. Tags: faas:"name[,option...]" where options are pos (positional), rest (all further positional words),
// required, enum=a|b. The same structs are walked over yaml nodes and into JSON schema by gen/spec.

// Provide makes a struct or a constructor injectable. A generic one makes an instance for each that is required: a field
// of type *Repo[Book] makes T Book where *Repo[T] is provided. A provider of exactly that type wins over a generic one.
type Provide struct {
	// ID names one of several providers of the same type.
	ID string `faas:"id"`
	// Scope says how long an instance lives: singleton (one for the process, the default), request (one for each
	// invocation) or prototype (one for each place it is injected into).
	Scope Scope `faas:"scope,enum=singleton|request|prototype"`
	// As lists the interfaces it is injected as: Iface, pkg.Iface through the file's imports, or "full/path".Iface. A generic
	// provider names generic ones with as many type parameters, and is injected as no other.
	As List `faas:"as"`
	// Group offers it to a group, or to several joined by commas. It is a member where a list says so: groups in f.yml, or
	// members of the field. Apart from that it is injected as ever; but where one T is required whose group is injected as
	// []T, members count only if nothing else implements T.
	Group List `faas:"group"`
	// Lazy builds it when a function first needs it, also in a unit of one function.
	Lazy bool `faas:"lazy"`
	// Eager builds it at cold start, also in an aggregation.
	Eager bool `faas:"eager"`
}

// Inject fills an exported field.
type Inject struct {
	// ID selects the provider with that id.
	ID string `faas:"id"`
	// Group fills a slice with the members of that group, in the order of package path, name and id.
	Group string `faas:"group"`
	// Members lists the group's members for this field alone: patterns as in groups of f.yml, which does not count here.
	Members List `faas:"members"`
	// Optional leaves the field zero when nothing provides its type, or its group has no members.
	Optional bool `faas:"optional"`
}

// Arg says how one parameter of a constructor is filled.
type Arg struct {
	// Name is the parameter's name.
	Name string `faas:"name,pos,required"`
	// ID selects the provider with that id.
	ID string `faas:"id"`
	// Group passes a slice of the members of that group, in the order of package path, name and id.
	Group string `faas:"group"`
	// Members lists the group's members for this parameter alone: patterns as in groups of f.yml, which does not count here.
	Members List `faas:"members"`
	// Optional passes the zero value when nothing provides its type, or its group has no members.
	Optional bool `faas:"optional"`
	// Config fills it from that configuration key.
	Config string `faas:"config"`
	// Default is the value when the key is not configured.
	Default *string `faas:"default"`
	// Refresh is how old the value of a config.Live may get; the default is 5 minutes. A bare number is seconds.
	Refresh Duration `faas:"refresh"`
	// Call passes a client of the function of that name, as call does for a field.
	Call string `faas:"call"`
	// Async calls it without waiting for it.
	Async bool `faas:"async"`
	// Timeout limits such a call, with all its tries. A bare number is seconds.
	Timeout Duration `faas:"timeout"`
	// Retries is how often such a call is sent again.
	Retries *int `faas:"retries"`
}

// Call fills an exported field with a client of another function: a func, or an interface of one method, which takes a
// context.Context and the function's input, and returns its result and an error. A call of a function in the same unit stays
// in the process, any other is an invoke call of the cloud; input, result and error cross as JSON in both cases.
type Call struct {
	// Function is the name of the function to call.
	Function string `faas:"function,pos,required"`
	// Async returns when the cloud has accepted the call, which it delivers again when the function fails. Such a function
	// has no result.
	Async bool `faas:"async"`
	// Timeout limits one call, with all its tries; the default is the time that the caller has left. A bare number is seconds.
	Timeout Duration `faas:"timeout"`
	// Retries is how often a call is sent again that did not reach the function; the default is 2.
	Retries *int `faas:"retries"`
}

// Config fills a field, or each field of a struct type, from configuration.
type Config struct {
	// Key is the dotted path in the configuration, such as order.maxItems. A member of a struct that is filled as a whole has
	// none: it is the member's name below that of the struct.
	Key string `faas:"key"`
	// Default is the value when the key is not configured.
	Default *string `faas:"default"`
	// Required makes a missing key an init error. It is the rule when there is no default.
	Required bool `faas:"required"`
	// Refresh is how old the value of a config.Live may get before it is read again, which the invocation that uses it then does after its
	// response; the default is 5 minutes. A bare number is seconds.
	Refresh Duration `faas:"refresh"`
}

// Handler makes a function out of a method, a function, a struct's Handle, or a constructor returning http.Handler.
type Handler struct {
	// Name is the function's name; the default is package and method in kebab case.
	Name string `faas:"name,pos"`
	// Timeout limits one invocation. A bare number is seconds.
	Timeout Duration `faas:"timeout"`
	// InitTimeout limits the cold start.
	InitTimeout Duration `faas:"initTimeout"`
	// Memory is the memory of a unit of this function. A bare number is MB.
	Memory Memory `faas:"memory"`
	// Concurrency limits the invocations that one process runs at once.
	Concurrency int `faas:"concurrency"`
	// Description is shown in the vendor's console.
	Description string `faas:"description"`
}

// Task marks a function that people or a pipeline run once, such as a migration or a backfill: faasgen task runs it, and deploy
// can before anything else of the application is deployed. Nothing triggers or calls it, and it is a unit of its own.
type Task struct {
	// Name is the function's name; the default is that of the handler.
	Name string `faas:"name,pos"`
}

// HTTP calls the function for requests of a method and path.
type HTTP struct {
	// Method is GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS or ANY; several are joined by commas.
	Method List `faas:"method,pos,required"`
	// Path is the route: /books/{id}, /books/:id, /files/{path...}, /files/*.
	Path string `faas:"path,pos,required"`
	// Host restricts the route to one host.
	Host string `faas:"host"`
	// Status is the status of a successful answer; the default is 200, or 204 when there is no result. Others, behind a comma, are those
	// that the function sets itself, for its OpenAPI document: status=200,202.
	Status Statuses `faas:"status"`
}

// Timer calls the function on a schedule.
type Timer struct {
	// Cron is a five-field expression: minute, hour, day of month, month, day of week.
	Cron string `faas:"cron"`
	// Every is an interval, at least one minute.
	Every Duration `faas:"every"`
	// Timezone is the IANA name of the zone that cron is in; the default is UTC.
	Timezone string `faas:"timezone"`
	// Payload is handed to each event.
	Payload string `faas:"payload"`
	// Name is the timer's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
	// Disabled deploys the timer without letting it fire.
	Disabled bool `faas:"disabled"`
}

// APIGW calls the function for requests that come through the vendor's API gateway, where http takes the ingress that
// belongs to the function itself. Its arguments and what the handler sees are those of http.
type APIGW struct {
	HTTP `faas:",inline"`
}

// OS calls the function when objects of a bucket change.
type OS struct {
	// Bucket is the logical name of the bucket; it is the real one unless f.yml maps it.
	Bucket string `faas:"bucket,required"`
	// Events are what calls it: created, removed, restored, or one way of being created (created:put, created:post,
	// created:copy, created:multipart); the default is created.
	Events List `faas:"events"`
	// Prefix leaves out objects whose keys do not begin so.
	Prefix string `faas:"prefix"`
	// Suffix leaves out objects whose keys do not end so.
	Suffix string `faas:"suffix"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// MQ calls the function with the messages of a queue, or of a topic that it subscribes to.
type MQ struct {
	// Queue is the logical name of the queue; it is the real one unless f.yml maps it.
	Queue string `faas:"queue"`
	// Topic is the logical name of the topic, in place of a queue.
	Topic string `faas:"topic"`
	// Tag leaves out messages of the topic that have another tag.
	Tag string `faas:"tag"`
	// Batch is the most messages in one call; the default is the cloud's own.
	Batch int `faas:"batch"`
	// Window is how long the cloud may wait for a batch to fill up; the default is not at all.
	Window Duration `faas:"window"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// Kafka calls the function with the records of a Kafka topic.
type Kafka struct {
	// Topic is the logical name of the topic; it is the real one unless f.yml maps it.
	Topic string `faas:"topic,required"`
	// Cluster is the logical name of the Kafka instance, where the topic's own mapping in f.yml does not say it.
	Cluster string `faas:"cluster"`
	// Group is the consumer group; the default is the deployed function's name.
	Group string `faas:"group"`
	// Batch is the most records in one call; the default is the cloud's own.
	Batch int `faas:"batch"`
	// Window is how long the cloud may wait for a batch to fill up; the default is not at all.
	Window Duration `faas:"window"`
	// From says where a new consumer group begins: latest (the default) or earliest.
	From string `faas:"from,enum=latest|earliest"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// Log calls the function with what is written to a log store.
type Log struct {
	// Store is the logical name of the log store (a logstore, log topic or log group); it is the real one unless f.yml
	// maps it.
	Store string `faas:"store,required"`
	// Window is how long entries may be collected before a call; the default is the cloud's own.
	Window Duration `faas:"window"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// CDN calls the function when something happens to domains of the content delivery network.
type CDN struct {
	// Domains are the logical names of the domains; they are the real ones unless f.yml maps them.
	Domains List `faas:"domains,required"`
	// Events are what calls it: refreshed, preloaded, blocked (jobs on cached objects that are done), logged (a log file
	// is there), started, stopped, added, removed (domains); the default is refreshed, preloaded and blocked.
	Events List `faas:"events"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// Event calls the function with events of an event bus. Source or type is needed.
type Event struct {
	// Source is the source of the events on the bus, in full.
	Source string `faas:"source"`
	// Type is the type of the events on the bus, in full.
	Type string `faas:"type"`
	// Bus is the logical name of the event bus; the default is the account's own.
	Bus string `faas:"bus"`
	// Name is the trigger's name; the default is the function's, with a number when it has several.
	Name string `faas:"name"`
}

// Raw calls the function with payloads as they come: the vendor's invoke call, and what no other trigger takes.
type Raw struct{}

// Middleware makes something that wraps functions: func(framework.Handler) framework.Handler, a constructor of
// framework.Middleware whose parameters are injected, or a struct with the method Middleware(framework.Handler)
// framework.Handler. It lives as long as the process and is built at cold start. A constructor may return nil, which wraps
// nothing.
type Middleware struct {
	// Name is what //faas:use calls it; the default is package and identifier in kebab case, a constructor's without New.
	Name string `faas:"name,pos"`
	// Global wraps every function of the application, whose units therefore all link it.
	Global bool `faas:"global"`
	// Order sorts the global ones, the smallest outermost; the default is 0, and equals go by package path and name.
	Order int `faas:"order"`
}

// Guard makes something that refuses invocations: func(*framework.Context) error, or a struct with the method
// Guard(*framework.Context) error. It runs before the input is bound, and its error is the response.
type Guard struct {
	// Name is what //faas:use calls it; the default is package and identifier in kebab case.
	Name string `faas:"name,pos"`
	// Scheme is what callers show it, for the OpenAPI document: bearer, basic, or header:NAME, cookie:NAME, query:NAME. The default is
	// header:Authorization.
	Scheme string `faas:"scheme"`
}

// Aspect makes a struct with any of the methods Before, After, AfterReturn, AfterThrow and Around wrap calls of
// functions, and of what is injected as an interface; framework.JoinPoint says how. It is a provider, and a singleton.
type Aspect struct {
	// Match lists patterns: a name of functions, such as order-*, or methods of interfaces, pkg.Iface or pkg.Iface.Method.
	// A * is any part of a name, and a pattern with ! in front takes out again what others match.
	Match List `faas:"match,required"`
	// Order sorts the aspects of one call, the smallest outermost; the default is 0, and equals go by package path and name.
	Order int `faas:"order"`
}

// Use puts middleware and guards around a handler or, on the struct of a controller, around all of its handlers. The first is
// the outermost; a controller's are around those of its handlers.
type Use struct {
	// Names are those of the middleware and guards.
	Names []string `faas:"names,rest,required"`
}

// Configuration makes a struct the configuration of the application, or its package a component that others import: a
// singleton that is part of every unit which uses what it belongs to. It may have OnReady(context.Context) error, which ends
// the cold start, and OnStop(context.Context) error, which begins the end.
type Configuration struct {
	// Name is the namespace of a component, by which others call what has a name there; the default is the package's name.
	Name string `faas:"name,pos"`
	// Import lists the import paths of components, separated by commas: what these packages provide can be injected, and
	// what they name can be used.
	Import List `faas:"import"`
}

// Layer makes a layer of the application's own, or of a component: a struct with Name() string and hooks, or a constructor of
// one, whose parameters are injected. See framework.Layer for the hooks. A layer with dependencies is built when a unit starts,
// so it has none of the hooks before that.
type Layer struct {
	// Order sorts the layers, the smallest outermost; the default is 0, and equals go by package path and name.
	Order int `faas:"order"`
}

// Statuses are statuses of responses, separated by commas in a directive.
type Statuses []int

// List is a list of words, separated by commas in a directive.
type List []string

// Scope is how long an instance lives.
type Scope string

// The scopes. The zero value means singleton.
const (
	Singleton Scope = "singleton"
	Request   Scope = "request"
	Prototype Scope = "prototype"
)

// Duration is a span of time. In text a bare number is seconds.
type Duration time.Duration

// Memory is an amount of memory in MB. In text a bare number is MB; 512MB, 1GB, 1GiB are understood.
type Memory int

// Days is a span of whole days. In text a bare number is days; 30d and 4w are understood.
type Days int
