// Package annotations is the directive language of faasgen: //faas:name lines in Go source. It reads them, checks all that can
// be checked without types, and says where each one stands. It ends there: whether a type is provided, a route is free or
// a cron expression is one is for package gen to say, which alone imports this package.
//
// # Form
//
// A directive is a line comment in Go's own form, which gofmt and go doc know: no space behind the slashes, lower case, all
// on one line, nothing behind it.
//
//	directive = "//faas:" name { space argument } .
//	argument  = word | string                     a positional argument, or a flag by its name
//	          | key "=" value                     timeout=5s   cron="0 3 * * *"   payload=`{"a":1}`
//	          | '"' key "=" text '"' .            "cron=0 3 * * *", the form of other Go directives
//	value     = string | item { "," item } .
//	item      = characters | string "." name .    Store   "example.com/shop/order".Store
//	key       = letter { letter | digit } .
//	string    = a Go string in double quotes or backquotes .
//
// Words and unquoted values end at a space and hold no quotes; those of a package path stay in the value. A flag may be given a
// value: lazy=false. A positional argument may be given by its key: name=orders. Positional arguments that may be left out
// come before those with a key.
//
// # Place
//
// A directive stands in the doc comment of what it marks; for a struct field also behind it. Of a type declared in a group,
// type ( ... ), that is the comment above the type and not above the group.
//
//	provide   a struct type, a constructor             inject   a struct field
//	arg       a constructor or handler function        config   a struct field, a struct type
//	handler   a method, function or struct type        http, timer, event   next to handler
//
// The arguments are the faas tags of the marker structs in this package, their doc comments are the help: see
// Registry.Help. A registry holds more than the standard directives if they are added.
//
// # Mistakes
//
// Nothing that starts with //faas: is ignored, and nothing that was meant to: a space behind the slashes or around the
// colon, another case, a block comment, a place that no directive can mark, a blank line between it and the declaration.
// Each mistake is exactly one Diagnostic, at the very argument. Documentation may still show directives: a code block of a
// doc comment (indented by a tab, or four spaces) and the middle of a sentence are left alone, and so is "FaaS: ..." in
// prose.
package annotations
