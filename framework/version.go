package framework

// Version is the guard in generated code. Its parameter is the number of the contract between generated code and this
// package, as an array length; code generated for another contract does not compile, and the compiler prints the string,
// which names the command that fixes it:
//
//	var _ framework.LatestVersion = framework.Version[[3]struct{}]("generated for another version of faasgen; run: go tool faasgen generate")
type Version[contract any] string

// LatestVersion is the contract this package implements. It changes when generated code has to, not with each release.
type LatestVersion = Version[[3]struct{}]
