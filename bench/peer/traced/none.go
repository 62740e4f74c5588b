//go:build !client && !http

package main

import "github.com/faasgen/faasgen/framework"

func work(*framework.Context) error { return nil }
