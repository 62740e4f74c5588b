package emit

import (
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/spec"
)

// corsCode is the literal of what f.yml says of pages of other origins.
func corsCode(c *spec.CORS) jen.Code {
	var fields []jen.Code
	list := func(name string, values []string) {
		if len(values) == 0 {
			return
		}
		items := make([]jen.Code, len(values))
		for i, v := range values {
			items[i] = jen.Lit(v)
		}
		fields = append(fields, jen.Id(name).Op(":").Index().String().Values(items...))
	}
	list("Origins", c.Origins)
	list("Methods", c.Methods)
	list("Headers", c.Headers)
	list("ExposeHeaders", c.ExposeHeaders)
	if c.MaxAge > 0 {
		fields = append(fields, jen.Id("MaxAge").Op(":").Add(durationCode(time.Duration(c.MaxAge))))
	}
	if c.Credentials != nil && *c.Credentials {
		fields = append(fields, jen.Id("Credentials").Op(":").True())
	}
	return jen.Op("&").Add(q(symCORS)).Values(fields...)
}
