package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// Domain is a domain of the user's own, which leads to all functions with http triggers, each by its routes.
type Domain struct {
	// Certificate makes it answer https: the ARN of the certificate on aws, its id at the certificate service on aliyun.
	Certificate string `faas:"certificate"`
	// Extension holds the x-<target> keys of this level: they are merged into the domain in the deployment file.
	Extension Extension `faas:"x-*"`
}

// Resource is what a logical name in a trigger stands for: the bucket of //faas:os bucket=invoices, for example, is the
// entry invoices. A name without an entry is the real name.
type Resource struct {
	// Type is bucket, queue, topic, kafka (a topic of it), cluster (an instance of Kafka), log, domain (of a CDN) or bus. The
	// default is what the triggers that name it take it for.
	Type string `faas:"type,enum=bucket|queue|topic|kafka|cluster|log|domain|bus"`
	// Name is the real name: of the bucket (on tencent with the account's APPID at its end), the queue, the topic, the log
	// store (SLS on aliyun), the log group (aws), the id of the log topic (tencent), the id of a cluster, and so on. The default is
	// the logical one.
	Name string `faas:"name"`
	// ARN names what is in another account or region, on aws and aliyun. It replaces name.
	ARN string `faas:"arn"`
	// Instance is the cluster of a kafka topic: the ARN of an MSK cluster on aws, the id of the instance on aliyun and tencent.
	Instance string `faas:"instance"`
	// Project is the SLS project of a log store, on aliyun.
	Project string `faas:"project"`
	// Create has the deployment make it, on aws. By default it exists.
	Create *bool `faas:"create"`
	// MaxConnections is how many connections a database takes from the application, all instances together. The logical name is then
	// the configuration key of what opens them, such as sqldb: it opens <name>.maxOpen in each process. It stands alone.
	MaxConnections int `faas:"maxConnections"`
	// Extension holds the x-<target> keys of this level: they are merged into what the deployment makes.
	Extension Extension `faas:"x-*"`
}

// Secret says where the value of a configuration key is. Each function that reads the key gets the reference as a variable, AUTH_TOKEN_FROM,
// and the right to read what it leads to, where the deployment can grant one.
type Secret struct {
	// From is the reference: SCHEME:NAME. Every cloud has env:NAME, a variable that somebody else sets, and file:PATH, a file that the
	// cloud mounts. Stores are ssm:NAME and secretsmanager:NAME on aws, kms:NAME on aliyun and ssm:NAME on tencent.
	From string `faas:"from,required"`
}

// CORS says which pages of other origins may call the http triggers.
type CORS struct {
	// Origins lists what may call, such as https://shop.example.com, or * for all.
	Origins []string `faas:"origins"`
	// Methods lists what they may use. The default is every method.
	Methods []string `faas:"methods"`
	// Headers lists the request headers that they may set, or * for all. The default is none but those that always may.
	Headers []string `faas:"headers"`
	// ExposeHeaders lists the response headers that they may read.
	ExposeHeaders []string `faas:"exposeHeaders"`
	// MaxAge is how long a browser may keep the response. A bare number is seconds.
	MaxAge annotations.Duration `faas:"maxAge"`
	// Credentials lets cookies through. It needs origins by name.
	Credentials *bool `faas:"credentials"`
}

// AllMethods are those of a CORS that lists none.
func AllMethods() []string {
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
}

var (
	domainForm   = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$`)
	originForm   = regexp.MustCompile(`^https?://[^/\s?#*]+$`)
	tokenForm    = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	resourceForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)
)

// domains checks the names of domains and of resources at one level.
func (c checker) domains(prefix string, domains map[string]*Domain) {
	for _, name := range slices.Sorted(maps.Keys(domains)) {
		if !domainForm.MatchString(withStage(name, "stage")) {
			c.add(c.keys[prefix+"domains."+name].Errorf(CodeValue, "found %q, expected a domain such as api.example.com", written(name)))
		}
	}
}

// resources checks what no cloud can make sense of.
func (c checker) resources(prefix string, resources map[string]*Resource) {
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		at, r := prefix+"resources."+name, resources[name]
		if !resourceForm.MatchString(name) {
			c.add(c.keys[at].Errorf(CodeValue, "found %q, expected a logical name of letters, digits, dots, dashes and underscores, a letter first", name))
		}
		for key, kind := range map[string]string{"instance": "kafka", "project": "log"} {
			_, set := c.Places[at+"."+key]
			if set && r.Type != "" && r.Type != kind {
				c.add(c.keys[at+"."+key].Errorf(CodeValue, "%s means nothing for the type %s, only for %s", key, r.Type, kind))
			}
		}
		for key, text := range map[string]string{"name": r.Name, "arn": r.ARN, "instance": r.Instance, "project": r.Project} {
			text := withStage(text, "stage")
			if _, set := c.Places[at+"."+key]; set && (text == "" || strings.ContainsAny(text, " \t\n=")) {
				c.value(at+"."+key, "%s: found %q, expected a name without spaces", key, text)
			}
		}
		if r.Name != "" && r.ARN != "" {
			c.value(at+".arn", "arn and name: found both, expected one")
		}
		if arn := withStage(r.ARN, "stage"); arn != "" && (!strings.HasPrefix(arn, "arn:") && !strings.HasPrefix(arn, "acs:") || strings.Count(arn, ":") < 4) {
			c.value(at+".arn", "found %q, expected an ARN, which starts with arn: or acs:", written(r.ARN))
		}
		c.database(at, r)
		if r.Create != nil && *r.Create && r.ARN != "" {
			c.value(at+".create", "create and arn: what has an ARN exists")
		}
	}
}

// database checks a resource that is one: no trigger names it, so that nothing else is to be said of it.
func (c checker) database(at string, r *Resource) {
	if _, set := c.Places[at+".maxConnections"]; !set {
		return
	}
	if r.MaxConnections < 1 {
		c.value(at+".maxConnections", "maxConnections: found %d, expected at least 1", r.MaxConnections)
	}
	for _, key := range []string{"type", "name", "arn", "instance", "project", "create"} {
		if _, set := c.Places[at+"."+key]; set {
			c.add(c.keys[at+"."+key].Errorf(CodeValue, "%s means nothing beside maxConnections, which is of a database", key))
		}
	}
}

// cors checks who may call.
func (c checker) cors(prefix string, cors *CORS) {
	if cors == nil {
		return
	}
	at := prefix + "http.cors."
	for i, origin := range cors.Origins {
		switch {
		case origin == "*" && cors.Credentials != nil && *cors.Credentials:
			c.value(fmt.Sprintf("%sorigins.%d", at, i), "found * with credentials, which no browser takes; list the origins")
		case origin != "*" && !originForm.MatchString(origin):
			c.value(fmt.Sprintf("%sorigins.%d", at, i), "found %q, expected an origin such as https://shop.example.com, or *", origin)
		}
	}
	if _, set := c.Places[at+"origins"]; set && len(cors.Origins) == 0 {
		c.value(at+"origins", "origins: found none, expected at least one")
	}
	for i, method := range cors.Methods {
		if !slices.Contains(AllMethods(), method) {
			c.value(fmt.Sprintf("%smethods.%d", at, i), "found %q, expected %s", method, annotations.Join(AllMethods(), "or"))
		}
	}
	for key, headers := range map[string][]string{"headers": cors.Headers, "exposeHeaders": cors.ExposeHeaders} {
		for i, header := range headers {
			if !tokenForm.MatchString(header) {
				c.value(fmt.Sprintf("%s%s.%d", at, key, i), "found %q, expected the name of a header", header)
			}
		}
	}
	if cors.MaxAge%1e9 != 0 || cors.MaxAge < 0 || cors.MaxAge > annotations.Duration(86400e9) {
		c.value(at+"maxAge", "maxAge: found %s, expected whole seconds, 24h at most", cors.MaxAge)
	}
}
