package guestbook

//go:generate go tool faasgen generate
