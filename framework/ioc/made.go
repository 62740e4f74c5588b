package ioc

import "reflect"

// What has an instance for each use is made by the injector of what uses it, and lives as long.

// Made runs Init of what a build has made, and has its Destroy run when the container closes.
func Made[T any](b *Build, v T) (T, error) {
	return v, b.begin(v)
}

// Opened is [Made] for what a constructor returned, with its clean-up function, which may be nil, and its error.
func Opened[T any](b *Build) func(v T, cleanup func(), err error) (T, error) {
	return func(v T, cleanup func(), err error) (T, error) {
		if err != nil {
			return v, err
		}
		b.OnCleanup(nameOf[T](), cleanup)
		return v, b.begin(v)
	}
}

// Closed replaces a nil clean-up function, which an injector would call, by one that does nothing.
func Closed[T any](v T, cleanup func(), err error) (T, func(), error) {
	if cleanup == nil {
		cleanup = func() {}
	}
	return v, cleanup, err
}

func nameOf[T any]() string { return typeName(reflect.TypeFor[T]()) }
