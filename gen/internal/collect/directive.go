package collect

// A directive is one word of the language, or a few that belong together, with what it does to the model. Where it may stand,
// which arguments it takes and what it excludes is in annotations.Standard, and has been checked before anything is
// collected. Each has a file with its name; what does not fit into that is in files with its name in front.
type directive interface {
	// words are the names behind //faas:.
	words() []string
	// collect adds to the model what the marked declarations are. It may look at what the directives before it in the list
	// have added.
	collect()
	// check reports what is wrong with all that has been collected, taken together.
	check()
}

// directives are all of them, in the order in which they collect and check. A new one is its marker in annotations, one file
// here and its line.
func directives(c *collector) []directive {
	config := newConfigDirective(c)
	provided := newProviderSet()
	calls := &callDirective{collector: c}
	inject := &injectDirective{collector: c, config: config, calls: calls, provided: provided}
	provide := newProvideDirective(c, inject, provided)
	middleware := newMiddlewareDirective(c, provide)
	handlers := newHandlerDirective(c, provide)
	calls.handlers = handlers
	return []directive{
		provide,
		inject,
		&configurationDirective{collector: c, provide: provide},
		&layerDirective{collector: c, provide: provide},
		middleware,
		handlers,
		&taskDirective{collector: c, handlers: handlers},
		&useDirective{collector: c, handlers: handlers, middleware: middleware},
		&aspectDirective{collector: c, provide: provide, handlers: handlers},
		&triggerDirective{collector: c, handlers: handlers},
		calls,
		config,
	}
}
