package aws

import (
	"regexp"
	"strings"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
	"gopkg.in/yaml.v3"
)

// OpenAPI is the definition of the HTTP API. With one of our own, routes are no resources: SAM makes a permission for each
// HttpApi event, which is soon more than a stack and the policy of a function hold.
type OpenAPI struct {
	OpenAPI string      `yaml:"openapi"`
	Info    OpenAPIInfo `yaml:"info"`
	// Paths holds operations by path, then by method.
	Paths      map[string]map[string]*Operation `yaml:"paths"`
	Components Components                       `yaml:"components"`
}

// OpenAPIInfo names the API.
type OpenAPIInfo struct {
	// Title is the stack's name: SAM replaces it by the Name of the API, and refuses a Name with any other title.
	Title   any    `yaml:"title"`
	Version string `yaml:"version"`
}

// Operation is a route.
type Operation struct {
	// Parameters are the wildcards of the path.
	Parameters []Parameter `yaml:"parameters,omitempty"`
	// Responses is empty: OpenAPI wants the key.
	Responses map[string]any `yaml:"responses"`
	// Security has AWS_IAM where the caller has to sign.
	Security []map[string][]string `yaml:"security,omitempty"`
	// Integration is a reference to one of Components, or an *Integration.
	Integration any `yaml:"x-amazon-apigateway-integration"`
}

// Parameter is a wildcard of a path.
type Parameter struct {
	Name     string `yaml:"name"`
	In       string `yaml:"in"`
	Required bool   `yaml:"required"`
}

// Components are what operations refer to.
type Components struct {
	// Integrations are by the logical name of the function: an API has 300 at most.
	Integrations map[string]*Integration `yaml:"x-amazon-apigateway-integrations"`
	// SecuritySchemes has AWS_IAM if an operation does.
	SecuritySchemes map[string]*SecurityScheme `yaml:"securitySchemes,omitempty"`
}

// Integration calls a function.
type Integration struct {
	Type                 string `yaml:"type"`
	HTTPMethod           string `yaml:"httpMethod"`
	PayloadFormatVersion string `yaml:"payloadFormatVersion"`
	URI                  any    `yaml:"uri"`
}

// SecurityScheme says how callers prove who they are.
type SecurityScheme struct {
	Type     string `yaml:"type"`
	Name     string `yaml:"name"`
	In       string `yaml:"in"`
	AuthType string `yaml:"x-amazon-apigateway-authtype"`
}

const (
	// iamScheme is SAM's name for the signature of AWS.
	iamScheme = "AWS_IAM"
	// integrationKey is the integration of an operation.
	integrationKey  = "x-amazon-apigateway-integration"
	integrationsRef = "#/components/x-amazon-apigateway-integrations/"
	maxIntegrations = 300
)

var (
	wildcardForm = regexp.MustCompile(`\{([^{}]+)\}`)
	substitution = regexp.MustCompile(`\$\{[A-Za-z0-9:.]+\}`)
)

// definition is the document of all routes.
func definition(routes []route, functions callees) *OpenAPI {
	api := &OpenAPI{
		OpenAPI: "3.0.1", Info: OpenAPIInfo{Title: ref("AWS::StackName"), Version: "1.0"},
		Paths: map[string]map[string]*Operation{}, Components: Components{Integrations: map[string]*Integration{}},
	}
	for _, n := range routes {
		o := &Operation{}
		for _, name := range wildcardForm.FindAllStringSubmatch(n.path, -1) {
			o.Parameters = append(o.Parameters, Parameter{Name: name[1], In: "path", Required: true})
		}
		if n.iam {
			o.Security = []map[string][]string{{iamScheme: nil}}
			api.Components.SecuritySchemes = map[string]*SecurityScheme{iamScheme: {Type: "apiKey", Name: "Authorization", In: "header", AuthType: "awsSigv4"}}
		}
		id := functions.id[n.unit]
		integration := functions.integration(n.unit)
		if o.Integration = integration; !n.ownIntegration() {
			o.Integration = map[string]string{"$ref": integrationsRef + id}
			api.Components.Integrations[id] = integration
		}
		if api.Paths[n.path] == nil {
			api.Paths[n.path] = map[string]*Operation{}
		}
		api.Paths[n.path][n.operation()] = o
	}
	return api
}

// operation is the key of the route's method in the definition.
func (n route) operation() string {
	if n.method == "ANY" {
		return "x-amazon-apigateway-any-method"
	}
	return strings.ToLower(n.method)
}

// extension is what x-aws of the trigger says of the route. A route for preflight requests is no trigger's.
func (n route) extension() spec.Extension {
	if n.preflight {
		return nil
	}
	return n.trigger.Extension
}

// ownIntegration reports whether x-aws changes the integration, so that the route cannot share that of the unit.
func (n route) ownIntegration() bool {
	return hasKey(n.extension()[Name], integrationKey)
}

func hasKey(mapping *yaml.Node, key string) bool {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return true
		}
	}
	return false
}

// eventKeys are the keys of the HttpApi events that routes were once, and what says the same of an operation.
func eventKeys() [][2]string {
	const fixed = "f.yml says it"
	return [][2]string{
		{"ApiId", fixed}, {"Method", fixed}, {"Path", fixed},
		{"Auth", "an operation has security"},
		{"PayloadFormatVersion", "say " + integrationKey + ": {payloadFormatVersion: ...}"},
		{"RouteSettings", "say Resources.Api.Properties.RouteSettings in x-aws of f.yml itself, by method and path"},
		{"TimeoutInMillis", "say " + integrationKey + ": {timeoutInMillis: ...}"},
	}
}

// checkOperation reports x-aws keys of a route that an operation of an API definition does not have.
func checkOperation(r *target.Report, t target.Trigger) {
	for _, key := range eventKeys() {
		if hasKey(t.Extension[Name], key[0]) {
			r.Unsupported(t.At("x-"+Name), key[0]+" in x-"+Name+" of a route", "a route is an operation of the API's definition, and no event").Hint = key[1]
		}
	}
}
