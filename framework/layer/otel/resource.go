package otel

import (
	"crypto/rand"
	"runtime"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
)

// resource says whose telemetry it is. What the variables say wins over what the platform says.
func (l *Layer) resource() *owner {
	rt := l.rt
	unit := rt.Function
	if e := rt.Engine(); e != nil && e.App().Unit != "" {
		unit = e.App().Unit
	}
	service := l.settings.service
	if service == "" {
		service = unit
	}
	if service == "" {
		service = "unknown_service"
	}
	instance := rand.Text()
	list := []attribute.KeyValue{
		semconv.ServiceName(service), semconv.ServiceInstanceID(instance),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageGo, semconv.TelemetrySDKVersion(sdk.Version()),
		semconv.ProcessRuntimeName("go"), semconv.ProcessRuntimeVersion(strings.TrimPrefix(runtime.Version(), "go")),
		semconv.FaaSInstance(instance),
	}
	for key, value := range map[attribute.Key]string{semconv.CloudProviderKey: rt.Provider, semconv.CloudPlatformKey: rt.Product, semconv.CloudRegionKey: rt.Region, semconv.FaaSVersionKey: rt.Version,
		semconv.DeploymentEnvironmentNameKey: rt.Env, "faasgen.unit": rt.Function} {
		if value != "" {
			list = append(list, key.String(value))
		}
	}
	if rt.Memory > 0 {
		list = append(list, semconv.FaaSMaxMemory(rt.Memory<<20))
	}
	all := attribute.NewSet(append(list, l.settings.resource...)...) // the last of one name counts
	return &owner{all.ToSlice(), semconv.SchemaURL}
}
