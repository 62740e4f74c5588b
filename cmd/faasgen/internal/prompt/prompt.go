// Package prompt keeps a terminal from showing what is typed, as a secret is. It reads nothing itself.
package prompt

import "errors"

// ErrUnable says that faasgen cannot do that on this operating system.
var ErrUnable = errors.New("this terminal cannot be kept from showing what is typed")
