//go:build !otel

package main

import "github.com/faasgen/faasgen/framework"

func trace(*framework.Runtime, *framework.App) {}
