// Package aliyun is the payloads of Alibaba Cloud Function Compute 3.0 and the vendor's view of an invocation. One file is
// one payload:
//
//	timer.go   the timer event
//
// The loop is aliyun/custom, an http server for the custom runtimes. Requests of http triggers reach it as plain http, so
// they need no payload here.
package aliyun
