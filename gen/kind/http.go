package kind

import (
	"errors"
	"reflect"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Features of the portability report.
const (
	FeatureHTTP     = "trigger http"
	FeatureHTTPHost = "trigger http host"
	FeatureAPIGW    = "trigger apigw"
)

func httpKind() *Kind {
	return of(Kind{Word: "http", Example: "{method: GET, path: /}", Trigger: web.Route{}, Event: reflect.TypeFor[*web.Exchange]()}, typed[annotations.HTTP]{
		wrong:      wrongRoute,
		overlap:    func(a, b *annotations.HTTP) string { return "" }, // routes are compared in all of the application
		triggers:   func(m *annotations.HTTP, _ string) []framework.Trigger { return routes(m) },
		identities: func(m *annotations.HTTP, _ string) []string { return []string{m.Path} },
		features:   []feature[annotations.HTTP]{{FeatureHTTP, nil}, {FeatureHTTPHost, func(m *annotations.HTTP) bool { return m.Host != "" }}},
	})
}

func apigwKind() *Kind {
	return of(Kind{Word: "apigw", Example: "{method: GET, path: /}", Trigger: web.Route{}, Event: reflect.TypeFor[*web.Exchange]()}, typed[annotations.APIGW]{
		wrong:      func(m *annotations.APIGW) *annotations.Mistake { return wrongRoute(&m.HTTP) },
		triggers:   func(m *annotations.APIGW, _ string) []framework.Trigger { return routes(&m.HTTP) },
		identities: func(m *annotations.APIGW, _ string) []string { return []string{m.Path} },
		features:   []feature[annotations.APIGW]{{FeatureAPIGW, nil}},
	})
}

// wrongRoute is what is wrong with the routes of a marker.
func wrongRoute(m *annotations.HTTP) *annotations.Mistake {
	for _, method := range m.Method {
		if _, err := web.ParsePattern(method, m.Path); err != nil {
			wrong := &annotations.Mistake{Argument: "path", Value: m.Path, Offset: -1, Message: err.Error()}
			if e, ok := errors.AsType[*web.PatternError](err); ok {
				wrong.Offset, wrong.Length, wrong.Message = e.Offset, e.Length, e.Message
			}
			return wrong
		}
	}
	return nil
}

// routes are those of a marker, one for each method; collect has refused patterns that are none.
func routes(m *annotations.HTTP) (list []framework.Trigger) {
	for _, method := range m.Method {
		if r, err := web.ParsePattern(method, m.Path); err == nil {
			r.Host, r.Status = m.Host, m.Status.First()
			list = append(list, r)
		}
	}
	return list
}
