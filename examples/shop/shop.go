// Package shop is an application of many small functions: what customers ask for over http, what queues, buckets, logs and
// schedules bring, and what only colleagues call. f.yml groups them into few deployed units, on each cloud in its own way; no line
// of Go knows of that. Its stores are in memory, so that there is nothing to install: each unit has its own, and real ones would
// share a database. Placing an order calls two other functions, in the same process or over the cloud's API, as f.yml has it.
// Layers of f.yml write an access log, limit how often one customer orders, and trace with OpenTelemetry where OTEL_EXPORTER_OTLP_ENDPOINT
// names a receiver.
package shop

//go:generate go tool faasgen generate
