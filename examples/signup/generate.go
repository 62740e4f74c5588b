package signup

//go:generate go tool faasgen generate
