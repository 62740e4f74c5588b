package aws

import "github.com/faasgen/faasgen/framework/platform"

// Raw is the codec of every other event: the payload goes to the function as it is.
func Raw() platform.Codec { return platform.Raw() }
