package validator

// Configuration makes the package a component, which the configuration of an application imports:
//
//	//faas:configuration import=github.com/faasgen/faasgen/framework/component/validator
//	type Configuration struct{}
//
//faas:configuration
type Configuration struct{}
