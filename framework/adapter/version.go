package adapter

// Version is the guard in generated code. Its parameter is the number of the contract between generated code and the
// framework, as an array length; code generated for another contract does not compile, and the compiler prints the string,
// which names the command that fixes it:
//
//	var _ adapter.LatestVersion = adapter.Version[[3]struct{}]("generated for another version of faasgen; run: go tool faasgen generate")
type Version[contract any] string

// LatestVersion is the contract that this version of the framework implements. It changes when generated code has to, not
// with each release.
type LatestVersion = Version[[3]struct{}]
