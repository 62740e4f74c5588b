package legacy

//go:generate go tool faasgen generate
