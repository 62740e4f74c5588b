package hello

//go:generate go tool faasgen generate
